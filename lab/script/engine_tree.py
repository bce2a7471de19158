# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menus of one router as the parser needs them, read from its schema and from what services registered."""

from __future__ import annotations

from collections.abc import Collection

from lab.script.terminal import TERMINAL, TERMINAL_MENU
from lab.script.tree import above
from lab.values import Type
from lab.values.compound import RefType
from lab.values.scalar import BoolType, EnumType, StringType
from lab.verbs import Engine
from lab.verbs.args import PRINT_ARGS

_ALWAYS = ("numbers", "number", ".id", "as-value", "once", "without-paging", "proplist", "duration")
_OF_VERBS: dict[str, Collection[str]] = {
    "print": PRINT_ARGS - {".proplist"},
    "get": ("value-name", "as-string", "as-string-value"),
    "remove": (),
    "enable": (),
    "disable": (),
    "unset": ("value-name",),
    "comment": ("comment",),
    "move": ("destination",),
}
_TEXT_TYPES: tuple[type[Type], ...] = (StringType, RefType, EnumType)


class EngineTree:
    """A MenuTree (lab.script.tree) over an Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._children: dict[str, set[str]] = {}
        for path in [*engine.store.schema.menus, *engine.virtual, TERMINAL_MENU]:
            self._take(path)

    def _take(self, path: str) -> None:
        if path != "/":
            self._children.setdefault(above(path), set()).add(path.rpartition("/")[2])
            self._take(above(path))

    def children(self, menu: str) -> Collection[str]:
        return self._children.get(menu, ())

    def commands(self, menu: str) -> Collection[str]:
        if menu == TERMINAL_MENU:
            return TERMINAL.keys()
        at = self._engine.store.schema.get(menu)
        registered = {command for path, command in self._engine.actions if path == menu}
        if self._children.get(menu):
            registered.add("export")  # of everything below
        return registered if at is None else registered | at.menu.commands | set(at.menu.actions)

    def arguments(self, menu: str, command: str) -> Collection[str] | None:
        """Of the verbs and of the actions in the schema; None for what only a service knows."""
        if menu == TERMINAL_MENU:
            return TERMINAL[command]
        at = self._engine.store.schema.get(menu)
        if at is None:
            return None
        if command == "add":
            return {*(a.name for a in at.arguments.values() if a.add), "place-before", "copy-from"}
        if command == "set":
            return {*(a.name for a in at.arguments.values() if a.set), *_ALWAYS}
        if command in at.menu.actions:
            return {*at.menu.actions[command], *_ALWAYS}
        if command in _OF_VERBS:
            return {*_OF_VERBS[command], *_ALWAYS}
        return None

    def properties(self, menu: str) -> Collection[str]:
        at = self._engine.store.schema.get(menu)
        return () if at is None else {*at.arguments, *at.menu.readonly, ".id"}

    def boolean(self, menu: str, name: str) -> bool:
        at = self._engine.store.schema.get(menu)
        argument = None if at is None else at.arguments.get(name)
        return argument is not None and isinstance(argument.type, BoolType)

    def textual(self, menu: str, name: str) -> bool:
        at = self._engine.store.schema.get(menu)
        argument = None if at is None else at.arguments.get(name)
        return argument is not None and isinstance(argument.type, _TEXT_TYPES)
