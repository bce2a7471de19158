# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which rows of a router belong to a hand-made multi-WAN recipe, and how a plan takes them over. Pure.

A row is recognised only when it names a line of the plan (its interface, its next hop, its modem's network), or a mark,
a table or a route that such a row makes. What is about anything else stays: a client's own way out, port forwards,
filter rows, queues, lists, a table that any other row uses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from . import names
from .adopt_lines import MANGLE, NAT, Router
from .adopt_look import FILTER, SCRIPTS, Look, looked, reasons, used
from .diff import Found, Operation
from .menus import MENUS
from .plan import Row
from .tags import owned, tag
from .versions import TABLES, Version

#: Owner of rows that were taken over, and of those that carry their connections meanwhile.
OWNER = "adopted"
#: The roles that do together what a recipe does. A run of some of them takes nothing over.
NEEDED = frozenset({"wan", "failover", "pcc"})
_TAG = re.compile(rf"\[multiwan:{OWNER}:([0-9]+)\]\s*$")


@dataclass(frozen=True)
class Adopted:
    """A recognised row. ``why``: the reason, for people."""

    menu: str
    found: Found
    why: str


def also_read(version: Version) -> dict[str, tuple[str, ...]]:
    """Menus that the collection does not write, and whose rows may use a recipe's marks and tables: menu to properties.

    What was not read uses nothing.
    """
    rules = ("/routing/rule", ("routing-mark", "table")) if TABLES.on(version) else ("/ip/route/rule", ("table",))
    return {
        rules[0]: (*rules[1], *([] if TABLES.on(version) else ["routing-mark"])),
        FILTER: ("chain", "action", "connection-mark", "routing-mark"),
    }


def complete(owners: Collection[str] | None) -> bool:
    """Whether a run that writes these roles replaces a recipe as a whole."""
    return owners is None or set(owners) >= NEEDED


def recognised(plan: Sequence[Row], router: Router, version: Version) -> tuple[Adopted, ...]:
    """Rows of the recipe, by menu in the collection's order, in router order.

    ``plan``: the whole branch's rows. ``router``: menu to its rows, those of :func:`also_read` where they were read.
    """
    del version  # a mark on a route and a table are one thing here
    found = reasons(looked(plan, router))
    return tuple(
        Adopted(menu.path, row, found[menu.path][row.id])
        for menu in MENUS
        for row in router.get(menu.path, ())
        if row.id in found.get(menu.path, {})
    )


# --- taking over


def taken_over(router: Router, adopted: Sequence[Adopted]) -> tuple[dict[str, list[Found]], tuple[Operation, ...]]:
    """The router with its recipe's rows tagged as ours, and the writes that do so.

    The tag stands behind the row's own comment. Numbers go on behind those that the router has already.
    """
    tagged: dict[str, list[Found]] = {menu: list(rows) for menu, rows in router.items()}
    operations = []
    numbers = {menu: _highest(rows) for menu, rows in router.items()}
    for item in adopted:
        numbers[item.menu] = numbers.get(item.menu, 0) + 1
        owner = tag(OWNER, str(numbers[item.menu]))
        comment = f"{item.found.values.get('comment', '')} [{owner}]".strip()
        row = replace(item.found, values={**item.found.values, "comment": comment})
        tagged[item.menu] = [row if held.id == row.id else held for held in tagged[item.menu]]
        operations.append(
            Operation(
                item.menu,
                "set",
                owner,
                f"taken over from a hand-made recipe: {item.why}",
                id=row.id,
                values={"comment": comment},
                old=item.found.values,
            )
        )
    return tagged, tuple(operations)


def _highest(rows: Sequence[Found]) -> int:
    found = (_TAG.search(row.values.get("comment", "")) for row in rows)
    return max((int(match[1]) for match in found if match), default=0)


def bridges(plan: Sequence[Row], router: Router) -> tuple[Row, ...]:
    """Rows that carry the recipe's running connections over: to be put *before* the rows of the plan for the time of
    the commit, and taken away at its end.

    A connection that has a mark of the recipe gets the plan's mark of the same line with its next packet, so that it
    stays on its line when the recipe's rows go. That holds for the session of the commit itself, too.
    """
    known = {row.values.get("new-connection-mark") for row in plan if row.menu == MANGLE}
    found: list[Row] = []
    for number, (mark, line) in enumerate(sorted(looked(plan, router).marks.connections.items()), start=1):
        for chain in (names.CHAIN_ROUTE, "output"):
            if line is None or names.uplink_table(line) not in known:
                continue
            to = {"new-connection-mark": names.uplink_table(line), "passthrough": "yes"}
            match = {"chain": chain, "connection-mark": mark, "action": "mark-connection"}
            owner = tag(OWNER, "bridge", f"{number}-{chain.removeprefix('mw-')}")
            found.append(owned(MANGLE, owner, f"Connections of {line} from before", {**match, **to}))
    return tuple(found)


# --- for people


#: What is shown of a row, in this order.
_SHOWN: tuple[str, ...] = (
    *("name", "chain", "action", "in-interface", "in-interface-list", "out-interface", "out-interface-list"),
    *("connection-mark", "new-connection-mark", "new-routing-mark", "per-connection-classifier", "jump-target"),
    *("dst-address", "gateway", "routing-table", "routing-mark", "distance", "host", "to-addresses", "comment"),
)


def words(adopted: Sequence[Adopted]) -> list[str]:
    """One sentence for each recognised row, without its scripts."""
    return [f"{item.menu} {item.found.id} ({described(item.found)}): {item.why}" for item in adopted]


def described(found: Found) -> str:
    """What a foreign row is known by."""
    pairs = ((name, one_line(found.values[name])) for name in _SHOWN if found.values.get(name) not in (None, ""))
    return " ".join(f'{name}="{text}"' if " " in text else f"{name}={text}" for name, text in pairs)


def one_line(text: str) -> str:
    """A comment may hold anything; what a terminal would obey is shown as its escape."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def summary(adopted: Sequence[Adopted]) -> str:
    """The sentence that stands over :func:`words` when nothing is taken over."""
    count = f"{len(adopted)} rows" if len(adopted) != 1 else "1 row"
    return f"{count} of a hand-made recipe on the router work beside the plan; multiwan_adopt: true replaces them"


def leaning(plan: Sequence[Row], router: Router) -> list[str]:
    """A sentence for each row that stays and that the take-over leaves without what it leans on, or that may meddle."""
    look = looked(plan, router)
    if not look.lines.lines:
        return []
    adopted = {(menu, row_id) for menu, found in reasons(look).items() for row_id in found}
    return [*_lone_marks(look, adopted), *_lone_tables(look, adopted), *_lone_scripts(look, adopted)]


_Known = Collection[tuple[str, str]]


def _staying(look: Look, menus: Sequence[str], adopted: _Known) -> Iterator[tuple[str, Found]]:
    for menu in menus:
        for row in look.foreign(menu):
            if (menu, row.id) not in adopted:
                yield menu, row


def _lone_marks(look: Look, adopted: _Known) -> Iterator[str]:
    for menu, row in _staying(look, (MANGLE, NAT, FILTER), adopted):
        asked = row.values.get("connection-mark", "").removeprefix("!")
        given = row.values.get("new-connection-mark", "")
        if asked in look.marks.connections:
            yield (
                f"{menu} {row.id} ({described(row)}) asks for the connection mark {asked}, which no row of the recipe"
                " gives any more; the plan's marks are called mw- and the uplink's name"
            )
        elif given in look.marks.connections:
            yield (
                f"{menu} {row.id} ({described(row)}) gives the connection mark {given}, by which nothing is routed any"
                " more; say what it is for in multiwan_pins, and remove it"
            )


def _lone_tables(look: Look, adopted: _Known) -> Iterator[str]:
    kept = look.marks.tables & used(look)
    for table in sorted(kept):
        yield f"the table {table} and its routes stay, because rows use it that are not the recipe's"


def _lone_scripts(look: Look, adopted: _Known) -> Iterator[str]:
    comments = {
        row.values["comment"] for menu, row_id in adopted for row in look.router[menu]
        if row.id == row_id and row.values.get("comment")
    }  # fmt: skip
    for menu, row in _staying(look, tuple(SCRIPTS), adopted):
        text = "\n".join(row.values.get(name, "") for name in SCRIPTS[menu])
        writes = re.search(r"\broute[ /]+(?:enable|disable|set|remove)\b", text)
        names_one = any(f'"{comment}"' in text or f"={comment}]" in text for comment in comments)
        by_gateway = any(line.gateway and line.gateway in text for line in look.lines.lines)
        if writes and (names_one or by_gateway):
            label = row.values.get("name") or row.values.get("comment") or row.values.get("host", "")
            yield (
                f"{menu} {row.id} ({one_line(label)}) switches routes, but does other things as well, or has more"
                " rights than could be given back, so it stays: look at it, and remove it or take the routes out of it"
            )
