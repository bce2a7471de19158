# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions with one server, as a browser has them: several connections open at once that belong together.

A bank ends a session whose connections come from several addresses. So what counts is how many of them the server saw
for each session, and by which lines the connections went, counted at the ISPs.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lab.world.measure import new_tcp_connections
from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.plans import PlanError, Sessions

PROGRESS = 100


async def _open(client: str, server: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(sock=await hosts.connect(client, server, port))


async def session(client: str, server: str, port: int, plan: Sessions) -> list[str]:
    """The addresses that the server saw; all connections are open before the first one ends. Raises OSError."""
    opened: list[asyncio.StreamWriter] = []

    async def one(everybody: asyncio.Barrier) -> str:
        reader, writer = await _open(client, server, port)
        opened.append(writer)
        said = await reader.readexactly(1)
        await everybody.wait()
        writer.write(said)
        return (await reader.read(64)).decode()

    barrier = asyncio.Barrier(plan.connections)
    try:
        async with asyncio.timeout(plan.timeout), asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(barrier)) for _ in range(plan.connections)]
        return [task.result() for task in tasks]
    finally:
        for writer in opened:
            writer.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte, then the caller's address once it has sent the byte back."""
    try:
        writer.write(b"?")
        if await reader.read(1):
            writer.write(str(writer.get_extra_info("peername")[0]).encode())
        await writer.drain()
    except ConnectionError:  # a caller that gave up needs no answer
        pass
    finally:
        writer.close()


def _server(plan: Sessions, topology: Topology) -> str:
    server = plan.server or topology.server_addresses[0]
    if server not in topology.server_addresses:
        raise PlanError(f"sessions: no host on the internet has {server}")
    return server


async def run(plan: Sessions, topology: Topology) -> dict[str, Any]:
    server, clients = _server(plan, topology), topology.client_addresses[: plan.clients]
    listening, port = hosts.listener()
    serving = await asyncio.start_server(_serve, sock=listening)
    before = {uplink.name: new_tcp_connections(uplink.name, port) for uplink in topology.uplinks}
    seen: list[tuple[str, ...]] = []
    failed = 0

    async def worker(numbers: Iterator[int]) -> None:
        nonlocal failed
        for number in numbers:
            try:
                seen.append(tuple(await session(clients[number % len(clients)], server, port, plan)))
            except* (OSError, TimeoutError):
                failed += 1
            if (len(seen) + failed) % PROGRESS == 0:
                hosts.emit(event="sessions", done=len(seen) + failed, total=plan.count, failed=failed)

    numbers = iter(range(plan.count))
    await asyncio.gather(*(worker(numbers) for _ in range(plan.parallel)))
    serving.close()
    split = {u.name: new_tcp_connections(u.name, port) - before[u.name] for u in topology.uplinks}
    return {"total": plan.count, "failed": failed, "server": server, "split": split, **_told(seen, topology)}


def _told(seen: Sequence[Sequence[str]], topology: Topology) -> dict[str, Any]:
    """``whole``: sessions that the server saw from one address, by uplink. ``torn``: number of those from several."""
    lines = [{topology.uplink_of_source(address) for address in addresses} for addresses in seen]
    whole = Counter(next(iter(one)) for one in lines if len(one) == 1)
    return {"whole": dict(sorted(whole.items())), "torn": sum(len(one) > 1 for one in lines)}
