# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the interpreter asks of the rest of the router, and nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lab.script.tree import GuessTree, MenuTree
from lab.script.values import Value
from lab.verbs import Caller, Reply


class Verbs(Protocol):
    """The one entry point to a router (lab.verbs.engine.Engine is one). Refusals are raised as Trap."""

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply: ...


Log = Callable[[str, str], None]
Sleep = Callable[[float], Awaitable[None]]
#: starts a script in the background, gives the id of its job
Execute = Callable[[str, Caller], Awaitable[str]]


class Shell(Protocol):
    """The console session that a line was typed in: its menu, how it draws, which rows its numbers mean."""

    #: the menu that a path without a command leads to; lives on from line to line
    menu: str

    def row_ids(self, menu: str, text: str) -> str:
        """Item numbers (``0``, ``0,2-4``) of the last print of ``menu`` as ids; other words unchanged."""
        ...

    def show(self, menu: str, rows: Sequence[Mapping[str, str]], options: Mapping[str, str]) -> str:
        """What ``print`` with these options draws of these rows."""
        ...

    async def confirm(self, menu: str, command: str) -> bool:
        """Asks before what can't be taken back, when somebody is there to answer. False: it is not to be done."""
        ...

    def report(self, menu: str, command: str, rows: Sequence[Mapping[str, str]]) -> str:
        """What another command shows of the rows that it gives (ping, fetch, monitor)."""
        ...

    def document(self, text: str, *, terse: bool) -> str:
        """What ``export`` prints: with its head, long lines folded."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """``clock``: seconds since the epoch. ``globals_for``: the global variables of a user, kept between runs."""

    verbs: Verbs
    clock: Callable[[], float]
    sleep: Sleep
    log: Log
    globals_for: Callable[[str], dict[str, Value]]
    execute: Execute
    version: tuple[int, ...]
    tree: MenuTree = field(default_factory=GuessTree)


@dataclass(frozen=True)
class Run:
    """One run of one script. ``output`` takes what :put and print write."""

    caller: Caller
    output: Callable[[str], None]
    job: str = ""
    shell: Shell | None = None
