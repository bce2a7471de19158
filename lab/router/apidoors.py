# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All API doors of one router as one: opened, shut, held back and cut together."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any

from lab.doors.gate import Counted, Gate, Hold
from lab.router.entrances import Entrance
from lab.router.listening import deafen


class ApiDoors:
    """``made(gate)`` gives the doors of one opening; ``sockets`` are those that they listen at."""

    def __init__(self, made: Callable[[Gate], Sequence[Entrance]], sockets: Sequence[socket.socket]) -> None:
        self._made = made
        self._sockets = sockets
        self._doors: Sequence[Entrance] = ()
        self._gate = Gate()
        self._last: Hold | None = None
        self._reopening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._doors = self._made(self._gate)
        for door in self._doors:
            await door.start()

    async def settle(self) -> None:
        """``/ip/service`` or ``/certificate`` may have changed."""
        for door in self._doors:
            await door.settle()

    async def stop(self) -> None:
        """Sessions that are held back die without an answer, the others are closed."""
        if self._reopening is not None:
            self._reopening.cancel()
            await asyncio.gather(self._reopening, return_exceptions=True)
        await self._shut()
        self._gate.open()

    # -- held back and cut

    def hold(self, after: int, only: Counted = "writes") -> None:
        """From now on: when ``after`` commands more are done, nothing is answered any more, nor done."""
        self._gate.hold(after, only)
        self._last = self._gate.holding

    async def held(self, timeout_s: float) -> dict[str, Any]:
        """{"reached", "writes", "last"} of the newest hold, at the latest after ``timeout_s``."""
        hold = self._last
        if hold is None:
            return {"reached": False, "writes": 0, "last": ""}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await hold.over.wait()
        return hold.to_json()

    async def release(self, cut_s: float | None) -> None:
        """End a hold. None: answers go out. Else all sessions are cut, and none begins for so many seconds."""
        if cut_s is None:
            self._gate.open()
        else:
            await self.cut(cut_s)

    async def cut(self, for_s: float) -> None:
        """Every session ends by a TCP reset; connections are refused for ``for_s`` seconds (0: not at all)."""
        if self._reopening is not None:
            self._reopening.cancel()
        self.reset()
        if for_s > 0:
            await self._shut()
        self._gate.open()
        if not self._doors:  # shut now, or by an earlier cut whose time this one takes the place of
            self._reopening = asyncio.create_task(self._reopen(for_s))

    def reset(self) -> None:
        """Every session ends at once by a TCP reset, if that finds a way out."""
        for door in self._doors:
            door.reset()

    async def _shut(self) -> None:
        doors, self._doors = self._doors, ()
        for door in doors:
            door.shut()  # before its socket is deaf: else its loop would try to accept once more
        deafen(self._sockets)
        for door in doors:
            await door.stop()

    async def _reopen(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self.start()
