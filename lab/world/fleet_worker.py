# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process with many routers. Started by lab.world.fleet only: ``python -m lab.world.fleet_worker``, order on stdin.

The order is one line of JSON: ``folder``, ``socket``, ``numbers`` (of branches), ``options``, ``sick``. When all
routers are up, one line is printed; from then on the control socket is answered. The process ends when its stdin does,
unless it has read wire.GO.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.router.listening import bound
from lab.router.pretended.around import Around, Load
from lab.router.pretended.router import PretendedRouter
from lab.router.spec import Account, RouterSpec
from lab.world import wire
from lab.world.factory import API_GROUP, API_USER, factory_rows
from lab.world.fleet_branch import Branch, branches
from lab.world.fleet_deeds import Deeds, Member
from lab.world.fleet_delay import relay
from lab.world.topology import Topology, parse_uplinks

#: how much of its speed a line carries, so that reports have something to show
_LOAD_PERCENT = (35, 20, 5)


class Worker:
    def __init__(self, order: Mapping[str, Any]) -> None:
        self.folder = Path(order["folder"])
        self._options = order["options"]
        self._sick = order["sick"]
        self._numbers = order["numbers"]
        self.members: dict[str, Member] = {}
        self.ports: dict[str, int] = {}
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        every = branches(max(self._numbers) + 1, versions=tuple(self._options["versions"]))
        for number in self._numbers:
            await self._begin(every[number])
        gc.collect()
        gc.freeze()  # what lives as long as the process need not be looked through again

    async def _begin(self, branch: Branch) -> None:
        own = bound()
        router = PretendedRouter(
            self._spec(branch, own), _around(branch), number=branch.number, alive=self._options["alive"]
        )
        await router.start()
        member = Member(branch, router)
        self.members[branch.name] = member
        self.ports[branch.name] = own.getsockname()[1]
        if self._options["delay_ms"]:
            front = bound()
            self.ports[branch.name] = front.getsockname()[1]
            back = ("127.0.0.1", own.getsockname()[1])
            self._servers.append(await relay(front, back, self._options["delay_ms"] / 2000))
        if sick := self._sick.get(branch.name):
            await Deeds(self.folder, self.members).fall_ill(member, sick)

    def _spec(self, branch: Branch, own: socket.socket) -> RouterSpec:
        lines = ",".join(f"{uplink.down}M/{uplink.up}M" for uplink in branch.uplinks)
        topology = Topology(uplinks=parse_uplinks(lines), clients=1, version=branch.version, branch=branch.name)
        data = self.folder / "routers" / branch.name
        data.mkdir(parents=True, mode=0o700)
        admin, password = self._options["admin_password"], self._options["password"]
        return RouterSpec(
            branch.name,
            "",
            topology.ports,
            data,
            version=branch.version,
            factory=factory_rows(topology),
            users={"admin": Account(admin), API_USER: Account(password, API_GROUP)},
            api_ssl_sockets=(own,),
            certificate_file=self.folder / "api.crt",
            key_file=self.folder / "api.key",
        )

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for member in self.members.values():
            await member.router.stop()

    def usage(self) -> dict[str, Any]:
        """CPU seconds since the start (``cpu_s``), peak memory (``peak_kb``)."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = {"cpu_s": used.ru_utime + used.ru_stime, "peak_kb": used.ru_maxrss}
        return {"pid": os.getpid(), "routers": len(self.members), **spent}


def _around(branch: Branch) -> Around:
    loads = {
        uplink.interface: Load(uplink.down * 10_000 * percent, uplink.up * 10_000 * percent // 2)
        for uplink, percent in zip(branch.uplinks, _LOAD_PERCENT, strict=False)
    }
    return Around(loads=loads, connections=20 + branch.number * 7 % 40)


async def _answer(worker: Worker, deeds: Deeds, message: wire.Message) -> Any:
    if message["do"] == "usage":
        return worker.usage()
    if message["do"] == "done":
        return deeds.done()
    return await deeds.do(**message)


async def run(order: Mapping[str, Any]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    worker = Worker(order)
    await worker.start()
    deeds = Deeds(worker.folder, worker.members)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                try:
                    answer = {"result": await _answer(worker, deeds, wire.decode(line))}
                except (KeyError, ValueError, TypeError) as error:
                    answer = {"error": str(error.args[0]) if error.args else type(error).__name__}
                writer.write(wire.encode(answer))
                await writer.drain()
        finally:
            writer.close()

    await asyncio.start_unix_server(connection, sock=wire.listen(Path(order["socket"])), limit=wire.LINE_LIMIT)
    print(json.dumps({"ports": worker.ports}), flush=True)
    # a daemon: asyncio.run would wait for a thread of its executor, which waits for our parent, which waits for us
    threading.Thread(target=_until_eof, args=(loop, stop), daemon=True).start()
    await stop.wait()
    await worker.stop()


def _until_eof(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if sys.stdin.readline() == wire.GO:
        return
    loop.call_soon_threadsafe(stop.set)


def main() -> None:
    order = json.loads(sys.stdin.readline())
    asyncio.run(run(order))
    os._exit(0)  # the thread that waits for stdin would hold the end up


if __name__ == "__main__":
    main()
