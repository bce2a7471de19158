# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a router's script between two commands, as removing its job or losing power does; no ``on-error`` sees it.
Or holds it there while another run overtakes it.

For routers of this process: ``tests.unit.lab.services.rig.Rig``, a bare ``Interpreter``, a ``Router`` in a namespace
test. A command is anything that has a name or calls code: ``:local``, ``:if``, ``/ip route set``, ``[find …]``,
``[$f]``; those inside blocks, loops, ``[…]`` and parsed code count too, each time that they are reached. ``which``
narrows that down: ``touching`` leaves commands of menus, ``writing`` those of them that are no find, get or print.
Between two that are left nothing happens that anybody else could see: a script's variables die with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from unittest import mock

from lab.script.machine import Machine, command_name
from lab.script.nodes import Block, MenuCommand, Statement
from lab.script.reader import Reader
from lab.script.scope import Scope
from lab.script.values import Value

T = TypeVar("T")
Which = Literal["all", "touching", "writing"]


class Killed(asyncio.CancelledError):
    """What ends the script: to everybody around it a job that was cancelled."""


@dataclass
class Cut:
    """``at``: the command, counted from 1, before which the script is killed; None: never. ``next``: that command."""

    at: int | None
    seen: int = 0
    killed: bool = False
    next: str = ""


@contextlib.contextmanager
def cut(at: int | None, *, script: str = "", which: Which = "all") -> Iterator[Cut]:
    """Inside the ``with`` block the script of this name ("": any) is killed once, before its command number ``at``.

    Who started it sees what a cancelled job looks like: Trap("interrupted") from ``/system/script/run``, False from
    ``run_event``; a bare ``Interpreter.run`` raises ``Killed``. Later runs in the block are left alone.
    """
    found = Cut(at)
    whole = Machine.statement

    async def statement(self: Machine, node: Statement, scope: Scope) -> Value:
        if not found.killed and _counts(node, which) and script in ("", self.run.job):
            found.seen += 1
            if found.seen == at:
                found.killed = True
                found.next = _name(self, node, scope)
                raise Killed(found.next)
        return await whole(self, node, scope)

    with mock.patch.object(Machine, "statement", statement):
        yield found


def _counts(node: Statement, which: Which) -> bool:
    if which == "all":
        return not isinstance(node, Block)
    return isinstance(node, MenuCommand) and (which == "touching" or node.command not in ("find", "get", "print"))


def _name(machine: Machine, node: Statement, scope: Scope) -> str:
    line, _ = Reader(scope.unit.source, machine.around.version).place(node.at)
    return f"{command_name(node) or type(node).__name__} (line {line})"


async def every_cut(
    fresh: Callable[[], Awaitable[T]],
    run: Callable[[T], Awaitable[Any]],
    *,
    script: str = "",
    which: Which = "all",
    first: int = 1,
) -> AsyncIterator[tuple[T, Cut]]:
    """For each command of a script: a fresh router, and its run killed there. Ends when a run came to its end.

    ``run`` may raise what a killed run raises; it is given to nobody. Each (router, cut) is the caller's to judge,
    outside of the cut: he may run the script again, and nothing is killed then.
    """
    at = first
    while True:
        router = await fresh()
        with cut(at, script=script, which=which) as found:
            try:
                await run(router)
            except (Exception, Killed):
                if not found.killed:
                    raise
        if not found.killed:
            return
        yield router, found
        at += 1


@dataclass
class Hold:
    """``reached``: the first run stands before command number ``at``; it goes on when ``go`` is set."""

    at: int
    seen: int = 0
    next: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)


@contextlib.contextmanager
def hold(at: int, *, script: str = "", which: Which = "all") -> Iterator[Hold]:
    """Inside the ``with`` block the first run of this script waits before its command number ``at``; others don't."""
    found = Hold(at)
    whole = Machine.statement
    first: list[asyncio.Task[Any] | None] = []

    async def statement(self: Machine, node: Statement, scope: Scope) -> Value:
        task = asyncio.current_task()
        if script in ("", self.run.job) and _counts(node, which) and first in ([], [task]):
            first[:] = [task]
            found.seen += 1
            if found.seen == at:
                found.next = _name(self, node, scope)
                found.reached.set()
                await found.go.wait()
        return await whole(self, node, scope)

    with mock.patch.object(Machine, "statement", statement):
        yield found


async def every_overtaking(
    fresh: Callable[[], Awaitable[T]],
    run: Callable[[T], Awaitable[Any]],
    *,
    script: str = "",
    which: Which = "all",
    first: int = 1,
) -> AsyncIterator[tuple[T, Hold]]:
    """For each command of a script: a fresh router, a run that is held there, a second one from its beginning to its
    end, and then the rest of the first. Ends when a run was through before it was held."""
    at = first
    while True:
        router = await fresh()
        with hold(at, script=script, which=which) as found:
            slow = asyncio.ensure_future(run(router))
            reached = asyncio.create_task(found.reached.wait())
            await asyncio.wait({slow, reached}, return_when=asyncio.FIRST_COMPLETED)
            reached.cancel()
            if found.reached.is_set():
                await run(router)
                found.go.set()
            await slow
        if not found.reached.is_set():
            return
        yield router, found
        at += 1
