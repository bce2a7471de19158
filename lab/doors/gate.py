# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate behind the API doors: after so many writes nothing is answered any more, until somebody lets it.

For tests of what a controller leaves behind when its connection dies in the middle of its work.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

Counted = Literal["writes", "all"]

#: commands that only look. What writes a file (``export file=``, ``print file=``) is no look.
_LOOKS = frozenset(
    {"print", "getall", "get", "find", "export", "listen", "monitor", "monitor-traffic", "check", "ping", "resolve"}
)


def is_write(command: str, args: Mapping[str, str]) -> bool:
    """Whether a command counts as a write: every one that does more than look, so actions (``run``, ``save``) too."""
    return command not in _LOOKS or "file" in args


@dataclass
class Hold:
    """One use of the gate. ``after``: how many commands are done before it shuts; ``last``: the newest of them."""

    after: int
    only: Counted
    done: int = 0
    last: str = ""
    #: set when ``after`` was reached, or when nobody can reach it any more
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reached(self) -> bool:
        return self.done >= self.after

    def to_json(self) -> dict[str, object]:
        return {"reached": self.reached, "writes": self.done, "last": self.last}


class Gate:
    """Shared by all API doors of a router. Open until ``hold``."""

    def __init__(self) -> None:
        self.holding: Hold | None = None
        self._opened = asyncio.Event()
        self._opened.set()
        self._turn = asyncio.Lock()
        #: called when a shut gate opens: sessions send what they have kept back
        self.on_open: list[Callable[[], None]] = []

    @property
    def shut(self) -> bool:
        """Nothing is answered, and nothing that comes in is done."""
        return not self._opened.is_set()

    def hold(self, after: int, only: Counted = "writes") -> None:
        """Count anew from here; takes the place of an earlier hold, whose answers go out."""
        self.open()
        self.holding = Hold(after, only)

    def open(self) -> None:
        """Answer, and count no more."""
        if self.holding is not None:
            self.holding.over.set()
            self.holding = None
        self._opened.set()
        for told in tuple(self.on_open):
            told()

    async def passed(self) -> None:
        """Returns when the gate is open."""
        await self._opened.wait()

    @asynccontextmanager
    async def turn(self, path: str, args: Mapping[str, str]) -> AsyncIterator[None]:
        """Around the work of one command. Counted when it ends without an error.

        While commands are counted, those that count run one after the other: else two that run side by side could
        both be done before the gate is shut.
        """
        await self.passed()
        command = path.rpartition("/")[2]
        if not self._counts(command, args):
            yield
            return
        async with self._turn:
            await self.passed()
            yield
            self._count(path)

    def _counts(self, command: str, args: Mapping[str, str]) -> bool:
        return self.holding is not None and (self.holding.only == "all" or is_write(command, args))

    def _count(self, path: str) -> None:
        hold = self.holding
        if hold is None:  # opened while it ran
            return
        hold.done += 1
        hold.last = path
        if hold.reached:
            self._opened.clear()
            hold.over.set()
