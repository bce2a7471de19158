# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Drift in words: what a router holds otherwise than its plan says, grouped as a person would tell it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .adopt import OWNER, one_line
from .diff import Operation, is_of
from .secrets_mask import Mask

Kind = Literal["missing", "changed", "moved", "extra", "recipe"]

#: The groups in the order in which they are told.
GROUPS: dict[Kind, str] = {
    "missing": "missing",
    "changed": "changed by hand, or planned otherwise since",
    "moved": "out of order",
    "extra": "no longer in the plan",
    "recipe": "of a hand-made recipe, to be replaced",
}
_KINDS: dict[str, Kind] = {"add": "missing", "set": "changed", "unset": "changed", "move": "moved", "remove": "extra"}
_TAG = re.compile(r"\s*\[multiwan:[^\]]*\]\s*$")


@dataclass(frozen=True)
class Drift:
    """One row that is otherwise. ``words``: what it is for, and what differs; without secrets."""

    kind: Kind
    menu: str
    tag: str
    words: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "menu": self.menu, "tag": self.tag, "words": self.words}


def drift(operations: Iterable[Operation], mask: Mask) -> tuple[Drift, ...]:
    """Each row once for each way in which it differs, in the order of the groups and, within one, of the writes.

    What scripts on the router change is no drift: the comparison that made ``operations`` knows which that is.
    """
    found: dict[tuple[Kind, str, str, str | None], Operation] = {}
    for operation in operations:
        # A row that is taken over gets its tag first and goes later: the first of the two says why.
        found.setdefault((_kind(operation), operation.menu, operation.tag, operation.id), operation)
    rows = [
        Drift(kind, menu, tag, one_line(mask(_words(kind, it)))) for (kind, menu, tag, _fourth), it in found.items()
    ]
    order = list(GROUPS)
    return tuple(sorted(rows, key=lambda row: order.index(row.kind)))


def report(rows: Sequence[Drift]) -> str:
    """The groups, one row a line."""
    lines = []
    for kind, title in GROUPS.items():
        group = [row for row in rows if row.kind == kind]
        if group:
            lines += [f"  {title}:", *(f"    {row.menu} [{row.tag}]: {row.words}" for row in group)]
    return "\n".join(lines)


def counted(rows: Sequence[Drift]) -> str:
    """How many places: ``1 place``, ``3 places``."""
    return "1 place" if len(rows) == 1 else f"{len(rows)} places"


def _kind(operation: Operation) -> Kind:
    taken = operation.verb in ("set", "remove") and is_of(operation.tag, {OWNER})
    return "recipe" if taken else _KINDS[operation.verb]


def _words(kind: Kind, operation: Operation) -> str:
    purpose = _purpose(operation)
    if kind == "missing":
        return purpose or "a row of the plan"
    if kind == "moved":
        place = f"belongs before [{operation.before}]" if operation.before else "belongs behind the other rows"
        return f"{purpose}: {place}" if purpose else place
    what = operation.words
    if kind == "extra" and what == GROUPS["extra"]:
        what = ""
    return ": ".join(part for part in (purpose, what) if part) or "a row of an earlier plan"


def _purpose(operation: Operation) -> str:
    """The comment without its tag: the router's, where the row is there."""
    return _TAG.sub("", operation.old.get("comment", "") or operation.values.get("comment", ""))
