# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that take what others print, or write files: ``:grep`` and ``:serialize file-name=``."""

from __future__ import annotations

from collections.abc import Mapping

from lab.script import operators
from lab.script.errors import ScriptError
from lab.script.functions import PURE
from lab.script.machine import Handler, Machine
from lab.script.nodes import Node, Word
from lab.script.scope import Scope
from lab.script.values import NOTHING, Value, to_text

Arguments = Mapping[str, Node]


async def _text(machine: Machine, arguments: Arguments, name: str, scope: Scope) -> str:
    node = arguments.get(name)
    if node is None:
        return ""
    return node.text if isinstance(node, Word) else to_text(await machine.value(node, scope))


async def _count(machine: Machine, arguments: Arguments, name: str, scope: Scope) -> int:
    text = await _text(machine, arguments, name, scope)
    if text and not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ScriptError(f"invalid value for argument {name}")
    return int(text or "0")


async def grep(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """``:grep pattern="…" script={…}``: the lines of what the script prints, or of a file, that match (7.13).

    ``before`` and ``after`` are lines of context. Names of arguments: values oracle; what it gives back is unsure.
    """
    printed: list[str] = []
    if "script" in arguments:
        source = await _text(machine, arguments, "script", scope)
        await machine.inner(source, printed.append, scope)
    name = await _text(machine, arguments, "filename", scope)
    if name:
        printed.append(await _contents(machine, name))
    lines = "\n".join(printed).replace("\r\n", "\n").split("\n")
    pattern = operators.regex(await _text(machine, arguments, "pattern", scope))
    before = await _count(machine, arguments, "before", scope)
    after = await _count(machine, arguments, "after", scope)
    shown: set[int] = set()
    for at, line in enumerate(lines):
        if pattern.search(line):
            shown.update(range(max(0, at - before), min(len(lines), at + after + 1)))
    for at in sorted(shown):
        machine.run.output(lines[at])
    return NOTHING


async def _contents(machine: Machine, name: str) -> str:
    reply = await machine.around.verbs.call("/file", "print", {}, caller=machine.run.caller)
    for row in reply.rows:
        if row.get("name") == name:
            return row.get("contents", "")
    raise ScriptError("no such item")


async def serialize(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """With ``file-name`` (7.18) the text goes to a file, and nothing comes back (inference)."""
    plain = {name: node for name, node in arguments.items() if name != "file-name"}
    text = await PURE["serialize"](machine, plain, scope)
    name = await _text(machine, arguments, "file-name", scope)
    if not name:
        return text
    reply = await machine.around.verbs.call("/file", "print", {}, caller=machine.run.caller)
    old = [row[".id"] for row in reply.rows if row.get("name") == name and ".id" in row]
    for row_id in old:
        await machine.around.verbs.call("/file", "remove", {".id": row_id}, caller=machine.run.caller)
    args = {"name": name, "contents": to_text(text)}
    await machine.around.verbs.call("/file", "add", args, caller=machine.run.caller)
    return NOTHING


async def lock(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """In the command tree of 7.22 with one argument, delay; no source says what it locks."""
    raise ScriptError("lock is not emulated")


TEXT_COMMANDS: dict[str, Handler] = {"grep": grep, "lock": lock, "serialize": serialize}
