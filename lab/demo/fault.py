# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failover act: the internet behind one line dies, its modem keeps answering, and nobody touches the router."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field, replace

from lab.demo.record import Attempt, Branch, Failover, Traffic, Uplink
from lab.demo.stage import Stage
from lab.demo.sums import carrier, restored_s
from lab.demo.world import LabError

#: Before the cut both lines are seen to carry new connections.
BEFORE_S = 3.0
#: Load that goes on after the cut, so that the drawing shows the line fall silent.
LOAD_AFTER_S = 3.0
#: So long no new connection may fail before "restored" is believed.
QUIET_S = 4.0
GIVE_UP_S = 45.0
POLL_S = 0.1
INTERVAL_S, TIMEOUT_S = 0.1, 1.0
#: New connections after the return: enough that none of them on a line is no accident.
AGAIN = 100


class NoGates(Exception):
    """The router holds no gate of the uplink, so nothing could ever notice that it is dead."""


@dataclass
class Probe:
    """New connections of a client, as they end."""

    attempts: list[Attempt] = field(default_factory=list)

    async def run(self, stage: Stage) -> None:
        seconds = BEFORE_S + GIVE_UP_S + QUIET_S + 30
        async for attempt in stage.lab.probe(seconds=seconds, interval_s=INTERVAL_S, timeout_s=TIMEOUT_S):
            self.attempts.append(attempt)

    def quiet_since(self) -> float:
        """When the last failing connection began; before the first one when none failed."""
        return max((a.at_s for a in self.attempts if not a.ok), default=0.0)


async def failover(stage: Stage, branch: Branch, traffic: Traffic) -> Failover:
    dead = branch.uplinks[-1]
    async with stage.act("failover", f"The internet behind {dead.label} dies, its modem answers") as act:
        if await stage.lab.gate_open(dead.name) is None:
            raise NoGates(f"the router holds no gate route of {dead.name}")
        probe = Probe()
        probing = asyncio.create_task(probe.run(stage))
        loading = asyncio.create_task(_load(stage, traffic, BEFORE_S + LOAD_AFTER_S))
        try:
            found = await _cut_and_watch(stage, dead, probe, probing)
        finally:
            await _end(probing, loading)
        label = {uplink.name: uplink.label for uplink in branch.uplinks}
        fault = _summed_up(found, probe.attempts, dead, label)
        _mark(stage, fault)
        stage.screen.note("downloads over the lines that are left")
        await _load(stage, traffic, 3.0)
        fault = replace(fault, back_s=await _return(stage, dead, traffic))
        act.found = _words(fault)
        return fault


@dataclass(frozen=True)
class _Seen:
    cut_s: float
    detected_s: float | None


async def _cut_and_watch(stage: Stage, dead: Uplink, probe: Probe, probing: asyncio.Task[None]) -> _Seen:
    await asyncio.sleep(BEFORE_S)
    cut_s = stage.mark("cut", f"internet behind {dead.label} dies")
    await stage.lab.client.cut(dead.name, "upstream")
    stage.screen.line_died(dead.name, dead=True)
    detected: float | None = None
    while stage.now() - cut_s < GIVE_UP_S and not probing.done():
        asked_s = stage.now()
        if detected is None and await stage.lab.gate_open(dead.name) is False:
            detected = asked_s - cut_s
        if detected is not None and stage.now() - max(probe.quiet_since() + TIMEOUT_S, cut_s + detected) > QUIET_S:
            break
        stage.screen.progress(_progress(stage.now() - cut_s, detected, probe))
        await asyncio.sleep(POLL_S)
    if probing.done():
        probing.result()  # its own error tells more than a missing figure
    return _Seen(cut_s, detected)


def _progress(since_s: float, detected: float | None, probe: Probe) -> str:
    failed = sum(not attempt.ok for attempt in probe.attempts)
    gate = "gate still open" if detected is None else f"gate closed after {detected:.1f} s"
    return f"{since_s:.0f} s after the cut: {gate}, {failed} of {len(probe.attempts)} new connections failed"


def _summed_up(seen: _Seen, attempts: list[Attempt], dead: Uplink, label: dict[str, str]) -> Failover:
    restored = restored_s(attempts, seen.cut_s, QUIET_S)
    by = None if restored is None else carrier(attempts, seen.cut_s + restored)
    return Failover(
        fault="upstream",
        uplink=dead.name,
        cut_s=seen.cut_s,
        detected_s=seen.detected_s,
        new_connections_restored_s=restored,
        route_to=None if by is None else label.get(by, by),
        back_s=None,
        attempts=tuple(sorted(attempts, key=lambda attempt: attempt.at_s)),
    )


def _mark(stage: Stage, fault: Failover) -> None:
    for kind, words, seconds in (
        ("detected", "gate closed", fault.detected_s),
        ("restored", "new connections work", fault.new_connections_restored_s),
    ):
        if seconds is not None:
            stage.mark(kind, words, fault.cut_s + seconds)


def _words(fault: Failover) -> str:
    if fault.new_connections_restored_s is None:
        return f"not restored within {GIVE_UP_S:.0f} s"
    back = "not used again" if fault.back_s is None else f"back {fault.back_s:.1f} s after its return"
    return f"new connections after {fault.new_connections_restored_s:.1f} s, route to {fault.route_to}; {back}"


async def _load(stage: Stage, traffic: Traffic, seconds: float) -> None:
    """Downloads to look at; what they reach on a line that dies is no figure of ours."""
    shown = Traffic(traffic.clients, traffic.flows, warmup_s=0.5, window_s=seconds)
    with contextlib.suppress(LabError):
        await stage.lab.throughput("down", shown)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _return(stage: Stage, dead: Uplink, traffic: Traffic) -> float | None:
    """Mend the line and wait until new connections use it again; seconds, None when they do not."""
    await stage.lab.client.heal(dead.name)
    healed_s = stage.mark("heal", "it lives again")
    stage.screen.line_died(dead.name, dead=False)
    while not await stage.lab.gate_open(dead.name):
        if stage.now() - healed_s > GIVE_UP_S:
            return None
        stage.screen.progress(f"{stage.now() - healed_s:.0f} s after its return: gate still closed")
        await asyncio.sleep(POLL_S)
    back_s = stage.now() - healed_s
    counts, _ = await stage.lab.connections(AGAIN)
    if not counts.get(dead.name):
        return None
    stage.mark("back", "used again", healed_s + back_s)
    stage.screen.note("downloads over all lines again")
    await _load(stage, traffic, 3.0)
    return back_s
