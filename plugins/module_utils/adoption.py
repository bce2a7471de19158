# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run makes of a hand-made recipe: tells of it, or takes it over within the same comparison. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import adopt
from .adopt_lines import Router
from .diff import Difference, Found, Operation, compare, is_of
from .menus import canonical
from .menus import menu as menu_at
from .plan import Row
from .versions import Version


@dataclass(frozen=True)
class Weighed:
    """``router``: with the tags that taken-over rows get first. ``difference``: what is shown. ``operations``: what is
    written: the same, and rows that carry running connections over, which the end of the commit takes away.
    ``taken``: the rows that are taken over. ``owners``: whose rows are compared. ``notes``: for people."""

    router: Mapping[str, Sequence[Found]]
    difference: Difference
    operations: tuple[Operation, ...]
    owners: frozenset[str] | None
    taken: tuple[adopt.Adopted, ...] = ()
    notes: tuple[str, ...] = ()


def weighed(
    plan: Sequence[Row],
    router: Router,
    version: Version,
    *,
    owners: frozenset[str] | None,
    wanted: bool,
) -> Weighed:
    """Plan and router compared. ``router``: with the menus of :func:`adopt.also_read` where there is a recipe.
    ``wanted``: ``multiwan_adopt``."""
    if not adopt.complete(owners):
        difference = compare(plan, router, owners)
        return Weighed(router, difference, difference.operations, owners)
    owners = None if owners is None else owners | {adopt.OWNER}
    found = adopt.recognised(plan, router, version)
    leaning = tuple(adopt.leaning(plan, router)) if found else ()
    if not found or not wanted:
        difference = compare(plan, router, owners)
        told = (adopt.summary(found), *adopt.words(found)) if found else ()
        return Weighed(router, difference, difference.operations, owners, notes=told)
    tagged, tagging = adopt.taken_over(router, found)
    difference = compare(plan, tagged, owners)
    bridges = adopt.bridges(plan, router)
    operations = (*tagging, *compare((*bridges, *plan), tagged, owners).operations)
    difference = replace(difference, operations=(*tagging, *difference.operations))
    return Weighed(tagged, difference, operations, owners, found, leaning)


def parted(operations: Sequence[Operation]) -> tuple[list[Operation], list[Operation]]:
    """What a read-back finds: rows that carried connections over and may go now, and what should not be."""
    bridges = [item for item in operations if item.verb == "remove" and is_of(item.tag, {adopt.OWNER})]
    return bridges, [item for item in operations if item not in bridges]


def absent(taken: Sequence[adopt.Adopted], now: Router) -> list[str]:
    """After a change was taken back: rows of the recipe that are not there as they were, one sentence each."""
    left = {menu: [_form(menu, found) for found in now.get(menu, ())] for menu in {item.menu for item in taken}}
    words = []
    for item in taken:
        form = _form(item.menu, item.found)
        if form in left[item.menu]:
            left[item.menu].remove(form)
        else:
            words.append(f"{item.menu} ({adopt.described(item.found)}): not as it was")
    return words


def _form(menu: str, found: Found) -> dict[str, str]:
    """Without what scripts switch: the recipe's own may have been at work meanwhile."""
    form = canonical(menu_at(menu), found.values)
    return {name: text for name, text in form.items() if name not in ("disabled", "distance")}
