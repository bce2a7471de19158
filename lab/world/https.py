# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Telegram stand-in's front: HTTPS in the internet namespace, and answers that go wrong on request."""

from __future__ import annotations

import asyncio
import contextlib
import http
import json
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from lab import netns
from lab.world.telegram import MAX_BODY, Answer, BotApi, Request, too_many
from lab.world.topology import INTERNET_NS, TELEGRAM_ADDRESS

IDLE_TIMEOUT_S = 30.0
_FAIL = re.compile(r"(\d{3}|timeout|reset):(\d{1,4})")


class FailError(ValueError):
    """A fault that the stand-in can't play."""


class _BadRequest(Exception):
    pass


@dataclass
class Failing:
    """The next ``times`` requests are answered with ``how``: an HTTP status, ``timeout`` or ``reset``."""

    how: str = ""
    times: int = 0
    retry_after: int = 3

    @classmethod
    def parse(cls, text: str, retry_after: int = 3) -> Failing:
        match = _FAIL.fullmatch(text)
        if match is None or (match[1].isdigit() and int(match[1]) not in list(http.HTTPStatus)):
            raise FailError(f"fail {text!r}: STATUS:TIMES is expected, for example 429:3, 500:1, timeout:2 or reset:1")
        return cls(match[1], int(match[2]), retry_after)

    def take(self) -> str:
        if self.times == 0:
            return ""
        self.times -= 1
        return self.how


@dataclass
class TelegramServer:
    """``on_message`` is awaited after each message that was accepted."""

    api: BotApi
    on_message: Callable[[], Awaitable[None]]
    failing: Failing = field(default_factory=Failing)

    async def serve(self, context: ssl.SSLContext) -> None:
        sock = netns.make_socket(INTERNET_NS)
        with netns.inside(INTERNET_NS):
            sock.bind((TELEGRAM_ADDRESS, 443))
        await asyncio.start_server(self._connection, sock=sock, ssl=context)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                source = writer.get_extra_info("peername")[0]
                while await self._exchange(reader, writer, source):
                    pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, source: str) -> bool:
        """One request and its answer; False when the connection is to be closed."""
        try:
            request, keep = await asyncio.wait_for(_read(reader, source), IDLE_TIMEOUT_S)
        except (_BadRequest, ValueError):
            await _write(writer, Answer(400, {"ok": False, "error_code": 400, "description": "Bad Request"}), False)
            return False
        how = self.failing.take()
        if how == "reset":
            writer.transport.abort()
            return False
        if how == "timeout":
            await asyncio.sleep(IDLE_TIMEOUT_S)
            return False
        if how == "429":
            answer = too_many(self.failing.retry_after)
        elif how:
            words = http.HTTPStatus(int(how)).phrase
            answer = Answer(int(how), {"ok": False, "error_code": int(how), "description": words})
        else:
            before = len(self.api.messages)
            answer = self.api.handle(request, time.time())
            if len(self.api.messages) > before:
                await self.on_message()
        await _write(writer, answer, keep)
        return keep


async def _read(reader: asyncio.StreamReader, source: str) -> tuple[Request, bool]:
    line = await reader.readline()
    if not line:
        raise ConnectionResetError
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise _BadRequest
    headers: dict[str, str] = {}
    while (line := await reader.readline()).strip():
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) > 100:
            raise _BadRequest
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    if not 0 <= size <= MAX_BODY or "transfer-encoding" in headers:
        raise _BadRequest
    body = await reader.readexactly(size)
    path, _, query = words[1].partition("?")
    keep = words[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Request(words[0], path, query, headers.get("content-type", ""), body, source), keep


async def _write(writer: asyncio.StreamWriter, answer: Answer, keep: bool) -> None:
    body = json.dumps(answer.payload, ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}\r\n"
        "Server: nginx\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
