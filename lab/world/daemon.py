# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process inside: pid 1 of the lab's namespaces. Builds the world, runs the router, answers on the control socket.

Started by the launcher only: ``python -m lab.world.daemon ORDER``; ORDER is JSON: folder, topology, inherited sockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from lab.world import wire
from lab.world.control import Control
from lab.world.topology import topology_from_json
from lab.world.world import Sockets, World


class Lifeline:
    """A socket pair with the launcher: steps go out; if it closes before ``go`` the launcher is dead, and so are we."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._released = False

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._sock.setblocking(False)
        try:
            self._released = (await loop.sock_recv(self._sock, 16)).startswith(b"go")
        finally:
            if not self._released:
                os._exit(3)  # at once: nothing here needs an orderly end, and the namespaces go with us
        self._sock.close()

    def tell(self, **message: Any) -> None:
        if not self._released:
            self._sock.sendall(wire.encode(message))


def private_run() -> None:
    """Everybody's /run stays as it is: ours holds the names of our namespaces and goes with us."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run"], check=True, capture_output=True)


async def run(order: dict[str, Any]) -> None:
    lifeline = Lifeline(socket.socket(fileno=order["lifeline"]))
    watcher = asyncio.create_task(lifeline.watch())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    folder = Path(order["folder"])
    world = World(
        name=order["name"],
        folder=folder,
        topology=topology_from_json(order["topology"]),
        sockets=Sockets(
            socket.socket(fileno=order["api"]),
            socket.socket(fileno=order["api_ssl"]),
            socket.socket(fileno=order["ssh"]),
            tuple(socket.socket(fileno=number) for number in order["managed"]),
        ),
        manage_from=order["manage_from"],
        router_module=order["router"],
    )
    try:
        private_run()
        await world.start(lambda step: lifeline.tell(step=step))
        control = Control(world, stop)
        await asyncio.start_unix_server(
            control.connection, sock=wire.listen(folder / "control.sock"), limit=wire.LINE_LIMIT
        )
    except Exception as error:
        traceback.print_exc()
        lifeline.tell(error=f"the lab could not be built: {error}")
        raise SystemExit(1) from None
    lifeline.tell(ready=True)
    await stop.wait()
    await world.stop()
    watcher.cancel()


def main() -> None:
    asyncio.run(run(json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
