# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of a client to an address of the branch that another client answers: what hairpin NAT is for."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from lab import netns
from lab.world.topology import CLIENT_NS, Topology
from lab.world.traffic import hosts
from lab.world.traffic.connections import ask_source, serve_sources
from lab.world.traffic.plans import Inside, PlanError


async def run(plan: Inside, topology: Topology) -> dict[str, Any]:
    """``ok`` and ``failed``; ``sources``: addresses that the answering client saw."""
    for address in (plan.client, plan.host):
        if address not in topology.client_addresses:
            raise PlanError(f"inside: no client has {address}")
    with netns.inside(CLIENT_NS):
        listening = socket.create_server((plan.host, plan.host_port), backlog=128)
    listening.setblocking(False)
    server = asyncio.create_task(serve_sources(listening))
    sources: list[str] = []
    for _ in range(plan.count):
        try:
            sources.append(await ask_source(plan.client, plan.target, plan.port, plan.timeout))
        except (OSError, TimeoutError):
            hosts.emit(event="inside", failed=plan.target)
    server.cancel()
    listening.close()
    return {"ok": len(sources), "failed": plan.count - len(sources), "sources": sorted(set(sources))}
