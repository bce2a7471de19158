# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hand-made mangle rows are the marks of a multi-WAN recipe. Pure.

A connection mark is the recipe's when a row gives it by the line that a connection came in by, or by chance (PCC, nth),
and another row routes by it. Whatever narrows a row down (one client, a port, a list of destinations) makes it
somebody's wish about something, which no recipe knows: such a row is never one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from .adopt_lines import MANGLE, MEMBER, Lines, Router, is_foreign, network
from .diff import Found
from .menus import canonical, menu

#: What a row does, and what is said about it: no matchers.
_EFFECTS = frozenset({"chain", "action", "comment", "disabled", "log", "log-prefix", "passthrough", "jump-target"})
#: Matchers that say "a packet of the LAN for the internet" or "a packet of this connection", however it is written.
_BROAD = frozenset(
    {
        "connection-mark",
        "connection-state",
        "dst-address-type",
        "in-interface",
        "in-interface-list",
        "out-interface",
        "out-interface-list",
        "packet-mark",
        "routing-mark",
        "src-address-type",
    }
)
_SHARES = frozenset({"per-connection-classifier", "nth"})


@dataclass(frozen=True)
class Marks:
    """``rows``: id of a recognised row to the reason. ``connections``: the recipe's connection marks, each with the
    line that it stands for (``None``: not known). ``tables``: the routing marks that its rows set."""

    rows: Mapping[str, str]
    connections: Mapping[str, str | None]
    tables: frozenset[str]


def marks(router: Router, lines: Lines, ways: Mapping[str, str | None]) -> Marks:
    """``ways``: tables with a default route by lines of the plan, and the name of its first line."""
    rows = [found for found in router.get(MANGLE, ()) if is_foreign(found)]
    look = _Look(router, lines, ways)
    connections: dict[str, str | None] = {}
    for row in rows:
        mark = row.values.get("connection-mark", "")
        given = [setter for setter in rows if mark and _gives(setter, mark) and look.setter(setter)]
        if (
            mark != "no-mark"
            and given
            and look.routes_by_mark(row, inbound=any(look.inbound(setter) for setter in given))
        ):
            connections.setdefault(mark, ways.get(_table(row)) or look.line_of(given))
    found: dict[str, str] = {}
    for row in rows:
        words = look.reason(row, connections)
        if words:
            found[row.id] = words
    if found:
        found |= {row.id: "lets the modems' networks pass, as the plan does" for row in rows if look.accepts(row)}
        found |= _jumps(rows, found)
    return Marks(found, connections, frozenset(_table(row) for row in rows if row.id in found and _table(row)))


def matchers(values: Mapping[str, str]) -> set[str]:
    """The properties that narrow a firewall row down; those that hold their default are none."""
    form = canonical(menu(MANGLE), values)
    return {name for name in form if name not in _EFFECTS and not name.startswith("new-")}


def _gives(row: Found, mark: str) -> bool:
    return row.values.get("action") == "mark-connection" and row.values.get("new-connection-mark") == mark


def _table(row: Found) -> str:
    return row.values.get("new-routing-mark", "") if row.values.get("action") == "mark-routing" else ""


@dataclass(frozen=True)
class _Look:
    router: Router
    lines: Lines
    ways: Mapping[str, str | None]

    def reason(self, row: Found, connections: Mapping[str, str | None]) -> str:
        """Why a marking row is the recipe's; empty when it is not."""
        if any(_gives(row, mark) for mark in connections) and self.setter(row):
            return "marks connections for the recipe's routing"
        if row.values.get("connection-mark") in connections and self.routes_by_mark(row, inbound=True):
            return "routes by a connection mark of the recipe"
        if _table(row) in self.ways and self.shares(row):
            return "shares connections among tables of the lines"
        if _table(row) in self.ways and self.answers(row):
            return "routes the router's own packets to a table of a line"
        return ""

    def setter(self, row: Found) -> bool:
        return self.shares(row) or self.inbound(row)

    def shares(self, row: Found) -> bool:
        """PCC or nth: whatever else it matches, its part of the traffic is chosen by chance."""
        return any(row.values.get(name) for name in _SHARES)

    def inbound(self, row: Found) -> bool:
        """Marks all that comes in by lines of the plan."""
        values = row.values
        if matchers(values) - _BROAD:
            return False
        if values.get("in-interface"):
            return values["in-interface"] in self.lines.interfaces
        name = values.get("in-interface-list", "")
        members = {
            found.values.get("interface", "")
            for found in self.router.get(MEMBER, ())
            if found.values.get("list") == name
        }
        return bool(name and members) and members <= self.lines.interfaces

    def routes_by_mark(self, row: Found, *, inbound: bool) -> bool:
        """``inbound``: its mark is given by interface, so that its table need not be known."""
        table = _table(row)
        return bool(table) and (inbound or table in self.ways) and not self._narrow(row, "dst-address", "src-address")

    def answers(self, row: Found) -> bool:
        """``output`` by the address of a line."""
        values = row.values
        own = {line.host for line in self.lines.lines}
        return (
            values.get("chain") == "output"
            and values.get("src-address", "").removesuffix("/32") in own
            and not matchers(values) - _BROAD - {"src-address"}
        )

    def accepts(self, row: Found) -> bool:
        """Keeps packets to the networks of the modems unmarked, and to nothing that the plan would balance."""
        values = row.values
        to = network(values.get("dst-address", ""))
        modems = [line.network for line in self.lines.lines]
        return (
            values.get("action") == "accept"
            and values.get("chain") == "prerouting"
            and to is not None
            and not matchers(values) - _BROAD - {"dst-address"}
            and any(modem is not None and to.overlaps(modem) for modem in modems)
            and any(to.subnet_of(inside) for inside in self.lines.bypass)
        )

    def _narrow(self, row: Found, *sides: str) -> bool:
        """Whether a row is about some clients or destinations. A list or a network of either side says "the LAN", or
        with a ``!`` "the internet", in many recipes; one address does not."""
        values = row.values
        allowed = _BROAD | _SHARES | {*sides, *(f"{side}-list" for side in sides)}
        if matchers(values) - allowed:
            return True
        to, to_list = values.get("dst-address", "!"), values.get("dst-address-list", "!")
        clients = network(values.get("src-address", "").removeprefix("!"))
        return not to.startswith("!") or not to_list.startswith("!") or (clients is not None and clients.prefixlen > 30)

    def line_of(self, setters: Sequence[Found]) -> str | None:
        """The line whose interface gives the mark."""
        for row in setters:
            for line in self.lines.by_interface(row.values.get("in-interface", "")):
                return line.name
        return None


def _jumps(rows: Sequence[Found], found: Mapping[str, str]) -> dict[str, str]:
    """Jumps into chains that hold nothing but recognised rows."""
    chains: dict[str, set[str]] = {}
    for row in rows:
        chains.setdefault(row.values.get("chain", ""), set()).add(row.id)
    ids: Set[str] = set(found)
    return {
        row.id: "leads to rows of the recipe only"
        for row in rows
        if row.values.get("action") == "jump"
        and (inside := chains.get(row.values.get("jump-target", "")))
        and inside <= ids
    }
