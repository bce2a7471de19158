# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many short TCP connections, and by which line each went: counted at the ISPs, not by who makes them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lab.world.measure import new_tcp_connections
from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import address_pairs
from lab.world.traffic.plans import Connections

PROGRESS = 200


async def serve_sources(listening: socket.socket) -> None:
    """Tell every caller the address that the internet sees it by, and hang up."""
    loop = asyncio.get_running_loop()
    while True:
        sock, (source, _) = await loop.sock_accept(listening)
        with sock, contextlib.suppress(OSError):  # a caller that is gone already needs no answer
            sock.send(source.encode())


async def ask_source(client: str, server: str, port: int, timeout_s: float) -> str:
    """One connection from open to close; the address that the server saw. Raises OSError or TimeoutError."""
    async with asyncio.timeout(timeout_s):
        sock = await hosts.connect(client, server, port)
        with sock:
            said = await asyncio.get_running_loop().sock_recv(sock, 64)
    if not said:
        raise ConnectionResetError("the server hung up without a word")
    return said.decode()


async def run(plan: Connections, topology: Topology) -> dict[str, Any]:
    clients, servers = topology.client_addresses[: plan.clients], topology.server_addresses[: plan.servers]
    pairs = address_pairs(clients, servers)
    listening, port = hosts.listener()
    server = asyncio.create_task(serve_sources(listening))
    before = {uplink.name: new_tcp_connections(uplink.name, port) for uplink in topology.uplinks}
    began = time.monotonic()
    seen: Counter[str] = Counter()
    numbers = iter(range(plan.count))

    async def worker(numbers: Iterator[int]) -> None:
        for _ in numbers:
            client, target = next(pairs)
            try:
                seen[topology.uplink_of_source(await ask_source(client, target, port, plan.timeout))] += 1
            except (OSError, TimeoutError):
                seen["failed"] += 1
            if seen.total() % PROGRESS == 0:
                hosts.emit(event="connections", done=seen.total(), total=plan.count, failed=seen["failed"])

    await asyncio.gather(*(worker(numbers) for _ in range(plan.parallel)))
    seconds = time.monotonic() - began
    server.cancel()
    listening.close()
    split = {u.name: new_tcp_connections(u.name, port) - before[u.name] for u in topology.uplinks}
    return {
        "total": plan.count,
        "failed": seen.pop("failed", 0),
        "split": split,
        "seen_by_servers": dict(sorted(seen.items())),
        "clients": len(clients),
        "servers": len(servers),
        "seconds": round(seconds, 3),
    }
