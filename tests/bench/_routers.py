# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process that is measured: N routers with or without a data plane, or the bare echo beside them.

``python -m tests.bench._routers MODE N``; MODE: ``control`` (store, verbs, services, API door), ``plane`` (whole
routers, each in a namespace of its own) or ``echo``. Prints one line of JSON when all are up, then serves until its
stdin ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lab.router.listening import bound
from lab.router.router import Router
from lab.router.spec import Account, FactoryRow, RouterSpec

PASSWORD = "bench"
PORTS = ("ether1", "ether2", "ether3")


def pss_kb(pid: int | str = "self") -> int:
    """The proportional share of memory of this process, or another one."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    if found is None:
        raise RuntimeError("the kernel says nothing of Pss")
    return int(found[1])


def branch_rows() -> tuple[FactoryRow, ...]:
    """About what a deployed branch with two lines holds: 100 list entries, tables, routes, PCC."""
    rows: list[tuple[str, dict[str, str]]] = []
    for number in (1, 2):
        rows += [
            ("/ip/address", {"address": f"192.168.{number}.2/24", "interface": f"ether{number}"}),
            ("/routing/table", {"name": f"to-isp{number}", "fib": "yes"}),
            ("/ip/route", {"gateway": f"192.168.{number}.1", "routing-table": f"to-isp{number}"}),
            ("/ip/route", {"gateway": f"192.168.{number}.1", "distance": str(number)}),
            ("/ip/firewall/nat", {"chain": "srcnat", "action": "masquerade", "out-interface": f"ether{number}"}),
        ]
    rows.append(("/ip/address", {"address": "192.168.10.1/24", "interface": "ether3"}))
    mangle: dict[str, str] = {"chain": "prerouting", "action": "mark-routing", "in-interface": "ether3"}
    for slot in range(8):
        pcc = {"per-connection-classifier": f"both-addresses:8/{slot}", "new-routing-mark": f"to-isp{slot % 2 + 1}"}
        rows.append(("/ip/firewall/mangle", {**mangle, **pcc}))
    rows += [("/ip/firewall/address-list", {"list": "l", "address": f"192.0.2.{n}"}) for n in range(100)]
    return tuple(FactoryRow(menu, values) for menu, values in rows)


def namespaces(count: int) -> None:
    """r0, r1, …, and the loopback that their API ports are on."""
    subprocess.run(["ip", "link", "set", "dev", "lo", "up"], check=True)
    for number in range(count):
        namespace(f"r{number}")


def namespace(name: str) -> None:
    subprocess.run(["ip", "netns", "add", name], check=True)
    for port in PORTS:
        other = f"{name}-{port}"
        words = f"link add {other} type veth peer name {port} netns {name}"
        subprocess.run(["ip", *words.split()], check=True)
        subprocess.run(["ip", "link", "set", "dev", other, "up"], check=True)


class ControlOnly(Router):
    """A router that keeps its hands off the kernel: derives everything, applies and probes nothing."""

    async def _power_on(self) -> None:
        await self.services.start()
        self._doors = [self._api_doors]
        for door in self._doors:
            await door.start()
        self.running = True

    async def _after_write(self) -> None:
        self.services.refresh(self.store.snapshot())

    def _port_macs(self) -> list[tuple[str, str]]:
        return [(name, f"48:A9:8A:00:00:0{number}") for number, name in enumerate(PORTS)]


async def routers(mode: str, count: int, folder: Path) -> dict[str, Any]:
    """Start them one after the other."""
    made: list[Router] = []
    before = pss_kb()
    if mode == "plane":
        namespaces(count)
    began = time.perf_counter()
    for number in range(count):
        data = folder / str(number)
        data.mkdir()
        kind, netns = (Router, f"r{number}") if mode == "plane" else (ControlOnly, "")
        users = {"admin": Account(PASSWORD)}
        spec = RouterSpec(f"r{number}", netns, PORTS, data, factory=branch_rows(), users=users, api_sockets=(bound(),))
        made.append(kind(spec))
        await made[-1].start()
    took = time.perf_counter() - began
    return {
        "start_s": took / count,
        "memory_kb": (pss_kb() - before) / count,
        "process_kb": pss_kb(),
        "ports": [router.spec.api_sockets[0].getsockname()[1] for router in made],
    }


async def echo() -> dict[str, Any]:
    """The same framing read in the cheapest way; each sentence is answered with bytes that the client has chosen.

    The first sentence of a connection is the answer to all later ones, so the bytes on the wire are the router's.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(4), "big")
        answer = await reader.readexactly(size)
        with contextlib.suppress(asyncio.CancelledError):  # the process ends
            while data := await reader.read(65536):
                # a request ends with an empty word; no length or letter of these requests is zero
                writer.write(answer * data.count(b"\0"))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return {"ports": [server.sockets[0].getsockname()[1]]}


async def main(mode: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        facts = await (echo() if mode == "echo" else routers(mode, count, Path(folder)))
        print(json.dumps(facts), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
