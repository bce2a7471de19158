# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a plan says about its lines, and whether a hand-made route leads out by one of them. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from . import names
from .diff import Found
from .menus import canonical, menu
from .plan import Row

TABLE, MEMBER, ADDRESS = "/routing/table", "/interface/list/member", "/ip/address"
ROUTE, NAT, MANGLE = "/ip/route", "/ip/firewall/nat", "/ip/firewall/mangle"
LIST = "/ip/firewall/address-list"
MAIN = "main"
ANYWHERE = "0.0.0.0/0"
#: A virtual next hop over a target over a next hop: nobody pastes more.
_DEPTH = 3

Router = Mapping[str, Sequence[Found]]


@dataclass(frozen=True)
class Line:
    """One uplink of the plan. ``gateway``: empty where the plan leaves by the interface alone."""

    name: str
    interface: str
    gateway: str = ""
    address: str = ""

    @property
    def host(self) -> str:
        return self.address.partition("/")[0]

    @property
    def network(self) -> IPv4Network | None:
        return network(self.address)


@dataclass(frozen=True)
class Lines:
    """``bypass``: what the plan never balances. ``hosts``: what it has host routes to, its anchors among them.
    ``farthest``: the largest distance of its default routes in ``main``."""

    lines: tuple[Line, ...]
    bypass: tuple[IPv4Network, ...]
    hosts: frozenset[str]
    farthest: int

    @property
    def interfaces(self) -> frozenset[str]:
        return frozenset(line.interface for line in self.lines)

    def by_interface(self, name: str) -> frozenset[Line]:
        return frozenset(line for line in self.lines if line.interface == name)

    def by_gateway(self, host: str) -> frozenset[Line]:
        return frozenset(line for line in self.lines if line.gateway == host)


def lines_of(plan: Sequence[Row]) -> Lines:
    """What the rows of the roles ``wan``, ``failover`` and ``pcc`` say. No lines when the plan holds no ``wan``."""
    texts = [(row, {name: text for name, text in row.values.items() if isinstance(text, str)}) for row in plan]
    interfaces = {
        _uplink(row): values.get("interface", "")
        for row, values in texts
        if row.menu == MEMBER and values.get("list") == names.WAN_LIST
    }
    next_hops = {_uplink(r): v.get("gateway", "") for r, v in texts if r.tag.endswith(":default") and _is_wan(r)}
    addresses = {_uplink(row): values.get("address", "") for row, values in texts if row.menu == ADDRESS}
    lines = (
        Line(name, interface, _host(next_hops.get(name, "")), addresses.get(name, ""))
        for name, interface in interfaces.items()
    )
    routes = [placed(values) for row, values in texts if row.menu == ROUTE]
    return Lines(
        lines=tuple(lines),
        bypass=tuple(_networks(v["address"] for r, v in texts if r.menu == LIST and v["list"] == names.BYPASS_LIST)),
        hosts=frozenset(route.to for route in routes if route.to.endswith("/32") and route.table == MAIN),
        farthest=max((r.distance for r in routes if r.table == MAIN and r.to == ANYWHERE), default=0),
    )


def _is_wan(row: Row) -> bool:
    return row.menu == ROUTE and row.tag.startswith("multiwan:wan:")


def _uplink(row: Row) -> str:
    return row.tag.split(":")[2]


def _host(gateway: str) -> str:
    first = gateway.partition("%")[0]
    return first if is_host(first) else ""


def _networks(texts: Iterable[str]) -> Iterator[IPv4Network]:
    for text in texts:
        found = network(text)
        if found is not None:
            yield found


def network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def is_host(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


# --- routes of the router


@dataclass(frozen=True)
class Place:
    """Where a route leads to, in which table (``main``, or the mark of RouterOS 6), and how far it is."""

    to: str
    table: str
    distance: int


def placed(values: Mapping[str, str]) -> Place:
    of = menu(ROUTE)
    form = {**of.defaults, **canonical(of, values)}
    table = form["routing-mark"] or form["routing-table"]
    return Place(form["dst-address"], table, int(form["distance"]) if form["distance"].isdecimal() else 0)


def is_foreign(found: Found) -> bool:
    """A row that somebody wrote by hand: no tag of ours, nothing that the router made by itself."""
    return found.tag is None and all(found.values.get(word) not in ("true", "yes") for word in ("dynamic", "connect"))


@dataclass(frozen=True)
class Routes:
    """The hand-made routes of a router, seen with the lines of the plan."""

    lines: Lines
    foreign: tuple[Found, ...]

    def way(self, found: Found) -> frozenset[Line]:
        """The lines that a route leaves by; none when any of its next hops is not one of theirs."""
        return self._way(found.values.get("gateway", ""), _DEPTH)

    def _way(self, gateways: str, depth: int) -> frozenset[Line]:
        ways = [self._next(part, depth) for part in gateways.split(",")]
        return frozenset[Line]().union(*ways) if all(ways) else frozenset()

    def _next(self, gateway: str, depth: int) -> frozenset[Line]:
        hop = gateway.partition("@")[0]
        host, _sep, interface = hop.partition("%")
        if interface:
            return self.lines.by_interface(interface)
        if not is_host(host):
            return self.lines.by_interface(host)
        direct = self.lines.by_gateway(host)
        if direct or depth == 0:
            return direct
        ways = [self._way(found.values.get("gateway", ""), depth - 1) for found in self.hosts(host)]
        return frozenset[Line]().union(*ways) if ways and all(ways) else frozenset()

    def hosts(self, host: str) -> Sequence[Found]:
        """Host routes in ``main`` that lead somewhere."""
        return self._hosts.get(f"{host}/32", ())

    @functools.cached_property
    def _hosts(self) -> Mapping[str, Sequence[Found]]:
        """By destination; a router may hold thousands of static routes."""
        found: dict[str, list[Found]] = {}
        for route in self.foreign:
            place = placed(route.values)
            if place.table == MAIN and place.to.endswith("/32") and not is_blackhole(route.values):
                found.setdefault(place.to, []).append(route)
        return found

    def behind(self, found: Found, depth: int = _DEPTH) -> list[Found]:
        """The host routes that a recursive route leans on, also those under one another."""
        result: list[Found] = []
        for hop in hops(found.values):
            for route in [] if depth == 0 or self.lines.by_gateway(hop) else self.hosts(hop):
                result += [route, *self.behind(route, depth - 1)]
        return result


def hops(values: Mapping[str, str]) -> list[str]:
    """The addresses among the next hops of a route, without table; one with an interface leans on no other route."""
    found = [part.partition("@")[0] for part in values.get("gateway", "").split(",")]
    return [hop for hop in found if is_host(hop)]


def is_blackhole(values: Mapping[str, str]) -> bool:
    return "blackhole" in values or values.get("type", "unicast") != "unicast"
