# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rows of a hand-made multi-WAN recipe on a router, menu by menu. Pure; :mod:`adopt` says what a recipe is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import adopt_lines as al
from .adopt_lines import MANGLE, MEMBER, NAT, ROUTE, TABLE, Lines, Router, Routes, is_foreign, placed
from .adopt_mangle import Marks, marks, matchers
from .adopt_scripts import Switches, switches
from .diff import Found
from .menus import menu as menu_at
from .plan import Row

WATCH, SCHEDULER, SCRIPT = "/tool/netwatch", "/system/scheduler", "/system/script"
FILTER = "/ip/firewall/filter"
#: Rights of the router's own undo (dead_man.py). It can't give back a script or a scheduler that has more.
GIVEN_BACK = frozenset({"ftp", "policy", "read", "reboot", "sensitive", "test", "write"})
SCRIPTS = {WATCH: ("up-script", "down-script", "test-script"), SCHEDULER: ("on-event",), SCRIPT: ("source",)}

Reasons = Mapping[str, str]


@dataclass(frozen=True)
class Look:
    router: Router
    lines: Lines
    routes: Routes
    marks: Marks

    def foreign(self, menu: str) -> Iterator[Found]:
        return (found for found in self.router.get(menu, ()) if is_foreign(found))


def looked(plan: Sequence[Row], router: Router) -> Look:
    lines = al.lines_of(plan)
    routes = Routes(lines, tuple(found for found in router.get(ROUTE, ()) if is_foreign(found)))
    return Look(router, lines, routes, marks(router, lines, _ways(routes)))


def _ways(routes: Routes) -> dict[str, str | None]:
    """Tables with a default route by lines of the plan: the nearest one's line."""
    ways: dict[str, tuple[int, str]] = {}
    for found in routes.foreign:
        place, lines = placed(found.values), routes.way(found)
        if lines and place.to == al.ANYWHERE and place.table != al.MAIN:
            first = (place.distance, min(line.name for line in lines))
            ways[place.table] = min(first, ways.get(place.table, first))
    return {table: name for table, (_first, name) in ways.items()}


def reasons(look: Look) -> dict[str, Reasons]:
    """Menu to the ids of recognised rows, each with the reason."""
    if not look.lines.lines:
        return {}
    found: dict[str, Reasons] = {**_tables(look), MANGLE: look.marks.rows, NAT: _nat(look)}
    found[ROUTE] = _routes(look, found[ROUTE])
    found |= _events(look, found)
    found[ROUTE] = {**found[ROUTE], **_watched(look, found)}
    return found


# --- tables and their routes


def _tables(look: Look) -> dict[str, Reasons]:
    """Tables that only the recipe's rows use, with all that they hold."""
    free = {table for table in look.marks.tables - used(look) if _is_plain(look, table)}
    tables = {found.id: "a table of the recipe" for found in look.foreign(TABLE) if found.values.get("name") in free}
    routes = {found.id: "a route of the recipe's table" for found in look.routes.foreign if _in(found) in free}
    return {TABLE: tables, ROUTE: routes}


def _in(found: Found) -> str:
    return placed(found.values).table


def _is_plain(look: Look, table: str) -> bool:
    """Whether a table leads to the lines, to the router's own networks, and nowhere else."""
    inside = [al.network(found.values.get("address", "")) for found in look.router.get(al.ADDRESS, ())]

    def plain(found: Found) -> bool:
        to = al.network(placed(found.values).to)
        return bool(look.routes.way(found)) or al.is_blackhole(found.values) or to in inside

    return all(plain(found) for found in look.routes.foreign if _in(found) == table)


def used(look: Look) -> set[str]:
    """Tables and routing marks that rows name which stay."""
    used: set[str] = set()
    for menu in (MANGLE, NAT, FILTER, "/routing/rule", "/ip/route/rule"):
        for found in look.router.get(menu, ()):
            if not (menu == MANGLE and found.id in look.marks.rows):
                used |= {found.values.get(name, "") for name in ("new-routing-mark", "routing-mark", "table")}
    for found in look.routes.foreign:
        used |= {part.partition("@")[2] for part in found.values.get("gateway", "").split(",")} - {_in(found)}
    return used - {""}


def _routes(look: Look, in_tables: Reasons) -> Reasons:
    """Default routes in ``main``, and the host routes that recognised routes lean on and no other does."""
    found = dict(in_tables)
    for route in look.routes.foreign:
        place = placed(route.values)
        if place.table != al.MAIN or not look.routes.way(route):
            continue
        if place.to == al.ANYWHERE and place.distance <= look.lines.farthest:
            found[route.id] = "a default route by a line of the plan"
        elif place.to in look.lines.hosts:
            found[route.id] = "leads to an anchor of the plan"
    kept = {hop for route in look.routes.foreign if route.id not in found for hop in al.hops(route.values)}
    for route in look.routes.foreign:
        if route.id in in_tables or route.id in found:
            for target in look.routes.behind(route):
                if placed(target.values).to.removesuffix("/32") not in kept:
                    found.setdefault(target.id, "the target that the recipe's routes lean on")
    return {**found, **_stops(look, found)}


def _stops(look: Look, found: Reasons) -> Reasons:
    """Blackholes beside recognised host routes, which keep probes from leaking."""
    hosts = {placed(route.values).to for route in look.routes.foreign if route.id in found}
    return {
        route.id: "keeps the recipe's probes on their line"
        for route in look.routes.foreign
        if al.is_blackhole(route.values) and (place := placed(route.values)).table == al.MAIN
        if place.to.endswith("/32") and place.to in hosts
    }


# --- source NAT


def _nat(look: Look) -> Reasons:
    own = {line.host for line in look.lines.lines}
    found = {}
    for row in look.foreign(NAT):
        values = row.values
        action = values.get("action")
        is_source = action == "masquerade" or (action == "src-nat" and values.get("to-addresses") in own)
        if is_source and values.get("chain") == "srcnat" and _leaves(look, row) and _is_broad(look, row):
            found[row.id] = "gives connections that leave by a line its address"
    return found


def _leaves(look: Look, row: Found) -> bool:
    """Whether a row is about nothing but what leaves by lines of the plan."""
    values = row.values
    if values.get("out-interface"):
        return values["out-interface"] in look.lines.interfaces
    name = values.get("out-interface-list", "")
    members = {m.values.get("interface", "") for m in look.router.get(MEMBER, ()) if m.values.get("list") == name}
    by_list = bool(name and members) and members <= look.lines.interfaces
    return by_list or values.get("connection-mark") in look.marks.connections


_NAT_BROAD = {"connection-mark", "ipsec-policy", "out-interface", "out-interface-list", "routing-mark", "src-address"}


def _is_broad(look: Look, row: Found) -> bool:
    """Whether a row is about everybody: the whole of a network that the router has, or no address at all."""
    if matchers(row.values) - _NAT_BROAD - {"to-addresses"}:
        return False
    values = row.values
    if values.get("connection-mark", "") not in {"", *look.marks.connections}:
        return False
    clients = al.network(values["src-address"]) if values.get("src-address") else None
    inside = [al.network(found.values.get("address", "")) for found in look.router.get(al.ADDRESS, ())]
    return not values.get("src-address") or (
        clients is not None and any(own is not None and own.subnet_of(clients) for own in inside)
    )


# --- scripts


def _events(look: Look, found: Mapping[str, Reasons]) -> dict[str, Reasons]:
    """Netwatch rows, schedulers and scripts that do nothing but switch recognised rows."""
    known = {(menu, row_id) for menu, reasons in found.items() for row_id in reasons}
    scripts = {row.values.get("name", ""): row for row in look.foreign(SCRIPT)}

    def switched(text: str, depth: int = 3) -> set[tuple[str, str]] | None:
        called = text.strip().strip('"')
        does = Switches(frozenset(), frozenset({called})) if called in scripts else switches(text, look.router)
        if does is None or depth == 0 or not does.runs <= set(scripts):
            return None
        rows = set(does.rows)
        for name in does.runs:
            more = switched(scripts[name].values.get("source", ""), depth - 1)
            if more is None:
                return None
            rows |= more
        return rows

    def is_plain(menu: str, row: Found) -> bool:
        if not _rights(menu, row) <= GIVEN_BACK:
            return False
        parts = [switched(row.values[name]) for name in SCRIPTS[menu] if row.values.get(name)]
        rows = {one for part in parts if part is not None for one in part}
        return None not in parts and bool(rows) and rows <= known

    events: dict[str, Reasons] = {
        menu: {row.id: "switches routes of the recipe" for row in look.foreign(menu) if is_plain(menu, row)}
        for menu in (WATCH, SCHEDULER)
    }
    staying = _words_of_staying(look, events)
    events[SCRIPT] = {
        row.id: "switches routes of the recipe"
        for name, row in scripts.items()
        if is_plain(SCRIPT, row) and name not in staying
    }
    return events


def _rights(menu: str, row: Found) -> set[str]:
    """Of a script or a scheduler; netwatch rows have none of their own."""
    default = menu_at(menu).defaults.get("policy", "")
    return set(row.values.get("policy", default).split(",")) - {""}


def _words_of_staying(look: Look, events: Mapping[str, Reasons]) -> set[str]:
    """Words in scripts of rows that stay: a script whose name is among them may be called there."""
    texts = (
        row.values.get(name, "")
        for menu in (WATCH, SCHEDULER, "/ip/dhcp-server/alert")
        for row in look.router.get(menu, ())
        if row.id not in events.get(menu, {})
        for name in SCRIPTS.get(menu, ("on-alert",))
    )
    return {word for text in texts for word in re.split(r"[\s\"';{}\[\]()$=]+", text)}


def _watched(look: Look, found: Mapping[str, Reasons]) -> Reasons:
    """Host routes to what the recipe's netwatch rows and scripts ask, with their blackholes."""
    hosts = {row.values.get("host", "") for row in look.foreign(WATCH) if row.id in found.get(WATCH, {})}
    asked = {
        host
        for menu in (SCHEDULER, SCRIPT)
        for row in look.foreign(menu)
        if row.id in found.get(menu, {})
        for name in SCRIPTS[menu]
        for host in re.findall(r"ping\s+(?:address=)?\"?([0-9.]+)", row.values.get(name, ""))
    }
    kept = {hop for r in look.routes.foreign if r.id not in found[ROUTE] for hop in al.hops(r.values)}
    wanted = {f"{host}/32" for host in (hosts | asked) - kept}
    routes = {
        route.id: "the target that the recipe asks"
        for route in look.routes.foreign
        if placed(route.values).to in wanted and _in(route) == al.MAIN and look.routes.way(route)
    }
    return {**routes, **_stops(look, routes)}
