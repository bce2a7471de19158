# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A paramiko channel as an asynchronous stream: one thread reads, one writes, the event loop never blocks."""

from __future__ import annotations

import asyncio
import queue
import threading
import time

import paramiko

_CHUNK = 32768
#: paramiko has no way to wait for the end of a channel whose client has sent all it had to send
_POLL_S = 0.2


class ChannelStream:
    """Made in the event loop. ``write`` returns when the bytes are on their way, so a slow reader slows the writer."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._incoming: asyncio.Queue[bytes] = asyncio.Queue()
        self._outgoing: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._at_end = False
        #: set when the channel is closed, which is more than that nothing more will be typed
        self.gone = asyncio.Event()
        for work in (self._receive, self._send):
            threading.Thread(target=work, name=f"ssh-{work.__name__}", daemon=True).start()

    async def read(self) -> bytes:
        """The next bytes; b"" for ever when the other side has finished."""
        if self._at_end and self._incoming.empty():
            return b""
        data = await self._incoming.get()
        self._at_end = self._at_end or not data
        return data

    async def write(self, data: bytes) -> None:
        """Raises ConnectionError when the other side is gone."""
        if not data:
            return
        done: asyncio.Future[None] = self._loop.create_future()
        self._outgoing.put((data, done))
        await done

    async def close(self, status: int) -> None:
        """Tell the exit code, and that is all."""
        self._outgoing.put(None)
        await asyncio.to_thread(self._finish, status)

    # ---- threads

    def _finish(self, status: int) -> None:
        if not self._channel.closed:
            self._channel.send_exit_status(status)
            self._channel.shutdown_write()
            self._channel.close()

    def _receive(self) -> None:
        data = b"x"
        while data:
            try:
                data = self._channel.recv(_CHUNK)
            except OSError:
                data = b""
            if not self._tell(self._incoming.put_nowait, data):
                return
        while not self._channel.closed:
            time.sleep(_POLL_S)
        self._tell(self.gone.set)

    def _send(self) -> None:
        while (item := self._outgoing.get()) is not None:
            data, done = item
            try:
                self._channel.sendall(data)
            except OSError:
                self._tell(_fail, done)
            else:
                self._tell(_succeed, done)

    def _tell(self, call: object, *arguments: object) -> bool:
        """False when the event loop has ended."""
        try:
            self._loop.call_soon_threadsafe(call, *arguments)  # type: ignore[arg-type]
        except RuntimeError:
            return False
        return True


def _succeed(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


def _fail(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_exception(ConnectionResetError("the channel is closed"))
