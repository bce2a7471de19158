# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``wan``: what each line needs to carry traffic at all, dead or alive."""

from __future__ import annotations

from . import names
from .model import Branch, Uplink
from .plan import Row
from .tags import owned, tag
from .versions import TABLES, Version
from .wan_lines import ROLE, about, lease_rows, line_rows
from .wan_routes import route_rows


def wan_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Tables, interface list, the lines themselves, routes and source NAT of every uplink."""
    return (
        *(_table(uplink) for uplink in branch.uplinks if TABLES.on(version)),
        owned("/interface/list", tag(ROLE, "list"), "Uplinks", {"name": names.WAN_LIST}),
        *(_member(uplink) for uplink in branch.uplinks),
        *line_rows(branch, version),
        *route_rows(branch, version),
        *(_nat(uplink) for uplink in branch.uplinks),
        *lease_rows(branch, version),
    )


def _table(uplink: Uplink) -> Row:
    values = {"name": names.uplink_table(uplink.name), "fib": ""}
    return owned("/routing/table", tag(ROLE, uplink.name), about(uplink, "connections that stay on this line"), values)


def _member(uplink: Uplink) -> Row:
    values = {"list": names.WAN_LIST, "interface": uplink.interface}
    return owned("/interface/list/member", tag(ROLE, uplink.name), about(uplink, "uplink"), values)


def _nat(uplink: Uplink) -> Row:
    """``src-nat`` keeps connections over a short link loss, ``masquerade`` purges them (manual, NAT): right where a
    line may come back with another address.

    What an IPsec policy will encrypt keeps its address, as in MikroTik's default configuration.
    """
    known = (
        {"action": "src-nat", "to-addresses": str(uplink.address.ip)} if uplink.address else {"action": "masquerade"}
    )
    values = {"chain": "srcnat", **known, "out-interface": uplink.interface, "ipsec-policy": "out,none"}
    return owned("/ip/firewall/nat", tag(ROLE, uplink.name), about(uplink, "source address"), values)
