# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must be written so that a router holds a plan: pure comparison, no connection.

Own rows are known by the tag at the end of their comment and by nothing else. Foreign rows are read only to notice
that one of them is in the way.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import claims
from .found import Conflict, Found, Operation, Verb, value_words
from .menus import BY_PATH, MENUS, Menu, canonical
from .plan import Row
from .versions import Version

__all__ = [
    "Conflict",
    "Difference",
    "Found",
    "Operation",
    "Verb",
    "compare",
    "earlier",
    "is_of",
    "own_rows",
    "unwritable",
]


@dataclass(frozen=True)
class Difference:
    """Result of :func:`compare`: operations in the order in which they must be written."""

    operations: tuple[Operation, ...]
    conflicts: tuple[Conflict, ...] = ()

    def writes(self) -> dict[str, int]:
        """Number of writes for each menu that has any."""
        counts: dict[str, int] = {}
        for operation in self.operations:
            counts[operation.menu] = counts.get(operation.menu, 0) + 1
        return counts


#: Owner of what a commit writes for itself while it lasts (``dead_man.py``); no plan has such rows.
COMMIT = "commit"
#: Owner of the way in that bootstrap made (``bootstrap_steps.py``); no plan has it, and no removal may take it.
BOOTSTRAP = "bootstrap"


def is_of(tag: str, owners: Collection[str] | None) -> bool:
    """Whether a row belongs to one of the roles: ``multiwan:pcc:isp1:0`` to ``pcc``. ``None`` means all roles."""
    owner = tag.split(":")[1]
    return owner not in (COMMIT, BOOTSTRAP) and (owners is None or owner in owners)


def earlier(menu: Menu, operation: Operation) -> tuple[dict[str, str], list[str]]:
    """What takes a ``set`` back: the values to give, and the properties to unset."""
    values: dict[str, str] = {}
    unset: list[str] = []
    for name in operation.values:
        if name in operation.old:
            values[name] = operation.old[name]
        elif menu.is_set_back(name):
            values[name] = menu.defaults.get(name, "")
        else:
            unset.append(name)
    return values, unset


def own_rows(rows: Iterable[Found], owners: Collection[str] | None) -> list[Found]:
    """Rows that belong to ``owners`` (``None``: to any role of the collection), in router order."""
    return [row for row in rows if row.tag and is_of(row.tag, owners)]


def compare(
    plan: Sequence[Row], router: Mapping[str, Sequence[Found]], owners: Collection[str] | None = None
) -> Difference:
    """Operations that make ``router`` hold ``plan``.

    ``plan``: rows with plain text values, in menu order. ``router``: menu to its rows in router order.
    ``owners``: only rows of these roles are compared (a part of the plan was computed); ``None`` means all.
    """
    written: list[tuple[int, int, int, Operation]] = []
    removed: list[tuple[int, int, int, Operation]] = []
    conflicts: list[Conflict] = []
    plan, _left = claims.left_to_others(plan, router)
    for menu in MENUS:
        wanted = {row.tag: row for row in plan if row.menu == menu.path and is_of(row.tag, owners)}
        everything = list(router.get(menu.path, ()))
        held = own_rows(everything, owners)
        claimed = claims.weigh(menu, wanted.values(), everything, held)
        conflicts += claimed.conflicts
        written += [(menu.place_of(it), 0, -1, it) for it in claimed.given]
        removed += [(-menu.place_of(it), 0, 0, it) for it in claimed.returned]
        wanted = {tag: row for tag, row in wanted.items() if tag not in claimed.settled}
        held = [found for found in held if not found.claim]
        pairs, extra = _match(menu, list(wanted.values()), held)
        pairs = [(row, found) for row, found in pairs if found or not _held_by_others(menu, row, everything)]
        conflicts += _conflicts(menu, pairs, everything, held)
        for position, operation in enumerate(_mend(menu, pairs, held)):
            substage = menu.substage(wanted[operation.tag].values)
            place = max(menu.place(wanted[operation.tag].values), menu.place_of(operation))
            written.append((place, substage, position, operation))
        for position, found in enumerate(extra):
            operation = _remove(menu, found, wanted)
            removed.append((-menu.place(found.values), -menu.substage(found.values), -position, operation))
    ordered = sorted(written, key=lambda item: item[:3]) + sorted(removed, key=lambda item: item[:3])
    return Difference(tuple(operation for *_rest, operation in ordered), tuple(conflicts))


def unwritable(plan: Iterable[Row], version: Version) -> list[str]:
    """What can't be written: menus and properties that this release or the router's version does not know, tags that
    occur twice. One sentence each."""
    faults: list[str] = []
    seen: set[tuple[str, str]] = set()
    for row in plan:
        where = f"{row.menu} [{row.tag}]"
        if (row.menu, row.tag) in seen:
            faults.append(f"{where}: the tag occurs twice in the plan")
        seen.add((row.menu, row.tag))
        menu = BY_PATH.get(row.menu)
        if menu is None:
            faults.append(f"{where}: this collection does not write the menu")
            continue
        known = menu.on(version)
        faults += [f"{where}: RouterOS {version} has no {name} there" for name in sorted(set(row.values) - set(known))]
        if Found("", {menu.mark: str(row.values.get(menu.mark, ""))}).tag != row.tag:
            faults.append(f"{where}: the {menu.mark} does not end in the tag")
    return faults


# --- matching

_Key = tuple[str, ...]


def _key(menu: Menu, values: Mapping[str, str]) -> _Key:
    form = canonical(menu, {name: values[name] for name in menu.unique if name in values})
    return tuple(form.get(name, "") for name in menu.unique)


def _match(
    menu: Menu, wanted: Sequence[Row], held: Sequence[Found]
) -> tuple[list[tuple[Row, Found | None]], list[Found]]:
    """Pair plan rows with own rows; what is left of the own rows is too much.

    In a menu with a unique key the key goes first: then a renamed uplink, or two uplinks that swap their addresses,
    is a change of comments. Otherwise the router would refuse the second row with the same key.
    """
    taken: dict[str, Found] = {}
    used: set[str] = set()
    if menu.unique:
        by_key: dict[_Key, list[Found]] = {}
        for found in held:
            by_key.setdefault(_key(menu, found.values), []).append(found)
        for row in wanted:
            same = by_key.get(_key(menu, row.values))
            if same:
                taken[row.tag] = next((found for found in same if found.tag == row.tag), same[0])
                used.add(taken[row.tag].id)
    first_of_tag: dict[str, Found] = {}
    for found in held:
        if found.id not in used and found.tag:
            first_of_tag.setdefault(found.tag, found)
    for row in wanted:
        if row.tag not in taken and row.tag in first_of_tag:
            taken[row.tag] = first_of_tag[row.tag]
            used.add(taken[row.tag].id)
    return [(row, taken.get(row.tag)) for row in wanted], [found for found in held if found.id not in used]


def _held_by_others(menu: Menu, row: Row, everything: Sequence[Found]) -> bool:
    """Whether a foreign row of a unique menu is already what the plan wants, but for the comment.

    A technician's address of an uplink is as good as ours. It stays his: a removal leaves it alone.
    """
    want = _but_comment(menu, row.values)
    return bool(menu.unique) and any(
        found.tag is None
        and found.values.get("dynamic") not in ("true", "yes")
        and _but_comment(menu, found.values) == want
        for found in everything
    )


def _but_comment(menu: Menu, values: Mapping[str, str]) -> dict[str, str]:
    form = canonical(menu, values)
    return {name: text for name, text in form.items() if name != "comment" and name not in menu.derived}


def _conflicts(
    menu: Menu, pairs: Sequence[tuple[Row, Found | None]], everything: Sequence[Found], held: Sequence[Found]
) -> list[Conflict]:
    if not menu.unique:
        return []
    ids = {found.id for found in held}
    others = (found for found in everything if found.id not in ids and not (found.dynamic and menu.beside_dynamic))
    foreign = {_key(menu, found.values): found for found in others}
    conflicts = []
    for row, found in pairs:
        key = _key(menu, row.values)
        other = foreign.get(key)
        if other is None or (found is not None and _key(menu, found.values) == key):
            continue
        what = " ".join(f"{name}={row.values.get(name, '')}" for name in menu.unique)
        words = (
            f"the row {other.id}, which is not ours, already has {what} and differs in other properties. Make them"
            f" equal, or hand the row over by ending its comment in [{row.tag}]; remove.yml takes away what was handed"
            f" over"
        )
        conflicts.append(Conflict(menu.path, row.tag, words))
    return conflicts


# --- operations of one menu


def _mend(menu: Menu, pairs: Sequence[tuple[Row, Found | None]], held: Sequence[Found]) -> list[Operation]:
    """Adds, sets, unsets and moves, in plan order."""
    settled = _settled(menu, pairs, held)
    following = _following(menu, [row for row, _second in pairs], settled)
    operations: list[Operation] = []
    for row, found in pairs:
        before = following.get(row.tag)
        if found is None:
            operations.append(Operation(menu.path, "add", row.tag, "missing", values=dict(row.values), before=before))
            continue
        operations += _change(menu, row, found)
        if row.tag not in settled:
            operations.append(
                Operation(
                    menu.path, "move", row.tag, "in the wrong place", id=found.id, before=before, old=found.values
                )
            )
    return operations


def _change(menu: Menu, row: Row, found: Found) -> list[Operation]:
    want, have = canonical(menu, row.values), canonical(menu, found.values)
    have = {name: text for name, text in have.items() if name not in menu.derived or name in row.values}
    # Run-time state is not drift: a deploy during an outage leaves it alone.
    want, have = ({name: form[name] for name in form if name not in row.runtime} for form in (want, have))
    given = {name: row.values[name] for name, form in want.items() if have.get(name) != form}
    surplus = sorted(name for name in have if name not in want)
    back = {name: _default(menu, row, name) for name in surplus if menu.is_set_back(name)}
    names = [name for name in surplus if name not in back]
    words = _words(menu, want, have)
    operations = []
    if given or back:
        operations.append(
            Operation(menu.path, "set", row.tag, words, id=found.id, values={**given, **back}, old=found.values)
        )
    operations += [
        Operation(menu.path, "unset", row.tag, words, id=found.id, name=name, old=found.values) for name in names
    ]
    return operations


def _default(menu: Menu, row: Row, name: str) -> str:
    return str(row.values.get(name, menu.defaults.get(name, "")))


def _words(menu: Menu, want: Mapping[str, str], have: Mapping[str, str]) -> str:
    changes = []
    for name in sorted(set(want) | set(have)):
        if want.get(name) != have.get(name):
            changes.append(_property_words(menu, name, want, have))
    return "; ".join(changes)


def _property_words(menu: Menu, name: str, want: Mapping[str, str], have: Mapping[str, str]) -> str:
    if name in menu.secret:
        return f"{name} is another one"
    return _script_words(name, want, have) if name in menu.long else value_words(name, want, have)


def _script_words(name: str, want: Mapping[str, str], have: Mapping[str, str]) -> str:
    """Scripts are too long for a sentence, and may hold secrets."""
    return f"{name} is another text ({len(have.get(name, ''))} characters, should be {len(want.get(name, ''))})"


def _remove(menu: Menu, found: Found, wanted_tags: Collection[str]) -> Operation:
    tag = found.tag or ""
    words = "a second row with the same tag" if tag in wanted_tags else "no longer in the plan"
    return Operation(menu.path, "remove", tag, words, id=found.id, old=found.values)


# --- order


def _settled(menu: Menu, pairs: Sequence[tuple[Row, Found | None]], held: Sequence[Found]) -> set[str]:
    """Tags of rows that can stay where they are: per chain, the longest run that is already in plan order."""
    if not menu.ordered:
        return {row.tag for row, found in pairs if found is not None}
    position = {found.id: index for index, found in enumerate(held)}
    settled: set[str] = set()
    for stratum in {menu.stratum(row.values) for row, _second in pairs}:
        kept = [
            (position[found.id], row.tag)
            for row, found in pairs
            if found is not None and menu.stratum(row.values) == stratum
        ]
        settled |= {kept[index][1] for index in longest_increasing([place for place, _second in kept])}
    return settled


def _following(menu: Menu, rows: Sequence[Row], settled: Collection[str]) -> dict[str, str]:
    """For each row the nearest later row of the same chain that stays in place, where there is one."""
    following: dict[str, str] = {}
    if not menu.ordered:
        return following
    nearest: dict[str, str] = {}
    for row in reversed(rows):
        stratum = menu.stratum(row.values)
        if stratum in nearest:
            following[row.tag] = nearest[stratum]
        if row.tag in settled:
            nearest[stratum] = row.tag
    return following


def longest_increasing(numbers: Sequence[int]) -> list[int]:
    """Indexes of one longest increasing subsequence of distinct numbers (patience sorting)."""
    tails: list[int] = []
    tail_index: list[int] = []
    previous: list[int | None] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tails, number)
        previous.append(tail_index[place - 1] if place else None)
        tails[place : place + 1] = [number]
        tail_index[place : place + 1] = [index]
    chain: list[int] = []
    at: int | None = tail_index[-1] if tail_index else None
    while at is not None:
        chain.append(at)
        at = previous[at]
    return chain[::-1]
