# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new connection at every tick: when the branch lost the internet, when it had it again, and over which line."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.connections import ask_source, serve_sources
from lab.world.traffic.figures import Attempt, address_pairs, probe_summary
from lab.world.traffic.plans import Probe


async def run(plan: Probe, topology: Topology) -> dict[str, Any]:
    pairs = address_pairs(topology.client_addresses, topology.server_addresses)
    listening, port = hosts.listener()
    server = asyncio.create_task(serve_sources(listening))
    began, began_at = time.monotonic(), time.time()
    attempts: list[Attempt] = []

    async def attempt(number: int, client: str, target: str) -> None:
        start = time.monotonic()
        uplink, reason = "", ""
        try:
            uplink = topology.uplink_of_source(await ask_source(client, target, port, plan.timeout))
        except TimeoutError:
            reason = "timeout"
        except OSError as failure:
            reason = failure.strerror or str(failure)
        attempts.append(Attempt(round(start - began, 3), uplink))
        result = {
            "ok": bool(uplink),
            "uplink": uplink,
            "reason": reason,
            "ms": round((time.monotonic() - start) * 1000, 2),
        }
        hosts.emit(event="probe", n=number, t=round(start - began, 3), at=began_at + start - began, **result)

    async with asyncio.TaskGroup() as group:
        number = 0
        while (due := number * plan.interval) < plan.seconds:
            await asyncio.sleep(max(0.0, began + due - time.monotonic()))
            group.create_task(attempt(number, *next(pairs)))
            number += 1
    server.cancel()
    listening.close()
    return {**probe_summary(attempts), "began_at": began_at, "interval_s": plan.interval, "timeout_s": plan.timeout}
