# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m lab.world.traffic ORDER``: one measurement, started by the daemon. Events and result as JSON lines."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from lab.world.measure import MeasureError
from lab.world.topology import Topology, TopologyError, topology_from_json
from lab.world.traffic import (
    connections,
    hosts,
    inbound,
    inside,
    plans,
    poller,
    probe,
    scan,
    sessions,
    shares,
    stream,
    throughput,
    ticker,
    upload,
)
from lab.world.traffic.view import seen_from


async def measure(plan: plans.Plan, topology: Topology) -> dict[str, Any]:
    match plan:
        case plans.Throughput():
            return await throughput.run(plan, topology)
        case plans.Connections():
            return await connections.run(plan, topology)
        case plans.Probe():
            return await probe.run(plan, topology)
        case plans.Ticker():
            return await ticker.run(plan, topology)
        case plans.Inbound():
            return await inbound.run(plan, topology)
        case plans.Upload():
            return await upload.run(plan, topology)
        case plans.Poller():
            return await poller.run(plan, topology)
        case plans.Sessions():
            return await sessions.run(plan, topology)
        case plans.Inside():
            return await inside.run(plan, topology)
        case plans.Shares():
            return await shares.run(plan, topology)
        case plans.Scan():
            return await scan.run(plan, topology)
        case plans.Stream():
            return await stream.run(plan, topology)
    raise AssertionError(plan)


def main() -> int:
    order = json.loads(sys.argv[1])
    try:
        plan = plans.make(order["kind"], order["options"])
        hosts.emit(result=asyncio.run(measure(plan, seen_from(topology_from_json(order["topology"]), plan.segment))))
    except (plans.PlanError, MeasureError, TopologyError) as error:
        hosts.emit(error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
