# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one entry to a router: every door, script and service speaks to it through ``Engine.call``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from functools import partial

from lab.schema.load import all_menus
from lab.schema.model import Argument, MenuAt, version_key
from lab.schema.snapshot import ConfigRow
from lab.store import JournalEntry, Store, Trap, UndoRecord, format_id, parse_id
from lab.verbs import args as a
from lab.verbs import permissions
from lab.verbs.caller import SYSTEM, Caller
from lab.verbs.document import document
from lab.verbs.expiry import Expiry
from lab.verbs.export import COMPACT, Style, export
from lab.verbs.history import HistoryMenu, redo, undo, wording
from lab.verbs.monitor import Monitor
from lab.verbs.query import matches
from lab.verbs.reply import Action, DynamicRow, Reply, Values, VirtualMenu
from lab.verbs.show import View, api_row
from lab.verbs.write import Writer

_READING = frozenset({"print", "getall", "get", "find", "export"})
_WRITING = frozenset(
    {"add", "set", "remove", "move", "unset", "enable", "disable", "comment", "reset-counters", "reset-counters-all"}
)
#: service commands that change the configuration like a verb does
_WRITING_ACTIONS = frozenset({"import", "undo", "redo", "make-static", "unroll"})
_SOONEST_S = 0.05
_EXPORT_ARGS = frozenset({"compact", "verbose", "terse", "show-sensitive", "hide-sensitive", "file", ".id"})
_DEAD = {".dead": "yes"}
#: how a reply is drawn and repeated, and which rows are meant [insp 7.22.3: most commands]
_EVERY_ACTION = frozenset(
    (".id", "numbers", "number", ".proplist", "proplist", "once", "duration", "interval", "as-value", "append", "do")
) | {"file", "freeze-frame-interval", "without-paging"}


async def _nothing() -> None:
    return None


class Engine:
    """Commands in, replies out. Writes are done at once and in order; ``after_write`` is awaited before the reply."""

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock
        store.clock = clock
        self.actions: dict[tuple[str, str], Action] = {}
        self.virtual: dict[str, VirtualMenu] = {}
        self.after_write: Callable[[], Awaitable[None]] = _nothing
        self.view = View(store, self.virtual)
        self.writer = Writer(store, self.view)
        self._listeners: dict[str, set[asyncio.Queue[Values]]] = {}
        self.expiry = Expiry(store, clock)
        self._timer: asyncio.TimerHandle | None = None
        self._expiring: asyncio.Future[None] | None = None
        self.view.left = self.expiry.left
        self.virtual["/system/history"] = HistoryMenu(store)
        store.elsewhere = self._elsewhere
        self.actions["/", "undo"] = partial(undo, store)
        self.actions["/", "redo"] = partial(redo, store)
        #: told by the doors when a login ends: who, and whether he took his leave (``/quit``)
        self.session_ended: list[Callable[[Caller, bool], Awaitable[None]]] = []
        #: told of every command before it is judged: menu, command, arguments, queries, caller
        self.heard: Callable[[str, str, Mapping[str, str], Sequence[str], Caller], None] | None = None
        store.watchers.append(self._changed)
        Monitor(self)

    # -- plugged in by other rooms

    @property
    def live(self) -> Callable[[str, int], Values] | None:
        """(menu, id) -> read-only properties that are computed when somebody looks (counters)."""
        return self.view.live

    @live.setter
    def live(self, compute: Callable[[str, int], Values] | None) -> None:
        self.view.live = compute

    def publish(self, status: Mapping[tuple[str, int], Values], dynamic: Sequence[DynamicRow]) -> None:
        """Read-only properties and the router's own rows, as the last derivation has them."""
        before = {menu: {row_id for row_id, _ in rows} for menu, rows in self.view.dynamic.items()}
        for menu in self.view.publish(status, dynamic):
            now = {row_id for row_id, _ in self.view.dynamic.get(menu, ())}
            for row_id in before.get(menu, set()) - now:
                self._tell(menu, {".id": format_id(row_id), **_DEAD})
            if self._listeners.get(menu):
                for row_id in now - before.get(menu, set()):
                    self._tell_row(menu, row_id)

    def set_runtime(self, menu: str, row_id: int, **props: str | None) -> None:
        """Status written by observers and services; ``run_count`` is the property ``run-count``. None removes it."""
        seen = self.view.runtime.setdefault((menu, row_id), {})
        for key, text in props.items():
            name = key.replace("_", "-")
            if text is None:
                seen.pop(name, None)
            else:
                seen[name] = text
        self._tell_row(menu, row_id)

    def announce(self, menu: str, row: Values) -> None:
        """A new row of a menu that lives elsewhere, for those who listen (``/log``)."""
        self._tell(menu, row)

    async def end_session(self, caller: Caller, *, orderly: bool) -> None:
        """A login is over."""
        for told in tuple(self.session_ended):
            await told(caller, orderly)

    # -- commands

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply:
        """Run one command. Raises Trap in RouterOS' words; a refused write has changed nothing."""
        menu = menu or "/"
        if self.heard is not None:
            self.heard(menu, command, args, queries, caller)
        permissions.check(menu, command, args, caller)
        action = self.actions.get((menu, command))
        if action is not None and self._has(menu, command):
            return await self._act(action, menu, command, args, caller)
        if command == "export" and self._holds(menu):
            self.allow(caller, "read")
            return self._exported(menu, args, caller)
        at = self._menu(menu, command, args)
        if command in _READING:
            self.allow(caller, "read")
            return self._read(at, command, dict(args), queries, caller)
        self.allow(caller, "write")
        reply = self._write(at, command, dict(args), caller)
        if at.menu.kind != "virtual":  # rows that live elsewhere are no configuration: nothing to derive anew
            self._arm()
            await self.after_write()
        return reply

    async def expire(self) -> None:
        """Remove address-list entries whose time is over. Runs by itself at the next deadline after any write."""
        over = self.expiry.expire()
        self._arm()
        if over:
            await self.after_write()

    def stop(self) -> None:
        """Nothing happens by itself any more: the router is off."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def find(self, menu: str, where: Callable[[Values], bool] = lambda row: True) -> list[str]:
        """Ids of the rows of ``menu`` for which ``where`` holds, in menu order."""
        at = self.store.menu(menu)
        return [
            format_id(row_id)
            for row_id, values in self.view.rows(at, SYSTEM)
            if where({".id": format_id(row_id), **values})
        ]

    async def listen(self, menu: str) -> AsyncGenerator[Values, None]:
        """Rows of ``menu`` as they change; a removed one has ``.dead=yes``. Runs until it is closed."""
        self.store.menu(menu)
        queue: asyncio.Queue[Values] = asyncio.Queue()
        self._listeners.setdefault(menu, set()).add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners[menu].discard(queue)

    def at_least(self, version: str) -> bool:
        """Whether this router plays ``version`` or a later one."""
        return version_key(self.store.version) >= version_key(version)

    def export(self, under: str = "", style: Style = COMPACT) -> str:
        """The configuration at or below a menu as script text."""
        return export(self.store, under, style)

    def knows(self, menu: str, command: str) -> bool:
        """Whether this router has the command; for doors that must tell words from paths."""
        at = self.store.schema.get(menu)
        known = at is not None and (command in at.menu.commands or command in at.menu.actions)
        return known or (menu, command) in self.actions

    # -- inside

    def _has(self, menu: str, command: str) -> bool:
        """Whether this version has a command that a service registered; menus without a description have all."""
        at = self.store.schema.get(menu)
        every = all_menus().get(menu)
        if every is None:
            return True
        return at is not None and (command not in every.actions or command in at.menu.actions)

    def _menu(self, path: str, command: str, args: Values) -> MenuAt:
        at = self.store.schema.get(path)
        if at is None:
            raise Trap("no such command prefix" if path != "/" else "no such command", 0)
        if command in at.menu.refuses and command in at.menu.actions:
            if set(args) - set(at.menu.actions[command]) - _EVERY_ACTION:
                raise a.unknown_parameter()
            for rule in at.menu.any_of if command == "add" else ():
                a.check_any_of(rule, args)
            raise Trap("failure: the lab does not emulate this command")
        if command not in at.menu.commands and not (command == "getall" and "print" in at.menu.commands):
            raise Trap("no such command", 0)
        if command not in _READING | _WRITING:
            raise Trap("no such command", 0)
        if at.menu.kind == "virtual" and command in _WRITING - {"remove"}:
            for rule in at.menu.any_of if command == "add" else ():
                a.check_any_of(rule, args)
            raise Trap("no such command", 0)  # rows that live elsewhere are written by their own service
        return at

    allow = staticmethod(permissions.allow)

    async def _act(self, action: Action, menu: str, command: str, args: Values, caller: Caller) -> Reply:
        """A service's command. One that is a verb (``set`` of a certificate) is held to the verbs' rules."""
        at = self.store.schema.get(menu)
        known = at.menu.actions.get(command) if at is not None else None
        if known is not None and set(args) - set(known) - _EVERY_ACTION:
            raise a.unknown_parameter()
        writes = command in _WRITING or command in _WRITING_ACTIONS
        if writes:
            self.allow(caller, "write")
        note = self.store.note if writes else self.store.calls.append
        try:
            reply = await action(args, caller)
        except Trap as trap:
            note(self._entry(menu, at, command, args, caller, error=trap.message))
            raise
        note(self._entry(menu, at, command, args, caller))
        if writes:
            await self.after_write()
        return reply

    # reading

    def _read(self, at: MenuAt, command: str, args: dict[str, str], queries: Sequence[str], caller: Caller) -> Reply:
        if command == "get":
            return self._get(at, args, caller)
        rows = self.view.rows(at, caller)
        if command == "find":
            if args:
                raise a.unknown_parameter()
            return Reply(ret=";".join(format_id(i) for i, values in rows if _passes(at, i, values, queries)))
        of_this_menu = a.PRINT_ARGS_OF.get(at.path, frozenset())
        if set(args) - a.PRINT_ARGS - of_this_menu - {".id"}:
            raise a.unknown_parameter()
        if set(args) & of_this_menu:
            rows = a.chosen(args, rows)
        for key in ("from", ".id"):
            if key in args:
                wanted = a.row_ids(args[key], rows)
                rows = [(row_id, values) for row_id, values in rows if row_id in wanted]
        rows = [(row_id, values) for row_id, values in rows if _passes(at, row_id, values, queries)]
        if args.get("file"):
            # the way in which scripts of RouterOS 6 make a file; as a rule they overwrite its text at once
            self.allow(caller, "write")
            lines = [" ".join(f"{key}={text}" for key, text in values.items()) for _, values in rows]
            self.write_file(f"{args['file'].removesuffix('.txt')}.txt", "\n".join(lines))
            return Reply()
        if args.get("count-only", "no") != "no":
            return Reply(ret=str(len(rows)))
        proplist = [name for name in (args.get(".proplist") or args.get("proplist", "")).split(",") if name]
        return Reply(rows=tuple(api_row(at, row_id, values, proplist) for row_id, values in rows))

    def _holds(self, menu: str) -> bool:
        """Whether anything at or below ``menu`` can be exported."""
        menus = self.store.schema.menus
        if menu in menus:
            return "export" in menus[menu].menu.commands
        return menu == "/" or any(path.startswith(menu + "/") for path in menus)

    def _exported(self, menu: str, args: Values, caller: Caller) -> Reply:
        """``ret``: the text without its head. With ``file`` the whole document is written there instead.

        Version 7 hides secrets unless told otherwise, version 6 shows them unless told otherwise (facts 8, 10).
        """
        if set(args) - _EXPORT_ARGS:
            raise a.unknown_parameter()
        shows = "show-sensitive" in args if self.at_least("7") else "hide-sensitive" not in args
        wanted = None
        if ".id" in args:
            wanted = {n for n in map(parse_id, args[".id"].split(",")) if n is not None}
        style = Style(
            verbose="verbose" in args,
            terse="terse" in args,
            sensitive=shows and caller.may("sensitive"),
            rows=wanted,
        )
        text = self.export("" if menu == "/" else menu, style)
        if "file" not in args:
            return Reply(ret=text)
        name = args["file"] if args["file"].endswith(".rsc") else f"{args['file']}.rsc"
        self.write_file(name, document(text, self.store.version, self.clock(), terse=style.terse))
        return Reply()

    def write_file(self, name: str, contents: str) -> None:
        """A file of this name holds ``contents`` from now on."""
        old = next((row for row in self.store.rows("/file") if row.get("name") == name), None)
        if old is None:
            self.store.add("/file", {"name": name, "contents": contents})
        else:
            self.store.set("/file", old.id, {"contents": contents})

    def _get(self, at: MenuAt, args: dict[str, str], caller: Caller) -> Reply:
        name = args.pop("value-name", None)
        which = a.take_ids(args)
        if set(args) - {"as-string", "as-string-value", ".proplist"}:
            raise a.unknown_parameter()
        rows = self.view.rows(at, caller)
        if not at.menu.singleton:
            if which is None:
                raise Trap("missing =.id=", 0)
            number = a.row_ids(which, rows)[0]
            rows = [row for row in rows if row[0] == number]
        shown = api_row(at, rows[0][0], rows[0][1], ()) if rows else {}
        if name is None:
            return Reply(rows=(shown,), ret=";".join(f"{key}={text}" for key, text in shown.items()))
        if name not in shown and name not in at.arguments and name not in at.menu.readonly:
            raise Trap("input does not match any value of value-name", 1)
        return Reply(ret=shown.get(name, ""))

    # writing

    def _write(self, at: MenuAt, command: str, args: dict[str, str], caller: Caller) -> Reply:
        given = dict(args)
        try:
            with self.store.transaction():
                reply, touched = self.writer.dispatch(at, command, args, caller)
                before = self.store.touched()
        except Trap as trap:
            self.store.note(self._entry(at.path, at, command, given, caller, error=trap.message))
            raise
        self.store.note(self._entry(at.path, at, command, given, caller))
        if before:
            what = f"{at.path[1:].replace('/', ' ')} {_DONE.get(command, 'changed')}"
            done, back = wording(at, command, given, reply, before)
            self.store.remember(UndoRecord(self.clock(), caller.user, "write", what, at.path, before, done, back))
        for row_id in touched if command == "remove" else ():
            self.view.forget(at.path, row_id)
        return reply

    def _arm(self) -> None:
        """Wake up when the next address-list entry runs out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.expiry.due()
        if due is not None:
            # never at once again: a router's clock may run behind the loop's
            delay = max(_SOONEST_S, due - self.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._expiring = asyncio.ensure_future(self.expire())

    def _elsewhere(self, path: str) -> Sequence[tuple[int, Values]]:
        return self.virtual[path].rows() if path in self.virtual else ()

    def _entry(
        self,
        menu: str,
        at: MenuAt | None,
        command: str,
        args: Values,
        caller: Caller,
        *,
        error: str = "",
    ) -> JournalEntry:
        known = at.arguments if at is not None else {}
        shown = {name: "*****" if _secret(name, known.get(name)) else text for name, text in args.items()}
        return JournalEntry(self.clock(), caller.user, caller.origin, menu, command, shown, error)

    # changes for listeners

    def _changed(self, menu: str, row_id: int, row: ConfigRow | None) -> None:
        views = [m.path for m in self.store.schema.menus.values() if menu in m.menu.views]
        for path in [menu, *views]:
            if row is None:
                self._tell(path, {".id": format_id(row_id), **_DEAD})
            else:
                self._tell_row(path, row_id)

    def _tell_row(self, menu: str, row_id: int) -> None:
        if not self._listeners.get(menu):
            return
        at = self.store.menu(menu)
        for number, values in self.view.rows(at, SYSTEM):
            if number == row_id:
                self._tell(menu, api_row(at, number, values, ()))

    def _tell(self, menu: str, row: Values) -> None:
        for queue in self._listeners.get(menu, ()):
            queue.put_nowait(row)


def _secret(name: str, spec: Argument | None) -> bool:
    """Whether the journal keeps a value to itself."""
    declared = spec is not None and (spec.secret or spec.write_only)
    return declared or name.endswith(("password", "passphrase"))


_DONE = {"add": "added", "remove": "removed", "move": "moved"}


def _passes(at: MenuAt, row_id: int, values: Values, queries: Sequence[str]) -> bool:
    return not queries or matches(api_row(at, row_id, values, ()), queries)
