# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration: rows in menus, with ids, order and references. Every write is all or nothing.

Rows are immutable and every menu is a tuple of them, so a snapshot costs one copy of the menu table.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from lab.schema.load import schema_for
from lab.schema.model import MenuAt
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.store import rules
from lab.store.image import Image
from lab.store.journal import JournalEntry, UndoRecord
from lab.store.trap import Trap, format_id, no_such_item, parse_id
from lab.values import BadValue

Rows = tuple[ConfigRow, ...]
#: menu, row id, row after the write (None: removed)
Watcher = Callable[[str, int, ConfigRow | None], None]

_ADDRESS_LIST = "/ip/firewall/address-list"
#: so many writes does the journal hold: far more than a test counts, and a script that writes for ever stays in memory
_JOURNAL = 20_000
_HISTORY = 100  # /system/history is bounded; safe mode gives up after 100 actions too (facts 8)


class Store:
    """The rows of one router of one version. All methods that write raise Trap and change nothing when refused."""

    def __init__(self, version: str = "7.22", *, clock: Callable[[], float] = time.time) -> None:
        self.schema = schema_for(version)
        self.version = version
        self.clock = clock
        self.revision = 0
        #: the latest writing commands (see ``note``), refused ones too
        self.journal: list[JournalEntry] = []
        #: the latest commands of services (run, fetch …), which need not have written anything
        self.calls: deque[JournalEntry] = deque(maxlen=1000)
        self.history: list[UndoRecord] = []
        #: what was taken back and may be done again, the latest last; any write empties it
        self.undone: list[UndoRecord] = []
        #: undoable actions since the start, those that the history has dropped too
        self.actions_done = 0
        #: rows of a menu that live elsewhere (certificates …), asked when a reference is resolved
        self.elsewhere: Callable[[str], Sequence[tuple[int, Mapping[str, str]]]] = lambda path: ()
        self.watchers: list[Watcher] = []
        self._menus: dict[str, Rows] = {}
        self._next_id: dict[str, int] = {}
        self._snapshot: Snapshot | None = None
        self._depth = 0
        self._saved: tuple[dict[str, Rows], dict[str, int]] = ({}, {})
        self._events: list[tuple[str, int, ConfigRow | None]] = []
        self._load_builtin()

    # -- reading

    def menu(self, path: str) -> MenuAt:
        found = self.schema.get(path)
        if found is None:
            raise Trap("no such command prefix", 0)
        return found

    def rows(self, path: str) -> Rows:
        menu = self.schema.get(path)
        if menu is not None and menu.menu.views:
            return rules.view_rows(menu, self._menus)
        return self._menus.get(path, ())

    def row(self, path: str, row_id: int) -> ConfigRow:
        for row in self.rows(path):
            if row.id == row_id:
                return row
        raise no_such_item()

    def owner(self, path: str, row_id: int) -> str:
        """The menu in which a row of ``path`` is kept: another one when ``path`` is a view."""
        menu = self.schema.get(path)
        for viewed in menu.menu.views if menu is not None else ():
            if any(row.id == row_id for row in self._menus.get(viewed, ())):
                return viewed
        return path

    def resolve(self, menu: str, text: str) -> str | None:
        """Name of the row of ``menu`` that ``text`` (name or id) means (lab.values.References)."""
        number = parse_id(text)
        for row_id, values in self._named(menu):
            name = values.get("name", "")
            if name and (name == text or row_id == number):
                return name
        return None

    def begin_with(self, menu: str, text: str) -> int:
        """Rows of ``menu`` with a name that begins with ``text`` (lab.values.References)."""
        return sum(values.get("name", "").startswith(text) for _, values in self._named(menu) if values.get("name"))

    def snapshot(self) -> Snapshot:
        """All menus, views too, at this revision; the same object until something is written."""
        if self._snapshot is None or self._snapshot.revision != self.revision:
            menus = dict(self._menus)
            for menu in self.schema.menus.values():
                if menu.menu.views:
                    menus[menu.path] = rules.view_rows(menu, self._menus)
            self._snapshot = Snapshot(self.revision, MappingProxyType(menus), self.version)
        return self._snapshot

    # -- writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it. May be nested; the outermost counts."""
        if self._depth == 0:
            self._saved = (dict(self._menus), dict(self._next_id))
            self._events = []
        self._depth += 1
        try:
            yield
        except BaseException:
            if self._depth == 1:
                self._menus, self._next_id = self._saved
                self._snapshot = None
            raise
        finally:
            self._depth -= 1
        if self._depth == 0:
            self._commit()

    def add(
        self, path: str, values: Mapping[str, str], *, before: int | None = None, dynamic: bool = False,
        row_id: int | None = None,
    ) -> int:  # fmt: skip
        """A new row with canonical ``values``; absent properties take their shown default. Returns the id."""
        menu = self.menu(path)
        with self.transaction():
            given = rules.complete(menu, values, self._names_in_space(menu))
            number = self._new_id(menu) if row_id is None else row_id
            row = ConfigRow(number, MappingProxyType(given), dynamic or given.get("dynamic") == "true")
            rules.check_unique(menu, row, self._rivals)
            self._menus[path] = _insert(self._menus.get(path, ()), row, before)
            self._events.append((path, number, row))
        return number

    def set(self, path: str, row_id: int, changes: Mapping[str, str | None]) -> None:
        """Change one row; None takes a property back to its shown default, or away."""
        menu = self.menu(path)
        with self.transaction():
            old = self.row(path, row_id)
            new = ConfigRow(row_id, MappingProxyType(rules.changed(menu, old, changes)), old.dynamic)
            rules.check_unique(menu, new, self._rivals)
            self._replace(path, new)
            old_name, new_name = old.get("name"), new.get("name")
            if old_name and new_name and old_name != new_name:
                self._rename(path, old_name, new_name)

    def remove(self, path: str, row_ids: Iterable[int]) -> None:
        """Rows that pointed to a removed one keep its raw id (facts 11.4: ``server=*1``)."""
        with self.transaction():
            for row_id in row_ids:
                row = self.row(path, row_id)
                self._put(path, tuple(other for other in self._menus[path] if other.id != row_id))
                self._events.append((path, row_id, None))
                if row.get("name"):
                    self._rename(path, row.get("name"), format_id(row_id))

    def renamed(self, path: str, old: str, new: str) -> None:
        """Rows that live elsewhere (certificates) have another name, or are gone: what points to them follows."""
        with self.transaction():
            self._rename(path, old, new)

    def move(self, path: str, row_ids: Sequence[int], before: int | None = None) -> None:
        """Put rows, in the given order, before ``before`` or at the end."""
        with self.transaction():
            moved = [self.row(path, row_id) for row_id in row_ids]
            if before is not None:
                self.row(path, before)
            if before in row_ids:
                return
            rest = tuple(row for row in self._menus[path] if row.id not in row_ids)
            for row in moved:
                rest = _insert(rest, row, before)
                self._events.append((path, row.id, row))
            self._menus[path] = rest

    # -- factory state, history

    def load(self, rows: Iterable[tuple[str, Mapping[str, str]]]) -> None:
        """Factory configuration, values as a user would write them.

        Singletons and built-in rows of the same name are changed, all else is added.
        """
        with self.transaction():
            for path, raw in rows:
                values = self._canonical(path, raw)
                built_in = {row.values.get("name"): row.id for row in self.menu(path).menu.builtin}
                if self.menu(path).menu.singleton:
                    self.set(path, 0, values)
                elif values.get("name") in built_in:
                    self.set(path, built_in[values["name"]], values)
                else:
                    self.add(path, values)

    def dump(self) -> list[tuple[str, dict[str, str]]]:
        """What ``load`` would have to be given: every row that is not dynamic, without built-in menus' own rows."""
        built_in = {(m.path, row.id) for m in self.schema.menus.values() for row in m.menu.builtin}
        return [
            (path, dict(row.values))
            for path, rows in self._menus.items()
            for row in rows
            if not row.dynamic and (path, row.id) not in built_in
        ]

    def undo_last(self) -> UndoRecord:
        """Take the newest write back. Raises Trap when there is none."""
        if not self.history:
            raise Trap("nothing to undo")
        record = self.history.pop()
        self.undone.append(replace(record, before=self._exchange(record.before)))
        self.actions_done -= 1
        return record

    def redo_last(self) -> UndoRecord:
        """Do again what ``undo_last`` took back. Raises Trap when there is nothing."""
        if not self.undone:
            raise Trap("nothing to redo")
        record = self.undone.pop()
        self.history.append(replace(record, before=self._exchange(record.before)))
        self.actions_done += 1
        return record

    def note(self, entry: JournalEntry) -> None:
        """Keep a writing command; the oldest gives way."""
        self.journal.append(entry)
        del self.journal[:-_JOURNAL]

    def remember(self, record: UndoRecord) -> None:
        self.history.append(record)
        del self.history[:-_HISTORY]
        self.undone.clear()
        self.actions_done += 1

    def image(self) -> Image:
        """What is on flash: everything but the router's own rows and address-list entries that run out (facts 8)."""
        menus = {path: tuple(row for row in rows if _lasts(path, row)) for path, rows in self._menus.items()}
        return Image(menus, dict(self._next_id))

    def restore(self, image: Image) -> None:
        """Hold what ``image`` says instead of the configuration; menus that this version lacks are left out.

        Menus that the image does not name are empty, but for what is built in and dynamic.
        """
        with self.transaction():
            built_in = dict(self._menus)
            for path, menu in self.schema.menus.items():
                own = tuple(row for row in built_in.get(path, ()) if row.dynamic)
                rows = image.menus.get(path, ())
                if menu.menu.singleton and not rows:
                    continue
                names = {row.id for row in rows}
                self._put(path, (*(row for row in own if row.id not in names), *rows))
                self._events += [(path, row.id, row) for row in rows]
            for space, number in image.next_id.items():
                self._next_id[space] = max(number, self._next_id.get(space, 1))

    # -- inside

    def _exchange(self, rows_of: Mapping[str, Rows]) -> dict[str, Rows]:
        """Put these rows into their menus; returns what was there."""
        was = {path: self._menus.get(path, ()) for path in rows_of}
        with self.transaction():
            for path, rows in rows_of.items():
                now, then = {row.id: row for row in self._menus.get(path, ())}, {row.id: row for row in rows}
                self._put(path, rows)
                for row_id in {**now, **then}:
                    self._events.append((path, row_id, then.get(row_id)))
        return was

    def _canonical(self, path: str, raw: Mapping[str, str]) -> dict[str, str]:
        menu = self.menu(path)
        values = {}
        for name, text in raw.items():
            if name not in menu.arguments and name not in menu.menu.readonly:
                raise Trap(f"unknown parameter {name} of {path}")
            dangling = parse_id(text) is not None  # a dump keeps what pointed to a removed row
            if name in menu.arguments and not dangling:
                try:
                    text = menu.arguments[name].type.parse(text, self)  # noqa: PLW2901
                except BadValue as bad:
                    raise Trap(f"{path}: {bad.text(name)}", 1) from bad
            values[name] = text
        return values

    def _load_builtin(self) -> None:
        for menu in self.schema.menus.values():
            if menu.menu.singleton:
                self._menus[menu.path] = (ConfigRow(0, MappingProxyType(menu.defaults)),)
            for built_in in menu.menu.builtin:
                values = {name: text for name, text in built_in.values.items() if name in menu.arguments}
                fixed = {name: text for name, text in built_in.values.items() if name not in menu.arguments}
                row = ConfigRow(built_in.id, MappingProxyType({**menu.defaults, **values, **fixed}), built_in.dynamic)
                self._menus[menu.path] = (*self._menus.get(menu.path, ()), row)
        # Ids below 0x10000 are what a router hands out; the built-in ones above are fixed.
        for menu in self.schema.menus.values():
            own = [row.id + 1 for row in self._menus.get(menu.path, ()) if row.id < 0x10000 and not menu.menu.singleton]
            space = menu.menu.id_space
            self._next_id[space] = max([self._next_id.get(space, menu.menu.first_id), menu.menu.first_id, *own])

    def _new_id(self, menu: MenuAt) -> int:
        number = self._next_id[menu.menu.id_space]
        self._next_id[menu.menu.id_space] = number + 1
        return number

    def _put(self, path: str, rows: Rows) -> None:
        """A menu without rows is not in the table, so that equal configurations are equal snapshots."""
        if rows:
            self._menus[path] = rows
        else:
            self._menus.pop(path, None)

    def _replace(self, path: str, row: ConfigRow) -> None:
        self._menus[path] = tuple(row if other.id == row.id else other for other in self._menus[path])
        self._events.append((path, row.id, row))

    def _named(self, path: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        yield from self.elsewhere(path)
        for row in self.rows(path):
            yield row.id, row.values

    def _space(self, menu: MenuAt) -> list[str]:
        return [other.path for other in self.schema.menus.values() if other.menu.id_space == menu.menu.id_space]

    def _rivals(self, menu: MenuAt, *, space: bool) -> Iterator[ConfigRow]:
        for path in self._space(menu) if space else [menu.path]:
            yield from self._menus.get(path, ())

    def _names_in_space(self, menu: MenuAt) -> frozenset[str]:
        return frozenset(row.get("name") for row in self._rivals(menu, space=True))

    def _rename(self, path: str, old: str, new: str) -> None:
        """Follow a renamed or removed row in everything that points to it."""
        targets = {path} | {m.path for m in self.schema.menus.values() if path in m.menu.views}

        def to(menu: str, name: str) -> str:
            return new if menu in targets and name == old else name

        for menu in self.schema.menus.values():
            for row in self._menus.get(menu.path, ()):
                renamed = {
                    name: after
                    for name, text in row.values.items()
                    if name in menu.arguments and (after := menu.arguments[name].type.rename(text, to)) != text
                }
                if renamed:
                    self._replace(
                        menu.path, ConfigRow(row.id, MappingProxyType({**row.values, **renamed}), row.dynamic)
                    )

    def _commit(self) -> None:
        if not self._events:
            return
        self.revision += 1
        events, self._events = self._events, []
        for event in events:
            for watcher in self.watchers:
                watcher(*event)

    def touched(self) -> Mapping[str, Rows]:
        """Inside a transaction: the rows that its menus had before, for an undo record."""
        return {
            path: self._saved[0].get(path, ())
            for path in {event[0] for event in self._events}
            if self._saved[0].get(path, ()) is not self._menus.get(path, ())
        }


def _lasts(path: str, row: ConfigRow) -> bool:
    return not row.dynamic and (path != _ADDRESS_LIST or row.get("timeout", "0s") == "0s")


def _insert(rows: Rows, row: ConfigRow, before: int | None) -> Rows:
    if before is None:
        return (*rows, row)
    for index, other in enumerate(rows):
        if other.id == before:
            return (*rows[:index], row, *rows[index:])
    raise no_such_item()
