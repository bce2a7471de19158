# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel plan: what one network namespace should hold. Plain data, compared with what was applied before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.derive.observations import GatewayCheck

#: The first half of an nft counter's name (``mangle-12``) -> menu of the row that it counts.
COUNTER_MENUS: Mapping[str, str] = {
    "mangle": "/ip/firewall/mangle",
    "nat": "/ip/firewall/nat",
    "filter": "/ip/firewall/filter",
    "raw": "/ip/firewall/raw",
}
NFT_TABLE = "routeros"
MAIN_TABLE = 254
LOCAL_TABLE = 255
#: Bits of the packet mark (skb->mark) that hold the routing mark; the bits above hold the packet mark.
ROUTING_MARK_MASK = 0x0000FFFF

#: (menu, row id) -> read-only properties, e.g. {"active": "true", "immediate-gw": "192.168.1.1%ether1"}.
Status = Mapping[tuple[str, int], Mapping[str, str]]


@dataclass(frozen=True)
class BridgePlan:
    name: str
    ports: tuple[str, ...]
    mac: str = ""
    up: bool = True


@dataclass(frozen=True)
class LinkPlan:
    """An interface that exists already (a port of the router): only its administrative state is owned."""

    name: str
    up: bool = True


@dataclass(frozen=True)
class AddressPlan:
    interface: str
    address: str  # a.b.c.d/len


@dataclass(frozen=True)
class NextHop:
    interface: str
    via: str = ""  # empty: on link


@dataclass(frozen=True)
class RoutePlan:
    table: int  # kernel table number; 254 is main
    dst: str  # a.b.c.d/len
    hops: tuple[NextHop, ...] = ()  # empty: blackhole
    source: str = ""


@dataclass(frozen=True)
class RulePlan:
    """One ``ip rule``. ``mark`` None: every packet. An action other than ``lookup`` has no table (0)."""

    priority: int
    table: int
    mark: int | None = None
    mask: int = 0xFFFFFFFF
    source: str = ""  # a.b.c.d/len
    destination: str = ""  # a.b.c.d/len
    interface: str = ""  # incoming
    action: str = "lookup"  # lookup | blackhole | unreachable
    suppress_prefix: int = -1  # skip routes of this length and shorter; -1: none


@dataclass(frozen=True)
class DhcpPool:
    interface: str
    server_name: str
    start: str
    end: str
    lease_s: int
    gateway: str = ""
    dns: tuple[str, ...] = ()
    netmask: str = ""


@dataclass(frozen=True)
class KernelPlan:
    bridges: tuple[BridgePlan, ...] = ()
    links: tuple[LinkPlan, ...] = ()
    addresses: tuple[AddressPlan, ...] = ()
    routes: tuple[RoutePlan, ...] = ()
    rules: tuple[RulePlan, ...] = ()
    nft: str = ""  # complete text of the table this router owns
    sysctls: Mapping[str, str] = field(default_factory=dict)  # path below /proc/sys, slashes -> value
    dhcp: tuple[DhcpPool, ...] = ()
    #: conntrack mark number -> RouterOS connection mark name
    connection_marks: Mapping[int, str] = field(default_factory=dict)
    #: (interface, address) that masquerade rules translate to now. A pair that goes away takes its connections with it.
    masquerade: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class DynamicRow:
    """A row that the router made itself, e.g. a connected route. ``key`` is stable across derivations, so ids stay."""

    menu: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Note:
    """Something in the configuration that the lab does not enact. ``row_id`` -1 speaks of the whole menu."""

    menu: str
    row_id: int
    text: str


@dataclass(frozen=True)
class Derived:
    """The result of one derivation."""

    kernel: KernelPlan
    status: Status = field(default_factory=dict)
    dynamic: tuple[DynamicRow, ...] = ()
    checks: frozenset[GatewayCheck] = frozenset()  # what observe should probe from now on
    notes: tuple[Note, ...] = ()
