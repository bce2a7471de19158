# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables: locals in nested scopes, globals that must be declared before they are seen (facts 6.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lab.script.values import NOTHING, Value


@dataclass(frozen=True)
class Unit:
    """The text that nodes point into: their ``at`` counts in it."""

    source: str


@dataclass
class Scope:
    """``row``: the row that a ``where`` looks at, with ``known``, the properties that its menu has."""

    unit: Unit
    globals: dict[str, Value]
    parent: Scope | None = None
    locals: dict[str, Value] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    row: Mapping[str, str] | None = None
    known: Collection[str] = ()

    def child(self) -> Scope:
        return Scope(self.unit, self.globals, self, row=self.row, known=self.known)

    def beside(self, row: Mapping[str, str], known: Collection[str]) -> Scope:
        """The same variables, looking at a row."""
        return Scope(self.unit, self.globals, self, row=row, known=known)

    def _holder(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.locals or name in scope.declared:
                return scope
            scope = scope.parent
        return None

    def get(self, name: str) -> Value:
        holder = self._holder(name)
        if holder is None:
            return NOTHING
        if name in holder.locals:
            return holder.locals[name]
        return holder.globals.get(name, NOTHING)

    def declare_local(self, name: str, value: Value) -> None:
        self.declared.discard(name)
        self.locals[name] = value

    def declare_global(self, name: str, value: Value | None) -> None:
        """``None`` keeps the value that the variable has."""
        self.locals.pop(name, None)
        self.declared.add(name)
        if value is not None:
            self.globals[name] = value
        else:
            self.globals.setdefault(name, NOTHING)

    def set(self, name: str, value: Value) -> bool:
        """False when no such variable was declared here or around."""
        holder = self._holder(name)
        if holder is None:
            return False
        if name in holder.locals:
            holder.locals[name] = value
        else:
            holder.globals[name] = value
        return True
