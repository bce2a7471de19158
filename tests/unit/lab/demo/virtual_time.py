# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event loop whose clock jumps to the next timer: a story of minutes takes no time on any machine."""

from __future__ import annotations

import asyncio
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """``time()`` stands still while code runs. Only for code that waits for timers, not for sockets or threads."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def time(self) -> float:
        return self.seconds

    def _run_once(self) -> None:
        loop: Any = self
        if not loop._ready and loop._scheduled:
            self.seconds = max(self.seconds, loop._scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


class VirtualPolicy(asyncio.DefaultEventLoopPolicy):
    """Makes virtual loops and remembers the newest, so that ``time.time`` can be taken from it."""

    loop: VirtualLoop | None = None

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        self.loop = VirtualLoop()
        return self.loop

    def now(self) -> float:
        return 1_800_000_000.0 + (self.loop.seconds if self.loop is not None else 0.0)
