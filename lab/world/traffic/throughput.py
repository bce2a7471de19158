# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goodput of many long TCP flows, counted where the data arrives."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from lab.world.measure import MeasureError
from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import address_pairs, jain, mbit, rates
from lab.world.traffic.plans import Throughput

SAMPLE_S = 0.25
CONNECT_TIMEOUT_S = 10.0
_CHUNK = bytes(65536)


@dataclass
class _Flow:
    client: str
    server: str
    received: int = 0
    uplink: str = ""


@dataclass
class _Run:
    plan: Throughput
    topology: Topology
    flows: list[_Flow] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def received(self) -> int:
        return sum(flow.received for flow in self.flows)

    async def client(self, flow: _Flow, number: int, port: int) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            sock = await hosts.connect(flow.client, flow.server, port)
        with sock:
            await loop.sock_sendall(sock, struct.pack("!I", number))
            await (self._receive if self.plan.direction == "down" else self._send)(sock, flow)

    async def serve(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            sock, (source, _) = await loop.sock_accept(listening)
            self._keep(self._server(sock, source))

    async def _server(self, sock: socket.socket, source: str) -> None:
        with sock:
            head = await asyncio.get_running_loop().sock_recv(sock, 4)
            if len(head) != 4:
                return
            flow = self.flows[struct.unpack("!I", head)[0]]
            flow.uplink = self.topology.uplink_of_source(source)
            await (self._send if self.plan.direction == "down" else self._receive)(sock, flow)

    async def _receive(self, sock: socket.socket, flow: _Flow) -> None:
        loop, buffer = asyncio.get_running_loop(), bytearray(65536)
        with contextlib.suppress(ConnectionError):
            while size := await loop.sock_recv_into(sock, buffer):
                flow.received += size

    async def _send(self, sock: socket.socket, _flow: _Flow) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.get_running_loop().sock_sendall(sock, _CHUNK)

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def start(self, listening: socket.socket, port: int) -> None:
        self._keep(self.serve(listening))
        for number, flow in enumerate(self.flows):
            self._keep(self._client_or_nothing(flow, number, port))

    async def _client_or_nothing(self, flow: _Flow, number: int, port: int) -> None:
        try:
            await self.client(flow, number, port)
        except (OSError, TimeoutError) as error:
            # the flow then counts with nothing received, which is what happened
            hosts.emit(event="flow failed", flow=number, reason=str(error) or "timeout")


async def run(plan: Throughput, topology: Topology) -> dict[str, Any]:
    pairs = address_pairs(topology.client_addresses[: plan.clients], topology.server_addresses)
    work = _Run(plan, topology, [_Flow(*next(pairs)) for _ in range(plan.flows)])
    listening, port = hosts.listener()
    began = time.monotonic()
    work.start(listening, port)
    series = [sample async for sample in _samples(work, began, plan.warmup)]
    start_bytes, start_line, start = (
        [flow.received for flow in work.flows],
        hosts.line_bytes(topology),
        time.monotonic(),
    )
    series += [sample async for sample in _samples(work, began, plan.warmup + plan.seconds)]
    end_bytes, end_line, seconds = (
        [flow.received for flow in work.flows],
        hosts.line_bytes(topology),
        time.monotonic() - start,
    )
    for task in list(work.tasks):
        task.cancel()
    await asyncio.gather(*work.tasks, return_exceptions=True)
    listening.close()
    if not sum(end_bytes):
        raise MeasureError("no byte arrived: the branch has no way to the internet")
    per_flow = [mbit(after - before, seconds) for before, after in zip(start_bytes, end_bytes, strict=True)]
    line = rates(start_line, end_line, seconds)
    return {
        "direction": plan.direction,
        "goodput_mbit": mbit(sum(end_bytes) - sum(start_bytes), seconds),
        "flows": plan.flows,
        "clients": min(plan.clients, topology.clients),
        "seconds": round(seconds, 3),
        "congestion": hosts.CONGESTION.decode(),
        "uplinks": {name: {"wire_mbit": line[name][plan.direction]} for name in line},
        "fairness": jain(per_flow),
        "per_flow": [
            {"client": flow.client, "server": flow.server, "uplink": flow.uplink, "mbit": rate}
            for flow, rate in zip(work.flows, per_flow, strict=True)
        ],
        "series": series,
    }


async def _samples(work: _Run, began: float, until: float) -> Any:
    """Four times a second: rates of each line and of what arrived, as an event and as a list item."""
    last, line, received = time.monotonic(), hosts.line_bytes(work.topology), work.received
    while (now := time.monotonic()) - began < until:
        await asyncio.sleep(min(SAMPLE_S, max(0.001, until - (now - began))))
        now, new_line, new_received = time.monotonic(), hosts.line_bytes(work.topology), work.received
        sample = {
            "t": round(now - began, 3),
            "at": time.time(),
            "goodput_mbit": mbit(new_received - received, now - last),
            "uplinks": rates(line, new_line, now - last),
        }
        hosts.emit(event="rates", **sample)
        yield sample
        last, line, received = now, new_line, new_received
