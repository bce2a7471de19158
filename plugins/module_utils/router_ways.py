# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where packets of the router itself leave: a look-up in rows of addresses, routes and mangle, before or after writes.

Only what decides between lines is modelled: connected networks, routes of ``main`` by prefix and distance, next hops
that are found through other routes, and marks that answer a connection by the line that it came in by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from . import leases
from .diff import Found, Operation
from .preflight_view import ADDRESS, MANGLE, ROUTE, enabled, network, yes

_ANYWHERE = IPv4Network("0.0.0.0/0")
_DEPTH = 5
_STOPS = ("blackhole", "unreachable", "prohibit")

Rows = Mapping[str, Sequence[Found]]
#: Network, distance, gateway.
_Route = tuple[IPv4Network, int, str]


@dataclass(frozen=True, order=True)
class Exit:
    """An interface, and the next hop on it; ``""`` when the destination is in the network of the interface."""

    interface: str
    hop: str = ""

    @property
    def gateway(self) -> str:
        """As a route says it."""
        return f"{self.hop}%{self.interface}" if self.hop else self.interface


_NOWHERE: frozenset[Exit] = frozenset()


def after(router: Rows, operations: Iterable[Operation]) -> Rows:
    """The rows as they would be after the writes, in no order: what is read here does not depend on it."""
    writes = list(operations)
    gone = leases.routes_that_go(router, writes)
    rows = {menu: {row.id: row for row in found if row.id not in gone} for menu, found in router.items()}
    rows.setdefault(ROUTE, {}).update({row.id: row for row in leases.routes_that_come(writes)})
    for number, operation in enumerate(writes):
        of = rows.setdefault(operation.menu, {})
        row_id = operation.id or f"new{number}"
        held = dict(of[row_id].values) if row_id in of else {}
        if operation.verb == "remove":
            of.pop(row_id, None)
        elif operation.verb == "unset":
            held.pop(operation.name, None)
            of[row_id] = Found(row_id, held)
        elif operation.verb in ("add", "set"):
            of[row_id] = Found(row_id, {**held, **operation.values})
    return {menu: list(found.values()) for menu, found in rows.items()}


@dataclass(frozen=True)
class Ways:
    """``rows``: the router. ``dead``: interfaces that carry nothing now (disabled, or without a link)."""

    rows: Rows
    dead: frozenset[str] = frozenset()

    def connected(self) -> Iterator[tuple[IPv4Network, str]]:
        """Networks of the addresses, with their interface."""
        for row in enabled(self.rows.get(ADDRESS, ())):
            interface = row.values.get("actual-interface") or row.values.get("interface", "")
            found = network(row.values.get("address"))
            if found and interface not in self.dead and not yes(row.values.get("invalid")):
                peer = network(row.values.get("network")) if found.prefixlen == 32 else None
                yield (peer or found), interface

    def exits(self, target: IPv4Address) -> frozenset[Exit]:
        """Where packets to ``target`` that bear no mark may leave; several when routes share."""
        return self._exits(target, _DEPTH)

    def default_used(self, target: IPv4Address) -> bool:
        """Whether nothing more particular than a default route leads there."""
        near = any(target in net for net, _second in self.connected())
        return not near and not any(net != _ANYWHERE and target in net for net, _first, _second in self._routes("main"))

    def answering(self) -> Mapping[str, frozenset[Exit]]:
        """Interface to where answers leave to what came in by it, by marks alone."""
        mangle = enabled(self.rows.get(MANGLE, ()))
        tables = {
            row.values["connection-mark"]: row.values["new-routing-mark"]
            for row in mangle
            if row.values.get("chain") == "output"
            and row.values.get("action") == "mark-routing"
            and row.values.get("connection-mark")
            and row.values.get("new-routing-mark")
        }
        marked: dict[str, frozenset[Exit]] = {}
        for row in mangle:
            interface, mark = row.values.get("in-interface", ""), row.values.get("new-connection-mark", "")
            if row.values.get("action") == "mark-connection" and interface and mark in tables:
                marked.setdefault(interface, self._first(self._away(tables[mark]), _DEPTH))
        return marked

    def _exits(self, target: IPv4Address, depth: int) -> frozenset[Exit]:
        near = [(net.prefixlen, interface) for net, interface in self.connected() if target in net]
        longest = max((length for length, _second in near), default=-1)
        fit = [route for route in self._routes("main") if target in route[0] and route[0].prefixlen > longest]
        # a next hop is never found by a default route: its scope is wider than any target-scope
        found = self._first(fit if depth == _DEPTH else [route for route in fit if route[0] != _ANYWHERE], depth)
        return found or frozenset(Exit(interface) for length, interface in near if length == longest)

    def _first(self, routes: Iterable[_Route], depth: int) -> frozenset[Exit]:
        """Exits of the best routes that lead anywhere: the longest prefix, then the least distance."""
        ranks: dict[tuple[int, int], set[Exit]] = {}
        for net, distance, gateway in routes:
            ranks.setdefault((-net.prefixlen, distance), set()).update(self._gateway(gateway, depth))
        return next(
            (frozenset(found) for _first, found in sorted(ranks.items(), key=lambda item: item[0]) if found), _NOWHERE
        )

    def _gateway(self, gateway: str, depth: int) -> Iterator[Exit]:
        address, _sep, interface = gateway.partition("@")[0].partition("%")
        try:
            hop = IPv4Address(address)
        except AddressValueError:
            yield Exit(address)
            return
        if interface:
            yield Exit(interface, address)
        elif depth:
            for found in self._exits(hop, depth - 1):
                yield found if found.hop else Exit(found.interface, address)

    def _away(self, table: str) -> list[_Route]:
        """Its default routes: what leads to places that no row names."""
        return [route for route in self._routes(table) if route[0] == _ANYWHERE]

    def _routes(self, table: str) -> Iterator[_Route]:
        """Working routes that lead somewhere; several of a row with several gateways. Connected ones come from the
        addresses."""
        for row in enabled(self.rows.get(ROUTE, ())):
            values = row.values
            named = values.get("routing-table") or values.get("routing-mark") or "main"
            if named != table or yes(values.get("connect")) or values.get("distance") == "0":
                continue
            found = network(values.get("dst-address", "0.0.0.0/0"))
            distance = values.get("distance", "1")
            if found is None or "blackhole" in values or values.get("type") in _STOPS:
                continue
            for gateway in filter(None, values.get("gateway", "").split(",")):
                if self._works(gateway):
                    yield found, int(distance) if distance.isdecimal() else 1, gateway

    def _works(self, gateway: str) -> bool:
        name = gateway.partition("@")[0].partition("%")[2] or gateway
        return name not in self.dead
