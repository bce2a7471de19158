# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script language of one router: parses and runs sources on behalf of a caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from lab.script.control import CONTROL
from lab.script.errors import ScriptError
from lab.script.functions import PURE
from lab.script.machine import Machine
from lab.script.nodes import Script
from lab.script.parser import parse, version_key
from lab.script.ports import Execute, Log, Run, Shell, Sleep, Surroundings, Verbs
from lab.script.scope import Scope, Unit
from lab.script.signals import BreakSignal, ContinueSignal, ExitSignal, ReturnSignal
from lab.script.text_commands import TEXT_COMMANDS
from lab.script.tree import GuessTree, MenuTree
from lab.script.values import NOTHING, Value
from lab.verbs import Caller

#: Texts of one router; a router has few, a client that sends new ones all the time must not fill the memory.
_REMEMBERED = 64
_HANDLERS = {**CONTROL, **PURE, **TEXT_COMMANDS}


class Interpreter:
    """``clock``: seconds since the epoch. ``globals_for(user)``: that user's global variables, kept between runs.

    ``log(topics, message)`` writes the router's log. ``tree``: the router's menus; without one paths are not checked.
    ``execute`` may be replaced by whoever keeps the list of jobs.
    """

    def __init__(
        self,
        engine: Verbs,
        *,
        clock: Callable[[], float],
        sleep: Sleep = asyncio.sleep,
        log: Log,
        globals_for: Callable[[str], dict[str, Value]],
        version: str = "7.22",
        tree: MenuTree | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sleep = sleep
        self._log = log
        self._globals_for = globals_for
        self._version = version_key(version)
        self._tree = tree or GuessTree()
        self._parsed: dict[tuple[str, str], Script] = {}
        self._background: set[asyncio.Task[None]] = set()
        self.execute: Execute = self._execute

    def use_tree(self, tree: MenuTree) -> None:
        """Know these menus from now on (services may add theirs after the interpreter was made)."""
        self._tree = tree
        self._parsed.clear()

    def check(self, source: str, menu: str = "/") -> str:
        """Raises ScriptSyntaxError when the router's parser would refuse the text. Returns the menu it ends in."""
        return parse(source, self._version, tree=self._tree, menu=menu).menu

    async def run(
        self,
        source: str,
        *,
        caller: Caller,
        variables: Mapping[str, Value] | None = None,
        output: Callable[[str], None] | None = None,
        job: str = "",
        shell: Shell | None = None,
    ) -> Value:
        """Run a script to its end; its value is that of the last command or of :return.

        Raises ScriptSyntaxError before anything runs, ScriptError when a command fails. ``variables`` are there as
        locals; ``output`` gets what :put writes; ``job`` is what :jobname gives; ``shell`` the session it came by.
        """
        menu = shell.menu if shell is not None else "/"
        script = self._script(source, menu)
        if shell is not None:
            shell.menu = script.menu
        surroundings = Surroundings(
            self._engine,
            self._clock,
            self._sleep,
            self._log,
            self._globals_for,
            self.execute,
            self._version,
            self._tree,
        )
        machine = Machine(surroundings, Run(caller, output or _discard, job, shell), _HANDLERS)
        scope = Scope(Unit(source), self._globals_for(caller.user), locals=dict(variables or {}))
        try:
            return await machine.block(script.body, scope)
        except ReturnSignal as signal:
            return signal.value
        except (ExitSignal, BreakSignal, ContinueSignal):
            return NOTHING

    def _script(self, source: str, menu: str) -> Script:
        """Schedulers and probes run the same text again and again; a syntax tree never changes."""
        key = source, menu
        if key not in self._parsed:
            if len(self._parsed) >= _REMEMBERED:
                self._parsed.clear()
            self._parsed[key] = parse(source, self._version, tree=self._tree, menu=menu, late=True)
        return self._parsed[key]

    async def _execute(self, source: str, caller: Caller) -> str:
        """Background run without a list of jobs: errors go to the log."""

        async def work() -> None:
            try:
                await self.run(source, caller=caller)
            except ScriptError as error:
                self._log("script,error", error.message)

        task = asyncio.create_task(work())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return "*0"


def _discard(text: str) -> None:
    """Scripts that nobody watches print to nowhere."""
