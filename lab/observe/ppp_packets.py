# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PPPoE frames (RFC 2516) and the packets of PPP's control protocols (RFC 1661, 1332, 1334, 1877, 1994). Pure."""

from __future__ import annotations

import enum
import struct
from collections.abc import Mapping
from dataclasses import dataclass

DISCOVERY, SESSION = 0x8863, 0x8864
BROADCAST = b"\xff" * 6
IP, LCP, PAP, CHAP, IPCP = 0x0021, 0xC021, 0xC023, 0xC223, 0x8021
#: PPPoE's header and PPP's protocol number take 8 of Ethernet's 1500 bytes
MAX_MTU = 1492
_ETHERNET, _PPPOE = 14, 6


class Code(enum.IntEnum):
    """Discovery."""

    PADI = 0x09
    PADO = 0x07
    PADR = 0x19
    PADS = 0x65
    PADT = 0xA7


class Tag(enum.IntEnum):
    END = 0x0000
    SERVICE = 0x0101
    AC_NAME = 0x0102
    HOST_UNIQ = 0x0103
    COOKIE = 0x0104
    SERVICE_ERROR = 0x0201


class Op(enum.IntEnum):
    """Codes of LCP; IPCP has the first seven of them."""

    CONF_REQ = 1
    CONF_ACK = 2
    CONF_NAK = 3
    CONF_REJ = 4
    TERM_REQ = 5
    TERM_ACK = 6
    CODE_REJ = 7
    PROTO_REJ = 8
    ECHO_REQ = 9
    ECHO_REPLY = 10


class Lcp(enum.IntEnum):
    """Options."""

    MRU = 1
    AUTH = 3
    MAGIC = 5


class Ipcp(enum.IntEnum):
    ADDRESS = 3
    DNS1 = 129
    DNS2 = 131


AUTH_PAP = PAP.to_bytes(2, "big")
AUTH_CHAP = CHAP.to_bytes(2, "big") + b"\x05"  # MD5


@dataclass(frozen=True)
class Discovery:
    """A discovery frame. ``tags`` in order."""

    target: bytes
    source: bytes
    code: Code
    session: int = 0
    tags: tuple[tuple[int, bytes], ...] = ()

    def tag(self, kind: Tag) -> bytes | None:
        return next((value for have, value in self.tags if have == kind), None)

    def values(self, kind: Tag) -> tuple[bytes, ...]:
        return tuple(value for have, value in self.tags if have == kind)


def encode_discovery(frame: Discovery) -> bytes:
    body = b"".join(struct.pack("!HH", kind, len(value)) + value for kind, value in frame.tags)
    head = frame.target + frame.source + struct.pack("!HBBHH", DISCOVERY, 0x11, frame.code, frame.session, len(body))
    return (head + body).ljust(60, b"\0")


def decode_discovery(raw: bytes) -> Discovery | None:
    """None for what is no discovery frame."""
    if len(raw) < _ETHERNET + _PPPOE:
        return None
    kind, version, code, session, length = struct.unpack_from("!HBBHH", raw, 12)
    if kind != DISCOVERY or version != 0x11 or code not in set(Code):
        return None
    body, tags, at = raw[_ETHERNET + _PPPOE : _ETHERNET + _PPPOE + length], [], 0
    while at + 4 <= len(body):
        tag, size = struct.unpack_from("!HH", body, at)
        if tag == Tag.END:
            break
        tags.append((tag, body[at + 4 : at + 4 + size]))
        at += 4 + size
    return Discovery(raw[:6], raw[6:12], Code(code), session, tuple(tags))


def session_head(target: bytes, source: bytes, session: int) -> bytes:
    """What stands before length and protocol in every frame of a session."""
    return target + source + struct.pack("!HBBH", SESSION, 0x11, 0, session)


def encode_session(head: bytes, protocol: int, payload: bytes) -> bytes:
    return (head + struct.pack("!HH", len(payload) + 2, protocol) + payload).ljust(60, b"\0")


def decode_session(raw: bytes) -> tuple[int, int, bytes] | None:
    """(session, PPP protocol, payload) of a session frame."""
    if len(raw) < 22 or raw[12:16] != b"\x88\x64\x11\x00":
        return None
    session, length, protocol = struct.unpack_from("!HHH", raw, 16)
    return session, protocol, raw[22 : 20 + length]


@dataclass(frozen=True)
class Packet:
    """A packet of a control protocol: LCP, IPCP, PAP, CHAP."""

    code: int
    id: int
    data: bytes = b""


def encode_packet(packet: Packet) -> bytes:
    return struct.pack("!BBH", packet.code, packet.id, 4 + len(packet.data)) + packet.data


def decode_packet(raw: bytes) -> Packet | None:
    if len(raw) < 4:
        return None
    code, number, length = struct.unpack_from("!BBH", raw)
    return Packet(code, number, raw[4:length]) if 4 <= length <= len(raw) else None


Options = Mapping[int, bytes]


def encode_options(options: Options) -> bytes:
    return b"".join(bytes((kind, 2 + len(value))) + value for kind, value in options.items())


def decode_options(raw: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 2 <= len(raw) and raw[at + 1] >= 2:
        found[raw[at]] = raw[at + 2 : at + raw[at + 1]]
        at += raw[at + 1]
    return found
