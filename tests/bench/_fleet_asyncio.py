# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: one asyncio process that sends recorded API calls to all routers at once and understands nothing.

``python -m tests.bench._fleet_asyncio ORDER.json``: {"ca", "user", "password", "routers": [{"port", "sessions": [[
[session, path, arguments, queries], …], …]}]}. Calls that only print are sent as many at once as the collection does;
everything else waits for its answer. Prints how many calls it sent.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: as plugins/module_utils/api_client.py
AT_ONCE = 20


def encode(words: Sequence[str]) -> bytes:
    return b"".join(_length(len(raw)) + raw for raw in (word.encode() for word in words)) + b"\0"


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    if size < 0x4000:
        return (size | 0x8000).to_bytes(2, "big")
    if size < 0x200000:
        return (size | 0xC00000).to_bytes(3, "big")
    return (size | 0xE0000000).to_bytes(4, "big")


class Line(asyncio.Protocol):
    """``await answered(n)``: until so many sentences that end an answer have come."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._first = True
        self._left = 0
        self._done: asyncio.Future[None] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        at = 0
        while (found := _word(self._data, at)) is not None:
            start, at = found
            word = self._data[start:at]
            if self._first and word in (b"!done", b"!empty"):
                self._left -= word == b"!done"
            self._first = not word
        del self._data[:at]
        if self._left <= 0 and self._done is not None and not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(ConnectionError("the router closed the connection"))

    async def ask(self, sentences: Sequence[bytes]) -> None:
        self._left = len(sentences)
        self._done = asyncio.get_running_loop().create_future()
        self.transport.write(b"".join(sentences))
        await self._done


def _word(data: bytearray, at: int) -> tuple[int, int] | None:
    """(start, end) of the word at ``at``; None when it has not come in whole."""
    if at >= len(data):
        return None
    first = data[at]
    more = 0 if first < 0x80 else 1 if first < 0xC0 else 2 if first < 0xE0 else 3
    if at + more >= len(data):
        return None
    mask = (0x7F, 0x3FFF, 0x1FFFFF, 0x0FFFFFFF)[more]
    start = at + 1 + more
    end = start + (int.from_bytes(data[at:start], "big") & mask)
    return (start, end) if end <= len(data) else None


def groups(calls: Sequence[Any]) -> Iterator[list[bytes]]:
    """What is sent together."""
    waiting: list[bytes] = []
    for _session, path, arguments, queries in calls:
        words = [path, *(f"={name}={text}" for name, text in arguments.items()), *queries]
        looks = path.endswith("/print")
        if waiting and (not looks or len(waiting) == AT_ONCE):
            yield waiting
            waiting = []
        sentence = encode([*words, f".tag={len(waiting)}"])
        if looks:
            waiting.append(sentence)
        else:
            yield [sentence]
    if waiting:
        yield waiting


async def router(order: dict[str, Any], one: dict[str, Any], context: ssl.SSLContext) -> int:
    sent = 0
    for calls in one["sessions"]:
        _, line = await asyncio.get_running_loop().create_connection(
            Line, "127.0.0.1", one["port"], ssl=context, server_hostname="127.0.0.1"
        )
        await line.ask([encode(["/login", f"=name={order['user']}", f"=password={order['password']}"])])
        for group in groups(calls):
            await line.ask(group)
            sent += len(group)
        line.transport.close()
    return sent


async def main(order: dict[str, Any]) -> None:
    context = ssl.create_default_context(cafile=order["ca"])
    sent = await asyncio.gather(*(router(order, one, context) for one in order["routers"]))
    print(json.dumps({"routers": len(sent), "calls": sum(sent)}))


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
