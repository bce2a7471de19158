# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows that may exist already: a bridge, its ports, a modem, a DHCP server. Pure.

A claim takes single properties of somebody else's row, and only such as stand at RouterOS' default: so giving them back
is exact. Which ones they are stands in the row's comment, behind what people wrote there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .found import Claim, Conflict, Found, Operation, value_words, without_tag
from .menus import Menu, canonical
from .menus import menu as menu_at
from .plan import Row


@dataclass(frozen=True)
class Weighed:
    """Of one menu. ``settled``: tags of plan rows that need no row of their own. ``given``: writes that take or renew
    properties, ``returned``: writes that give them back."""

    settled: frozenset[str] = frozenset()
    given: tuple[Operation, ...] = ()
    returned: tuple[Operation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def weigh(menu: Menu, wanted: Collection[Row], everything: Sequence[Found], held: Sequence[Found]) -> Weighed:
    """``wanted``: the plan's rows of the menu. ``everything``: all rows of the router there, ``held``: the own ones."""
    own = {found.tag for found in held}
    settled: set[str] = set()
    given: list[Operation] = []
    conflicts: list[Conflict] = []
    used: set[str] = set()
    for row in wanted:
        if not row.claims or row.tag in own:
            continue
        matches = [found for found in everything if _is_for(menu, row, found)]
        if matches or row.absent != "add":
            settled.add(row.tag)
        if not matches and row.absent == "refuse":
            conflicts.append(Conflict(menu.path, row.tag, f"the router has no row with {_key_words(row)}"))
        for found in matches:
            used.add(found.id)
            operations, conflict = _claim(menu, row, found)
            given += operations
            conflicts += conflict
    free = [found for found in held if found.claim and found.id not in used]
    returned = [operation for found in free for operation in _set(menu, found, frozenset(), {}, "no longer asked for")]
    return Weighed(frozenset(settled), tuple(given), tuple(returned), tuple(conflicts))


def differing(old: Mapping[str, Sequence[Found]], now: Mapping[str, Sequence[Found]]) -> list[Operation]:
    """Rows with a claim, before or now, that are not as they were: what takes them back."""
    operations = []
    for path, rows in old.items():
        today = {found.id: found for found in now.get(path, ())}
        for before in rows:
            found = today.get(before.id)
            if found is None or not (before.claim or found.claim):
                continue
            menu = menu_at(path)
            want, have = canonical(menu, before.values), canonical(menu, found.values)
            names = [name for name in sorted({*want, *have}) if want.get(name) != have.get(name)]
            if names:
                words = "; ".join(value_words(name, want, have) for name in names)
                values = {name: before.values.get(name, menu.defaults.get(name, "")) for name in names}
                tag = before.tag or found.tag or ""
                operations.append(Operation(path, "set", tag, words, found.id, values, old=found.values))
    return operations


def left_to_others(
    plan: Sequence[Row], router: Mapping[str, Sequence[Found]]
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The plan without leaders whose place somebody else's row has, and without what follows these; a sentence each."""
    left: dict[str, str] = {}
    for row in plan:
        if row.yields and (other := _in_the_place(row, router.get(row.menu, ()))):
            what = " ".join(f"{name}={row.values.get(name, '')}" for name in menu_at(row.menu).unique)
            left[row.tag] = (
                f"{row.menu} {other.id} ({other.values.get('name', what)}), which is not ours, is there for {what}"
                " already: it is left as it is, and what the branch says of it has no effect. Remove it to hand it over"
            )
    kept = tuple(row for row in plan if row.tag not in left and row.follows not in left)
    return kept, tuple(left.values())


def _in_the_place(row: Row, rows: Sequence[Found]) -> Found | None:
    menu = menu_at(row.menu)
    if any(found.tag == row.tag for found in rows):
        return None
    form = _form(menu, row.values, menu.unique)
    foreign = (found for found in rows if found.tag is None and not found.dynamic)
    return next((found for found in foreign if _form(menu, found.values, menu.unique) == form), None)


def _form(menu: Menu, values: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return canonical(menu, {name: values[name] for name in names if name in values})


def _is_for(menu: Menu, row: Row, found: Found) -> bool:
    if found.dynamic:
        return False
    if found.tag is not None:
        return found.claim is not None and found.claim.tag == row.tag
    return _form(menu, found.values, row.claims) == _form(menu, row.values, row.claims)


def _key_words(row: Row) -> str:
    return " ".join(f"{name}={row.values.get(name, '')}" for name in row.claims)


def _claim(menu: Menu, row: Row, found: Found) -> tuple[list[Operation], list[Conflict]]:
    """The writes that make one row say what the plan asks; a conflict where people gave it another value."""
    names = frozenset(row.values) - {*row.claims, *row.runtime, *menu.unclaimed, "comment"}
    want, have = canonical(menu, row.values), canonical(menu, found.values)
    held = found.claim.names if found.claim else frozenset()
    other = sorted(name for name in names if want.get(name) != have.get(name))
    taken = [name for name in other if name in have and name not in held]
    if taken:
        words = (
            f"the row {found.id} ({_key_words(row)}), which is not ours, was set otherwise by hand: "
            + "; ".join(value_words(name, want, have) for name in taken)
            + ". Only what stands at RouterOS' default is taken: set it so, or to what it should be"
        )
        return [], [Conflict(menu.path, row.tag, words)]
    claimed = frozenset(name for name in {*held, *other} if name in names and name in want)
    values = {name: str(row.values[name]) for name in other if name in want}
    words = "; ".join(value_words(name, want, have) for name in other) or "no longer asked for"
    return _set(menu, found, claimed, values, words, tag=row.tag), []


def _set(  # noqa: PLR0917 - all of one write
    menu: Menu, found: Found, claimed: frozenset[str], values: Mapping[str, str], words: str, tag: str = ""
) -> list[Operation]:
    """Give ``values``, give back what is claimed no more, and say in the comment what is."""
    before = found.claim
    mark = Claim(before.tag if before else tag, claimed).mark if claimed else ""
    free = sorted((before.names if before else frozenset()) - claimed)
    have = canonical(menu, found.values)
    back = {name: menu.defaults.get(name, "") for name in free if menu.is_set_back(name) and name in have}
    comment = " ".join(
        part for part in (without_tag(found.values.get("comment", "")), f"[{mark}]" if mark else "") if part
    )
    said = {"comment": comment} if comment != found.values.get("comment", "") else {}
    shown = mark or found.tag or ""
    operation = Operation(menu.path, "set", shown, words, found.id, {**values, **back, **said}, old=found.values)
    unset = [
        replace(operation, verb="unset", values={}, name=name)
        for name in free
        if not menu.is_set_back(name) and name in have
    ]
    return [*unset, *([operation] if operation.values else [])]
