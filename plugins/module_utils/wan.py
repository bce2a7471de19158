# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``wan``: what each line needs to carry traffic at all, dead or alive."""

from __future__ import annotations

from collections.abc import Iterator

from . import names
from .model import Branch, Uplink
from .plan import Row
from .routing import ANYWHERE, MAIN, blackhole, in_table
from .tags import ascii_label, owned, tag
from .versions import TABLES, Version

ROLE = "wan"
#: Main routes of last resort begin here: above every gate route, below the blackholes.
LAST_RESORT_DISTANCE = 200


def wan_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Tables, interface list, addresses, routes and source NAT of every uplink."""
    return (
        *(_table(uplink) for uplink in branch.uplinks if TABLES.on(version)),
        owned("/interface/list", tag(ROLE, "list"), "Uplinks", {"name": names.WAN_LIST}),
        *(_member(uplink) for uplink in branch.uplinks),
        *(_address(uplink) for uplink in branch.uplinks),
        *(row for uplink in branch.uplinks for row in _own_routes(uplink, version)),
        *(_last_resort(uplink, rank, version) for rank, uplink in enumerate(branch.by_priority, start=1)),
        *(_nat(uplink) for uplink in branch.uplinks),
    )


def _about(uplink: Uplink, purpose: str) -> str:
    return f"{ascii_label(uplink.label)}: {purpose}"


def _table(uplink: Uplink) -> Row:
    values = {"name": names.uplink_table(uplink.name), "fib": ""}
    return owned("/routing/table", tag(ROLE, uplink.name), _about(uplink, "connections that stay on this line"), values)


def _member(uplink: Uplink) -> Row:
    values = {"list": names.WAN_LIST, "interface": uplink.interface}
    return owned("/interface/list/member", tag(ROLE, uplink.name), _about(uplink, "uplink"), values)


def _address(uplink: Uplink) -> Row:
    values = {"address": str(uplink.address), "interface": uplink.interface}
    return owned("/ip/address", tag(ROLE, uplink.name), _about(uplink, "address"), values)


def _own_routes(uplink: Uplink, version: Version) -> Iterator[Row]:
    """The uplink's own table. No gateway check: a connection of this line can't use another one, so short flaps are
    survived. The blackhole stops RouterOS from looking further in ``main`` when the interface is down."""
    table = in_table(names.uplink_table(uplink.name), version)
    default = {**table, "dst-address": ANYWHERE, "gateway": uplink.next_hop, "distance": "1"}
    connected = {**table, "dst-address": str(uplink.network), "gateway": uplink.interface, "distance": "1"}
    stop = {**table, "dst-address": ANYWHERE, **blackhole(version)}
    yield owned("/ip/route", tag(ROLE, uplink.name, "default"), _about(uplink, "its connections leave here"), default)
    yield owned("/ip/route", tag(ROLE, uplink.name, "connected"), _about(uplink, "its own network"), connected)
    yield owned(
        "/ip/route", tag(ROLE, uplink.name, "stop"), _about(uplink, "its connections never leave elsewhere"), stop
    )


def _last_resort(uplink: Uplink, rank: int, version: Version) -> Row:
    """When no gate is open, a probe that lies must not cut the branch off."""
    values = {
        **in_table(MAIN, version),
        "dst-address": ANYWHERE,
        "gateway": uplink.next_hop,
        "distance": str(LAST_RESORT_DISTANCE + rank),
    }
    return owned(
        "/ip/route", tag(ROLE, uplink.name, "last-resort"), _about(uplink, "when no uplink seems alive"), values
    )


def _nat(uplink: Uplink) -> Row:
    """``src-nat`` keeps connections over a short link loss, ``masquerade`` would purge them (manual, NAT).

    What an IPsec policy will encrypt keeps its address, as in MikroTik's default configuration.
    """
    values = {
        "chain": "srcnat",
        "action": "src-nat",
        "to-addresses": str(uplink.address.ip),
        "out-interface": uplink.interface,
        "ipsec-policy": "out,none",
    }
    return owned("/ip/firewall/nat", tag(ROLE, uplink.name), _about(uplink, "source address"), values)
