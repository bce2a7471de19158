# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes writes on a router and takes them back, newest first. Foreign rows are never touched, not even in an undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .diff import Found, Operation, earlier
from .menus import Menu
from .menus import menu as menu_at
from .router_api import Api, RouterError

Rows = Mapping[str, Sequence[Found]]


class WriteError(Exception):
    """``operation`` failed with ``reason``; ``undone``: a sentence about the writes before it, where it is known."""

    def __init__(self, operation: Operation, reason: RouterError) -> None:
        super().__init__(f"{operation.menu} [{operation.tag}]: {operation.verb} failed: {reason}")
        self.undone = ""


@dataclass(frozen=True)
class _Done:
    """A write that was made, and the id of its row."""

    operation: Operation
    id: str


def write(api: Api, operations: Sequence[Operation], before: Rows) -> None:
    """Make all writes, or raise :class:`WriteError` after taking back what was made. ``before``: the router as read."""
    done: list[_Done] = []
    try:
        _make(api, operations, before, done)
    except WriteError as error:
        error.undone = _undo(api, done, before)
        raise


def write_guarded(api: Api, operations: Sequence[Operation], before: Rows, in_time: Callable[[], bool]) -> None:
    """Make all writes, or raise :class:`WriteError` and leave the undo to the router, which stands ready for it.

    ``in_time`` is asked before each write.
    """
    _make(api, operations, before, [], in_time)


def _make(
    api: Api,
    operations: Sequence[Operation],
    before: Rows,
    done: list[_Done],
    in_time: Callable[[], bool] = lambda: True,
) -> None:
    ids = _ids(before)
    for operation in operations:
        try:
            if not in_time():
                raise RouterError("the time limit of the change is near (multiwan_dead_man_s)")
            done.append(_Done(operation, _apply(api, operation, ids)))
        except RouterError as reason:
            raise WriteError(operation, reason) from None


def _ids(router: Rows) -> dict[tuple[str, str], str]:
    """Where the own rows are: menu and tag to id. The first of several, which is the one that is kept."""
    ids: dict[tuple[str, str], str] = {}
    for path, rows in router.items():
        for row in rows:
            if row.tag:
                ids.setdefault((path, row.tag), row.id)
    return ids


def _apply(api: Api, operation: Operation, ids: dict[tuple[str, str], str]) -> str:
    """Make one write; the id of the row that it was about."""
    path, row_id = operation.menu, operation.id or ""
    before = ids[path, operation.before] if operation.before else None
    if operation.verb == "add":
        row_id = api.add(path, operation.values, before)
        ids[path, operation.tag] = row_id
    elif operation.verb == "set":
        api.set(path, row_id, operation.values)
    elif operation.verb == "unset":
        api.unset(path, row_id, operation.name)
    elif operation.verb == "move":
        api.move(path, row_id, before)
    else:
        api.remove(path, row_id)
    return row_id


# --- back


def _undo(api: Api, done: Sequence[_Done], before: Rows) -> str:
    ids: dict[tuple[str, str], str] = {}
    failed = []
    moved = [(item.operation.menu, item.id) for item in done if item.operation.verb == "move"]
    for item in reversed(done):
        try:
            _back(api, item, before, _Places(ids, frozenset(moved)))
            if item.operation.verb == "move":
                moved.remove((item.operation.menu, item.id))
        except RouterError as error:
            failed.append(f"{item.operation.menu} [{item.operation.tag}]: {error}")
    if not done:
        return "Nothing had been written."
    if not failed:
        return f"The writes made before ({len(done)}) were undone."
    return f"{len(done) - len(failed)} of {len(done)} earlier writes were undone; not undone: " + "; ".join(failed)


@dataclass(frozen=True)
class _Places:
    """``ids``: menu and old id to the id of a row that was made again. ``moved``: rows not yet back at their places."""

    ids: dict[tuple[str, str], str]
    moved: frozenset[tuple[str, str]]


def _back(api: Api, item: _Done, before: Rows, places: _Places) -> None:
    operation, menu = item.operation, menu_at(item.operation.menu)
    row_id = places.ids.get((menu.path, item.id), item.id)
    if operation.verb == "add":
        api.remove(menu.path, item.id)
    elif operation.verb == "set":
        _set_back(api, menu, operation, row_id)
    elif operation.verb == "unset":
        api.set(menu.path, row_id, {operation.name: operation.old[operation.name]})
    else:
        follower = _follower(api, menu, item.id, before, places)
        if operation.verb == "move":
            api.move(menu.path, row_id, follower)
        else:
            values = {name: text for name, text in operation.old.items() if name in menu.properties}
            places.ids[menu.path, item.id] = api.add(menu.path, values, follower)


def _set_back(api: Api, menu: Menu, operation: Operation, row_id: str) -> None:
    values, unset = earlier(menu, operation)
    for name in unset:
        api.unset(menu.path, row_id, name)
    if values:
        api.set(menu.path, row_id, values)


def _follower(api: Api, menu: Menu, row_id: str, before: Rows, places: _Places) -> str | None:
    """The next row of the old order that is at its place now, under its new id if it was made again."""
    if not menu.ordered:
        return None
    now = {found.id for found in api.rows(menu.path)}
    old = [found.id for found in before.get(menu.path, ())]
    later = [old_id for old_id in old[old.index(row_id) + 1 :] if (menu.path, old_id) not in places.moved]
    return next(
        (found for found in (places.ids.get((menu.path, old_id), old_id) for old_id in later) if found in now), None
    )
