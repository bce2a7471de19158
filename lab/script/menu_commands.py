# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of menus in a script: ``find``, ``get``, ``print``, and everything else through the verbs (facts 6.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lab.script import operators, terminal, where
from lab.script.errors import ScriptError
from lab.script.nodes import MenuCommand, Node, Word
from lab.script.scope import Scope
from lab.script.values import NOTHING, Array, Id, Value, absent, to_argument, to_text
from lab.verbs import Reply, Trap

if TYPE_CHECKING:
    from lab.script.machine import Machine

Row = Mapping[str, str]
#: the API's names of a command's first positional argument; all others take rows
_FIRST = {
    "run": "number",
    "fetch": "url",
    "ping": "address",
    "import": "file-name",
    "info": "message",
    "warning": "message",
    "error": "message",
    "debug": "message",
    "resolve": "domain-name",
}
#: a long list (connections) must not hold up the other tasks of the event loop
_ROWS_BETWEEN_PAUSES = 100
#: commands that do nothing at all when their list of rows is empty (facts 6.5)
_ON_ROWS = frozenset({"set", "remove", "enable", "disable", "unset", "comment", "move", "reset", "reset-counters"})
_SECOND = {"unset": "value-name", "move": "destination", "comment": "comment", "get": "value-name"}


async def perform(machine: Machine, command: MenuCommand, scope: Scope) -> Value:
    if command.menu == terminal.TERMINAL_MENU:
        return terminal.perform(command.command)
    if command.menu == "/log" and command.command in ("info", "warning", "error", "debug"):
        return await _log(machine, command, scope)
    if command.command == "find":
        return Array(tuple(Id(row[".id"]) for row in await _rows(machine, command, scope) if ".id" in row))
    if command.command == "get":
        return await _get(machine, command, scope)
    if command.command == "print":
        return await _print(machine, command, scope)
    return await _verb(machine, command, scope)


# ---- reading


def _textual(machine: Machine, command: MenuCommand) -> where.Textual:
    return lambda name: machine.around.tree.textual(command.menu, name)


async def _rows(machine: Machine, command: MenuCommand, scope: Scope) -> list[Row]:
    reply = await machine.around.verbs.call(command.menu, "print", {}, caller=machine.run.caller)
    if command.where is None:
        return list(reply.rows)
    known = machine.around.tree.properties(command.menu)
    found = []
    for index, row in enumerate(reply.rows):
        if index % _ROWS_BETWEEN_PAUSES == _ROWS_BETWEEN_PAUSES - 1:
            await machine.pause()
        if operators.truth(await machine.value(command.where, scope.beside(row, known))):
            found.append(row)
    return found


async def _get(machine: Machine, command: MenuCommand, scope: Scope) -> Value:
    named = {name: await machine.value(node, scope) for name, node in command.named}
    unnamed = [await _argument(machine, node, scope) for node in command.unnamed]
    rows = await _rows(machine, command, scope)
    textual = _textual(machine, command)
    single = len(rows) == 1 and ".id" not in rows[0]
    row: Row
    if single:
        row = rows[0]
    else:
        target = named.get("number", named.get("numbers", named.get(".id", NOTHING)))
        if absent(target):
            if not unnamed:
                raise Trap("no such item")
            target = unnamed.pop(0)
        if isinstance(target, (int, str)) and not isinstance(target, bool):
            target = _item_numbers(machine, command.menu, to_text(target))
        row = _one(rows, target)
    name = to_text(named.get("value-name", unnamed[0] if unnamed else ""))
    if not name:
        return where.record(row, textual)
    known = machine.around.tree.properties(command.menu)
    if known and name not in known and name not in row:
        raise Trap("input does not match any value of value-name")
    return where.prop(row, name, textual)


def _one(rows: Sequence[Row], target: Value) -> Row:
    if isinstance(target, Array):
        if len(target) > 1:
            # seen in the field with [get [find]]; its wording is unsure
            raise Trap("invalid internal item number")
        if not len(target):
            raise Trap("no such item")
        target = target.values()[0]
    text = to_text(target)
    for row in rows:
        if text and text in (row.get(".id"), row.get("name")):
            return row
    raise Trap("no such item")


async def _print(machine: Machine, command: MenuCommand, scope: Scope) -> Value:
    rows = await _rows(machine, command, scope)
    named = {name: to_argument(await machine.value(node, scope)) for name, node in command.named}
    wanted = [name for name in named.get("proplist", named.get(".proplist", "")).split(",") if name]
    if "from" in named:
        ids = _item_numbers(machine, command.menu, named["from"]).split(",")
        rows = [row for row in rows if row.get(".id") in ids or row.get("name") in ids]
    if named.get("file"):
        chosen = ",".join(row[".id"] for row in rows if ".id" in row)
        nobody = () if chosen or command.where is None else ("?.id=*FFFFFFFF",)
        args = {"file": named["file"], **({".id": chosen} if chosen else {})}
        await machine.around.verbs.call(command.menu, "print", args, queries=nobody, caller=machine.run.caller)
        return NOTHING
    if machine.run.shell is not None and "as-value" not in named:
        machine.run.output(machine.run.shell.show(command.menu, rows, named))
        return len(rows) if "count-only" in named else NOTHING
    if wanted:
        rows = [{name: row[name] for name in (".id", *wanted) if name in row} for row in rows]
    if "count-only" in named:
        machine.run.output(str(len(rows)))
        return len(rows)
    if "as-value" in named:
        textual = _textual(machine, command)
        return Array(tuple(where.record(row, textual) for row in rows))
    for index, row in enumerate(rows):
        shown = " ".join(f"{name}={value}" for name, value in row.items() if name != ".id")
        machine.run.output(f"{index:>2} {shown}" if ".id" in row else shown)
    return NOTHING


async def _log(machine: Machine, command: MenuCommand, scope: Scope) -> Value:
    nodes = dict(command.named)
    message = nodes.get("message", command.unnamed[0] if command.unnamed else None)
    if message is None or len(command.unnamed) > 1:
        raise ScriptError("syntax error" if message is None else "expected end of command")
    text = message.text if isinstance(message, Word) else to_text(await machine.value(message, scope))
    machine.around.log(f"script,{command.command}", text)
    return NOTHING


# ---- everything else


async def _verb(machine: Machine, command: MenuCommand, scope: Scope) -> Value:
    args = await _verb_arguments(machine, command, scope)
    if command.command in _ON_ROWS and args.get(".id") == "":
        return NOTHING
    shell = machine.run.shell
    if shell is not None and not await shell.confirm(command.menu, command.command):
        machine.run.output("action cancelled")
        return NOTHING
    reply = await machine.around.verbs.call(command.menu, command.command, args, caller=machine.run.caller)
    if command.command == "export":
        if reply.ret is not None:
            machine.run.output(reply.ret if shell is None else shell.document(reply.ret, terse="terse" in args))
        return NOTHING
    if reply.printed:
        machine.run.output(reply.printed)
    if shell is not None and reply.rows and "as-value" not in args:
        machine.run.output(shell.report(command.menu, command.command, reply.rows))
    if command.command == "ping" and "as-value" not in args:
        # how many came back: ``:if ([/ping 8.8.8.8 count=3] = 0)`` (practice)
        return int(reply.rows[-1].get("received", "0")) if reply.rows else 0
    return _result(machine, command, args, reply)


async def _verb_arguments(machine: Machine, command: MenuCommand, scope: Scope) -> dict[str, str]:
    """By the names that the API has for them."""
    args: dict[str, str] = {}
    for name, node in command.named:
        value = await _argument(machine, node, scope)
        args[".id" if name == "numbers" else name] = "" if absent(value) else to_argument(value)
    unnamed = [await _argument(machine, node, scope) for node in command.unnamed]
    switches = [v for v in unnamed if isinstance(v, str) and v.startswith("!")]
    args.update(dict.fromkeys(switches, ""))
    positional = [v for v in unnamed if v not in switches]
    names = [_FIRST.get(command.command, ".id"), _SECOND.get(command.command, "")]
    if len(positional) > 2 or (len(positional) == 2 and not names[1]):
        raise ScriptError("expected end of command")
    for name, value in zip(names, positional, strict=False):
        args.setdefault(name, to_argument(value))
    for name in (".id", "destination", "place-before") if command.menu != "/" else ():
        if name in args:
            args[name] = _item_numbers(machine, command.menu, args[name])
    if command.where is not None:  # export where
        args[".id"] = ",".join([row[".id"] for row in await _rows(machine, command, scope) if ".id" in row])
    return args


def _result(machine: Machine, command: MenuCommand, args: Mapping[str, str], reply: Reply) -> Value:
    if reply.ret is not None:
        return Id(reply.ret) if reply.ret.startswith("*") else reply.ret
    if "as-value" not in args:
        for row in reply.rows if machine.run.shell is None else ():
            machine.run.output("\n".join(f"{name}: {value}" for name, value in row.items()))
        return NOTHING
    textual = _textual(machine, command)
    records = tuple(where.record(row, textual) for row in reply.rows)
    return records[0] if len(records) == 1 else Array(records)


def _item_numbers(machine: Machine, menu: str, text: str) -> str:
    """Numbers of the last print mean rows at the console only (facts 6.5)."""
    return text if machine.run.shell is None else machine.run.shell.row_ids(menu, text)


async def _argument(machine: Machine, node: Node, scope: Scope) -> Value:
    """A bare word stays the text that it is: ``comment=2.2`` is no address (values oracle, contexts)."""
    return node.text if isinstance(node, Word) else await machine.value(node, scope)
