# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the machine lets a process wait that wants to run: what it does to a measurement by being busy.

``python -m tests.bench._pulse`` sleeps, works for a few milliseconds, and prints ``when how-long`` (wall clock,
seconds) whenever it was woken too late or stood still in its work, until its parent is gone. It is a process of its
own, as the generators of traffic are: it waits for a processor in the same queue, and not for the work of the one that
asks. Only to sleep would show nothing: who never works is always first in that queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

TICK_S, WORK_S = 0.1, 0.004
#: Less is not worth a line.
LATE_S = 0.01
ROOT = Path(__file__).parents[2]


class Pulse:
    """What was late, of the last hours."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=100_000)

    def note(self, at: float, late: float) -> None:
        self._late.append((at, late))

    def worst(self, since: float, until: float) -> float:
        """Seconds; 0 when every tick between came in time."""
        return max((late for at, late in self._late if since <= at <= until), default=0.0)


@contextlib.asynccontextmanager
async def pulse() -> AsyncIterator[Pulse]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    found = Pulse()
    listening = asyncio.create_task(_listen(process, found))
    try:
        yield found
    finally:
        listening.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _listen(process: asyncio.subprocess.Process, into: Pulse) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        at, late = line.split()
        into.note(float(at), float(late))


def waited() -> float:
    """Sleeps and works once; for how long it wanted to run and could not."""
    due = time.monotonic() + TICK_S
    time.sleep(TICK_S)
    began, spent = time.process_time(), 0.0
    while spent < WORK_S:
        spent = time.process_time() - began
    return time.monotonic() - due - spent


def main() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        late = waited()
        if late > LATE_S:
            print(f"{time.time():.3f} {late:.3f}", flush=True)


if __name__ == "__main__":
    main()
