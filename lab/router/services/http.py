# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP/1.1 request over a connected socket, with or without TLS. No redirects, no pools, no retries."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

_T = TypeVar("_T")
_HEAD_LIMIT = 65_536
_BLOCK = 16_384
_NO_BODY = {204, 304}


class HttpError(Exception):
    """The other side does not speak HTTP, or says more than the limit."""


class IdleTimeout(Exception):
    """Nothing came for the idle time."""


@dataclass(frozen=True)
class Url:
    scheme: str
    host: str
    port: int
    target: str


@dataclass(frozen=True)
class Request:
    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """``headers``: as received, in order."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def parse_url(text: str) -> Url:
    """Raises ValueError for what is no http or https address."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("unsupported url")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Url(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), target)


@dataclass
class _Stream:
    reader: asyncio.StreamReader
    idle_s: float

    async def in_time(self, work: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(self.idle_s):
                return await work
        except TimeoutError as error:
            raise IdleTimeout from error

    async def line(self) -> str:
        try:
            data = await self.in_time(self.reader.readuntil(b"\n"))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise HttpError("bad response") from error
        return data.decode("latin-1").rstrip("\r\n")

    async def exactly(self, size: int) -> bytes:
        try:
            return await self.in_time(self.reader.readexactly(size))
        except asyncio.IncompleteReadError as error:
            raise HttpError("connection closed") from error

    async def rest(self, limit: int) -> bytes:
        data = b""
        while block := await self.in_time(self.reader.read(_BLOCK)):
            data += block
            if len(data) > limit:
                raise HttpError("response too large")
        return data


async def exchange(
    sock: socket.socket, url: Url, request: Request, *, tls: ssl.SSLContext | None, idle_s: float, limit: int
) -> Response:
    """Send and receive; takes over ``sock`` and closes it.

    Raises IdleTimeout, HttpError, ssl.SSLError (SSLCertVerificationError) and OSError.
    """
    opening = asyncio.open_connection(
        sock=sock, ssl=tls, server_hostname=url.host if tls is not None else None, limit=_HEAD_LIMIT
    )
    try:
        async with asyncio.timeout(idle_s):
            reader, writer = await opening
    except TimeoutError as error:
        sock.close()
        raise IdleTimeout from error
    stream = _Stream(reader, idle_s)
    try:
        writer.write(_encode(url, request))
        await stream.in_time(writer.drain())
        return await _read(stream, request.method, limit)
    finally:
        # an abort, not a close: the answer is complete, and a peer that never closes TLS must not hold us
        writer.transport.abort()


def _encode(url: Url, request: Request) -> bytes:
    default = 443 if url.scheme == "https" else 80
    host = f"[{url.host}]" if ":" in url.host else url.host
    headers = {"Host": host if url.port == default else f"{host}:{url.port}", "Connection": "close"}
    headers.update(request.headers)
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {url.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, "", ""])
    return head.encode("utf-8", "surrogateescape") + request.body


async def _read(stream: _Stream, method: str, limit: int) -> Response:
    while True:
        status, reason, headers = await _head(stream)
        if status >= 200:
            break
    response = Response(status, reason, headers, b"")
    if method == "HEAD" or status in _NO_BODY:
        return response
    return Response(status, reason, headers, await _body(stream, response, limit))


async def _head(stream: _Stream) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    first = (await stream.line()).split(" ", 2)
    if len(first) < 2 or not first[0].startswith("HTTP/") or not first[1].isdigit():
        raise HttpError("bad response")
    headers: list[tuple[str, str]] = []
    while line := await stream.line():
        name, colon, value = line.partition(":")
        if not colon or len(headers) > 200:
            raise HttpError("bad response")
        headers.append((name.strip(), value.strip()))
    return int(first[1]), first[2] if len(first) > 2 else "", tuple(headers)


async def _body(stream: _Stream, response: Response, limit: int) -> bytes:
    if response.header("transfer-encoding").lower() == "chunked":
        return await _chunks(stream, limit)
    length = response.header("content-length")
    if not length.isdigit():
        return await stream.rest(limit)
    if int(length) > limit:
        raise HttpError("response too large")
    return await stream.exactly(int(length))


async def _chunks(stream: _Stream, limit: int) -> bytes:
    data = b""
    while True:
        text = (await stream.line()).partition(";")[0].strip()
        try:
            size = int(text, 16)
        except ValueError as error:
            raise HttpError("bad response") from error
        if size == 0:
            while await stream.line():
                pass
            return data
        if len(data) + size > limit:
            raise HttpError("response too large")
        data += await stream.exactly(size)
        await stream.line()
