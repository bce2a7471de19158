# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes and rules of the kernel, the flags that ``/ip/route`` shows, the gateway checks to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lab.derive import gateway_status
from lab.derive.addresses import Addresses
from lab.derive.interfaces import Interfaces
from lab.derive.ip import dotted
from lab.derive.lines import Line
from lab.derive.marks import TABLE_MENU, Marks
from lab.derive.observations import GatewayCheck, Observations
from lab.derive.plan import DynamicRow, NextHop, Note, RoutePlan
from lab.derive.resolve import Hop, Resolution, resolve
from lab.derive.routes import MENU, Route, is_v6, read_routes
from lab.schema.snapshot import Snapshot


@dataclass(frozen=True)
class Routing:
    """``status`` is keyed like ``Derived.status``."""

    routes: tuple[RoutePlan, ...]
    status: Mapping[tuple[str, int], Mapping[str, str]]
    dynamic: tuple[DynamicRow, ...]
    checks: frozenset[GatewayCheck]
    notes: tuple[Note, ...]


def derive_routing(
    snapshot: Snapshot,
    seen: Observations,
    *,
    interfaces: Interfaces,
    addresses: Addresses,
    marks: Marks,
    lines: tuple[Line, ...] = (),
) -> Routing:
    """Resolve every route and say what the kernel should hold."""
    every = read_routes(snapshot, addresses, lines)
    routes = [route for route in every if route.table in marks.tables]
    state = resolve(routes, interfaces=interfaces, verdicts=seen.gateways, local=addresses.local())
    status = {(MENU, row.id): _inactive() for row in snapshot.rows(MENU) if not row.dynamic}
    flags = gateway_status.flags if is_v6(snapshot) else _flags
    if is_v6(snapshot):
        status = {key: {"active": "false", "static": "true"} for key in status}
    for route in routes:
        if route.key[0] == "static":
            status[MENU, int(route.key[1])] = flags(route, state)
    status |= {(TABLE_MENU, t.row_id): {"invalid": "false"} for t in marks.tables.values() if t.row_id}
    checks = {check for route in routes for check in route.checks(interfaces).values()}
    notes = [
        Note(MENU, int(route.key[1]), f"check-gateway={route.check} is not run")
        for route in routes
        if route.check not in ("", "ping", "arp")
    ]
    return Routing(
        routes=tuple(_kernel_routes(state, interfaces, marks)),
        status=status,
        dynamic=tuple(
            gateway_status.dynamic_row(route, state) if is_v6(snapshot) else _dynamic_row(route, state)
            for route in routes
            if route.key[0] != "static"
        ),
        checks=frozenset(check for check in checks if check.method in ("ping", "arp")),
        notes=tuple(notes),
    )


def _kernel_routes(state: Resolution, interfaces: Interfaces, marks: Marks) -> Iterator[RoutePlan]:
    """Connected ones first: the others' next hops lie in them."""
    found = []
    for (table, dst), routes in state.active.items():
        number = marks.tables[table].kernel
        if number:
            hops = _merged(state.hops[route.key] for route in routes)
            plan = RoutePlan(number, str(dst), tuple(_next_hop(hop, interfaces) for hop in hops), _source(routes))
            found.append((any(hop.via for hop in plan.hops), plan))
    yield from (plan for _recursive, plan in sorted(found, key=lambda item: (item[0], item[1].table, item[1].dst)))


def _merged(hops: Iterable[tuple[Hop, ...]]) -> tuple[Hop, ...]:
    """Equal-cost routes that end at the same hop are one next hop in the kernel."""
    return tuple(dict.fromkeys(hop for group in hops for hop in group))


def _next_hop(hop: Hop, interfaces: Interfaces) -> NextHop:
    return NextHop(interfaces.by_name[hop.interface].kernel, "" if hop.via is None else dotted(hop.via))


def _source(routes: tuple[Route, ...]) -> str:
    """The preferred source, when all routes of the group agree on it."""
    sources = {route.pref_src for route in routes}
    return sources.pop() if len(sources) == 1 else ""


def _inactive() -> dict[str, str]:
    return {"active": "false", "inactive": "true", "static": "true", "ecmp": "false", "immediate-gw": ""}


def _flags(route: Route, state: Resolution) -> dict[str, str]:
    active = state.is_active(route)
    group = state.active.get((route.table, route.dst), ())
    return {
        "active": "true" if active else "false",
        "inactive": "false" if active else "true",
        "static": "true",
        "ecmp": "true" if active and len(group) > 1 else "false",
        "immediate-gw": ",".join(_shown(hop) for hop in state.hops[route.key]),
    }


def _shown(hop: Hop) -> str:
    return hop.interface if hop.via is None else f"{dotted(hop.via)}%{hop.interface}"


def _dynamic_row(route: Route, state: Resolution) -> DynamicRow:
    """A connected network, or what a line added: with the flag of its kind."""
    flag = str(route.key[0])
    seen = _flags(route, state)
    del seen["static"]
    values = {
        "dst-address": str(route.dst),
        "routing-table": route.table,
        "gateway": route.gateways[0].text,
        "distance": str(route.distance),
        "scope": str(route.shown_scope),
        "target-scope": str(route.target_scope),
        **({"local-address": f"{route.pref_src}%{route.gateways[0].interface}"} if route.pref_src else {}),
        **seen,
        "dynamic": "true",
        flag: "true",
    }
    if flag == "connect" and not state.is_active(route):
        values["immediate-gw"] = ""
    return DynamicRow(MENU, str(route.key[1]), values)
