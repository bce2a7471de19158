# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writing verbs. Each runs inside one transaction of the store: a refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lab.schema.model import MenuAt
from lab.schema.snapshot import ConfigRow
from lab.store import Store, Trap, format_id, parse_id
from lab.verbs import args as a
from lab.verbs import permissions
from lab.verbs.caller import Caller
from lab.verbs.reply import Reply
from lab.verbs.show import BORROWED, FIRST_DYNAMIC, View


class Writer:
    """``dispatch`` does one command; it returns the reply and the ids it touched. Raises Trap."""

    def __init__(self, store: Store, view: View) -> None:
        self.store = store
        self.view = view

    def dispatch(self, at: MenuAt, command: str, args: dict[str, str], caller: Caller) -> tuple[Reply, Sequence[int]]:
        if command == "add":
            return self._add(at, args, caller), ()
        if command == "set" and at.menu.singleton:
            a.take_ids(args)
            self._change(at, [0], args, caller)
            return Reply(), ()
        if command == "reset-counters-all":
            ids = [row.id for row in self.store.rows(at.path)]
            self.view.reset_counters(at.path, ids)
            return Reply(), ids
        which = a.take_ids(args)
        if which is None:
            raise Trap("missing =.id=", 0)
        if which == "":  # `set [find …]` that found nothing is silent (facts 6.5)
            return Reply(), ()
        ids = self._ids(at, command, which)
        self._on_rows(at, command, ids, args, caller)
        return Reply(), ids

    def _ids(self, at: MenuAt, command: str, which: str) -> list[int]:
        """The rows that a command names. Raises Trap("no such item")."""
        elsewhere = self.view.virtual.get(at.path)
        if command == "remove" and at.menu.kind == "virtual" and getattr(elsewhere, "finds_itself", False):
            # a script that removes thousands of connections one by one must not list all of them for each
            numbers = [parse_id(part) for part in which.split(",")]
            if None not in numbers:
                return [number for number in dict.fromkeys(numbers) if number is not None]
        return a.row_ids(which, self.view.candidates(at))

    def _on_rows(self, at: MenuAt, command: str, ids: list[int], args: dict[str, str], caller: Caller) -> None:
        if command == "remove":
            self._only(args)
            self._remove(at, ids)
        elif command == "move":
            where = args.pop("destination", None)
            self._only(args)
            target = a.row_ids(where, self.view.candidates(at))[0] if where else None
            self.store.move(at.path, ids, target)
        elif command == "unset":
            names = args.pop("value-name", "")
            self._only(args)
            self._unset(at, ids, names.split(","))
        elif command in ("enable", "disable"):
            self._only(args)
            self._change(at, ids, {"disabled": "no" if command == "enable" else "yes"}, caller)
        elif command == "comment":
            self._change(at, ids, {"comment": args.pop("comment", "")}, caller)
            self._only(args)
        elif command == "reset-counters":
            self._only(args)
            self.view.reset_counters(at.path, ids)
        else:
            self._change(at, ids, args, caller)

    @staticmethod
    def _only(left: Mapping[str, str]) -> None:
        if left:
            raise a.unknown_parameter()

    def _add(self, at: MenuAt, args: dict[str, str], caller: Caller) -> Reply:
        before, template = args.pop("place-before", None), args.pop("copy-from", None)
        if before is not None and not at.menu.ordered:
            raise a.unknown_parameter()
        values: dict[str, str] = {}
        if template is not None:
            source = self.store.row(at.path, a.row_ids(template, self.view.candidates(at))[0])
            values = {name: text for name, text in source.values.items() if name in at.arguments}
        checked = a.check_values(at, args, self.store, verb="add")
        for name, text in checked.items():
            values.pop(name, None)
            if text is not None:
                values[name] = text
        a.check_required(at, values)
        if at.knows("owner"):  # scripts and scheduler rows belong to whoever adds them
            values.setdefault("owner", caller.user)
        default = at.defaults.get("policy", "")
        policy = permissions.script_policy(at.path, values, caller, verb="add", default=default)
        if policy is not None:
            values["policy"] = policy
        target = None
        if before:
            target = a.row_ids(before, self.view.candidates(at))[0]
        return Reply(ret=format_id(self.store.add(at.path, values, before=target)))

    def _change(self, at: MenuAt, ids: Sequence[int], args: dict[str, str], caller: Caller) -> None:
        asked = a.check_values(at, args, self.store, verb="set")
        permissions.script_policy(at.path, asked, caller, verb="set", default="")
        for row_id in ids:
            row = self._config_row(at, row_id, "change")
            changes = dict(asked)
            if at.path == "/user/group" and "policy" in args:
                changes["policy"] = permissions.added_up(row.get("policy"), args["policy"])
            owner = self.store.owner(at.path, row_id)
            known = self.store.menu(owner).arguments
            if set(changes) - set(known):
                raise a.unknown_parameter()
            for name, text in changes.items():
                if text is None and known[name].required:
                    raise Trap(f"missing ={name}=", 0)
            self.store.set(owner, row_id, changes)

    def _unset(self, at: MenuAt, ids: Sequence[int], names: Sequence[str]) -> None:
        for name in names:
            argument = at.arguments.get(name)
            if argument is None or not (argument.unset or name == "comment"):
                raise Trap("input does not match any value of value-name", 1)
        for row_id in ids:
            self._config_row(at, row_id, "change")
            self.store.set(at.path, row_id, dict.fromkeys(names))

    def _remove(self, at: MenuAt, ids: list[int]) -> None:
        if at.menu.kind == "virtual":
            if at.path in self.view.virtual:
                self.view.virtual[at.path].remove(ids)
            return
        borrowed = [row_id - BORROWED for row_id in ids if BORROWED <= row_id < FIRST_DYNAMIC]
        ids = [row_id for row_id in ids if not BORROWED <= row_id < FIRST_DYNAMIC]
        if borrowed and at.path in self.view.virtual:
            self.view.virtual[at.path].remove(borrowed)
        built_in = {row.id for row in at.menu.builtin}
        for row_id in ids:
            self._config_row(at, row_id, "remove")
            if row_id in built_in:
                # No source has the words for built-in rows (facts 7.6); the fact of the refusal is what counts.
                raise Trap("failure: can not remove builtin")
        self.store.remove(at.path, ids)

    def _config_row(self, at: MenuAt, row_id: int, verb: str) -> ConfigRow:
        """The stored row, or the refusal for rows that the router made itself (words not confirmed, facts 7.6)."""
        dynamic = row_id >= BORROWED
        built_in = any(row.id == row_id and row.dynamic for row in at.menu.builtin)
        if dynamic or built_in:
            raise Trap(f"failure: can not {verb} dynamic")
        return self.store.row(at.path, row_id)
