# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's control socket: one JSON object per line, one request per connection.

client -> ``{"do": "cut", …}``; daemon -> any number of ``{"event": …}``, then one ``{"result": …}`` or
``{"error": "sentence"}``.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Message = dict[str, Any]
#: A reply may hold a whole journal or export in one line.
LINE_LIMIT = 64 * 1024 * 1024
#: what the processes of a fleet read when they are to outlive who started them
GO = "go\n"


def encode(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a JSON object is expected on each line")
    return message


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name of at most 107 bytes for a socket in a deep folder (unix(7): sun_path), through the open folder."""
    fd = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}/{path.name}"
    finally:
        os.close(fd)


async def connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with short_path(path) as name:
        return await asyncio.open_unix_connection(name, limit=LINE_LIMIT)


def listen(path: Path) -> socket.socket:
    """A listening socket at ``path``, only for its owner (the folder is 0700 as well)."""
    sock = socket.socket(socket.AF_UNIX)
    with short_path(path) as name:
        before = os.umask(0o177)
        try:
            sock.bind(name)
        finally:
            os.umask(before)
    sock.listen(16)
    sock.setblocking(False)
    return sock


def peer_pid(writer: asyncio.StreamWriter) -> int:
    """The process that listens at the other end, as this process' /proc names it (SO_PEERCRED, unix(7))."""
    raw = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(raw[:4], "little")
