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
    "fasttrack": "/ip/settings",
}
NFT_TABLE = "routeros"
#: The table that chooses a queue for each packet.
QUEUE_TABLE = "routeros-queues"
#: Bit of a connection's labels that stands for FastTrack.
FASTTRACK_LABEL = 1
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
    vlan: int = 0  # the tag whose frames it carries; 0: the bridge itself
    quiet: bool = False  # the router has no part in it: it must not answer there
    #: ``mode`` of the bridge itself; when it changes, ``resets`` lose their link for a moment
    mode: str = ""
    resets: tuple[str, ...] = ()


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
    """One server. ``start`` "": static leases only; ``more``: further ranges; ``hosts``: MAC, address ("": refused)."""

    interface: str
    server_name: str
    start: str
    end: str
    lease_s: int
    gateway: str = ""
    dns: tuple[str, ...] = ()
    netmask: str = ""
    network: str = ""  # where static leases are, a.b.c.d
    more: tuple[tuple[str, str], ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    authoritative: bool = True
    lease_script: str = ""


@dataclass(frozen=True)
class ClassPlan:
    """One HTB class ``1:minor`` under ``1:parent`` (0: under the root). Rates in bit/s, bursts in bytes."""

    minor: int
    parent: int
    rate: int
    ceil: int
    burst: int
    cburst: int
    prio: int  # 0 first .. 7 last


@dataclass(frozen=True)
class LeafPlan:
    """What holds the packets of leaf class ``1:minor``: one queue, or ``slots`` queues that are served in turn.

    ``limit``: packets, or bytes (``in_bytes``), of each queue. ``rate``: bit/s of each slot, 0 for no limit of its own;
    ``peak``: how fast it may be while its ``burst`` (bytes) lasts, 0 for no such limit.
    """

    minor: int
    limit: int
    in_bytes: bool
    slots: int = 0
    rate: int = 0
    burst: int = 0
    peak: int = 0


@dataclass(frozen=True)
class QueuePlan:
    """One tree of queues for the whole namespace. ``interfaces``: whose packets pass through it on their way out.

    ``nft``: the table that gives each packet its class. ``counted``: (menu, row id) -> (class, leaves) of each
    direction, the upload first; their counters are what the row shows.
    """

    classes: tuple[ClassPlan, ...] = ()
    leaves: tuple[LeafPlan, ...] = ()
    interfaces: frozenset[str] = frozenset()
    nft: str = ""
    counted: Mapping[tuple[str, int], tuple[tuple[int, tuple[int, ...]], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class KernelPlan:
    bridges: tuple[BridgePlan, ...] = ()
    links: tuple[LinkPlan, ...] = ()
    addresses: tuple[AddressPlan, ...] = ()
    routes: tuple[RoutePlan, ...] = ()
    rules: tuple[RulePlan, ...] = ()
    nft: str = ""  # complete text of the table this router owns
    bridge_nft: str = ""  # the same for what passes its bridges; empty: no such table
    sysctls: Mapping[str, str] = field(default_factory=dict)  # path below /proc/sys, slashes -> value
    dhcp: tuple[DhcpPool, ...] = ()
    #: conntrack mark number -> RouterOS connection mark name
    connection_marks: Mapping[int, str] = field(default_factory=dict)
    queues: QueuePlan = field(default_factory=QueuePlan)
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
