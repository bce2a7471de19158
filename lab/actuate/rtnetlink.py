# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, addresses, routes and rules of one namespace over rtnetlink (uapi: rtnetlink.h, if_link.h, fib_rules.h)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.actuate.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    Message,
    Netlink,
    attr,
    attributes,
    nest,
    text,
    u8,
    u32,
)
from lab.derive.plan import NextHop, RoutePlan, RulePlan

#: Marks the routes and rules that the lab made (any number not used by a routing daemon).
PROTOCOL = 0x6D

_NEWLINK, _DELLINK, _GETLINK = 16, 17, 18
_NEWADDR, _DELADDR, _GETADDR = 20, 21, 22
_NEWROUTE, _DELROUTE, _GETROUTE = 24, 25, 26
_NEWRULE, _DELRULE, _GETRULE = 32, 33, 34
_IFF_UP = 1
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MASTER, _IFLA_LINKINFO, _IFLA_INFO_KIND = 1, 3, 10, 18, 1
_IFLA_TXQLEN = 13
_IFA_ADDRESS, _IFA_LOCAL, _IFA_BROADCAST, _IFA_FLAGS, _NOPREFIXROUTE = 1, 2, 4, 8, 0x200
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PREFSRC, _RTA_MULTIPATH, _RTA_TABLE = 1, 4, 5, 7, 9, 15
_RTN_UNICAST, _RTN_BLACKHOLE = 1, 6
_SCOPE_UNIVERSE, _SCOPE_LINK = 0, 253
_NH_ONLINK = 4
_FRA_DST, _FRA_SRC, _FRA_IIFNAME, _FRA_PRIORITY, _FRA_FWMARK = 1, 2, 3, 6, 10
_FRA_SUPPRESS, _FRA_TABLE, _FRA_FWMASK, _FRA_PROTOCOL = 14, 15, 16, 21
_ACTIONS: Mapping[str, int] = {"lookup": 1, "blackhole": 6, "unreachable": 7}
_ACTION_NAMES = {number: name for name, number in _ACTIONS.items()}
_IFINFO = struct.Struct("=BxHiII")
_IFADDR = struct.Struct("=BBBBI")
_RTMSG = struct.Struct("=BBBBBBBBI")
_RTNEXTHOP = struct.Struct("=HBBi")


@dataclass(frozen=True)
class LinkState:
    index: int
    name: str
    up: bool  # administrative
    master: int
    mac: str


def _split(prefix: str) -> tuple[bytes, int]:
    address, _, length = prefix.partition("/")
    return socket.inet_aton(address), int(length or 32)


class RtNetlink:
    """Typed requests. Every method raises ``OSError`` when the kernel refuses."""

    def __init__(self, namespace: str) -> None:
        self._netlink = Netlink(namespace, socket.NETLINK_ROUTE)

    def close(self) -> None:
        self._netlink.close()

    def links(self) -> dict[str, LinkState]:
        """Interface name -> state."""
        found = {}
        for message in self._netlink.dump(_GETLINK, _IFINFO.pack(0, 0, 0, 0, 0)):
            _family, _type, index, flags, _change = _IFINFO.unpack_from(message.body)
            values = dict(attributes(message.body, _IFINFO.size))
            name = values[_IFLA_IFNAME].rstrip(b"\0").decode()
            master = struct.unpack("=I", values[_IFLA_MASTER])[0] if _IFLA_MASTER in values else 0
            mac = values.get(_IFLA_ADDRESS, b"").hex(":").upper()
            found[name] = LinkState(index, name, bool(flags & _IFF_UP), master, mac)
        return found

    def add_bridge(self, name: str, mac: str) -> None:
        body = _IFINFO.pack(0, 0, 0, _IFF_UP, _IFF_UP) + attr(_IFLA_IFNAME, text(name))
        if mac:
            body += attr(_IFLA_ADDRESS, bytes.fromhex(mac.replace(":", "")))
        body += nest(_IFLA_LINKINFO, attr(_IFLA_INFO_KIND, b"bridge"))
        self._netlink.request(_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, body)

    def add_ifb(self, name: str, length: int) -> None:
        """An intermediate device, up; ``length`` frames may wait in it."""
        body = _IFINFO.pack(0, 0, 0, _IFF_UP, _IFF_UP)
        body += attr(_IFLA_IFNAME, text(name)) + attr(_IFLA_TXQLEN, u32(length))
        body += nest(_IFLA_LINKINFO, attr(_IFLA_INFO_KIND, b"ifb"))
        self._netlink.request(_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, body)

    def requests(self, messages: Sequence[tuple[int, int, bytes]]) -> list[OSError | None]:
        """See ``Netlink.requests``."""
        return self._netlink.requests(messages)

    def dump(self, kind: int, body: bytes) -> Sequence[Message]:
        """See ``Netlink.dump``."""
        return self._netlink.dump(kind, body)

    def delete_link(self, index: int) -> None:
        self._netlink.request(_DELLINK, 0, _IFINFO.pack(0, 0, index, 0, 0))

    def set_link(self, index: int, *, up: bool | None = None, master: int | None = None, mac: str = "") -> None:
        """Change the administrative state, the bridge (0: none) or the address of a link."""
        flags = _IFF_UP if up else 0
        body = _IFINFO.pack(0, 0, index, flags, 0 if up is None else _IFF_UP)
        if master is not None:
            body += attr(_IFLA_MASTER, u32(master))
        if mac:
            body += attr(_IFLA_ADDRESS, bytes.fromhex(mac.replace(":", "")))
        self._netlink.request(_NEWLINK, 0, body)

    def addresses(self) -> set[tuple[int, str]]:
        """(interface index, a.b.c.d/len) of every IPv4 address."""
        found = set()
        for message in self._netlink.dump(_GETADDR, _IFADDR.pack(socket.AF_INET, 0, 0, 0, 0)):
            _family, length, _flags, _scope, index = _IFADDR.unpack_from(message.body)
            local = dict(attributes(message.body, _IFADDR.size)).get(_IFA_LOCAL)
            if local is not None:
                found.add((index, f"{socket.inet_ntoa(local)}/{length}"))
        return found

    def add_address(self, index: int, address: str) -> None:
        """Add an address without the connected route: that is the plan's business."""
        raw, length = _split(address)
        body = _IFADDR.pack(socket.AF_INET, length, 0, 0, index)
        body += attr(_IFA_LOCAL, raw) + attr(_IFA_ADDRESS, raw) + attr(_IFA_FLAGS, u32(_NOPREFIXROUTE))
        if length < 31:
            host = (1 << (32 - length)) - 1
            body += attr(_IFA_BROADCAST, struct.pack("!I", struct.unpack("!I", raw)[0] | host))
        self._netlink.request(_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, body)

    def delete_address(self, index: int, address: str) -> None:
        raw, length = _split(address)
        body = _IFADDR.pack(socket.AF_INET, length, 0, 0, index) + attr(_IFA_LOCAL, raw) + attr(_IFA_ADDRESS, raw)
        self._netlink.request(_DELADDR, 0, body)

    def routes(self, names: Mapping[int, str]) -> dict[tuple[int, str], RoutePlan]:
        """The routes that carry our protocol number, keyed by (table, destination)."""
        found = {}
        for message in self._netlink.dump(_GETROUTE, _RTMSG.pack(socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0)):
            route = _parse_route(message.body, names)
            if route is not None:
                found[route.table, route.dst] = route
        return found

    def replace_route(self, route: RoutePlan, indexes: Mapping[str, int]) -> None:
        """Put a route in place of any other with the same table and destination, in one step."""
        self._netlink.request(_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, _route_body(route, indexes))

    def delete_route(self, table: int, dst: str) -> None:
        raw, length = _split(dst)
        body = _RTMSG.pack(socket.AF_INET, length, 0, 0, 0, PROTOCOL, 255, 0, 0)
        body += attr(_RTA_DST, raw) + attr(_RTA_TABLE, u32(table))
        self._netlink.request(_DELROUTE, 0, body)

    def rules(self) -> list[tuple[RulePlan, int]]:
        """Every IPv4 rule with its protocol number, the kernel's own among them."""
        dumped = self._netlink.dump(_GETRULE, _RTMSG.pack(socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0))
        return [_parse_rule(message.body) for message in dumped]

    def add_rule(self, rule: RulePlan, protocol: int = PROTOCOL) -> None:
        body = _rule_body(rule) + attr(_FRA_PROTOCOL, u8(protocol))
        self._netlink.request(_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, body)

    def delete_rule(self, rule: RulePlan) -> None:
        self._netlink.request(_DELRULE, 0, _rule_body(rule))


def _hop_attributes(hop: NextHop) -> bytes:
    return attr(_RTA_GATEWAY, socket.inet_aton(hop.via)) if hop.via else b""


def _route_body(route: RoutePlan, indexes: Mapping[str, int]) -> bytes:
    raw, length = _split(route.dst)
    kind = _RTN_UNICAST if route.hops else _RTN_BLACKHOLE
    on_link = all(not hop.via for hop in route.hops) and bool(route.hops)
    scope = _SCOPE_LINK if on_link else _SCOPE_UNIVERSE
    single = route.hops[0] if len(route.hops) == 1 else None
    # onlink: RouterOS takes gateway%interface outside every connected network (facts 2.5), Linux only so
    flags = _NH_ONLINK if single is not None and single.via else 0
    body = _RTMSG.pack(socket.AF_INET, length, 0, 0, 0, PROTOCOL, scope, kind, flags)
    body += attr(_RTA_DST, raw) + attr(_RTA_TABLE, u32(route.table))
    if route.source:
        body += attr(_RTA_PREFSRC, socket.inet_aton(route.source))
    if single is not None:
        return body + attr(_RTA_OIF, u32(indexes[single.interface])) + _hop_attributes(single)
    if route.hops:
        body += attr(_RTA_MULTIPATH, b"".join(_multipath(hop, indexes) for hop in route.hops))
    return body


def _multipath(hop: NextHop, indexes: Mapping[str, int]) -> bytes:
    inner = _hop_attributes(hop)
    flags = _NH_ONLINK if hop.via else 0
    return _RTNEXTHOP.pack(_RTNEXTHOP.size + len(inner), flags, 0, indexes[hop.interface]) + inner


def _parse_route(body: bytes, names: Mapping[int, str]) -> RoutePlan | None:
    _family, length, _src, _tos, table, protocol, _scope, kind, _flags = _RTMSG.unpack_from(body)
    if protocol != PROTOCOL:
        return None
    values = dict(attributes(body, _RTMSG.size))
    if _RTA_TABLE in values:
        table = struct.unpack("=I", values[_RTA_TABLE])[0]
    dst = f"{socket.inet_ntoa(values.get(_RTA_DST, bytes(4)))}/{length}"
    source = socket.inet_ntoa(values[_RTA_PREFSRC]) if _RTA_PREFSRC in values else ""
    hops: tuple[NextHop, ...] = ()
    if _RTA_MULTIPATH in values:
        hops = tuple(_parse_multipath(values[_RTA_MULTIPATH], names))
    elif kind == _RTN_UNICAST:
        hops = (_parse_hop(struct.unpack("=I", values[_RTA_OIF])[0], values, names),)
    return RoutePlan(table, dst, hops, source)


def _parse_hop(index: int, values: Mapping[int, bytes], names: Mapping[int, str]) -> NextHop:
    via = socket.inet_ntoa(values[_RTA_GATEWAY]) if _RTA_GATEWAY in values else ""
    return NextHop(names.get(index, f"#{index}"), via)


def _parse_multipath(data: bytes, names: Mapping[int, str]) -> list[NextHop]:
    hops = []
    at = 0
    while at + _RTNEXTHOP.size <= len(data):
        length, _flags, _weight, index = _RTNEXTHOP.unpack_from(data, at)
        values = dict(attributes(data[at + _RTNEXTHOP.size : at + length]))
        hops.append(_parse_hop(index, values, names))
        at += (length + 3) & ~3
    return hops


def _rule_body(rule: RulePlan) -> bytes:
    source, source_length = _split(rule.source) if rule.source else (b"", 0)
    destination, destination_length = _split(rule.destination) if rule.destination else (b"", 0)
    action = _ACTIONS[rule.action]
    body = _RTMSG.pack(socket.AF_INET, destination_length, source_length, 0, 0, 0, 0, action, 0)
    body += attr(_FRA_PRIORITY, u32(rule.priority))
    if rule.action == "lookup":
        body += attr(_FRA_TABLE, u32(rule.table))
    if rule.mark is not None:
        body += attr(_FRA_FWMARK, u32(rule.mark)) + attr(_FRA_FWMASK, u32(rule.mask))
    if source:
        body += attr(_FRA_SRC, source)
    if destination:
        body += attr(_FRA_DST, destination)
    if rule.interface:
        body += attr(_FRA_IIFNAME, text(rule.interface))
    if rule.suppress_prefix >= 0:
        body += attr(_FRA_SUPPRESS, u32(rule.suppress_prefix))
    return body


def _parse_rule(body: bytes) -> tuple[RulePlan, int]:
    _family, dst_len, src_len, _tos, table, _r1, _r2, action, _flags = _RTMSG.unpack_from(body)
    values = dict(attributes(body, _RTMSG.size))

    def number(kind: int, default: int) -> int:
        return int(struct.unpack("=I", values[kind])[0]) if kind in values else default

    suppress = number(_FRA_SUPPRESS, 0xFFFFFFFF)
    marked = _FRA_FWMARK in values
    rule = RulePlan(
        priority=number(_FRA_PRIORITY, 0),
        table=number(_FRA_TABLE, table),
        mark=number(_FRA_FWMARK, 0) if marked else None,
        mask=number(_FRA_FWMASK, 0xFFFFFFFF) if marked else 0xFFFFFFFF,
        source=f"{socket.inet_ntoa(values[_FRA_SRC])}/{src_len}" if _FRA_SRC in values else "",
        destination=f"{socket.inet_ntoa(values[_FRA_DST])}/{dst_len}" if _FRA_DST in values else "",
        interface=values[_FRA_IIFNAME].rstrip(b"\0").decode() if _FRA_IIFNAME in values else "",
        action=_ACTION_NAMES.get(action, str(action)),
        suppress_prefix=-1 if suppress == 0xFFFFFFFF else suppress,
    )
    return rule, values.get(_FRA_PROTOCOL, b"\0")[0]
