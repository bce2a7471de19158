# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections from the internet to a client behind the branch, one after the other through every line.

The ISPs pass everything for their public address on to the router; what it does then is its own (a port forward). An
answer that leaves by another line than the question came in never fits the ISP's translation, so every success went
both ways by one line.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from lab import netns
from lab.world.topology import INTERNET_NS, Topology
from lab.world.traffic import hosts
from lab.world.traffic.plans import Inbound, PlanError
from lab.world.traffic.view import client_place

_GREETING = b"hello from inside"


async def _serve(listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while True:
        sock, _ = await loop.sock_accept(listening)
        with sock:
            await loop.sock_sendall(sock, _GREETING)


async def _greeted(source: str, target: str, plan: Inbound) -> bool:
    loop = asyncio.get_running_loop()
    with hosts.tcp(INTERNET_NS) as sock:
        sock.bind((source, 0))
        try:
            async with asyncio.timeout(plan.timeout):
                await loop.sock_connect(sock, (target, plan.port))
                return await loop.sock_recv(sock, 64) == _GREETING
        except (OSError, TimeoutError):
            return False


async def run(plan: Inbound, topology: Topology) -> dict[str, Any]:
    if plan.client not in topology.client_addresses:
        first, last = topology.client_addresses[0], topology.client_addresses[-1]
        raise PlanError(f"inbound: no client has {plan.client}, they have {first} to {last}")
    with netns.inside(client_place()):
        listening = socket.create_server((plan.client, plan.port), backlog=128)
    listening.setblocking(False)
    server = asyncio.create_task(_serve(listening))
    uplinks = {}
    for uplink in topology.uplinks:
        ok = 0
        for number in range(plan.count):
            source = topology.server_addresses[number % len(topology.server_addresses)]
            ok += await _greeted(source, uplink.public_address, plan)
        uplinks[uplink.name] = {"ok": ok, "failed": plan.count - ok}
        hosts.emit(event="inbound", uplink=uplink.name, **uplinks[uplink.name])
    server.cancel()
    listening.close()
    return {"uplinks": uplinks, "port": plan.port, "client": plan.client}
