# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traffic that begins and ends by word: the clients of a branch, for as long as a change and its fault take.

``python -m tests.bench.chaos_traffic TOPOLOGY`` inside a lab reads one word a line: ``begin``, ``more`` (flows that
begin now) and ``end``, which prints what was seen as one line of JSON. Wall clock seconds where a name ends in _at.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

from lab.world.client import LabClient
from lab.world.shell import argv_in
from lab.world.topology import CLIENT_NS, INTERNET_NS, Topology, topology_from_json
from lab.world.traffic import hosts
from lab.world.traffic.connections import ask_source, serve_sources
from lab.world.traffic.figures import address_pairs, changes, longest_gap, silences

#: A packet of each flow; a new connection, and when it counts as failed.
TICK_S, NEW_S, TIMEOUT_S = 0.05, 0.1, 1.0
#: Shorter silences are not listed.
LISTED_S = 0.15
FLOWS = 12
#: A process that does not end when it is told to ends with its lab.
END_S = 5.0


class _Echo(asyncio.DatagramProtocol):
    """Answers with the source address that it sees."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(addr[0].encode(), addr)


@dataclass
class _Flow:
    near: socket.socket
    far: asyncio.DatagramTransport
    began: float
    listening: asyncio.Task[None] | None = None
    times: list[float] = field(default_factory=list)  # answers, seconds since the begin
    uplinks: list[str] = field(default_factory=list)


class Traffic:
    """From ``begin`` to ``end``, again and again."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._began = self._began_at = 0.0
        self._flows: list[_Flow] = []
        self._attempts: list[tuple[float, str]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pairs = address_pairs(topology.client_addresses, topology.server_addresses)
        self._listening, self._port = hosts.listener()
        self._servers = asyncio.create_task(serve_sources(self._listening))

    async def begin(self) -> None:
        self._began, self._began_at = time.monotonic(), time.time()
        self._pairs = address_pairs(self._topology.client_addresses, self._topology.server_addresses)
        await self.more()
        self._keep(self._talk())
        self._keep(self._connect())

    async def more(self) -> None:
        """As many flows again, which begin now."""
        loop = asyncio.get_running_loop()
        for _ in range(FLOWS):
            client, server = next(self._pairs)
            echo, _protocol = await loop.create_datagram_endpoint(_Echo, sock=hosts.udp(INTERNET_NS, server))
            near = hosts.udp(CLIENT_NS, client)
            near.connect((server, echo.get_extra_info("sockname")[1]))
            flow = _Flow(near, echo, time.monotonic() - self._began)
            flow.listening = asyncio.create_task(self._listen(flow))
            self._flows.append(flow)

    async def end(self) -> dict[str, Any]:
        """What was seen since the begin. ``flows``: when each began, its silences (when, how long), its lines."""
        end = time.monotonic() - self._began
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        flows, self._flows = self._flows, []
        for flow in flows:
            assert flow.listening is not None
            flow.listening.cancel()
            flow.far.close()
            flow.near.close()
        attempts, self._attempts = self._attempts, []
        return {
            "began_at": self._began_at,
            "seconds": round(end, 3),
            "flows": [
                {
                    "began": round(flow.began, 3),
                    "max_gap_s": longest_gap([flow.began, *flow.times], end),
                    "silences": silences([flow.began, *flow.times], end, LISTED_S),
                    "last": round(flow.times[-1], 3) if flow.times else None,
                    "uplinks": changes(flow.uplinks),
                }
                for flow in flows
            ],
            "new": len(attempts),
            "failed": sorted(round(at, 3) for at, uplink in attempts if not uplink),
            "by": sorted({uplink for _, uplink in attempts if uplink}),
        }

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, flow: _Flow) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(OSError):  # an ICMP error on a dead path is no answer
                source = (await loop.sock_recv(flow.near, 64)).decode()
                flow.times.append(time.monotonic() - self._began)
                flow.uplinks.append(self._topology.uplink_of_source(source))

    async def _talk(self) -> None:
        async for _ in _ticks(self._began, TICK_S):
            for flow in self._flows:
                with contextlib.suppress(OSError):  # same; the flow tries again at the next tick
                    flow.near.send(b"tick")

    async def _connect(self) -> None:
        pairs = address_pairs(self._topology.client_addresses, self._topology.server_addresses)
        async with asyncio.TaskGroup() as group:
            async for _ in _ticks(self._began, NEW_S):
                group.create_task(self._attempt(*next(pairs)))

    async def _attempt(self, client: str, server: str) -> None:
        began, uplink = time.monotonic() - self._began, ""
        with contextlib.suppress(OSError, TimeoutError):
            uplink = self._topology.uplink_of_source(await ask_source(client, server, self._port, TIMEOUT_S))
        self._attempts.append((began, uplink))


async def _ticks(began: float, every_s: float) -> AsyncIterator[int]:
    """One that was missed is not made up for."""
    number = 0
    while True:
        now = time.monotonic() - began
        number = max(number + 1, int(now / every_s))
        await asyncio.sleep(max(0.0, number * every_s - now))
        yield number


async def _serve(topology: Topology) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    traffic = Traffic(topology)
    while word := (await reader.readline()).decode().strip():
        if word == "begin":
            await traffic.begin()
        elif word == "more":
            await traffic.more()
        else:
            print(json.dumps(await traffic.end(), separators=(",", ":")), flush=True)


# --- from outside


class Clients:
    """The same, in a process of a running lab."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def begin(self) -> None:
        await self._say("begin")

    async def more(self) -> None:
        await self._say("more")

    async def end(self) -> dict[str, Any]:
        """See :meth:`Traffic.end`."""
        await self._say("end")
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise ConnectionError("the process of the clients ended without an answer")
        found: dict[str, Any] = json.loads(line)
        return found

    async def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()


@contextlib.asynccontextmanager
async def clients_of(lab: LabClient, topology: Topology) -> AsyncIterator[Clients]:
    order = [sys.executable, "-m", __name__, json.dumps(topology.to_json())]
    process = await asyncio.create_subprocess_exec(
        *argv_in(lab, CLIENT_NS, order),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield Clients(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()  # its end; to kill it would only kill the nsenter around it
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_S)


if __name__ == "__main__":
    asyncio.run(_serve(topology_from_json(json.loads(sys.argv[1]))))
