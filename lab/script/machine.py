# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates the syntax tree. One Machine per run; everything that can wait is awaited, so scripts overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from lab.script import menu_commands, operators, where
from lab.script.errors import Relayed, ScriptError
from lab.script.literals import word_value
from lab.script.nodes import (
    ArrayNode,
    Binary,
    Block,
    Broken,
    Builtin,
    Call,
    CodeNode,
    Evaluate,
    Literal,
    Many,
    MenuCommand,
    Node,
    Prop,
    Statement,
    Substitution,
    Text,
    Unary,
    Var,
    Word,
)
from lab.script.parser import parse
from lab.script.ports import Run, Surroundings
from lab.script.reader import Reader
from lab.script.scope import Scope, Unit
from lab.script.signals import ReturnSignal
from lab.script.values import NOTHING, Array, Code, Op, Value, to_text
from lab.verbs import Trap

Handler = Callable[["Machine", Mapping[str, Node], Scope], Awaitable[Value]]
_COMPARISONS = {"=", "!=", "<", ">", "<=", ">=", "~", "in"}


class Machine:
    def __init__(self, around: Surroundings, run: Run, handlers: Mapping[str, Handler]) -> None:
        self.around = around
        self.run = run
        self._handlers = handlers

    def redirected(self, output: Callable[[str], None]) -> Machine:
        """The same run, printing elsewhere."""
        return Machine(self.around, replace(self.run, output=output), self._handlers)

    async def inner(self, source: str, output: Callable[[str], None], scope: Scope) -> Value:
        """Run a text as a script of its own within this run, printing elsewhere."""
        script = parse(source, self.around.version, tree=self.around.tree, late=True)
        return await self.redirected(output).code(Code(script.body, source, source), scope, {})

    # ---- statements

    async def block(self, block: Block, scope: Scope) -> Value:
        """The value of the last statement."""
        inner = scope.child() if block.scope else scope
        value: Value = NOTHING
        for statement in block.statements:
            value = await self.statement(statement, inner)
        return value

    async def statement(self, statement: Statement, scope: Scope) -> Value:
        try:
            return await self._statement(statement, scope)
        except ScriptError as error:
            if error.line:
                raise
            raise self._placed(error.message, statement, scope) from error
        except RecursionError as error:
            raise self._placed("maximum recursion depth reached", statement, scope) from error
        except Trap as trap:
            if isinstance(trap.__cause__, ScriptError):
                line, column = Reader(scope.unit.source, self.around.version).place(statement.at)
                raise Relayed(trap.message, line, column) from trap
            placed = self._placed(trap.console or trap.message, statement, scope)
            placed.by_menu = not trap.console
            raise placed from trap

    def _placed(self, words: str, statement: Statement, scope: Scope) -> ScriptError:
        line, column = Reader(scope.unit.source, self.around.version).place(statement.at)
        return ScriptError(words, line, column, command=command_name(statement))

    async def _statement(self, statement: Statement, scope: Scope) -> Value:
        if isinstance(statement, Builtin):
            return await self._handlers[statement.name](self, statement.arguments, scope)
        if isinstance(statement, MenuCommand):
            return await menu_commands.perform(self, statement, scope)
        if isinstance(statement, Call):
            return await self._call(statement, scope)
        if isinstance(statement, Evaluate):
            return await self._applied(await self.value(statement.expression, scope), scope)
        if isinstance(statement, Broken):
            raise Relayed(statement.message, *Reader(scope.unit.source, self.around.version).place(statement.at))
        return await self.block(statement, scope)

    async def pause(self) -> None:
        """A turn for everybody else: called in every round of a loop, since all routers share one event loop."""
        await asyncio.sleep(0)

    # ---- functions

    async def _applied(self, value: Value, scope: Scope) -> Value:
        """Where a command could stand, code runs: ``[:parse "…"]`` (operators oracle: ``(1)`` is ``(<%% 1 )``)."""
        if isinstance(value, Op):
            return await self.deferred(value, scope)
        return await self.code(value, scope, {}) if isinstance(value, Code) else value

    async def _call(self, call: Call, scope: Scope) -> Value:
        function = await self.value(call.function, scope)
        unnamed = [await self.value(node, scope) for node in call.unnamed]
        named = {name: await self.value(node, scope) for name, node in call.named}
        if isinstance(function, Op):
            return await self.deferred(function, scope)
        if not isinstance(function, Code):
            return function
        name = call.function.name if isinstance(call.function, Var) else ""
        # $0 is the name with its dollar, $1 the first argument (operators oracle, do-block-positional-zero)
        arguments: dict[str, Value] = {"0": f"${name}"}
        arguments.update({str(index): value for index, value in enumerate(unnamed, start=1)})
        return await self.code(function, scope, {**arguments, **named})

    async def code(self, code: Code, scope: Scope, variables: Mapping[str, Value]) -> Value:
        """Run code as a function: it sees its arguments, and globals only when it declares them."""
        inner = Scope(Unit(code.unit), scope.globals, locals=dict(variables))
        try:
            return await self.block(code.body, inner)
        except ReturnSignal as signal:
            return signal.value

    async def deferred(self, op: Op, scope: Scope, arguments: Value = NOTHING) -> Value:
        """``($f <%% {1;2})``: positional arguments count from $0 (operators oracle, apply-positional-zero)."""
        inner = Scope(Unit(op.unit), scope.globals)
        if isinstance(arguments, Array):
            inner.locals = {to_text(key): value for key, value in arguments.pairs()}
        try:
            return await self.value(op.body, inner)
        except ReturnSignal as signal:
            return signal.value

    # ---- expressions

    async def value(self, node: Node, scope: Scope) -> Value:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Word):
            return _word(node.text)
        if isinstance(node, Var):
            return self._variable(node, scope)
        if isinstance(node, Text):
            return await self._text(node, scope)
        if isinstance(node, Substitution):
            return await self.block(node.body, scope)
        if isinstance(node, CodeNode):
            return Code(node.body, node.source, scope.unit.source)
        return await self._composed(node, scope)

    async def _composed(self, node: Node, scope: Scope) -> Value:
        if isinstance(node, Binary):
            return await self._binary(node, scope)
        if isinstance(node, Many):
            return operators.fold(node.op, [await self.value(item, scope) for item in node.operands])
        if isinstance(node, Unary):
            return await self._prefix(node, scope)
        if isinstance(node, ArrayNode):
            return await self._array(node, scope)
        if isinstance(node, Prop):
            return where.is_set(scope.row or {}, node.name)
        raise TypeError(f"no node: {node!r}")

    def _variable(self, node: Var, scope: Scope) -> Value:
        if scope.row is not None and self._is_property(node.name, scope):
            # the property wins over a variable of the same name (facts 6.5)
            return where.prop(scope.row, node.name, lambda name: False)
        return scope.get(node.name)

    @staticmethod
    def _is_property(name: str, scope: Scope) -> bool:
        return scope.row is not None and (name in scope.row or name in scope.known)

    async def _text(self, node: Text, scope: Scope) -> Value:
        """Interpolation is concatenation: an array inside makes an array of texts (values oracle, keyBinding)."""
        if len(node.parts) == 1 and not isinstance(node.parts[0], str):
            # ``"$a"`` alone is ``$a``, with its type (the same)
            return await self.value(node.parts[0], scope)
        result: Value = ""
        for part in node.parts:
            result = operators.concatenate(result, part if isinstance(part, str) else await self.value(part, scope))
        return result

    async def _array(self, node: ArrayNode, scope: Scope) -> Value:
        items: list[Value] = []
        keyed: dict[str, Value] = {}
        for key, item in node.items:
            value = await self.value(item, scope)
            if key is None:
                items.append(value)
            else:
                keyed[key if isinstance(key, str) else to_text(await self.value(key, scope))] = value
        return Array(tuple(items), keyed)

    async def _prefix(self, node: Unary, scope: Scope) -> Value:
        if node.op != ">":
            return operators.PREFIXES[node.op](await self.value(node.operand, scope))
        if isinstance(node.operand, Substitution):
            return Op(node.operand, scope.unit.source)
        # anything but a command is evaluated at once (operators oracle, deferred-array-typeof)
        return await self.value(node.operand, scope)

    async def _binary(self, node: Binary, scope: Scope) -> Value:
        name = self._compared_property(node, scope)
        if name is not None and scope.row is not None:
            bare = isinstance(node.right, Word)
            right = node.right.text if isinstance(node.right, Word) else await self.value(node.right, scope)
            return where.compare(scope.row, name, node.op, right, bare=bare)
        left = await self.value(node.left, scope)
        right = await self.value(node.right, scope)
        if node.op == "<%%":
            return await self.deferred(left, scope, right) if isinstance(left, Op) else left
        return operators.BINARY[node.op](left, right)

    def _compared_property(self, node: Binary, scope: Scope) -> str | None:
        if node.op not in _COMPARISONS:
            return None
        if isinstance(node.left, Prop):
            return node.left.name
        if isinstance(node.left, Var) and self._is_property(node.left.name, scope):
            return node.left.name
        return None


def _word(text: str) -> Value:
    """A bare word as a value; commas make an array (values oracle, commaSpelling)."""
    if "," in text:
        return Array(tuple(word_value(part) for part in text.split(",")))
    return word_value(text)


def command_name(statement: Statement) -> str:
    """The path as error lines name it: ``/ip/route/add``, ``:put`` (operators oracle, array-compare; facts 6.6)."""
    if isinstance(statement, Builtin):
        return f":{statement.name}"
    if isinstance(statement, MenuCommand):
        return f"{statement.menu.rstrip('/')}/{statement.command}"
    return ""
