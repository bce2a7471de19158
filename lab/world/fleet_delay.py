# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wire that takes its time: a TCP relay on the loopback that hands on every byte so many seconds later, in order.

A round trip through it takes twice ``delay_s`` more. Of the TCP handshake only the answer is late: the connection is
there at once, and the first bytes behind it wait for a round trip more.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque


class _End(asyncio.Protocol):
    """One end of a relayed connection. What it hears goes to ``other``, later."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes | None] = deque()
        self._due = 0
        self.extra_s = 0.0
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._later(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._later(None)

    def _later(self, data: bytes | None) -> None:
        self._waiting.append(data)
        self._loop.call_later(self._delay_s + self.extra_s, self._pass)
        self.extra_s = 0.0

    def _pass(self) -> None:
        """Timers of one moment may come in any order; what waits goes in the order in which it came."""
        if self.other is None or self.other.transport is None:
            self._due += 1  # who is to get it is not there yet
            return
        data = self._waiting.popleft()
        if data is None:
            self.other.transport.close()
        else:
            self.other.transport.write(data)

    def meet(self, other: _End) -> None:
        """From now on there is somebody to hand bytes to; those whose time is over go at once."""
        self.other = other
        due, self._due = self._due, 0
        for _ in range(due):
            self._pass()


class _Front(_End):
    """The end that a controller connects to; its router is at ``back``."""

    def __init__(self, delay_s: float, back: tuple[str, int]) -> None:
        super().__init__(delay_s)
        self._back = back
        self.extra_s = 2 * delay_s
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._task = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        assert self.transport is not None
        try:
            _, end = await self._loop.create_connection(lambda: _End(self._delay_s), *self._back)
        except OSError:
            self.transport.abort()
            return
        end.meet(self)
        self.meet(end)


async def relay(front: socket.socket, back: tuple[str, int], delay_s: float) -> asyncio.Server:
    """``front`` is bound; connections to it end at ``back``."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Front(delay_s, back), sock=front)
