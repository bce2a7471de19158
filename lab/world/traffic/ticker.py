# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long-lived UDP flows that never stop talking: how long each was silent, and which lines carried it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass, field
from typing import Any, cast

from lab.world.topology import INTERNET_NS, Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import SILENCE_S, address_pairs, changes, longest_gap, moves, silences
from lab.world.traffic.plans import Ticker
from lab.world.traffic.view import client_place


@dataclass
class _Flow:
    client: str
    server: str
    sock: socket.socket
    sent: int = 0
    times: list[float] = field(default_factory=list)  # replies, seconds since the start
    uplinks: list[str] = field(default_factory=list)


class _Echo(asyncio.DatagramProtocol):
    """Answers with the source address that it sees."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own class is no DatagramTransport by inheritance before 3.12
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(addr[0].encode(), addr)


async def run(plan: Ticker, topology: Topology) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    pairs = address_pairs(topology.client_addresses, topology.server_addresses)
    flows, servers = [], []
    for _ in range(plan.flows):
        client, server = next(pairs)
        far = hosts.udp(INTERNET_NS, server)
        transport, _protocol = await loop.create_datagram_endpoint(_Echo, sock=far)
        servers.append(transport)
        near = hosts.udp(client_place(), client)
        near.connect((server, far.getsockname()[1]))
        flows.append(_Flow(client, server, near))
    began, began_at = time.monotonic(), time.time()

    async def listen(flow: _Flow) -> None:
        while True:
            with contextlib.suppress(ConnectionError, OSError):  # an ICMP error on a dead path is no answer
                source = (await loop.sock_recv(flow.sock, 64)).decode()
                flow.times.append(time.monotonic() - began)
                flow.uplinks.append(topology.uplink_of_source(source))

    listeners = [asyncio.create_task(listen(flow)) for flow in flows]
    tick = 0
    while (due := tick * plan.interval) < plan.seconds and not hosts.over(plan.stop):
        await asyncio.sleep(max(0.0, began + due - time.monotonic()))
        for flow in flows:
            with contextlib.suppress(OSError):  # same; the flow tries again at the next tick
                flow.sock.send(b"tick")
                flow.sent += 1
        tick += 1
        if tick % max(1, round(1 / plan.interval)) == 0:
            now = time.monotonic() - began
            silent = [n for n, flow in enumerate(flows) if not flow.times or now - flow.times[-1] > 3 * plan.interval]
            hosts.emit(event="ticker", t=round(now, 3), at=time.time(), flows=len(flows), silent=silent)
    end = time.monotonic() - began
    for task in listeners:
        task.cancel()
    for transport in servers:
        transport.close()
    return {
        "began_at": began_at,
        "interval_s": plan.interval,
        "flows": [
            {
                "flow": number,
                "client": flow.client,
                "server": flow.server,
                "sent": flow.sent,
                "answered": len(flow.times),
                "max_gap_s": longest_gap(flow.times, end),
                "uplinks": changes(flow.uplinks),
                "silences": silences(flow.times, end, max(SILENCE_S, 3 * plan.interval)),
                "moves": moves(list(zip(flow.times, flow.uplinks, strict=True))),
            }
            for number, flow in enumerate(flows)
        ],
    }
