# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that decide what runs: variables, branches, loops, errors (facts 6.4)."""

from __future__ import annotations

from collections.abc import Mapping

from lab.script import operators
from lab.script.errors import ScriptError, ScriptSyntaxError
from lab.script.listing import printed
from lab.script.literals import word_value
from lab.script.machine import Handler, Machine
from lab.script.nodes import Binary, CodeNode, Node, Var, Word
from lab.script.parser import parse as parse_source
from lab.script.scope import Scope
from lab.script.signals import BreakSignal, ContinueSignal, ExitSignal, ReturnSignal
from lab.script.values import NANOS, NIL, NOTHING, Array, Code, Time, Value, to_text

Arguments = Mapping[str, Node]


async def _name(machine: Machine, node: Node, scope: Scope) -> str:
    return node.text if isinstance(node, Word) else to_text(await machine.value(node, scope))


async def _assigned(machine: Machine, arguments: Arguments, scope: Scope) -> Value | None:
    node = arguments.get("do") or arguments.get("value")
    return None if node is None else await machine.value(node, scope)


async def _body(machine: Machine, node: Node, scope: Scope) -> Value:
    """``do={…}`` runs in place; code from a variable runs as a function."""
    if isinstance(node, CodeNode):
        return await machine.block(node.body, scope)
    value = await machine.value(node, scope)
    return await machine.code(value, scope, {}) if isinstance(value, Code) else value


async def local(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    value = await _assigned(machine, arguments, scope)
    scope.declare_local(await _name(machine, arguments["name"], scope), NOTHING if value is None else value)
    return NOTHING


async def global_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    value = await _assigned(machine, arguments, scope)
    scope.declare_global(await _name(machine, arguments["name"], scope), value)
    return NOTHING


async def set_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """``:set x`` without a value unsets; ``:set ($a->"k"->1) v`` changes an element (facts 6.2)."""
    value = await _assigned(machine, arguments, scope)
    target = arguments["name"]
    keys: list[Value] = []
    while isinstance(target, Binary) and target.op == "->":
        keys.insert(0, await machine.value(target.right, scope))
        target = target.left
    name = target.name if keys and isinstance(target, Var) else await _name(machine, target, scope)
    new = NOTHING if value is None else value
    if keys:
        new = _with(scope.get(name), keys, new)
    if not scope.set(name, new):
        raise ScriptError(f"variable {name} is not declared")
    return NOTHING


def _with(holder: Value, keys: list[Value], value: Value) -> Value:
    array = holder if isinstance(holder, Array) else Array()
    if len(keys) > 1:
        value = _with(array.get(keys[0]), keys[1:], value)
    return array.with_item(keys[0], value)


async def if_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    verdict = operators.truth(await machine.value(arguments["condition"], scope))
    branch = arguments.get("do" if verdict else "else")
    return NOTHING if branch is None else await _body(machine, branch, scope)


async def _round(machine: Machine, node: Node, scope: Scope) -> bool:
    """One round of a loop; False when it was the last."""
    await machine.pause()
    try:
        await _body(machine, node, scope)
    except BreakSignal:
        return False
    except ContinueSignal:
        return True
    return True


async def _guarded(machine: Machine, arguments: Arguments, scope: Scope) -> bool:
    try:
        return await _round(machine, arguments["do"], scope)
    except ScriptError:
        if "on-error" not in arguments:
            raise
        await _body(machine, arguments["on-error"], scope)
        return False


async def for_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    name = await _name(machine, arguments["counter"], scope)
    bounds = [await machine.value(arguments[part], scope) for part in ("from", "to")]
    step = await machine.value(arguments["step"], scope) if "step" in arguments else None
    start, end = (_number(bound) for bound in bounds)
    stride = (1 if start <= end else -1) if step is None else _number(step)
    if not stride:
        raise ScriptError("invalid value of step")
    while start <= end if stride > 0 else start >= end:
        inner = scope.child()
        inner.declare_local(name, start)
        if not await _guarded(machine, arguments, inner):
            break
        start += stride
    return NOTHING


def _number(value: Value) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ScriptError("invalid value, number expected")


async def foreach(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """``:foreach v in=``, ``:foreach k,v in=``. A value that is no array is one round, with itself as the key and nil
    as the value (values oracle, keyBinding); nothing is none."""
    names = (await _name(machine, arguments["counter"], scope)).split(",")
    over = await machine.value(arguments["in"], scope)
    for key, value in _pairs(over, keyed=len(names) > 1):
        inner = scope.child()
        if len(names) > 1:
            inner.declare_local(names[0], key)
        inner.declare_local(names[-1], value)
        if not await _guarded(machine, arguments, inner):
            break
    return NOTHING


def _pairs(over: Value, *, keyed: bool) -> list[tuple[Value, Value]]:
    if isinstance(over, Array):
        return list(over.pairs())
    if over is NOTHING:
        return []
    return [(over, NIL if keyed else over)]


async def while_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    while operators.truth(await machine.value(arguments["condition"], scope)):
        if not await _round(machine, arguments["do"], scope):
            break
    return NOTHING


async def do(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    try:
        if "while" in arguments:
            return await _do_while(machine, arguments, scope)
        if "if" in arguments and not operators.truth(await machine.value(arguments["if"], scope)):
            return NOTHING
        return await _body(machine, arguments["command"], scope)
    except ScriptError:
        if "on-error" not in arguments:
            raise
        return await _body(machine, arguments["on-error"], scope)


async def _do_while(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    while await _round(machine, arguments["command"], scope):
        if not operators.truth(await machine.value(arguments["while"], scope)):
            break
    return NOTHING


async def onerror(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """True when there was an error; its text is in the variable for the ``do`` block."""
    try:
        await _body(machine, arguments["in"], scope)
    except ScriptError as error:
        inner = scope.child()
        inner.declare_local(await _name(machine, arguments["error"], scope), error.message)
        await _body(machine, arguments["do"], inner)
        return True
    return False


async def error(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    raise ScriptError(to_text(await machine.value(arguments["message"], scope)))


async def return_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    raise ReturnSignal(await machine.value(arguments["value"], scope) if "value" in arguments else NOTHING)


async def break_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    raise BreakSignal


async def continue_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    raise ContinueSignal


async def exit_(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    raise ExitSignal


def _seconds(value: Value) -> float:
    if isinstance(value, Time):
        return value.nanos / NANOS
    return float(_number(value))


#: 7w17h2m47s (command tree 7.22.3)
_LONGEST_DELAY_S = 4_294_967


async def delay(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """Without a time: one second (inference)."""
    node = arguments.get("delay-time")
    seconds = 1.0 if node is None else _seconds(await machine.value(node, scope))
    if not 0 <= seconds <= _LONGEST_DELAY_S:
        raise ScriptError("value of delay-time out of range (0s..7w17h2m47s)")
    await machine.around.sleep(seconds)
    return NOTHING


async def retry(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """``:retry command={…} delay=… max=…``: the last error is raised unless on-error is given (facts 6.4)."""
    pause = _seconds(await machine.value(arguments["delay"], scope)) if "delay" in arguments else 0.0
    most = _number(await machine.value(arguments["max"], scope)) if "max" in arguments else 1
    for left in range(most - 1, -1, -1):
        try:
            return await _body(machine, arguments["command"], scope)
        except ScriptError:
            if left == 0 and "on-error" not in arguments:
                raise
            if left == 0:
                return await _body(machine, arguments["on-error"], scope)
            await machine.around.sleep(pause)
    return NOTHING


async def time(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    start = machine.around.clock()
    await _body(machine, arguments["command"], scope)
    return Time(int((machine.around.clock() - start) * NANOS))


async def put(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    machine.run.output(printed(await machine.value(arguments["message"], scope)))
    return NOTHING


async def parse(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """Code, or the parser's verdict as a value: :parse never raises (parse oracle)."""
    source = to_text(await machine.value(arguments["value"], scope))
    try:
        script = parse_source(source, machine.around.version, tree=machine.around.tree, late=True)
    except ScriptSyntaxError as refused:
        return refused.message
    return Code(script.body, source, source)


async def execute(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """In the background; gives the id of the job. With as-string it waits and gives the output."""
    node = arguments["script"]
    source = node.text if isinstance(node, Word) else await machine.value(node, scope)
    text = source.source if isinstance(source, Code) else to_text(source)
    if "as-string" in arguments:
        return await _output_of(machine, text, scope)
    if "file" in arguments:
        args = {"script": text, "file": to_text(await machine.value(arguments["file"], scope))}
        reply = await machine.around.verbs.call("/", "execute", args, caller=machine.run.caller)
        return reply.ret or NOTHING
    return await machine.around.execute(text, machine.run.caller)


async def _output_of(machine: Machine, source: str, scope: Scope) -> Value:
    printed: list[str] = []
    await machine.inner(source, printed.append, scope)
    return "\n".join(printed)


async def resolve(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    """Asks the router's resolver, a command of the root menu."""
    args = {}
    for name, node in arguments.items():
        args[name] = node.text if isinstance(node, Word) else to_text(await machine.value(node, scope))
    reply = await machine.around.verbs.call("/", "resolve", args, caller=machine.run.caller)
    return word_value(reply.ret or "")


async def jobname(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    return machine.run.job


async def timestamp(machine: Machine, arguments: Arguments, scope: Scope) -> Value:
    return Time(int(machine.around.clock() * NANOS))


CONTROL: dict[str, Handler] = {
    "local": local,
    "global": global_,
    "set": set_,
    "if": if_,
    "for": for_,
    "foreach": foreach,
    "while": while_,
    "do": do,
    "onerror": onerror,
    "error": error,
    "return": return_,
    "break": break_,
    "continue": continue_,
    "exit": exit_,
    "delay": delay,
    "retry": retry,
    "time": time,
    "put": put,
    "parse": parse,
    "execute": execute,
    "resolve": resolve,
    "jobname": jobname,
    "timestamp": timestamp,
}
