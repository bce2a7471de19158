# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flows that run while something happens to a branch, and where its new connections go meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.product.conftest import Branch, Played

#: What a change may cost a running flow: the lab's reload of the packet filter, on a machine that is busy elsewhere.
#: How short it is, is measured by the bench; a flow that was cut is silent to the end, which is AFTERWARDS_S away.
LONGEST_GAP_S = 5.0
AFTERWARDS_S = 6.0
#: Against hangs only; no figure that is promised.
PATIENCE_S = 150.0
#: Longer than anything that flows are begun for; they are told when to end.
LONG_S = 900.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Flows:
    """UDP flows that never stop talking and TCP uploads that never end, begun together."""

    udp: asyncio.Task[Json]
    tcp: asyncio.Task[Json]
    stop: Path

    @property
    def running(self) -> bool:
        return not self.udp.done() and not self.tcp.done()

    async def seen(self) -> list[Json]:
        """Of each flow, which ends now: ``what`` it is, its ``lines`` in order, its ``breaks``, its longest silence."""
        await asyncio.sleep(AFTERWARDS_S)
        assert self.running
        self.stop.touch()
        udp, tcp = (await self.udp)["flows"], (await self.tcp)["flows"]
        every = [
            *({**flow, "what": f"udp {flow['flow']}", "gap_s": flow["max_gap_s"], "breaks": []} for flow in udp),
            *({**flow, "what": f"tcp {flow['flow']}", "gap_s": flow["max_stall_s"]} for flow in tcp),
        ]
        return [{**flow, "lines": [line for _, line in flow["moves"]]} for flow in every]


async def begin(branch: Branch) -> Flows:
    """12 flows of each kind, whose paces are slow enough for any line. Returns when they flow."""
    stop, known = branch.new_file(), await connected(branch)
    talking: list[asyncio.Task[Json]] = [
        asyncio.create_task(branch.lab.measure(kind, seconds=LONG_S, flows=12, stop=str(stop)))
        for kind in ("ticker", "upload")
    ]
    flows = Flows(*talking, stop)
    while len(await connected(branch) - known) < 24:
        assert flows.running
        await asyncio.sleep(0.3)
    await asyncio.sleep(1)
    return flows


async def connected(branch: Branch) -> set[str]:
    """Connections of LAN clients that have had an answer."""
    rows = (await branch.lab.router_call("/ip/firewall/connection", "print"))["rows"]
    return {
        row[".id"]
        for row in rows
        if row["src-address"].startswith("192.168.10.") and row.get("seen-reply") in ("true", "yes")
    }


def disturbed(flows: list[Json]) -> list[str]:
    """In words, what happened to flows that nothing should have happened to."""
    return [
        *(f"{flow['what']} moved: {flow['moves']}" for flow in flows if len(flow["lines"]) != 1),
        *(f"{flow['what']} broke: {flow['breaks']}" for flow in flows if flow["breaks"]),
        *(f"{flow['what']} was silent: {flow['silences']}" for flow in flows if flow["gap_s"] >= LONGEST_GAP_S),
    ]


async def play(branch: Branch, playbook: str, variables: Mapping[str, Any]) -> Played:
    played = await asyncio.to_thread(branch.play, playbook, variables=variables)
    assert played.code == 0, played.output
    return played


async def split(branch: Branch, count: int = 200) -> Json:
    seen = await branch.lab.measure("connections", count=count, timeout=30.0)
    assert seen["failed"] == 0
    return dict(seen["split"])


async def carried_by(branch: Branch, uplink: str, *, within_s: float = PATIENCE_S) -> None:
    """Waits until every new connection takes that line."""
    await _until(branch, lambda carried: carried[uplink] == 20, within_s)


async def shared(branch: Branch, *, within_s: float = PATIENCE_S) -> None:
    """Waits until every line takes new connections."""
    await _until(branch, lambda carried: min(carried.values()) > 0, within_s)


async def _until(branch: Branch, enough: Callable[[Json], bool], within_s: float) -> None:
    end = time.monotonic() + within_s
    while True:
        seen = await branch.lab.measure("connections", count=20, timeout=1.0)
        if enough(seen["split"]) and not seen["failed"]:
            return
        assert time.monotonic() < end, f"after {within_s:.0f} s new connections still take {seen['split']}"
        await asyncio.sleep(0.3)
