# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The netlink wire format: one blocking socket per family, requests answered at once.

Written by hand because a router applies its plan inside a running event loop: libraries that bring a loop of their own
cannot be called there, and starting ``ip`` costs more than the work itself. Layouts: linux/netlink.h (uapi, 6.x).
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab import netns

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x01, 0x04, 0x300
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE = 0x100, 0x200, 0x400
_ERROR, _DONE = 2, 3
_NESTED = 0x8000
_TYPE_MASK = 0x3FFF
_HEADER = struct.Struct("=IHHII")
_ATTR = struct.Struct("=HH")
_RECEIVE = 1 << 18
_BATCH = 64

Attr = tuple[int, bytes]


@dataclass(frozen=True)
class Message:
    """One answer: its type and everything after the netlink header."""

    type: int
    body: bytes


def attr(kind: int, value: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    length = 4 + len(value)
    return _ATTR.pack(length, kind) + value + b"\0" * (-length % 4)


def nest(kind: int, *inner: bytes) -> bytes:
    """An attribute made of attributes."""
    return attr(kind | _NESTED, b"".join(inner))


def u8(value: int) -> bytes:
    return struct.pack("=B", value)


def u32(value: int) -> bytes:
    return struct.pack("=I", value)


def text(value: str) -> bytes:
    return value.encode() + b"\0"


def attributes(data: bytes, start: int = 0) -> Iterator[Attr]:
    """Walk over attributes from ``start``; the nested and byte-order bits are cleared."""
    at = start
    while at + 4 <= len(data):
        length, kind = _ATTR.unpack_from(data, at)
        if length < 4:
            return
        yield kind & _TYPE_MASK, data[at + 4 : at + length]
        at += (length + 3) & ~3


class Netlink:
    """A netlink socket that lives in one namespace. Kernel refusals are raised as ``OSError`` with their errno."""

    def __init__(self, namespace: str, protocol: int) -> None:
        with netns.inside(namespace):
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self._socket.bind((0, 0))
        self._socket.settimeout(5.0)
        self._sequence = 0

    def close(self) -> None:
        self._socket.close()

    def request(self, kind: int, flags: int, body: bytes) -> None:
        """Send one request and wait for its acknowledgement."""
        for _ in self._exchange(kind, flags | NLM_F_ACK, body):
            pass

    def requests(self, messages: Sequence[tuple[int, int, bytes]]) -> list[OSError | None]:
        """Many requests (kind, flags, body), a few dozen at a time in one piece; what the kernel said to each."""
        return [said for start in range(0, len(messages), _BATCH) for said in self._batch(messages[start:][:_BATCH])]

    def _batch(self, messages: Sequence[tuple[int, int, bytes]]) -> list[OSError | None]:
        first = self._sequence + 1
        parts = []
        for kind, flags, body in messages:
            self._sequence += 1
            head = _HEADER.pack(_HEADER.size + len(body), kind, flags | NLM_F_REQUEST | NLM_F_ACK, self._sequence, 0)
            parts.append(head + body + b"\0" * (-len(body) % 4))
        self._socket.send(b"".join(parts))
        said: dict[int, OSError | None] = {}
        while len(said) < len(messages):
            for message, sequence in _split(self._socket.recv(_RECEIVE)):
                if sequence >= first and message.type == _ERROR:
                    code = -struct.unpack_from("=i", message.body)[0]
                    said[sequence] = OSError(code, os.strerror(code)) if code else None
        return [said[number] for number in sorted(said)]

    def dump(self, kind: int, body: bytes) -> Sequence[Message]:
        """All objects of a kind."""
        return list(self._exchange(kind, NLM_F_DUMP, body))

    def _exchange(self, kind: int, flags: int, body: bytes) -> Iterator[Message]:
        self._sequence += 1
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, kind, flags | NLM_F_REQUEST, self._sequence, 0) + body)
        while True:
            data = self._socket.recv(_RECEIVE)
            for message, sequence in _split(data):
                if sequence != self._sequence:
                    continue  # the rest of an exchange that was given up
                if message.type == _DONE:
                    return
                if message.type == _ERROR:
                    _raise_refusal(message.body)
                    return
                yield message


def _raise_refusal(body: bytes) -> None:
    code = -struct.unpack_from("=i", body)[0]
    if code:
        raise OSError(code, os.strerror(code))


def _split(data: bytes) -> Iterator[tuple[Message, int]]:
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _flags, sequence, _pid = _HEADER.unpack_from(data, at)
        yield Message(kind, data[at + _HEADER.size : at + length]), sequence
        at += (length + 3) & ~3
