# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long-lived TCP uploads at a walking pace: how long each stood still, seen where the data arrives.

A client sends for as long as its kernel lets it and calls again only when the connection is broken: it has no timer of
its own that would hide a connection which hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import SILENCE_S, address_pairs, longest_gap, moves, silences
from lab.world.traffic.plans import Upload

CONNECT_TIMEOUT_S = 3.0
_PIECE = bytes(512)


@dataclass
class _Flow:
    client: str
    server: str
    times: list[float] = field(default_factory=list)  # arrivals, seconds since the start
    seen: list[tuple[float, str]] = field(default_factory=list)
    breaks: list[tuple[float, str]] = field(default_factory=list)


@dataclass
class _Run:
    plan: Upload
    topology: Topology
    flows: list[_Flow]
    began: float = field(default_factory=time.monotonic)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def now(self) -> float:
        return round(time.monotonic() - self.began, 3)

    async def serve(self, listening: socket.socket) -> None:
        while True:
            sock, (source, _) = await asyncio.get_running_loop().sock_accept(listening)
            task = asyncio.create_task(self._receive(sock, self.topology.uplink_of_source(source)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _receive(self, sock: socket.socket, uplink: str) -> None:
        loop = asyncio.get_running_loop()
        with sock, contextlib.suppress(OSError):  # the client's end knows and tells what became of it
            head = await loop.sock_recv(sock, 4)
            if len(head) != 4:
                return
            flow = self.flows[struct.unpack("!I", head)[0]]
            while await loop.sock_recv(sock, 65536):
                flow.times.append(self.now())
                flow.seen.append((self.now(), uplink))

    async def client(self, number: int, port: int) -> None:
        flow = self.flows[number]
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    sock = await hosts.connect(flow.client, flow.server, port)
                with sock:
                    sock.send(struct.pack("!I", number))
                    await self._send(sock)
            except (OSError, TimeoutError) as error:
                reason = "timeout" if isinstance(error, TimeoutError) else error.strerror or str(error)
                flow.breaks.append((self.now(), reason))
            await asyncio.sleep(self.plan.interval)

    async def _send(self, sock: socket.socket) -> None:
        """Until the connection breaks (OSError). A full buffer is a stall, and the next tick tries again."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with contextlib.suppress(BlockingIOError):
                sock.send(_PIECE)
            await asyncio.sleep(self.plan.interval)


async def run(plan: Upload, topology: Topology) -> dict[str, Any]:
    pairs = address_pairs(topology.client_addresses, topology.server_addresses)
    work = _Run(plan, topology, [_Flow(*next(pairs)) for _ in range(plan.flows)])
    listening, port = hosts.listener()
    began_at = time.time()
    tasks = [asyncio.create_task(work.serve(listening))]
    tasks += [asyncio.create_task(work.client(number, port)) for number in range(plan.flows)]
    await hosts.last(plan.seconds, plan.stop)
    end = work.now()
    for task in (*tasks, *work.tasks):
        task.cancel()
    await asyncio.gather(*tasks, *work.tasks, return_exceptions=True)
    listening.close()
    return {
        "began_at": began_at,
        "seconds": end,
        "interval_s": plan.interval,
        "flows": [
            {
                "flow": number,
                "client": flow.client,
                "server": flow.server,
                "max_stall_s": longest_gap(flow.times, end),
                "silences": silences(flow.times, end, max(SILENCE_S, 3 * plan.interval)),
                "moves": moves(flow.seen),
                "breaks": flow.breaks,
            }
            for number, flow in enumerate(work.flows)
        ],
    }
