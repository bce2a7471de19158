# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second half of the failover act: the line lives again, is held back for a while, and is used again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.demo.record import Calls, Told, Uplink
from lab.demo.stage import Stage
from lab.demo.sums import calls_at, length_in

GIVE_UP_S = 45.0
POLL_S = 0.1
CALLS = 16
#: Calls are begun so long before the return, talk for so long, and must be heard so long after the gate has opened.
BEFORE_S, CALLS_S, CALLS_AFTER_S = 1.0, 34.0, 2.0
#: New connections after the return: enough that none of them on a line is no accident.
AGAIN = 100
CHAT_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Back:
    """``hold_s``: how long the router said to hold the line back. ``back_s``: from its return until new connections
    used it; ``opened_s``: of its gate, since the demo began; ``calls``: from its return on."""

    hold_s: float | None
    back_s: float | None = None
    opened_s: float | None = None
    calls: Calls | None = None
    told: Told | None = None


async def come_back(stage: Stage, dead: Uplink, load: Callable[[], Awaitable[None]]) -> Back:
    """Mend the line and wait until new connections use it again. Calls that are under way stay where they are."""
    calling = asyncio.create_task(stage.lab.calls(seconds=CALLS_S, flows=CALLS))
    try:
        await asyncio.sleep(BEFORE_S)
        await stage.lab.client.heal(dead.name)
        healed_s = stage.mark("heal", "it lives again")
        stage.screen.line_died(dead.name, dead=False)
        hold_s, opened_s = await _held_and_opened(stage, dead, healed_s)
        if opened_s is None:
            return Back(hold_s)
        counts, _ = await stage.lab.connections(AGAIN)
        back_s = opened_s - healed_s if counts.get(dead.name) else None
        if back_s is not None:
            stage.mark("back", "used again", opened_s)
        stage.screen.note("downloads over all lines again")
        await load()
        told = await _told_up(stage, dead, healed_s, opened_s)
        calls = calls_at(await calling, dead.name, healed_s)
        heard = opened_s + CALLS_AFTER_S <= healed_s - BEFORE_S + CALLS_S
    finally:
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
    return Back(hold_s, back_s, opened_s, calls if heard else None, told)


async def _held_and_opened(stage: Stage, dead: Uplink, healed_s: float) -> tuple[float | None, float | None]:
    """How long the router meant to hold the line back when it first said so, and when its gate was open."""
    hold: float | None = None
    while not await stage.lab.gate_open(dead.name):
        if stage.now() - healed_s > GIVE_UP_S:
            return hold, None
        if hold is None:
            hold = await stage.lab.hold_s(dead.name)
        stage.screen.progress(f"{stage.now() - healed_s:.0f} s after its return: gate still closed")
        await asyncio.sleep(POLL_S)
    return hold, stage.now()


async def _told_up(stage: Stage, dead: Uplink, healed_s: float, opened_s: float) -> Told | None:
    message = await stage.message_with(dead.label, since_s=healed_s, timeout_s=CHAT_TIMEOUT_S)
    if message is None:
        return None
    return Told(message.at_s - opened_s, message.text, length_in(message.text))
