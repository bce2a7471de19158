# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One function for each action: the nft statements that follow the conditions of a row.

An action returns (extra condition, statements) pairs whose conditions exclude one another. Statements that end with a
verdict end the chain's hook, as RouterOS ends it; without one the next row is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.derive.firewall import fasttrack
from lab.derive.firewall.context import Context, Unsupported, identifier
from lab.derive.plan import ROUTING_MARK_MASK
from lab.schema.snapshot import ConfigRow

Statements = tuple[tuple[str, str], ...]
Action = Callable[[ConfigRow, str, Context], Statements]

_PACKET_MASK = ~ROUTING_MARK_MASK & 0xFFFFFFFF
_REJECTS = {
    "icmp-network-unreachable": "icmp type net-unreachable",
    "icmp-host-unreachable": "icmp type host-unreachable",
    "icmp-port-unreachable": "icmp type port-unreachable",
    "icmp-protocol-unreachable": "icmp type prot-unreachable",
    "icmp-net-prohibited": "icmp type net-prohibited",
    "icmp-host-prohibited": "icmp type host-prohibited",
    "icmp-admin-prohibited": "icmp type admin-prohibited",
    "tcp-reset": "tcp reset",
}


def _plain(*statements: str) -> Statements:
    return (("", " ".join(word for word in statements if word)),)


def _verdict(word: str) -> Action:
    return lambda row, hook, context: _plain(word)


def _after_mark(row: ConfigRow) -> str:
    """``passthrough=no`` ends the mangle of this hook; absent is yes (facts 1.2)."""
    return "accept" if row.get("passthrough") in ("false", "no") else ""


def _mark_connection(row: ConfigRow, hook: str, context: Context) -> Statements:
    name = row.get("new-connection-mark")
    if not name:
        raise Unsupported("mark-connection without new-connection-mark")
    number = 0 if name == "no-mark" else context.marks.connections[name]
    return _plain(f"ct mark set 0x{number:x}", _after_mark(row))


def _mark_routing(row: ConfigRow, hook: str, context: Context) -> Statements:
    name = row.get("new-routing-mark")
    if hook not in ("prerouting", "output"):
        raise Unsupported(f"mark-routing in {hook}")  # facts 1.2: legal only in prerouting and output
    if name not in context.marks.tables:
        raise Unsupported(f"no routing table {name}")
    number = context.marks.tables[name].mark
    return _plain(f"meta mark set meta mark & 0x{_PACKET_MASK:x} | 0x{number:x}", _after_mark(row))


def _mark_packet(row: ConfigRow, hook: str, context: Context) -> Statements:
    name = row.get("new-packet-mark")
    if not name:
        raise Unsupported("mark-packet without new-packet-mark")
    number = 0 if name == "no-mark" else context.marks.packets[name]
    return _plain(f"meta mark set meta mark & 0x{ROUTING_MARK_MASK:x} | 0x{number:x}", _after_mark(row))


def _change_mss(row: ConfigRow, hook: str, context: Context) -> Statements:
    value = row.get("new-mss")
    if value == "clamp-to-pmtu":
        if hook == "prerouting":
            raise Unsupported("clamp-to-pmtu before routing")
        value = "rt mtu"
    elif not value.isdigit():
        raise Unsupported(f"new-mss={value}")
    return _plain(f"tcp option maxseg size set {value}", _after_mark(row))


def _change_dscp(row: ConfigRow, hook: str, context: Context) -> Statements:
    return _plain(f"ip dscp set {row.num('new-dscp')}", _after_mark(row))


def _change_ttl(row: ConfigRow, hook: str, context: Context) -> Statements:
    kind, _, amount = row.get("new-ttl").partition(":")
    if kind != "set" or not amount.isdigit():
        raise Unsupported(f"new-ttl={row.get('new-ttl')}")
    return _plain(f"ip ttl set {amount}", _after_mark(row))


def _add_address(key: str) -> Action:
    def action(row: ConfigRow, hook: str, context: Context) -> Statements:
        name = row.get("address-list")
        context.used.dynamic_lists.add(name)
        lifetime = row.get("address-list-timeout")
        seconds = 0 if lifetime in ("", "none-dynamic", "none-static") else int(row.seconds("address-list-timeout"))
        element = f"{key} timeout {seconds}s" if seconds else key
        return _plain(f"update @dynlist-{identifier(name)} {{ {element} }}")

    return action


def _reject(row: ConfigRow, hook: str, context: Context) -> Statements:
    kind = row.get("reject-with") or "icmp-network-unreachable"
    if kind not in _REJECTS or hook == "prerouting":
        raise Unsupported(f"reject-with={kind} in {hook}")
    if kind == "tcp-reset" and row.get("protocol") != "tcp":
        raise Unsupported("tcp-reset without protocol=tcp")
    return _plain(f"reject with {_REJECTS[kind]}")


def _fasttrack(row: ConfigRow, hook: str, context: Context) -> Statements:
    """The next row is looked at: "followed by the identical accept" (facts 1.7)."""
    if hook not in ("forward", "prerouting", "postrouting"):
        raise Unsupported(f"fasttrack-connection in {hook}")
    return _plain(fasttrack.MARK_CONNECTION)


COMMON: Mapping[str, Action] = {
    "accept": _verdict("accept"),
    "return": _verdict("return"),
    "passthrough": _verdict(""),
    "log": _verdict(""),
    "add-src-to-address-list": _add_address("ip saddr"),
    "add-dst-to-address-list": _add_address("ip daddr"),
}
_FASTTRACK: Mapping[str, Action] = {fasttrack.ACTION: _fasttrack}
MANGLE: Mapping[str, Action] = {
    **COMMON,
    "mark-connection": _mark_connection,
    "mark-routing": _mark_routing,
    "mark-packet": _mark_packet,
    "change-mss": _change_mss,
    "change-dscp": _change_dscp,
    "change-ttl": _change_ttl,
    **_FASTTRACK,
}
FILTER: Mapping[str, Action] = {
    **COMMON,
    "drop": _verdict("drop"),
    "reject": _reject,
    **_FASTTRACK,
}
RAW: Mapping[str, Action] = {**COMMON, "drop": _verdict("drop"), "notrack": _verdict("notrack")}
