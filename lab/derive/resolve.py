# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which routes are active and where they lead: recursive next hops by scope and target-scope (facts 2.3).

Everything starts inactive and is worked out again until nothing changes, so a route can only lean on routes that stand
by themselves. A next hop is resolved through active routes of one table with scope <= target-scope, longest prefix
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.derive.interfaces import Interfaces
from lab.derive.ip import Prefix
from lab.derive.observations import GatewayCheck
from lab.derive.routes import Gateway, Route

Key = tuple[str, int | str]
Group = tuple[str, Prefix]


@dataclass(frozen=True)
class Hop:
    """``interface`` by its configured name; ``via`` None: on link."""

    interface: str
    via: int | None = None


@dataclass(frozen=True)
class Resolution:
    """``active``: (table, destination) -> the routes that carry it. ``hops``: route -> next hops, () for none."""

    active: Mapping[Group, tuple[Route, ...]] = field(default_factory=dict)
    hops: Mapping[Key, tuple[Hop, ...]] = field(default_factory=dict)

    def is_active(self, route: Route) -> bool:
        return route in self.active.get((route.table, route.dst), ())


class _Lookup:
    """Longest-prefix look-ups in one state of the tables."""

    def __init__(self, state: Resolution) -> None:
        self._state = state
        self._tables: dict[str, list[tuple[Prefix, tuple[Route, ...]]]] = {}
        for (table, dst), routes in state.active.items():
            self._tables.setdefault(table, []).append((dst, routes))
        for entries in self._tables.values():
            entries.sort(key=lambda entry: -entry[0].length)
        self._cache: dict[tuple[str, int, int], tuple[Route, ...]] = {}

    def hops(self, gateway: Gateway, route: Route) -> tuple[Hop, ...]:
        """Next hops of an address; a route never resolves through itself."""
        assert gateway.address is not None
        key = (gateway.table, gateway.address, route.target_scope)
        if key not in self._cache:
            self._cache[key] = self._carriers(*key)
        found: dict[Hop, None] = {}
        for carrier in self._cache[key]:
            if carrier.key != route.key:
                for hop in self._state.hops.get(carrier.key, ()):
                    found[hop if hop.via is not None else Hop(hop.interface, gateway.address)] = None
        return tuple(found)

    def _carriers(self, table: str, address: int, target_scope: int) -> tuple[Route, ...]:
        for dst, routes in self._tables.get(table, ()):
            if dst.holds(address):
                candidates = tuple(route for route in routes if route.scope <= target_scope)
                if candidates:
                    return candidates
        return ()


def resolve(
    routes: Sequence[Route],
    *,
    interfaces: Interfaces,
    verdicts: Mapping[GatewayCheck, bool],
    local: frozenset[int],
) -> Resolution:
    """The state of all routes. A check without a verdict counts as reachable; ``local`` are the router's addresses."""
    usable = {route.key: _usable_gateways(route, interfaces, verdicts, local) for route in routes}
    state = Resolution()
    for _round in range(2 * len(routes) + 2):
        after = _step(routes, usable, interfaces, state)
        if after == state:
            return state
        state = after
    # what still changes leans on a route that it displaces itself: a roundabout way of resolving through itself
    after = _step(routes, usable, interfaces, state)
    settled = [route for route in routes if state.hops[route.key] == after.hops[route.key]]
    rest = resolve(settled, interfaces=interfaces, verdicts=verdicts, local=local)
    return Resolution(rest.active, {**{route.key: () for route in routes}, **rest.hops})


def _usable_gateways(
    route: Route, interfaces: Interfaces, verdicts: Mapping[GatewayCheck, bool], local: frozenset[int]
) -> tuple[Gateway, ...]:
    checks = route.checks(interfaces)
    return tuple(
        gateway
        for gateway in route.gateways
        if gateway.address not in local and (gateway not in checks or verdicts.get(checks[gateway], True))
    )


def _step(
    routes: Sequence[Route], usable: Mapping[Key, tuple[Gateway, ...]], interfaces: Interfaces, state: Resolution
) -> Resolution:
    lookup = _Lookup(state)
    hops = {route.key: _route_hops(route, usable[route.key], interfaces, lookup) for route in routes}
    groups: dict[Group, list[Route]] = {}
    for route in routes:
        if route.blackhole or hops[route.key]:
            groups.setdefault((route.table, route.dst), []).append(route)
    return Resolution({group: _best(members) for group, members in groups.items()}, hops)


def _best(routes: Iterable[Route]) -> tuple[Route, ...]:
    """The routes with the lowest distance; at the same distance a way out beats a blackhole."""
    members = list(routes)
    lowest = min(route.distance for route in members)
    best = [route for route in members if route.distance == lowest]
    return tuple(route for route in best if not route.blackhole) or tuple(best[:1])


def _route_hops(
    route: Route, gateways: tuple[Gateway, ...], interfaces: Interfaces, lookup: _Lookup
) -> tuple[Hop, ...]:
    if route.blackhole:
        return ()
    found: dict[Hop, None] = {}
    for gateway in gateways:
        for hop in _gateway_hops(gateway, route, interfaces, lookup):
            found[hop] = None
    return tuple(found)


def _gateway_hops(gateway: Gateway, route: Route, interfaces: Interfaces, lookup: _Lookup) -> tuple[Hop, ...]:
    if not gateway.interface:
        return lookup.hops(gateway, route)
    interface = interfaces.get(gateway.interface)
    if interface is None or not interface.running or interface.master:
        return ()
    return (Hop(interface.name, gateway.address),)
