# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event asks of the lab: two providers, a managed switch with three networks, a router out of its box."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from lab.demo.event_record import Leases, Scan, Streamed, streamed
from lab.demo.world import Lab
from lab.world.client import Options
from lab.world.topology import RESOLVERS, Topology, parse_uplinks, parse_vlans

UPLINKS = "20M/10M,20M/10M"
VLANS = "stream=10,crew=20,guests=30"
#: Segment to how many of its devices ask for an address.
DEVICES = {"stream": 1, "crew": 3, "guests": 6}
STREAM_RATE = "4M"
#: Longer than any part of the story; the stream is ended by a file.
_LONGEST_S = 900.0
#: A busy machine gets this long for each connection.
_CONNECTION_S = 30.0
#: What guests may see of their own router: its name server.
_NAMES = 53


class Streaming:
    """A stream under way."""

    def __init__(self, task: asyncio.Task[dict[str, Any]], stop: Path) -> None:
        self._task, self._stop = task, stop

    async def ended(self) -> Streamed:
        """End it and count."""
        self._stop.touch()
        return streamed(await self._task)


class EventLab(Lab):
    """``folder``: for files that end a stream."""

    def __init__(self, name: str, *, began: float, folder: Path) -> None:
        super().__init__(name, began=began)
        self._folder = folder

    async def up(self, progress: Any) -> Mapping[str, Any]:
        topology = Topology(
            uplinks=parse_uplinks(UPLINKS), vlans=parse_vlans(VLANS), branch="stage", factory="new", clients=8
        )
        return await self.client.up(Options(topology, api_port=0, api_ssl_port=0), progress)

    async def name_servers(self) -> None:
        """The only thing that somebody does by hand: the collection does not say which name servers a router asks."""
        await self.client.console(f"/ip dns set servers={','.join(RESOLVERS)}")

    async def leases(self, segment: str) -> Leases:
        wanted = DEVICES[segment]
        given = await self.client.lease(segment, count=wanted, wait_s=60.0)
        seen = await self.client.measure(
            "connections", segment=segment, count=4 * wanted, parallel=4, timeout=_CONNECTION_S
        )
        failed = int(seen["failed"])
        return Leases(wanted, len(given["leases"]), int(seen["total"]) - failed, failed)

    async def scan(self, *, short: bool) -> Scan:
        """From the guests' network."""
        ports = {"tcp": "22,53,80,8291,8729", "udp": "53,161"} if short else {}
        result = await self.client.measure("scan", segment="guests", **ports)
        reached = [one for one in result["reached"] if not _allowed(one)]
        internet = sum(one["what"] == "internet" for one in result["reached"])
        found = tuple(f"{one['what']} {one['target']} {one['protocol']} {one['port']}" for one in reached)
        return Scan(len(result["probes"]), internet, found)

    async def shares(self, groups: str, seconds: float) -> list[Mapping[str, Any]]:
        """Who gets what while all want as much as they can get."""
        result = await self.client.measure("shares", groups=groups, seconds=seconds, warmup=4.0)
        return list(result["groups"])

    async def crew_split(self, count: int) -> Mapping[str, int]:
        """New connections of the crew, by line."""
        seen = await self.client.measure("connections", segment="crew", count=count, timeout=_CONNECTION_S)
        return {name: int(number) for name, number in seen["split"].items()}

    @contextlib.asynccontextmanager
    async def streaming(self, name: str) -> AsyncIterator[Streaming]:
        """An encoder sends for as long as the block runs."""
        stop = self._folder / f"stop-{name}"
        stop.unlink(missing_ok=True)
        measured = self.client.measure("stream", segment="stream", seconds=_LONGEST_S, rate=STREAM_RATE, stop=str(stop))
        task = asyncio.create_task(measured)
        try:
            yield Streaming(task, stop)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            stop.unlink(missing_ok=True)


def _allowed(probe: Mapping[str, Any]) -> bool:
    """The internet, other guests on their own wire, and the router's name server."""
    what = str(probe["what"])
    if what.startswith("router on "):
        return what == "router on guests" and probe["port"] == _NAMES
    return what == "internet" or what.endswith(" on guests")
