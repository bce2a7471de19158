# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failover act: the internet behind one line dies, its modem keeps answering, and nobody touches the router."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from lab.demo.comeback import Back, come_back
from lab.demo.record import Attempt, Branch, Call, Failover, Told, Traffic, Uplink
from lab.demo.stage import Stage
from lab.demo.sums import calls_at, carrier, restored_s
from lab.demo.world import LabError

#: Before the cut both lines are seen to carry new connections and calls.
BEFORE_S = 3.0
#: Load that goes on after the cut, so that the drawing shows the line fall silent.
LOAD_AFTER_S = 3.0
#: So long no new connection may fail before "restored" is believed.
QUIET_S = 4.0
GIVE_UP_S = 45.0
POLL_S = 0.1
INTERVAL_S, TIMEOUT_S = 0.1, 1.0
#: UDP flows that never stop talking, and how long they talk on after the cut.
CALLS, CALLS_AFTER_S = 16, 10.0
#: Until the chat must have heard: the router looks into its outbox every ten seconds.
CHAT_TIMEOUT_S = 30.0


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


@dataclass(frozen=True)
class _Seen:
    """``closed_s``: since the cut."""

    cut_s: float
    closed_s: float | None


async def failover(stage: Stage, branch: Branch, traffic: Traffic) -> Failover:
    dead = branch.uplinks[-1]
    async with stage.act("failover", f"The internet behind {dead.label} dies, its modem answers") as act:
        if await stage.lab.gate_open(dead.name) is None:
            raise NoGates(f"the router holds no gate route of {dead.name}")
        probe = Probe()
        probing = asyncio.create_task(probe.run(stage))
        loading = asyncio.create_task(load(stage, traffic, BEFORE_S + LOAD_AFTER_S))
        calling = asyncio.create_task(stage.lab.calls(seconds=BEFORE_S + CALLS_AFTER_S, flows=CALLS))
        try:
            seen = await _cut_and_watch(stage, dead, probe, probing)
            await _end(probing, loading)
            stage.screen.note("downloads over the lines that are left")
            await load(stage, traffic, 3.0)
            calls = await calling
        finally:
            await _end(probing, loading, calling)
        down = await _told_down(stage, dead, seen)
        back = await come_back(stage, dead, lambda: load(stage, traffic, 3.0))
        fault = _summed_up(seen, back, branch, attempts=probe.attempts, calls=calls, down=down)
        _mark(stage, fault)
        act.found = _words(fault)
        return fault


async def _cut_and_watch(stage: Stage, dead: Uplink, probe: Probe, probing: asyncio.Task[None]) -> _Seen:
    await asyncio.sleep(BEFORE_S)
    cut_s = stage.mark("cut", f"internet behind {dead.label} dies")
    await stage.lab.client.cut(dead.name, "upstream")
    stage.screen.line_died(dead.name, dead=True)
    closed: float | None = None
    while stage.now() - cut_s < GIVE_UP_S and not probing.done():
        asked_s = stage.now()
        if closed is None and await stage.lab.gate_open(dead.name) is False:
            closed = asked_s - cut_s
        if closed is not None and stage.now() - max(probe.quiet_since() + TIMEOUT_S, cut_s + closed) > QUIET_S:
            break
        stage.screen.progress(_progress(stage.now() - cut_s, closed, probe))
        await asyncio.sleep(POLL_S)
    if probing.done():
        probing.result()  # its own error tells more than a missing figure
    return _Seen(cut_s, closed)


def _progress(since_s: float, closed: float | None, probe: Probe) -> str:
    failed = sum(not attempt.ok for attempt in probe.attempts)
    gate = "gate still open" if closed is None else f"gate closed after {closed:.1f} s"
    return f"{since_s:.0f} s after the cut: {gate}, {failed} of {len(probe.attempts)} new connections failed"


async def _told_down(stage: Stage, dead: Uplink, seen: _Seen) -> Told | None:
    """The first message since the cut that names the line; nothing else about it can be told while it is dead."""
    message = await stage.message_with(dead.label, since_s=seen.cut_s, timeout_s=CHAT_TIMEOUT_S)
    if message is None:
        return None
    stage.mark("told", "told", message.at_s)
    return Told(message.at_s - seen.cut_s, message.text)


def _summed_up(
    seen: _Seen, back: Back, branch: Branch, *, attempts: list[Attempt], calls: tuple[Call, ...], down: Told | None
) -> Failover:
    dead = branch.uplinks[-1]
    label = {uplink.name: uplink.label for uplink in branch.uplinks}
    restored = restored_s(attempts, seen.cut_s, QUIET_S)
    if restored is not None and seen.closed_s is not None:
        # while its gate is open the dead line is still chosen, and that no connection met it was luck
        restored = max(restored, seen.closed_s)
    by = None if restored is None else carrier(attempts, seen.cut_s + restored)
    shut = None
    if seen.closed_s is not None and back.opened_s is not None:
        shut = back.opened_s - (seen.cut_s + seen.closed_s)
    return Failover(
        fault="upstream",
        uplink=dead.name,
        cut_s=seen.cut_s,
        detected_s=seen.closed_s,
        new_connections_restored_s=restored,
        route_to=None if by is None else label.get(by, by),
        calls=calls_at(calls, dead.name, seen.cut_s),
        told_down=down,
        hold_s=back.hold_s,
        back_s=back.back_s,
        shut_s=shut,
        at_return=back.calls,
        told_up=back.told,
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
    calls = f"{fault.calls.moved} of {fault.calls.hit} calls moved"
    return f"new connections after {fault.new_connections_restored_s:.1f} s, route to {fault.route_to}; {calls}; {back}"


async def load(stage: Stage, traffic: Traffic, seconds: float) -> None:
    """Downloads to look at; what they reach on a line that dies is no figure of ours."""
    shown = Traffic(traffic.clients, traffic.flows, warmup_s=0.5, window_s=seconds)
    with contextlib.suppress(LabError):
        await stage.lab.throughput("down", shown)


async def _end(*tasks: asyncio.Task[None] | asyncio.Task[tuple[Call, ...]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
