# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel plan: what one network namespace should hold. Plain data, compared with what was applied before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.derive.observations import GatewayCheck

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
    """One ``ip rule``. ``mark`` None: every packet."""

    priority: int
    table: int
    mark: int | None = None
    mask: int = 0xFFFFFFFF


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
    sysctls: Mapping[str, str] = field(default_factory=dict)
    dhcp: tuple[DhcpPool, ...] = ()
    #: conntrack mark number -> RouterOS connection mark name
    connection_marks: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DynamicRow:
    """A row that the router made itself, e.g. a connected route. ``key`` is stable across derivations, so ids stay."""

    menu: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Derived:
    """The result of one derivation."""

    kernel: KernelPlan
    status: Status = field(default_factory=dict)
    dynamic: tuple[DynamicRow, ...] = ()
    checks: frozenset[GatewayCheck] = frozenset()  # what observe should probe from now on
