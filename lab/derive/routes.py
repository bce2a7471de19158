# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/route`` rows and connected networks as routes that the resolver understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lab.derive.addresses import Addresses
from lab.derive.interfaces import Interfaces
from lab.derive.ip import Prefix, is_address, number
from lab.derive.lines import FLAGS, Line
from lab.derive.observations import GatewayCheck
from lab.schema.snapshot import ConfigRow, Snapshot

MENU = "/ip/route"
_HIGHEST_NEXTHOP_SCOPE = 254
#: types of version 6 that tell the sender; here they drop as a blackhole does
_REFUSING = ("prohibit", "unreachable")


@dataclass(frozen=True)
class Gateway:
    """``address`` None: an interface gateway. ``table``: where the address is looked up."""

    address: int | None
    interface: str = ""
    table: str = "main"
    text: str = ""


@dataclass(frozen=True)
class Route:
    """``scope`` is the effective one. ``key`` is ("static", row id) or (its flag, something of its own).

    The flag is ``connect`` for networks on interfaces, ``dhcp``, ``vpn`` or ``modem`` for what lines add.
    """

    key: tuple[str, int | str]
    table: str
    dst: Prefix
    gateways: tuple[Gateway, ...]
    distance: int
    scope: int
    target_scope: int
    blackhole: bool = False
    check: str = ""
    pref_src: str = ""
    shown_scope: int = 0

    def checks(self, interfaces: Interfaces) -> Mapping[Gateway, GatewayCheck]:
        """The probe of each gateway. An interface gateway has no address to probe (facts 2.4)."""
        if not self.check:
            return {}
        found = {}
        for gateway in self.gateways:
            if gateway.address is not None:
                interface = interfaces.get(gateway.interface)
                address = gateway.text.partition("%")[0].partition("@")[0]
                found[gateway] = GatewayCheck(address, interface.kernel if interface else "", self.check)
        return found


def read_routes(snapshot: Snapshot, addresses: Addresses, lines: tuple[Line, ...] = ()) -> tuple[Route, ...]:
    """Connected routes first, then those of lines, then the enabled static ones in menu order."""
    rows = [row for row in snapshot.rows(MENU) if row.enabled and not row.dynamic]
    given = [route for line in lines for route in _given(line)]
    if is_v6(snapshot):
        return (*connected(addresses), *_shared_gateways([*given, *(_static_v6(row) for row in rows)]))
    return (*connected(addresses), *given, *(_static(row) for row in rows))


def _given(line: Line) -> Iterator[Route]:
    """Target-scope 10, as all routes that clients make (facts 2.5)."""
    for destination, gateway, table, distance in line.routes():
        yield Route(
            key=(FLAGS[line.menu], f"{line.key} {destination} {table}"),
            table=table,
            dst=Prefix.parse(destination),
            gateways=(parse_gateway(gateway),),
            distance=distance,
            scope=30,
            target_scope=10,
            shown_scope=30,
        )


def is_v6(snapshot: Snapshot) -> bool:
    return snapshot.version.startswith("6.")


def connected(addresses: Addresses) -> tuple[Route, ...]:
    """One route for each network on an interface; distance 0, scope 10 (facts 2.3)."""
    found: dict[tuple[str, int | str], Route] = {}
    for item in addresses.items:
        name = item.interface.name
        key: tuple[str, int | str] = ("connect", f"{item.prefix}%{name}")
        gateway = Gateway(None, name, text=name)
        found.setdefault(key, Route(key, "main", item.prefix, (gateway,), 0, 10, 5, pref_src=item.text, shown_scope=10))
    return tuple(found.values())


def parse_gateway(text: str) -> Gateway:
    """``address``, ``address%interface``, ``address@table``, ``interface``."""
    where, _, table = text.partition("@")
    address, _, interface = where.partition("%")
    if is_address(address):
        return Gateway(number(address), interface, table or "main", text)
    return Gateway(None, where, table or "main", text)


def _static_v6(row: ConfigRow) -> Route:
    """Tables by routing mark, a type instead of the switch ``blackhole``, the scope as it stands (facts 1.5, 2.1)."""
    route = _static(row)
    table = row.get("routing-mark") or "main"
    return replace(
        route, table=table, scope=route.shown_scope, blackhole=row.get("type", "unicast") in ("blackhole", *_REFUSING)
    )


def _shared_gateways(routes: list[Route]) -> Iterator[Route]:
    """Version 6 has one object per gateway address: the smallest target-scope and any check count (facts 2.3)."""
    scopes: dict[Gateway, int] = {}
    checks: dict[Gateway, str] = {}
    for route in routes:
        for gateway in route.gateways:
            scopes[gateway] = min(route.target_scope, scopes.get(gateway, route.target_scope))
            checks[gateway] = checks.get(gateway) or route.check
    for route in routes:
        own = [gateway for gateway in route.gateways if gateway.address is not None]
        scope = min((scopes[gateway] for gateway in own), default=route.target_scope)
        check = next((checks[gateway] for gateway in own if checks[gateway]), route.check)
        yield replace(route, target_scope=scope, check=check)


def _static(row: ConfigRow) -> Route:
    scope = row.num("scope", 30)
    target = row.num("target-scope", 10)
    check = row.get("check-gateway")
    blackhole = row.has("blackhole") and row.get("blackhole") not in ("false", "no")
    return Route(
        key=("static", row.id),
        table=row.get("routing-table") or "main",
        dst=Prefix.parse(row.get("dst-address") or "0.0.0.0/0"),
        gateways=tuple(parse_gateway(text) for text in row.get("gateway").split(",") if text),
        distance=row.num("distance", 1),
        scope=scope if blackhole else _effective(scope, target),
        target_scope=target,
        blackhole=blackhole,
        check="" if check == "none" else check,
        pref_src=row.get("pref-src"),
        shown_scope=scope,
    )


def _effective(scope: int, target: int) -> int:
    """v7 lifts a scope that is not above the target-scope to one more (facts 2.3)."""
    scope = min(scope, _HIGHEST_NEXTHOP_SCOPE)
    return target + 1 if scope <= target else scope
