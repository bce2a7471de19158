# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An LTE modem: attaches to the network with its APN and holds the bearer as long as the network answers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.derive.observations import Given
from lab.observe import modem_wire
from lab.observe.dhcp_packets import mac_bytes
from lab.observe.netlink import interfaces
from lab.observe.tasks import spawn
from lab.observe.wire_filter import packet_socket

_ATTACH_S, _POLL_S = 1.0, 2.0
#: so many polls without an answer, and the network is lost
_MISSES = 4


@dataclass(frozen=True)
class Wants:
    """``kernel``: the modem's interface. The rest is its APN profile's."""

    interface: str
    kernel: str
    apn: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Bearer:
    """``since`` of the loop's clock; ``radio``: what the network tells of itself (operator, cell, signal)."""

    given: Given
    since: float
    radio: tuple[tuple[str, str], ...]


class LteModem:
    """``link(up)`` whenever the carrier changes, ``halt()`` at the end. ``on_change`` hears of each change."""

    def __init__(self, namespace: str, wants: Wants, on_change: Callable[[Bearer | None], None]) -> None:
        self.wants = wants
        self.bearer: Bearer | None = None
        self.registered = False
        self._namespace = namespace
        self._on_change = on_change
        self._up = False
        self._task: asyncio.Task[None] | None = None

    def link(self, *, up: bool) -> None:
        if up == self._up:
            return
        self._up = up
        if up:
            self._task = spawn(self._run(), f"modem {self.wants.interface}")
        else:
            self.stop()

    def stop(self) -> None:
        """The bearer is lost, as when the interface is switched off."""
        self.halt()
        self._take(None)

    def halt(self) -> None:
        self._up = self.registered = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, KeyError):
                mac = interfaces(self._namespace)[self.wants.kernel].mac
                with packet_socket(self._namespace, self.wants.kernel, modem_wire.ETHERTYPE) as sock:
                    await self._attached(sock, mac_bytes(mac))
            self._take(None)
            await asyncio.sleep(_ATTACH_S)

    async def _attached(self, sock: socket.socket, mac: bytes) -> None:
        """Until the network is lost."""
        order = {"attach": self.wants.apn, "user": self.wants.user, "password": self.wants.password}
        misses = 0
        while misses < _MISSES:
            with contextlib.suppress(BlockingIOError):
                sock.send(modem_wire.encode(mac, order))
            answer = await self._heard(sock, _ATTACH_S if self.bearer is None else _POLL_S)
            misses = 0 if answer else misses + 1
        self.registered = False

    async def _heard(self, sock: socket.socket, seconds: float) -> bool:
        """Take what the network says for so long; whether it said anything."""
        loop, heard = asyncio.get_running_loop(), False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    message = modem_wire.decode(await loop.sock_recv(sock, 4096))
                    if message is not None and "state" in message:
                        heard = True
                        self._told(message)
        return heard

    def _told(self, message: dict[str, Any]) -> None:
        self.registered = True
        if message["state"] != "attached":
            self._take(None)
            return
        given = Given(address=f"{message['address']}/32", dns=tuple(message.get("dns", ())))
        if self.bearer is None or self.bearer.given != given:
            radio = tuple((str(name), str(text)) for name, text in message.get("radio", {}).items())
            self._take(Bearer(given, asyncio.get_running_loop().time(), radio))

    def _take(self, bearer: Bearer | None) -> None:
        if bearer != self.bearer:
            self.bearer = bearer
            self._on_change(bearer)
