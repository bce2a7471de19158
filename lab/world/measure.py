# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon's side of a measurement: counters of the ISPs, and the traffic process that it starts and listens to.

Traffic runs in a process of its own, so that no generator ever slows the router or the world down.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from lab import netns
from lab.world import wire
from lab.world.topology import Topology


class MeasureError(ValueError):
    """A measurement that could not be made, in a sentence."""


def interface_bytes(namespace: str) -> dict[str, int]:
    """Interface -> bytes sent (after its shaper: veth counts what leaves the queue)."""
    with netns.inside(namespace):
        lines = Path("/proc/thread-self/net/dev").read_text(encoding="ascii").splitlines()[2:]
    return {name.strip(): int(rest.split()[8]) for name, _, rest in (line.partition(":") for line in lines)}


def nft_json(namespace: str, *words: str) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = json.loads(netns.run(namespace, ["nft", "-j", "list", *words]))["nftables"]
    return objects


def isp_counters(namespace: str) -> dict[str, int]:
    """down_bytes and up_bytes after the shapers, connections begun, packets refused for a foreign source (BCP 38)."""
    found = {o["counter"]["name"]: o["counter"] for o in nft_json(namespace, "counters") if "counter" in o}
    sent = interface_bytes(namespace)
    return {
        "down_bytes": sent["cpe"],
        "up_bytes": sent["net0"],
        "connections": found["new"]["packets"],
        "spoofed": found["spoofed"]["packets"],
    }


def new_tcp_connections(namespace: str, port: int) -> int:
    """TCP connections to ``port`` that began through this ISP since it exists."""
    for item in nft_json(namespace, "set", "ip", "world", "new_tcp"):
        for element in item.get("set", {}).get("elem", []):
            if element["elem"]["val"] == port:
                return int(element["elem"]["counter"]["packets"])
    return 0


async def run(
    topology: Topology, request: wire.Message, emit: Callable[[Mapping[str, Any]], Awaitable[None]]
) -> Mapping[str, Any]:
    """Start the traffic process, pass its events on, return its result."""
    order = json.dumps({"topology": topology.to_json(), "kind": request["kind"], "options": request.get("options", {})})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lab.world.traffic",
        order,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        limit=wire.LINE_LIMIT,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            message = wire.decode(line)
            if "result" in message:
                result: Mapping[str, Any] = message["result"]
                return result
            if "error" in message:
                raise MeasureError(message["error"])
            await emit(message)
        raise MeasureError("the traffic process ended without a result; see the lab's log")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
