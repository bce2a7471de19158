# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The inverse of a commit's writes as scripts that the router runs by itself: pure text, no connection.

Writes are taken back newest first, so the router passes the same states as on the way in, each of which forwards.
Every command can be run again, and whether its write was made at all is found out on the spot: nobody knows how far a
commit came before its connection died. Rows that were there are named by their id (ids of rows that are stored stay
the same over a reboot; users of Terraform keep them for years), rows that the commit made by their comment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import dialect, orphans
from .diff import Found, Operation, earlier
from .menus import Menu
from .menus import menu as menu_at
from .quoting import quote, word
from .value_forms import boolean
from .versions import Version

SCRIPT = "/system/script"
#: A text longer than this is kept as it is, in a script of its own: quoted, it would make the undo too long.
_LONG = 200
#: Characters of one script; the plan's own scripts are longer, so a router takes this.
_PIECE = 12_000


@dataclass(frozen=True)
class Kept:
    """A text as the router holds it before the commit; ``name`` of the script that keeps it."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Undo:
    """``pieces``: sources of scripts, to be run in order; each gives the number of commands that failed."""

    pieces: tuple[str, ...]
    kept: tuple[Kept, ...]


def undo(operations: Sequence[Operation], before: Mapping[str, Sequence[Found]], version: Version) -> Undo:
    """What takes back ``operations``, of which any number was made. ``before``: the router as it was read."""
    writer = _Writer(operations, before, version)
    commands = [_Command(writer.back(operation), _ends(operation, operations)) for operation in reversed(operations)]
    # Behind all that leads there: connections that began over a line which the commit brought.
    commands += [_Command(orphans.forgotten(mark, version), last=True) for mark in orphans.marks(operations, "add")]
    return Undo(tuple(_pieces(commands, version)), tuple(writer.kept))


@dataclass(frozen=True)
class _Command:
    """``last``: it changes the comment by which commands before it find the row, so they must be done by then."""

    text: str
    last: bool


def _ends(operation: Operation, operations: Sequence[Operation]) -> bool:
    """Whether this gives a row that is made again the comment that it had before it was taken over."""
    return operation.verb in ("set", "unset") and any(
        other.verb == "remove" and (other.menu, other.id) == (operation.menu, operation.id) for other in operations
    )


def _pieces(commands: Sequence[_Command], version: Version) -> list[str]:
    """Pieces of a bearable length. A piece is run again from its beginning when it was cut off."""
    pieces: list[list[str]] = []
    length, last = 0, False
    for command in commands:
        if not pieces or length + len(command.text) > _PIECE or (command.last and not last):
            pieces.append([])
            length = 0
        pieces[-1].append(command.text)
        length, last = length + len(command.text), command.last
    return ["\n".join([":local mwBad 0", *(_counted(text, version) for text in piece), ":return $mwBad"]) + "\n"
            for piece in pieces]  # fmt: skip


def _counted(command: str, version: Version) -> str:
    failed = ":set mwBad ($mwBad + 1)"
    return dialect.attempt(command, failed, version, error="mwError")


class _Writer:
    """Knows which rows the commit takes away, and collects the texts that must be kept."""

    def __init__(
        self, operations: Sequence[Operation], before: Mapping[str, Sequence[Found]], version: Version
    ) -> None:
        self.kept: list[Kept] = []
        self._before = before
        self._version = version
        self._renamed = {
            (operation.menu, operation.id)
            for operation in operations
            if operation.verb == "set" and menu_at(operation.menu).mark in operation.values
        }
        self._removed = {
            (operation.menu, operation.id): str(operation.old.get(menu_at(operation.menu).mark, ""))
            for operation in operations
            if operation.verb == "remove"
        }
        #: Rows that are not yet back at their places: nothing is put before them.
        self._moved = {(operation.menu, operation.id) for operation in operations if operation.verb == "move"}

    def back(self, operation: Operation) -> str:
        """The command that takes one write back."""
        menu = menu_at(operation.menu)
        path = _path(menu)
        if operation.verb == "add":
            return f"{path} remove {self._made(menu, operation)}"
        if operation.verb == "remove":
            return self._made_again(menu, operation)
        row = self._row(menu, operation.id or "")
        if operation.verb == "move":
            follower = self._follower(menu, operation.id or "", made_again=True)
            self._moved.discard((menu.path, operation.id))
            return f"{path} move {row}" + (f" destination={follower}" if follower else "")
        if operation.verb == "unset":
            return f"{path} set {row}{self._values(menu, {operation.name: operation.old[operation.name]})}"
        return self._set_back(menu, operation, row)

    def _set_back(self, menu: Menu, operation: Operation, row: str) -> str:
        path = _path(menu)
        values, unset = earlier(menu, operation)
        lines = [f"{path} set {row}{self._values(menu, values)}"] if values else []
        lines += [f"{path} unset {row} {name}" for name in unset]
        return "\n".join(lines)

    def _made(self, menu: Menu, operation: Operation) -> str:
        """The rows that an ``add`` made. A row that was there before may carry the same comment at this moment."""
        comment = operation.values[menu.mark]
        olds = [row.id for row in self._before.get(menu.path, ()) if row.values.get(menu.mark) == comment]
        others = "".join(f" and .id!={row_id}" for row_id in olds)
        return f"[{_path(menu)} find where {menu.mark}={quote(comment)}{others}]"

    def _made_again(self, menu: Menu, operation: Operation) -> str:
        path = _path(menu)
        values = {name: text for name, text in operation.old.items() if name in menu.properties}
        comment = str(values.get(menu.mark, ""))
        twins = sum(row.values.get(menu.mark) == comment for row in self._before.get(menu.path, ()))
        follower = self._follower(menu, operation.id or "")
        place = f" place-before={follower}" if follower else ""
        add = f"{path} add{self._values(menu, values)}{place}"
        missing = f"[:len [{path} find where {menu.mark}={quote(comment)}]] < {twins}"
        if (menu.path, operation.id) in self._renamed:  # it may be there still without the comment that it got
            missing += f" && [:len [{path} find where .id={operation.id}]] = 0"
        return f":if ({missing}) do={{\n{add}\n}}"

    def _row(self, menu: Menu, row_id: str) -> str:
        comment = self._removed.get((menu.path, row_id))
        return row_id if comment is None else f"[{_path(menu)} find where {menu.mark}={quote(comment)}]"

    def _follower(self, menu: Menu, row_id: str, *, made_again: bool = False) -> str:
        """The next row of the old order that is at its place by then. Rows that the commit takes away come back in
        order, all before the first move (``made_again``), and are known by their comment, unless two have the same.
        """
        if not menu.ordered:
            return ""
        rows = [row for row in self._before.get(menu.path, ()) if row.values.get("dynamic") not in ("true", "yes")]
        later = [row.id for row in rows]
        for other in later[later.index(row_id) + 1 :]:
            if (menu.path, other) in self._moved:
                continue
            comment = self._removed.get((menu.path, other))
            if comment is None:
                return other
            if made_again and sum(row.values.get(menu.mark, "") == comment for row in rows) == 1:
                return self._row(menu, other)
        return ""

    def _values(self, menu: Menu, values: Mapping[str, str]) -> str:
        return "".join(f" {self._value(menu, name, text)}" for name, text in sorted(values.items()))

    def _value(self, menu: Menu, name: str, text: str) -> str:
        if name in menu.switches:
            return name
        if name in menu.long and len(text) > _LONG:
            return f"{name}=[{_path(menu_at(SCRIPT))} get {quote(self._keep(text))} source]"
        return f"{name}={word(boolean(text) if menu.properties[name] is boolean else text)}"

    def _keep(self, text: str) -> str:
        same = next((kept.name for kept in self.kept if kept.text == text), None)
        if same is None:
            same = f"mw-keep-{len(self.kept)}"
            self.kept.append(Kept(same, text))
        return same


def _path(menu: Menu) -> str:
    """With blanks, which every version reads."""
    return "/" + menu.path.removeprefix("/").replace("/", " ")
