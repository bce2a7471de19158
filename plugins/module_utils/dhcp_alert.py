# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``dhcp_alert``: RouterOS looks for foreign DHCP servers, a script tells the chat."""

from __future__ import annotations

from . import alert_scripts, names
from .lan_bridge import mac_of
from .model import Branch, Segment
from .plan import Row
from .scripts import periodic
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "dhcp_alert"
#: How long the router remembers a server that it does not see any more; so long may it take to say that it is gone.
ALERT_TIMEOUT = "5m"
WATCH_INTERVAL = "1m"
_POLICY = "read,write"


def dhcp_alert_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """One alert per segment and the scripts behind it. Without ``multiwan_telegram`` the alert is only logged."""
    if not branch.segments:
        return ()
    language = branch.telegram.language if branch.telegram else "en"
    alert = alert_scripts.dhcp_alert(branch.name, language, version, tells=branch.telegram is not None)
    script = {"name": names.SCRIPT_DHCP_ALERT, "source": alert, "policy": _POLICY}
    event = alert_scripts.watch_event((segment.interface, segment.label) for segment in branch.segments)
    watch = periodic(names.SCRIPT_DHCP_ALERT, WATCH_INTERVAL, _POLICY, event)
    return (
        owned("/system/script", tag(ROLE, "alert"), "Rogue DHCP server: what to say", script),
        owned("/system/scheduler", tag(ROLE, "watch"), "Rogue DHCP servers: new ones and those that are gone", watch),
        *(_alert(branch, segment) for segment in branch.segments),
    )


def _alert(branch: Branch, segment: Segment) -> Row:
    """The router's own server is always valid: the manual does not promise that RouterOS leaves it out by itself."""
    values = {
        "interface": segment.interface,
        "valid-server": [mac_of(branch, segment), *segment.valid_servers],
        "alert-timeout": ALERT_TIMEOUT,
        "on-alert": alert_scripts.alert_event(segment.interface, segment.label),
        "disabled": "no",
    }
    about = f"{ascii_label(segment.label)}: rogue DHCP servers"
    return owned("/ip/dhcp-server/alert", tag(ROLE, segment.name), about, values)
