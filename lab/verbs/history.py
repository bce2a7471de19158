# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/history``, ``/undo`` and ``/redo``: what was written, newest first, and the way back (facts 8)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from lab.schema.model import MenuAt, version_key
from lab.schema.snapshot import ConfigRow
from lab.store import Store, Trap, UndoRecord, format_id
from lab.verbs.caller import Caller
from lab.verbs.reply import Reply, Values

#: texts of scripts are left out: whether a router shows them here is unsure, and they may hold tokens
_SCRIPTS = frozenset(
    {"source", "contents", "on-event", "on-alert", "up-script", "down-script", "test-script", "script"}
)
_WITHOUT_ROWS = frozenset({".id", "numbers", "place-before", "copy-from"})


class HistoryMenu:
    """Rows of ``/system/history`` (lab.verbs.VirtualMenu): first what can be done again, then what can be undone."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def rows(self) -> Sequence[tuple[int, Values]]:
        done, undone = self.store.history, self.store.undone
        known = [(number, record, "undoable") for number, record in enumerate(done, 1)]
        known += [(number, record, "redoable") for number, record in enumerate(reversed(undone), len(done) + 1)]
        return [(number, {**self._shown(record), flag: "true"}) for number, record, flag in reversed(known)]

    def _shown(self, record: UndoRecord) -> dict[str, str]:
        iso = version_key(self.store.version) >= (7, 10)
        moment = time.strftime("%Y-%m-%d %H:%M:%S" if iso else "%b/%d/%Y %H:%M:%S", time.gmtime(record.time)).lower()
        shown = {"action": record.action, "by": record.user, "policy": record.policy, "time": moment}
        texts = {"redo": record.redo, "undo": record.undo}
        return {**{name: text for name, text in texts.items() if text}, **shown}

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such command", 0)


async def undo(store: Store, args: Values, caller: Caller) -> Reply:
    """``/undo``: take the newest write back."""
    _allow(args, caller)
    store.undo_last()
    return Reply()


async def redo(store: Store, args: Values, caller: Caller) -> Reply:
    """``/redo``: do again what was taken back last."""
    _allow(args, caller)
    store.redo_last()
    return Reply()


def _allow(args: Values, caller: Caller) -> None:
    if not caller.may("write"):
        raise Trap("not enough permissions (9)")
    if args:
        raise Trap("unknown parameter")


def wording(
    at: MenuAt, command: str, args: Values, reply: Reply, before: Mapping[str, tuple[ConfigRow, ...]]
) -> tuple[str, str]:
    """The command and its reverse as one line of script each. How RouterOS words them in detail is unsure."""
    ids = [part for part in (args.get(".id") or args.get("numbers") or "").split(",") if part]
    given = _words((name, _shown(at, name, text)) for name, text in args.items() if name not in _WITHOUT_ROWS)
    done = " ".join([f"{at.path} {command}", *ids, *given])
    old = {format_id(row.id): row for row in before.get(at.path, ())}
    if command == "add":
        return done, f"{at.path} remove {reply.ret or ''}".rstrip()
    rows = [old[number] for number in ids if number in old] or (
        [old["*0"]] if at.menu.singleton and "*0" in old else []
    )
    if command == "remove":
        return done, "; ".join(" ".join([f"{at.path} add", *_words(_values(at, row))]) for row in rows)
    if command in ("set", "enable", "disable", "unset", "comment"):
        names = {"enable": {"disabled"}, "disable": {"disabled"}, "unset": {args.get("value-name", "")}}
        changed = names.get(command, set(args) - _WITHOUT_ROWS)
        return done, "; ".join(_set_back(at, row, changed) for row in rows)
    return done, ""


def _set_back(at: MenuAt, row: ConfigRow, changed: set[str]) -> str:
    which = [] if at.menu.singleton else [format_id(row.id)]
    was = _words((name, _shown(at, name, row.get(name))) for name in sorted(changed))
    return " ".join([f"{at.path} set", *which, *was])


def _values(at: MenuAt, row: ConfigRow) -> Iterator[tuple[str, str]]:
    for name, text in row.values.items():
        if name in at.arguments and text != at.arguments[name].default:
            yield name, _shown(at, name, text)


def _shown(at: MenuAt, name: str, text: str) -> str:
    argument = at.arguments.get(name)
    if argument is not None and (argument.secret or argument.write_only):
        return "*****"
    return "..." if name in _SCRIPTS and text else text


def _words(pairs: Iterator[tuple[str, str]]) -> list[str]:
    return [f"{name}={_quoted(text)}" for name, text in pairs]


def _quoted(text: str) -> str:
    if text and all(character.isalnum() or character in "-_.,/:*+!" for character in text):
        return text
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n").replace("\r", "\\r")
    )
    return f'"{escaped}"'
