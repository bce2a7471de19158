# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session at the console: the menu it stands in, the numbers of its last print, and what a line prints."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lab.doors.console.draw import Drawing, draw, number
from lab.doors.console.ping import ping
from lab.doors.console.settings import TerminalSettings
from lab.doors.console.welcome import Welcome
from lab.script import Interpreter, ScriptError
from lab.script.parser import version_key
from lab.values import Type
from lab.values.scalar import PresenceType, StringType
from lab.verbs import Caller, Engine, Trap
from lab.verbs.document import WIDTH, document

#: what a terminal asks before commands that end the session or more
_QUESTIONS = {
    ("/system", "reboot"): "Reboot, yes? [y/N]: ",
    ("/system", "shutdown"): "Shutdown, yes? [y/N]: ",
    ("/system", "reset-configuration"): "Dangerous! Reset anyway? [y/N]: ",
    ("/system/backup", "load"): "Restore and reboot? [y/N]: ",
}
_NUMBERS = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


class SafeMode(Protocol):
    """Whoever keeps safe mode (facts 8), by the session of the caller. Refusals are raised as Trap."""

    @property
    def holder(self) -> Caller | None: ...
    def holds(self, caller: Caller) -> bool: ...
    async def take(self, caller: Caller, *, hijack: str = "", lost: Callable[[str], None] = ...) -> None:
        """``hijack``: ``unroll`` or ``release`` what another holds. ``lost``: told when somebody else ends it."""
        ...

    def release(self, caller: Caller) -> None: ...
    async def unroll(self, caller: Caller) -> None: ...


async def _nothing(name: str, caller: Caller) -> None:
    """Nobody waits for files."""


@dataclass(frozen=True)
class Host:
    """The router as a console needs it. ``words``: an error as this version writes it."""

    engine: Engine
    interpreter: Interpreter
    version: str
    safe_mode: SafeMode | None = None
    #: told of every uploaded file
    arrived: Callable[[str, Caller], Awaitable[None]] = _nothing
    #: what a terminal is asked before its first prompt; None: nothing
    welcome: Welcome | None = None

    def declared(self, menu: str, name: str, kind: type[Type]) -> bool:
        """Whether the schema gives a property this type of value."""
        at = self.engine.store.schema.get(menu)
        argument = None if at is None else at.arguments.get(name)
        return argument is not None and isinstance(argument.type, kind)

    def identity(self) -> str:
        rows = self.engine.store.rows("/system/identity")
        return rows[0].get("name") if rows else "MikroTik"


class Page(str):
    """What print has drawn. ``pages``: a terminal may stop when it is full."""

    pages: bool

    def __new__(cls, text: str, *, pages: bool) -> Page:
        page = super().__new__(cls, text)
        page.pages = pages
        return page


def version_major(version: str) -> int:
    return int(version.partition(".")[0])


class ConsoleSession:
    """A Shell (lab.script.ports). ``run`` a line at a time."""

    def __init__(self, host: Host, caller: Caller, settings: TerminalSettings) -> None:
        self.host = host
        self.caller = caller
        self.settings = settings
        self.menu = "/"
        #: no terminal: nothing is folded
        self.interactive = False
        #: puts a question and returns the key that was pressed
        self.ask: Callable[[str], Awaitable[str]] | None = None
        self._numbers: dict[str, list[str]] = {}

    @property
    def prompt(self) -> str:
        """``[admin@jakarta] /ip/route> ``; RouterOS 6 writes the path with blanks (facts 7.8)."""
        path = self.menu if self.host.engine.at_least("7") else "/" + self.menu[1:].replace("/", " ")
        where = "" if self.menu == "/" else path
        safe = "<SAFE" if self.in_safe_mode else ""
        return f"[{self.caller.user}@{self.host.identity()}] {where}{safe}> "

    @property
    def in_safe_mode(self) -> bool:
        return self.host.safe_mode is not None and self.host.safe_mode.holds(self.caller)

    async def run(self, line: str, output: Callable[[str], None]) -> None:
        """Run what was typed; ``output`` gets pieces of text without their last line end, an error's words last."""
        try:
            await self.host.interpreter.run(line, caller=self.caller, output=output, shell=self)
        except ScriptError as error:
            output(error.spoken(version_key(self.host.version)))
        except Trap as trap:
            output(trap.message)

    # ---- Shell

    def row_ids(self, menu: str, text: str) -> str:
        """Numbers of the last print as ids; a number that was not printed stays, and the router knows no such row."""
        if not _NUMBERS.fullmatch(text):
            return text
        known = self._numbers.get(menu, [])
        found = []
        for part in text.split(","):
            first, _, last = part.partition("-")
            numbers = range(int(first), min(int(last or first), int(first) + len(known)) + 1)
            found += [known[number] if number < len(known) else str(number) for number in numbers]
        return ",".join(found)

    def show(self, menu: str, rows: Sequence[Mapping[str, str]], options: Mapping[str, str]) -> str:
        """What ``print`` draws; numbers the rows for the commands that follow."""
        if "count-only" in options:
            return str(len(rows))
        at = self.host.engine.store.schema.get(menu)
        names = () if at is None else (*at.arguments, *at.menu.readonly)
        drawing = Drawing(
            menu,
            major=version_major(self.host.version),
            singleton=at is not None and at.menu.singleton,
            known=names,
            text=lambda name: self.host.declared(menu, name, StringType),
            switches=frozenset(name for name in names if self.host.declared(menu, name, PresenceType)),
            width=self.settings.width if self.interactive else 0,
        )
        if not drawing.singleton:
            self._numbers[menu] = [item.row.get(".id", "") for item in number(drawing.layout, rows) if item.number]
        text = draw(drawing, rows, options)
        if options.get("file"):
            self.host.engine.write_file(f"{options['file']}.txt", text + "\n")
            return ""
        return Page(text, pages="without-paging" not in options)

    async def confirm(self, menu: str, command: str) -> bool:
        """Whether it was answered with y; without a terminal nobody is asked."""
        question = _QUESTIONS.get((menu, command))
        return self.ask is None or question is None or (await self.ask(question)).lower() == "y"

    def report(self, menu: str, command: str, rows: Sequence[Mapping[str, str]]) -> str:
        """``ping`` has a form of its own; every other command shows properties one below the other."""
        if command == "ping":
            return ping(rows)
        drawing = Drawing(f"{menu} {command}", singleton=True)
        return "\n\n".join(draw(drawing, [row], {}) for row in rows)

    def document(self, text: str, *, terse: bool) -> str:
        """An export with its head, folded."""
        width = max(WIDTH, self.settings.width) if self.interactive else WIDTH
        return document(text, self.host.version, self.host.engine.clock(), terse=terse, width=width).rstrip("\n")
