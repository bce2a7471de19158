# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Segments that see the internet only: what they must not reach is dropped before connection tracking.

In ``raw``, since there the place of other people's filter rows means nothing. A packet to the internet passes three
rows: the jump, the first row of the chain, and the row for what comes from elsewhere; packets of other segments and of
the internet pass two. What a client may still ask of the router: an address, and names.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from . import names
from .model import Branch, Segment
from .plan import Row
from .segments_model import INSIDE
from .tags import ascii_label, owned, tag

ROLE = "lan"
RAW, LISTS = "/ip/firewall/raw", "/ip/firewall/address-list"
_PART = "isolated"


def isolation_rows(branch: Branch) -> Iterator[Row]:
    isolated = [segment for segment in branch.segments if segment.isolated]
    if not isolated:
        return
    about = "Segments that see the internet only"
    yield owned("/interface/list", tag(ROLE, _PART), about, {"name": names.ISOLATED_LIST})
    for segment in isolated:
        yield _member(segment)
        yield _address(names.ISOLATED_LIST, segment.address.network, f"{ascii_label(segment.label)}: isolated")
    for network in _inside(branch):
        yield _address(names.INSIDE_LIST, network, "Inside: not for isolated segments")
    yield from _entries()
    yield from _chain()


def _member(segment: Segment) -> Row:
    values = {"list": names.ISOLATED_LIST, "interface": segment.interface}
    about = f"{ascii_label(segment.label)}: sees the internet only"
    return owned("/interface/list/member", tag(ROLE, segment.name, _PART), about, values)


def _inside(branch: Branch) -> list[IPv4Network]:
    """Private networks, all segments, other sites (``multiwan_bypass``), and the modems' own pages where a modem has a
    public address."""
    near = [IPv4Network(uplink.gateway) for uplink in branch.uplinks if isinstance(uplink.gateway, IPv4Address)]
    segments = (segment.address.network for segment in branch.segments)
    return sorted(collapse_addresses([*INSIDE, *segments, *branch.bypass, *near]))


def _address(name: str, network: IPv4Network, about: str) -> Row:
    owner = tag(ROLE, name.removeprefix(names.OWN_PREFIX), str(network).replace("/", "-"))
    return owned(LISTS, owner, about, {"list": name, "address": str(network)})


def _entries() -> Iterator[Row]:
    jump = {
        "chain": "prerouting",
        "in-interface-list": names.ISOLATED_LIST,
        "action": "jump",
        "jump-target": names.CHAIN_ISOLATED,
    }
    yield owned(RAW, tag(ROLE, _PART, "enter"), "What comes from isolated segments", jump)
    others = {
        "chain": "prerouting",
        "in-interface-list": f"!{names.ISOLATED_LIST}",
        "dst-address-list": names.ISOLATED_LIST,
        "action": "drop",
    }
    yield owned(RAW, tag(ROLE, _PART, "others"), "Nobody from elsewhere into isolated segments", others)


def _chain() -> Iterator[Row]:
    """``return``, not ``accept``: rows of others behind the jump still see the packet."""
    yield _row(
        "internet", "To the internet", {"dst-address-type": "unicast", "dst-address-list": f"!{names.INSIDE_LIST}"}
    )
    yield _row("dhcp", "DHCP", {"dst-address-type": "!unicast", "protocol": "udp", "dst-port": "67"})
    for protocol in ("udp", "tcp"):
        own = {"dst-address-type": "local", "dst-address-list": names.ISOLATED_LIST}
        yield _row(f"dns-{protocol}", "Names, asked of the router", {**own, "protocol": protocol, "dst-port": "53"})
    yield _row("rest", "Nothing else inside", {}, action="drop")


def _row(part: str, about: str, match: dict[str, str], action: str = "return") -> Row:
    values = {"chain": names.CHAIN_ISOLATED, **match, "action": action}
    return owned(RAW, tag(ROLE, _PART, part), about, values)
