# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One whole router in a namespace ``rt`` with a neighbour ``nb`` behind ether1, spoken to over its API only."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import librouteros
import pytest

from lab import netns
from lab.observe.ping import Pinger
from lab.router.listening import bound
from lab.router.router import Router
from lab.router.spec import Account, RouterSpec

PASSWORD = "api-password"
BOOT_S = 0.4


def ip(command: str) -> None:
    """In the namespace that holds the others."""
    subprocess.run(["ip", *command.split()], check=True)


class Session:
    """A login of librouteros, its calls in a thread: the router runs in this loop."""

    def __init__(self, api: Any) -> None:
        self._api = api

    async def do(self, command: str, **words: str) -> list[Mapping[str, Any]]:
        args = {name.replace("_", "-").removeprefix("-"): text for name, text in words.items()}
        return await asyncio.to_thread(lambda: [dict(row) for row in self._api(command, **args)])

    async def add(self, menu: str, **words: str) -> str:
        return str((await self.do(f"{menu}/add", **words))[0]["ret"])

    async def column(self, menu: str, name: str) -> list[Any]:
        return [row.get(name) for row in await self.do(f"{menu}/print")]

    async def quit(self) -> None:
        """Take one's leave, which the router answers with ``!fatal``."""
        with pytest.raises(librouteros.exceptions.FatalError):
            await self.do("/quit")

    async def drop(self) -> None:
        """The connection is gone, nobody said good-bye."""
        self._api.protocol.transport.sock.close()
        await asyncio.sleep(0.05)


class Box:
    """A router and what is around it."""

    def __init__(self, folder: Path, **spec: Any) -> None:
        self.sock = bound()
        self.port = self.sock.getsockname()[1]
        given = {"name": "r1", "netns": "rt", "ports": ("ether1",), "data_dir": folder, "boot_s": BOOT_S, **spec}
        self.router = Router(RouterSpec(users={"admin": Account(PASSWORD)}, api_sockets=(self.sock,), **given))
        self.known_boot = self.router.booted

    async def login(self) -> Session:
        return Session(
            await asyncio.to_thread(
                librouteros.connect, host="127.0.0.1", port=self.port, username="admin", password=PASSWORD, timeout=60
            )
        )

    async def again(self, *, within_s: float = 60.0) -> Session:
        """The first login that works."""
        until = time.monotonic() + within_s
        while True:
            try:
                session = await self.login()
            except OSError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.05)
            else:
                self.known_boot = self.router.booted
                return session

    async def reboot(self) -> Session:
        """Reboot over the API, and come back."""
        session = await self.login()
        await session.do("/system/reboot")
        await gone(self)
        return await self.again()

    def rt(self, command: str) -> str:
        return netns.run("rt", command.split())

    async def reachable(self) -> bool:
        """Whether the neighbour gets an answer from the router's address."""
        pinger = Pinger("nb")
        try:
            return bool(await pinger.ping("10.0.0.1", timeout_s=0.3))
        finally:
            pinger.close()


async def refused(number: int, *, within_s: float = 60.0) -> None:
    """Wait until the port refuses."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
        except ConnectionError:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"port {number} still answers")


async def gone(box: Box) -> None:
    """Wait until the router is down, or up again already: a boot is over soon, and a thread may look late."""
    await until(lambda: not box.router.running or box.router.booted != box.known_boot)


@pytest.fixture
async def boxes(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """``await boxes(version=…, device_mode=…)`` starts the router."""
    if os.environ.get("LAB_INSIDE") != "1":
        pytest.skip("runs inside test_in_namespaces.py only")
    ip("link set dev lo up")
    for name in ("rt", "nb"):
        ip(f"netns add {name}")
    ip("link add ether1 netns rt type veth peer name eth0 netns nb")
    netns.run("nb", ["ip", "link", "set", "dev", "eth0", "up"])
    netns.run("nb", ["ip", "addr", "add", "10.0.0.2/24", "dev", "eth0"])
    started: list[Box] = []

    async def start(**spec: Any) -> Box:
        box = Box(tmp_path, **spec)
        started.append(box)
        await box.router.start()
        return box

    yield start
    for box in started:
        await box.router.stop()
    for name in ("rt", "nb"):
        ip(f"netns del {name}")


async def until(true: Callable[[], Any], *, within_s: float = 60.0) -> None:
    """Wait until a condition, or a coroutine's result, is true."""
    end = time.monotonic() + within_s
    while True:
        result = true()
        if await result if asyncio.iscoroutine(result) else result:
            return
        if time.monotonic() > end:
            pytest.fail(f"not within {within_s} s")
        await asyncio.sleep(0.05)


async def send(count: int = 1, *, to: str = "10.0.0.1", port_number: int = 9) -> None:
    """UDP from the neighbour to the router."""
    with netns.make_socket("nb", kind=socket.SOCK_DGRAM) as sender:
        for _ in range(count):
            sender.sendto(b"x", (to, port_number))
            await asyncio.sleep(0.01)
