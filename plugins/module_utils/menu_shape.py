# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a RouterOS menu is written down as data, and the canonical form of its rows."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import value_forms as forms
from .found import Operation
from .versions import SIX, Version

Normalizer = Callable[[str], str]


@dataclass(frozen=True)
class Menu:
    """One menu as the diff needs to know it.

    ``properties``: writable property to the function that gives its one canonical text.
    ``defaults``: what the router holds when the property was never given; RouterOS reports some of these and leaves
    others out, depending on the version, so "absent" and "default" compare equal.
    ``switches``: properties without a value; being there turns them on, even with the text ``no``
    (terraform-provider-routeros issue 838, RouterOS 7).
    ``derived``: properties that the router fills in by itself; compared only when the plan names them.
    ``unsettable``: the menu has an ``unset`` command. Without it, a property goes back to its default or to empty text.
    ``blank``: texts that ``unset`` does not know although the menu has it; an empty one is as good as none.
    ``unique``: properties that RouterOS keeps unique together; a second such row is refused by ``add``.
    ``ordered``: position has a meaning, within the rows that share the value of ``ordered_within``.
    ``stage``: the place in make-before-break order; what refers to another row comes after it.
    ``stages_within``: finer stages by the value of ``ordered_within``.
    ``late_stage``: the stage of rows in which all of ``late_by_default`` hold their defaults; 0: none are late.
    ``long``: properties that hold scripts; shown as a block of lines in a diff.
    ``sparse_print``: ask for our properties only. The menu can hold thousands of foreign rows or slow properties.
    ``since``: first RouterOS version that has the menu. ``until``: property to the first version without it.
    ``later``: property to the first version that has it.
    ``late``: property to the stage at which a ``set`` of it is written, after all that it would cut off is in place.
    ``mark``: the property that holds the owner's tag; ``name`` where rows have no comment.
    ``secret``: properties whose value is never shown, not even one that the router held before.
    ``unclaimed``: properties that a claim on somebody else's row leaves alone (``claims.py``).
    ``watched``: status that a print in few properties is asked for as well; never compared.
    ``beside_dynamic``: rows that the router makes by itself never stand in the way of one with the same unique key.
    """

    path: str
    stage: int
    properties: Mapping[str, Normalizer]
    defaults: Mapping[str, str] = field(default_factory=dict)
    switches: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    unsettable: bool = False
    blank: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    ordered: bool = False
    ordered_within: str | None = None
    stages_within: Mapping[str, int] = field(default_factory=dict)
    late_stage: int = 0
    late_by_default: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()
    sparse_print: bool = False
    since: Version = SIX
    until: Mapping[str, Version] = field(default_factory=dict)
    later: Mapping[str, Version] = field(default_factory=dict)
    mark: str = "comment"
    late: Mapping[str, int] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()
    beside_dynamic: bool = False
    secret: frozenset[str] = frozenset()
    watched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.properties)
        for name in (
            *self.defaults,
            *self.switches,
            *self.derived,
            *self.blank,
            *self.unique,
            *self.long,
            *self.until,
            *self.later,
            *self.late,
            *self.unclaimed,
            *self.secret,
        ):
            if name not in known:
                raise ValueError(f"{self.path}: {name} is not among the properties")
        if self.switches & set(self.defaults):
            raise ValueError(f"{self.path}: a switch has no default, it is off when absent")

    def has(self, name: str, version: Version) -> bool:
        """Whether ``version`` knows the property."""
        return (
            name in self.properties
            and version >= self.later.get(name, version)
            and not (name in self.until and version >= self.until[name])
        )

    def on(self, version: Version) -> tuple[str, ...]:
        """The properties that ``version`` has; none when it lacks the menu."""
        if version < self.since:
            return ()
        changing = {*self.later, *self.until}
        return tuple(name for name in self.properties if name not in changing or self.has(name, version))

    @functools.cached_property
    def bare(self) -> Mapping[str, str]:
        """The canonical form of every property that holds its default."""
        return {
            name: form(self.defaults[name]) if name in self.defaults else "" for name, form in self.properties.items()
        }

    def is_set_back(self, name: str) -> bool:
        """Whether a surplus property is set to its default, or unset. A non-empty default can always be set."""
        return not self.unsettable or bool(self.defaults.get(name)) or name in self.blank

    def place(self, values: Mapping[str, str]) -> int:
        """The stage in which a row with these properties is written."""
        if self.late_stage and not self.late_by_default & set(canonical(self, values)):
            return self.late_stage
        return self.stage

    def place_of(self, write: Operation) -> int:
        """The stage of a write on a row that is there."""
        named = {*write.values, write.name} if write.verb in ("set", "unset") else set()
        return max([self.stage, *(self.late[name] for name in named if name in self.late)])

    def substage(self, values: Mapping[str, str]) -> int:
        if self.ordered_within is None:
            return 0
        return self.stages_within.get(values.get(self.ordered_within, ""), 0)

    def stratum(self, values: Mapping[str, str]) -> str:
        """Rows of different strata have no order between them (two chains of a firewall table)."""
        return values.get(self.ordered_within, "") if self.ordered_within else ""


def texts(names: str) -> dict[str, Normalizer]:
    """Properties whose value is one text."""
    return dict.fromkeys(names.split(), forms.text)


def canonical(of: Menu, values: Mapping[str, str]) -> dict[str, str]:
    """Writable properties in their one canonical form, without those that hold their default."""
    result: dict[str, str] = {}
    bare = of.bare
    for name, text in values.items():
        normalize = of.properties.get(name)
        if normalize is None:
            continue
        if name in of.switches:
            result[name] = ""
            continue
        form = normalize(text)
        if form != bare[name]:
            result[name] = form
    return result
