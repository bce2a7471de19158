# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world around a router without a kernel: which lines are cut, who answers, what is counted. No packet moves."""

from __future__ import annotations

import ipaddress
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lab.derive.plan import MAIN_TABLE, KernelPlan, RoutePlan
from lab.observe.ping import Outcome, Ping

#: how a line fails: the port has no carrier; the modem is silent; the modem answers, the internet behind it does not
CUTS = ("cable", "gateway", "upstream")
_NEAR_S, _FAR_S = 0.0004, 0.012
_TTL_NEAR, _TTL_FAR = 64, 57


@dataclass(frozen=True)
class Rogue:
    """A DHCP server that nobody ordered. ``port``: where the bridge has learnt its address."""

    interface: str
    mac: str
    address: str
    port: str = ""


@dataclass(frozen=True)
class Load:
    """What a line carries, bit/s: towards the branch and from it."""

    down: int
    up: int


@dataclass
class Around:
    """``loads``: port -> load; ``tell`` calls everybody who has to look again after a change."""

    loads: Mapping[str, Load] = field(default_factory=dict)
    connections: int = 40
    cuts: dict[str, str] = field(default_factory=dict)
    rogues: list[Rogue] = field(default_factory=list)
    #: hosts to which messages went out, newest last
    sent: list[str] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _carried: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def cut(self, port: str, how: str) -> None:
        """Raises ValueError for an unknown ``how``."""
        if how not in CUTS:
            raise ValueError(f"fault {how!r}: {', '.join(CUTS)} are possible")
        self._carry()
        self.cuts[port] = how
        self.tell()

    def heal(self, port: str = "") -> None:
        """One line, or all of them."""
        self._carry()
        for one in [port] if port else list(self.cuts):
            self.cuts.pop(one, None)
        self.tell()

    def tell(self) -> None:
        for told in tuple(self.listeners):
            told()

    def has_carrier(self, port: str) -> bool:
        return self.cuts.get(port) != "cable"

    def answers(self, port: str, *, far: bool) -> bool:
        """Whether who is at the other end of a line answers, or (``far``) the internet behind it."""
        how = self.cuts.get(port)
        return how is None or (how == "upstream" and not far)

    # -- counted

    def carried(self, port: str) -> tuple[int, int]:
        """Bytes since the start: towards the branch, from it. A line that is cut counts on slowly: probes."""
        self._carry()
        down, up, _ = self._carried.get(port, (0.0, 0.0, 0.0))
        return int(down), int(up)

    def _carry(self) -> None:
        now = time.monotonic()
        for port, load in self.loads.items():
            down, up, since = self._carried.get(port, (0.0, 0.0, now))
            share = 1.0 if port not in self.cuts else 0.0
            spent = (now - since) * share / 8
            self._carried[port] = (down + load.down * spent, up + load.up * spent, now)


@dataclass(frozen=True)
class Way:
    """Where a packet of the router's own goes. ``port`` "": to itself; ``far``: by a gateway."""

    port: str
    far: bool


class Ways:
    """The main table of a plan, for look-ups."""

    def __init__(self, plan: KernelPlan) -> None:
        self._own = {address.address.partition("/")[0] for address in plan.addresses}
        parsed = [(ipaddress.ip_network(one.dst, strict=False), one) for one in _main(plan.routes)]
        self._routes = sorted(parsed, key=lambda pair: -pair[0].prefixlen)

    def to(self, address: str) -> Way | None:
        """None: there is no route, or a blackhole."""
        if address in self._own:
            return Way("", far=False)
        target = ipaddress.ip_address(address)
        for network, route in self._routes:
            if target in network:
                return Way(route.hops[0].interface, far=bool(route.hops[0].via)) if route.hops else None
        return None


def _main(routes: Iterable[RoutePlan]) -> Iterable[RoutePlan]:
    return (route for route in routes if route.table == MAIN_TABLE)


def ping(around: Around, ways: Ways, address: str, interface: str = "") -> Ping:
    """The answer to one echo, as it would be. ``interface``: it leaves by it whatever the table says."""
    way = ways.to(address)
    if interface:
        way = Way(interface, far=way is None or way.far or way.port != interface)
    if way is None:
        return Ping(Outcome.UNSENT)
    if way.port and not around.answers(way.port, far=way.far):
        return Ping(Outcome.TIMEOUT)
    spread = zlib.crc32(f"{address} {way.port}".encode()) % 8000 / 1e6  # another distance for each
    rtt_s = _FAR_S + spread if way.far else _NEAR_S
    return Ping(Outcome.REPLY, rtt_s, address, ttl=_TTL_FAR if way.far else _TTL_NEAR)
