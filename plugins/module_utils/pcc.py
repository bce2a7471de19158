# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``pcc``: paths, classification of new connections, memory of the uplink they took.

The order of the mangle rows is the design: a packet of a running LAN connection meets two jumps, at most one row per
uplink and one test in ``forward``: N+3 rows with N uplinks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import collapse_addresses
from types import MappingProxyType

from . import fasttrack, forwards, line_ways, names, paths, routing
from .model import Branch, Pin, Uplink
from .plan import Row
from .tags import ascii_label, owned, tag
from .versions import TABLES, Version

ROLE = "pcc"
MANGLE = "/ip/firewall/mangle"
_UNMARKED = {"connection-mark": "no-mark"}
_NEW = {"connection-state": "new", **_UNMARKED}
_NO_MATCH: Mapping[str, str] = MappingProxyType({})
_TUNNELS: Mapping[str, Mapping[str, str]] = {
    "esp": {"protocol": "ipsec-esp"},
    "ah": {"protocol": "ipsec-ah"},
    "gre": {"protocol": "gre"},
    "ike": {"protocol": "udp", "dst-port": "500,1701,4500"},
    "pptp": {"protocol": "tcp", "dst-port": "1723"},
}


def pcc_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Path tables and routes, the bypass list, and all mangle rows in their order."""
    every = paths.all_paths(branch)
    return (
        *(_path_table(path) for path in every if TABLES.on(version)),
        *(row for path in every for row in _path_routes(path, version)),
        *_bypass(branch),
        *forwards.list_rows(branch, ROLE),
        *forwards.hairpin_lists(branch, ROLE),
        *forwards.forward_rows(branch, ROLE),
        *fasttrack.fasttrack_rows(branch, ROLE),
        *_entries(),
        *(_output(uplink) for uplink in branch.uplinks),
        *(_inbound(uplink) for uplink in branch.uplinks),
        *(_route(uplink) for uplink in branch.uplinks),
        *_memory(branch),
        *_classify(branch),
    )


def _path_name(path: paths.Path) -> str:
    """A path in tags: names can't hold a dot, so it is told from an uplink and from every other path."""
    return ".".join(["path", *(uplink.name for uplink in path)])


def _path_table(path: paths.Path) -> Row:
    about = "New connections: " + ", then ".join(uplink.name for uplink in path)
    return owned("/routing/table", tag(ROLE, _path_name(path)), about, {"name": paths.path_table(path), "fib": ""})


def _path_routes(path: paths.Path, version: Version) -> Iterator[Row]:
    """The gates, which are looked up in ``main``, in their order."""
    table = paths.path_table(path)
    for distance, uplink in enumerate(path, start=1):
        gate = routing.looked_up_in_main(str(uplink.gate), version)
        values = {**routing.in_table(table, version), **routing.over_gate(gate, distance, version)}
        about = f"{ascii_label(uplink.label)}: choice {distance} of {table}"
        yield owned("/ip/route", tag(ROLE, _path_name(path), distance), about, values)


def _bypass(branch: Branch) -> Iterator[Row]:
    lines = (network for uplink in branch.uplinks for network in uplink.networks)
    inside = (*branch.bypass, *(s.address.network for s in branch.segments), *lines)
    for network in sorted(collapse_addresses(inside)):
        owner = tag(ROLE, "bypass", str(network).replace("/", "-"))
        values = {"list": names.BYPASS_LIST, "address": str(network)}
        yield owned("/ip/firewall/address-list", owner, "Never balanced", values)
    for uplink in branch.uplinks:
        if line_ways.is_leased(uplink):
            values = {"list": names.BYPASS_LIST, "address": line_ways.unknown_network(uplink), "disabled": "yes"}
            about = _about(uplink, "its own network is never balanced")
            owner = tag(ROLE, uplink.name, "bypass")
            yield owned("/ip/firewall/address-list", owner, about, values, runtime=("address", "disabled"))


def _entries() -> Iterator[Row]:
    """The jumps into our chains. Memory takes any connection without a mark, not only new ones: so those that run when
    the first deploy comes are remembered with the line that they use, before anything moves."""
    lan, wan = {"in-interface-list": names.LAN_LIST}, {"in-interface-list": names.WAN_LIST}
    yield _jump("prerouting", names.CHAIN_INBOUND, "New connections from the internet", {**wan, **_NEW})
    yield _jump(
        "prerouting", names.CHAIN_ROUTE, "Connections that have their uplink", {**lan, "connection-mark": "!no-mark"}
    )
    yield _jump("prerouting", names.CHAIN_CLASSIFY, "New connections of the segments", {**lan, **_NEW})
    yield _jump("forward", names.CHAIN_MEMORY, "Connections remember their uplink", {**lan, **_UNMARKED})


def _jump(chain: str, target: str, about: str, match: dict[str, str]) -> Row:
    values = {"chain": chain, "action": "jump", "jump-target": target, **match}
    return owned(MANGLE, tag(ROLE, chain, "to-" + target.removeprefix("mw-")), about, values)


def _about(uplink: Uplink, purpose: str) -> str:
    return f"{ascii_label(uplink.label)}: {purpose}"


def _mark_connection(uplink: Uplink, part: str, about: str, match: dict[str, str]) -> Row:
    mark = {"action": "mark-connection", "new-connection-mark": names.uplink_table(uplink.name), "passthrough": "no"}
    return owned(MANGLE, tag(ROLE, uplink.name, part), _about(uplink, about), {**match, **mark})


def _mark_routing(table: str) -> dict[str, str]:
    return {"action": "mark-routing", "new-routing-mark": table, "passthrough": "no"}


def _inbound(uplink: Uplink) -> Row:
    match = {"chain": names.CHAIN_INBOUND, "in-interface": uplink.interface}
    return _mark_connection(uplink, "inbound", "came in here, is answered here", match)


def _to_own_table(uplink: Uplink, chain: str, part: str, about: str, match: Mapping[str, str] = _NO_MATCH) -> Row:
    table = names.uplink_table(uplink.name)
    values = {"chain": chain, "connection-mark": table, **match, **_mark_routing(table)}
    return owned(MANGLE, tag(ROLE, uplink.name, part), _about(uplink, about), values)


def _output(uplink: Uplink) -> Row:
    """Only what the first look-up sends to the internet: the router's own errors to a LAN client stay inside."""
    match = {"out-interface-list": names.WAN_LIST}
    return _to_own_table(uplink, "output", "output", "answers of the router itself", match)


def _route(uplink: Uplink) -> Row:
    return _to_own_table(uplink, names.CHAIN_ROUTE, "route", "its connections stay")


def _memory(branch: Branch) -> Iterator[Row]:
    yield _leave(names.CHAIN_MEMORY, "bypass", "Inside and bypass", {"dst-address-list": names.BYPASS_LIST})
    for uplink in branch.uplinks:
        match = {"chain": names.CHAIN_MEMORY, "out-interface": uplink.interface}
        yield _mark_connection(uplink, "memory", "connections that leave here", match)


def _leave(chain: str, part: str, about: str, match: dict[str, str]) -> Row:
    owner = tag(ROLE, chain.removeprefix("mw-"), part)
    return owned(MANGLE, owner, about, {"chain": chain, "action": "return", **match})


def _classify(branch: Branch) -> Iterator[Row]:
    """``!unicast`` before all: in RouterOS 7 a routing mark is looked up before the router's own addresses."""
    yield _leave(names.CHAIN_CLASSIFY, "local", "To the router, broadcast, multicast", {"dst-address-type": "!unicast"})
    yield _leave(names.CHAIN_CLASSIFY, "bypass", "Inside and bypass", {"dst-address-list": names.BYPASS_LIST})
    if branch.public_addresses and any(forward.hairpin for forward in branch.forwards):
        yield _leave(
            names.CHAIN_CLASSIFY, "public", "To the branch's own name", {"dst-address-list": names.PUBLIC_LIST}
        )
    for pin in paths.all_pins(branch):
        yield _pin(branch, pin)
    yield from _tunnels(branch)
    chosen = paths.slot_paths(branch)
    seen: dict[str, int] = {}
    for remainder, path in enumerate(chosen):
        number = seen[path[0].name] = seen.get(path[0].name, -1) + 1
        yield _slot(branch, path, remainder=remainder, of=len(chosen), number=number)


def _tunnels(branch: Branch) -> Iterator[Row]:
    """VPNs of clients, where the hash takes ports in: what has no ports, or changes them, would be torn apart.

    IKE goes on at 4500 when it meets NAT (RFC 3947), L2TP and ESP belong to it, PPTP has its GRE beside TCP 1723. A VPN
    over one port (WireGuard, OpenVPN) is one connection and needs nothing.
    """
    if not paths.hashes_ports(branch):
        return
    table = paths.path_table(paths.pin_path(branch, branch.by_priority[0].name))
    for part, match in _TUNNELS.items():
        values = {"chain": names.CHAIN_CLASSIFY, **match, **_mark_routing(table)}
        yield owned(MANGLE, tag(ROLE, "tunnels", part), "VPNs of clients stay together", values)


def _slot(branch: Branch, path: paths.Path, *, remainder: int, of: int, number: int) -> Row:
    """One remainder of the hash. A single slot needs no hash."""
    match = {"per-connection-classifier": f"{branch.classifier}:{of}/{remainder}"} if of > 1 else {}
    values = {"chain": names.CHAIN_CLASSIFY, **match, **_mark_routing(paths.path_table(path))}
    return owned(MANGLE, tag(ROLE, path[0].name, number), _about(path[0], "new connections"), values)


def _pin(branch: Branch, pin: Pin) -> Row:
    table = paths.path_table(paths.pin_path(branch, pin.uplink)) if pin.fallback else names.uplink_table(pin.uplink)
    match = {
        "in-interface": branch.segment(pin.segment).interface if pin.segment else None,
        "src-address": str(pin.src_address) if pin.src_address else None,
        "src-address-list": pin.src_address_list,
        "dst-address": str(pin.dst_address) if pin.dst_address else None,
        "dst-address-list": pin.dst_address_list,
        "protocol": pin.protocol,
        "dst-port": pin.dst_port,
    }
    given = {key: value for key, value in match.items() if value is not None}
    values = {"chain": names.CHAIN_CLASSIFY, **given, **_mark_routing(table)}
    return owned(MANGLE, tag(ROLE, pin.name, pin.kind), f"{pin.name}: pinned to {pin.uplink}", values)
