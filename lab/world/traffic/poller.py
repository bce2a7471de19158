# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that fetch a page again and again (a till, a dashboard): which requests failed, and when they began.

One request at a time for each poller, always from the same client to the same server, each on a connection of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from lab.world.topology import Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import address_pairs, moves
from lab.world.traffic.plans import Poller

_REQUEST = b"GET /status HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n"
_END = b"\r\n\r\n"


@dataclass
class _Poller:
    client: str
    server: str
    total: int = 0
    seen: list[tuple[float, str]] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)


async def _read_all(sock: socket.socket, until: bytes = b"") -> bytes:
    """To the end of the stream, or until the mark has come."""
    data = b""
    while piece := await asyncio.get_running_loop().sock_recv(sock, 4096):
        data += piece
        if until and until in data:
            break
    return data


async def _answer(sock: socket.socket, source: str) -> None:
    with sock, contextlib.suppress(OSError):  # a client that has given up needs no answer
        if _END in await _read_all(sock, _END):
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(source)}\r\nConnection: close\r\n\r\n"
            await asyncio.get_running_loop().sock_sendall(sock, (head + source).encode())


async def _serve(listening: socket.socket, tasks: set[asyncio.Task[None]]) -> None:
    while True:
        sock, (source, _) = await asyncio.get_running_loop().sock_accept(listening)
        task = asyncio.create_task(_answer(sock, source))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _get(poller: _Poller, port: int, timeout_s: float) -> str:
    """The body of one reply. Raises OSError or TimeoutError."""
    async with asyncio.timeout(timeout_s):
        sock = await hosts.connect(poller.client, poller.server, port)
        with sock:
            await asyncio.get_running_loop().sock_sendall(sock, _REQUEST)
            reply = await _read_all(sock)
    head, _, body = reply.partition(_END)
    if not head.startswith(b"HTTP/1.1 200 ") or not body:
        raise ConnectionResetError("half an answer")
    return body.decode()


async def _poll(poller: _Poller, plan: Poller, topology: Topology, *, port: int, began: float) -> None:
    due = began
    while True:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        start = round(time.monotonic() - began, 3)
        poller.total += 1
        try:
            source = await _get(poller, port, plan.timeout)
            poller.seen.append((start, topology.uplink_of_source(source)))
        except (OSError, TimeoutError) as error:
            reason = "timeout" if isinstance(error, TimeoutError) else error.strerror or str(error)
            poller.failures.append((start, reason))
        due = max(due + plan.interval, time.monotonic())


async def run(plan: Poller, topology: Topology) -> dict[str, Any]:
    pairs = address_pairs(topology.client_addresses, topology.server_addresses)
    pollers = [_Poller(*next(pairs)) for _ in range(plan.pollers)]
    listening, port = hosts.listener()
    answering: set[asyncio.Task[None]] = set()
    began, began_at = time.monotonic(), time.time()
    tasks = [asyncio.create_task(_serve(listening, answering))]
    tasks += [asyncio.create_task(_poll(poller, plan, topology, port=port, began=began)) for poller in pollers]
    await hosts.last(plan.seconds, plan.stop)
    for task in (*tasks, *answering):
        task.cancel()
    await asyncio.gather(*tasks, *answering, return_exceptions=True)
    listening.close()
    return {
        "began_at": began_at,
        "interval_s": plan.interval,
        "timeout_s": plan.timeout,
        "pollers": [
            {
                "poller": number,
                "client": poller.client,
                "server": poller.server,
                "total": poller.total,
                "failed": len(poller.failures),
                "failures": poller.failures,
                "moves": moves(poller.seen),
            }
            for number, poller in enumerate(pollers)
        ],
    }
