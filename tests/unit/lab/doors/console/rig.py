# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router without a data plane: engine, interpreter, and what a console needs of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from lab.doors.console import ConsoleSession, TerminalSettings
from lab.doors.console.session import Host
from lab.script import Interpreter
from lab.script.engine_tree import EngineTree
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine

NOON = 1_795_262_400.0  # 2026-11-21 12:00:00 UTC
ADMIN = Caller("admin", ALL_POLICIES, "ssh", session=1)
ROWS = (
    ("/interface/bridge", {"name": "bridge", "comment": "LAN kantor"}),
    ("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1", "comment": "Modem 1"}),
    ("/ip/address", {"address": "192.168.10.1/24", "interface": "bridge", "disabled": "yes"}),
)


def make_host(version: str = "7.22", rows: Sequence[tuple[str, Mapping[str, str]]] = ROWS) -> Host:
    store = Store(version)
    ports = [("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2, 3)]
    store.load([*ports, ("/system/identity", {"name": "jakarta"}), *rows])
    engine = Engine(store, clock=lambda: NOON)
    interpreter = Interpreter(
        engine,
        clock=lambda: NOON,
        log=lambda topics, message: None,
        globals_for=lambda user: {},
        version=version,
        tree=EngineTree(engine),
    )
    return Host(engine, interpreter, version)


async def printed(host: Host, *lines: str, settings: TerminalSettings | None = None) -> list[str]:
    """What each line prints, all in one session."""
    session = ConsoleSession(host, ADMIN, settings or TerminalSettings())
    out = []
    for line in lines:
        pieces: list[str] = []
        await session.run(line, pieces.append)
        out.append("\n".join(pieces))
    return out


_ANSI = re.compile(r"\x1b\[[0-9;]*m|\x1bZ")


def screen(text: str) -> str:
    """What a terminal shows of it: lines without the blanks at their end."""
    lines, line, column = [], list[str](), 0
    for character in _ANSI.sub("", text):
        if character == "\n":
            lines.append("".join(line).rstrip())
            line, column = [], 0
        elif character in "\r\b":
            column = 0 if character == "\r" else column - 1
        else:
            line[column : column + 1] = [character]
            column += 1
    return "\n".join([*lines, "".join(line).rstrip()])


class FakeStream:
    """A terminal that was typed into; ``raw`` is what was sent to it."""

    def __init__(self) -> None:
        self.typed: asyncio.Queue[bytes] = asyncio.Queue()
        self.raw = ""
        self._more = asyncio.Event()

    async def read(self) -> bytes:
        return await self.typed.get()

    async def write(self, data: bytes) -> None:
        self.raw += data.decode("utf-8", "replace")
        self._more.set()

    def type(self, text: str) -> None:
        self.typed.put_nowait(text.encode())

    def hang_up(self) -> None:
        self.typed.put_nowait(b"")

    async def until(self, end: str) -> str:
        """Wait until the screen ends with ``end``; returns the screen and clears it."""
        async with asyncio.timeout(60):
            while not screen(self.raw).endswith(end):
                self._more.clear()
                await self._more.wait()
        seen, self.raw = screen(self.raw), ""
        return seen
