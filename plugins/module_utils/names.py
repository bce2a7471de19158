# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names that rows share: marks, tables, lists, chains, scripts. All begin with ``mw-``."""

from __future__ import annotations

from collections.abc import Sequence

OWN_PREFIX = "mw-"

WAN_LIST = "mw-wan"
LAN_LIST = "mw-lan"
BYPASS_LIST = "mw-bypass"
#: Segments that see the internet only, as interfaces and as addresses, and what they must not reach.
ISOLATED_LIST = "mw-isolated"
INSIDE_LIST = "mw-inside"
#: Addresses by which the internet knows the branch although they are on a modem, not on the router.
PUBLIC_LIST = "mw-public"
#: Messages that wait, those that were just sent or refused, and the lock of who sends: rows of message_scripts.py.
OUTBOX_LIST = "mw-outbox"
#: Rogue DHCP servers: those that were told of, those seen in the last minutes, the lock of who looks,
#: and the messages of the last hour.
ROGUE_LIST = "mw-rogue"
ROGUE_SEEN_LIST = "mw-rogue-seen"
ROGUE_LOOK_LIST = "mw-rogue-look"
ROGUE_QUOTA_LIST = "mw-rogue-quota"
#: Of the fast layer: its state, its lock, and the messages of the last hour.
STATE_LIST = "mw-state"
LOCK_LIST = "mw-lock"
QUOTA_LIST = "mw-quota"
SENT_LIST = "mw-sent"
REFUSED_LIST = "mw-refused"
SENDING_LIST = "mw-sending"
FAILING_LIST = "mw-failing"

CHAIN_INBOUND = "mw-inbound"
CHAIN_ROUTE = "mw-route"
CHAIN_MEMORY = "mw-memory"
CHAIN_CLASSIFY = "mw-classify"
#: Of /ip/firewall/raw: what comes in from segments that see the internet only.
CHAIN_ISOLATED = "mw-isolated"
#: Of /ip/firewall/nat: forwards for who comes in by an uplink, and for clients inside.
CHAIN_FORWARDS = "mw-forwards"
CHAIN_HAIRPIN = "mw-hairpin"

SCRIPT_TELEGRAM = "mw-telegram"
SCRIPT_NOTIFY = "mw-notify"
SCRIPT_OUTBOX = "mw-outbox"
SCRIPT_TRUST = "mw-trust"
SCRIPT_FAILOVER = "mw-failover"
SCRIPT_LEASE = "mw-lease"
SCRIPT_DHCP_ALERT = "mw-dhcp-alert"
SCRIPT_BANDWIDTH = "mw-bandwidth"

#: Simple queues: what stays inside, all segments, one segment.
INSIDE_QUEUE = "mw-inside"
TOTAL_QUEUE = "mw-total"

PPP_PROFILE = "mw-pppoe"

#: An uplink may not begin like this: its own table would look like a path.
RESERVED_PREFIX = "path-"


def uplink_table(uplink: str) -> str:
    """Table, connection mark and routing mark of one uplink."""
    return f"mw-{uplink}"


def path_table(uplinks: Sequence[str]) -> str:
    """Table of a path. The separator can't be part of a name, so two paths never share one."""
    return f"mw-{RESERVED_PREFIX}" + "_".join(uplinks)


def segment_queue(segment: str) -> str:
    return f"mw-segment-{segment}"
