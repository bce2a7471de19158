# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code as the router prints it: ``:put [:parse ":put 1"]`` gives ``(evl /putmessage=1)``.

Read off the answers of a live 7.23.3 (parse, operators and values oracles): arguments in the order of their names,
words of the language with a slash, operators in front, texts without quotes. What several commands in a row and ``do=``
look like is known from listings that users showed (7.20). Values of menu arguments are listed as they were written; the
router shows some of them by their type (``src-address=;2.0.0.2``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lab.script import nodes
from lab.script.literals import word_value
from lab.script.values import Array, Code, Op, Value, to_text

if TYPE_CHECKING:
    from lab.script.nodes import Block, Node, Statement


def printed(value: Value) -> str:
    """What ``:put`` writes: the text of a value, code listed."""
    if isinstance(value, Code):
        return code(value.body)
    if isinstance(value, Op):
        return f"(> {expression(value.body)})"
    if isinstance(value, Array):
        items = [printed(item) for item in value.items]
        return ";".join([*items, *(f"{key}={printed(value.keyed[key])}" for key in sorted(value.keyed))])
    return to_text(value)


def code(block: Block) -> str:
    """The body of ``do={…}``, of ``[…]``, or what :parse gave."""
    if block.scope:
        return f";{_body(block)}"
    return statement(block.statements[0]) if len(block.statements) == 1 else _body(block)


def _body(block: Block) -> str:
    """In braces or brackets: ``(evl X)``, several as ``(evl / X Y)``, none as ``(evl /)``."""
    listed = [statement(one) for one in block.statements]
    return f"(evl {listed[0]})" if len(listed) == 1 else f"({' '.join(['evl /', *listed])})"


def statement(node: Statement) -> str:
    if isinstance(node, nodes.Builtin):
        return f"(evl /{node.name}{_arguments(node.name, node.arguments.items())})"
    if isinstance(node, nodes.MenuCommand):
        return _menu_command(node)
    if isinstance(node, nodes.Call):
        # the first argument is the function itself: $0
        function = expression(node.function)
        given = [expression(value) for value in node.unnamed] + [f"{name}={expression(v)}" for name, v in node.named]
        return f"(<%% {function} {';'.join([f'(> {function})', *given])})"
    if isinstance(node, nodes.Broken):
        return node.listing
    if isinstance(node, nodes.Evaluate):
        return f"(<%% {expression(node.expression)} )"
    return _body(node)


def _arguments(command: str, arguments: Iterable[tuple[str, Node]]) -> str:
    names = _NAMES_A_VARIABLE.get(command, "")
    shown = []
    for name, node in sorted(arguments):
        # a bare word means a value to the language, and to a menu whatever the argument's type makes of it
        text = expression(node) if command or not isinstance(node, nodes.Word) else node.text
        shown.append(f"{name}=${text}" if name == names and isinstance(node, nodes.Word) else f"{name}={text}")
    return ";".join(shown)


_NAMES_A_VARIABLE = {
    "local": "name",
    "global": "name",
    "set": "name",
    "for": "counter",
    "foreach": "counter",
    "onerror": "error",
}


def _menu_command(node: nodes.MenuCommand) -> str:
    named: list[tuple[str, Node]] = list(node.named)
    if node.unnamed:
        named.append((_POSITIONAL.get(node.command, "numbers"), node.unnamed[0]))
    shown = _arguments("", named)
    where = "" if node.where is None else f"where={expression(node.where)}"
    return f"(evl {node.menu.rstrip('/')}/{node.command}{';'.join(part for part in (shown, where) if part)})"


#: from listings that users showed; the other commands take rows
_POSITIONAL = {
    "get": "number",
    **dict.fromkeys(("info", "warning", "error", "debug"), "message"),
    "run": "number",
    "fetch": "url",
    "ping": "address",
}


def expression(node: Node) -> str:
    if isinstance(node, nodes.Literal):
        return to_text(node.value)
    if isinstance(node, nodes.Word):
        return to_text(word_value(node.text))
    if isinstance(node, nodes.Text):
        parts = [part if isinstance(part, str) else expression(part) for part in node.parts]
        return parts[0] if len(parts) == 1 else f"(. {' '.join(parts)})" if parts else ""
    if isinstance(node, nodes.Var | nodes.Prop):
        return f"${node.name}"
    if isinstance(node, nodes.CodeNode):
        return f";{_body(node.body)}"
    if isinstance(node, nodes.Substitution):
        return _body(node.body)
    return _composed(node)


def _composed(node: Node) -> str:
    if isinstance(node, nodes.Unary):
        return f"({node.op} {expression(node.operand)})"
    if isinstance(node, nodes.Binary):
        return f"({node.op} {expression(node.left)} {expression(node.right)})"
    if isinstance(node, nodes.Many):
        return f"({node.op or ' '} {' '.join(expression(item) for item in node.operands)})"
    if isinstance(node, nodes.ArrayNode):
        items = [expression(item) for key, item in node.items if key is None]
        keyed = [
            (key if isinstance(key, str) else expression(key), item) for key, item in node.items if key is not None
        ]
        return ";".join(
            [*items, *(f"{key}={expression(item)}" for key, item in sorted(keyed, key=lambda pair: pair[0]))]
        )
    raise TypeError(f"no node: {node!r}")
