# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DHCP messages (RFC 2131, options RFC 2132, long options RFC 3396) and the frames that carry them.

Pure: bytes in, values out.
"""

from __future__ import annotations

import enum
import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass

BROADCAST_MAC = "FF:FF:FF:FF:FF:FF"
SERVER_PORT = 67
CLIENT_PORT = 68
ETHERTYPE_IPV4 = 0x0800
_IPPROTO_UDP = 17
_MAGIC = b"\x63\x82\x53\x63"
_FIXED = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s")
_BROADCAST_FLAG = 0x8000
_MIN_LENGTH = 300  # BOOTP's size: some servers drop shorter messages (RFC 1542 2.1)


class Kind(enum.IntEnum):
    """Message types, option 53."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


#: what only a server sends
REPLIES = frozenset({Kind.OFFER, Kind.ACK, Kind.NAK})


class Option(enum.IntEnum):
    NETMASK = 1
    ROUTER = 3
    DNS = 6
    HOST_NAME = 12
    DOMAIN = 15
    REQUESTED_ADDRESS = 50
    LEASE_TIME = 51
    OVERLOAD = 52
    KIND = 53
    SERVER_ID = 54
    PARAMETERS = 55
    CLIENT_ID = 61


@dataclass(frozen=True)
class Message:
    """One message. ``kind`` is option 53; ``options`` holds the others in order. Addresses dotted, MACs upper case."""

    kind: Kind
    xid: int
    chaddr: str
    from_server: bool = False
    broadcast: bool = False
    secs: int = 0
    ciaddr: str = "0.0.0.0"
    yiaddr: str = "0.0.0.0"
    siaddr: str = "0.0.0.0"
    giaddr: str = "0.0.0.0"
    options: tuple[tuple[int, bytes], ...] = ()

    def option(self, code: int) -> bytes | None:
        return next((value for have, value in self.options if have == code), None)

    def addresses(self, code: int) -> tuple[str, ...]:
        """An option that lists IPv4 addresses (router, DNS, server id); empty when absent."""
        raw = self.option(code) or b""
        return tuple(str(ipaddress.IPv4Address(raw[at : at + 4])) for at in range(0, len(raw) - 3, 4))


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram in an Ethernet frame."""

    source_mac: str
    target_mac: str
    source: str
    target: str
    source_port: int
    target_port: int
    payload: bytes


def mac_text(raw: bytes) -> str:
    return ":".join(f"{byte:02X}" for byte in raw)


def mac_bytes(text: str) -> bytes:
    """Six bytes; separators as RouterOS takes them (``:``, ``-``, ``.``). Raises ``ValueError`` for what is no MAC."""
    raw = bytes.fromhex(text.replace(":", "").replace("-", "").replace(".", ""))
    if len(raw) != 6:
        raise ValueError(f"no MAC address: {text!r}")
    return raw


def _pack_address(text: str) -> bytes:
    return ipaddress.IPv4Address(text).packed


def _unpack_address(raw: bytes) -> str:
    return str(ipaddress.IPv4Address(raw))


def _encode_options(options: Sequence[tuple[int, bytes]]) -> bytes:
    parts: list[bytes] = []
    for code, value in options:
        if not 0 < code < 255:
            raise ValueError(f"no option code: {code}")
        chunks = [value[at : at + 255] for at in range(0, len(value), 255)] or [b""]
        parts.extend(bytes((code, len(chunk))) + chunk for chunk in chunks)
    return b"".join(parts)


def _decode_options(raw: bytes) -> list[tuple[int, bytes]]:
    """Options in order of first appearance; parts of one code are joined (RFC 3396)."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(raw) and raw[at] != 255:
        if raw[at] == 0:
            at += 1
            continue
        if at + 1 >= len(raw) or at + 2 + raw[at + 1] > len(raw):
            raise ValueError(f"option {raw[at]} is cut off")
        found[raw[at]] = found.get(raw[at], b"") + raw[at + 2 : at + 2 + raw[at + 1]]
        at += 2 + raw[at + 1]
    return list(found.items())


def encode(message: Message) -> bytes:
    """The UDP payload of a message."""
    fixed = _FIXED.pack(
        2 if message.from_server else 1,
        1,  # Ethernet
        6,
        0,
        message.xid,
        message.secs,
        _BROADCAST_FLAG if message.broadcast else 0,
        _pack_address(message.ciaddr),
        _pack_address(message.yiaddr),
        _pack_address(message.siaddr),
        _pack_address(message.giaddr),
        mac_bytes(message.chaddr),
        b"",
        b"",
    )
    options = _encode_options([(Option.KIND, bytes((message.kind,))), *message.options])
    return (fixed + _MAGIC + options + b"\xff").ljust(_MIN_LENGTH, b"\0")


def decode(payload: bytes) -> Message:
    """The message in a UDP payload; raises ``ValueError`` when it is no DHCP message for Ethernet."""
    if len(payload) < _FIXED.size + len(_MAGIC):
        raise ValueError("too short for DHCP")
    op, htype, hlen, _, xid, secs, flags, ci, yi, si, gi, chaddr, sname, file = _FIXED.unpack_from(payload)
    if op not in (1, 2) or (htype, hlen) != (1, 6):
        raise ValueError(f"no BOOTP over Ethernet: op {op}, hardware type {htype}, length {hlen}")
    if payload[_FIXED.size : _FIXED.size + 4] != _MAGIC:
        raise ValueError("no DHCP magic cookie")
    options = _decode_options(payload[_FIXED.size + 4 :])
    overload = dict(options).get(Option.OVERLOAD, b"\0")[:1]
    for bit, room in ((1, file), (2, sname)):
        if overload and overload[0] & bit:
            options += _decode_options(room)
    kind = dict(options).get(Option.KIND, b"")
    if len(kind) != 1:
        raise ValueError("no message type")
    return Message(
        kind=Kind(kind[0]),
        xid=xid,
        chaddr=mac_text(chaddr[:6]),
        from_server=op == 2,
        broadcast=bool(flags & _BROADCAST_FLAG),
        secs=secs,
        ciaddr=_unpack_address(ci),
        yiaddr=_unpack_address(yi),
        siaddr=_unpack_address(si),
        giaddr=_unpack_address(gi),
        options=tuple((code, value) for code, value in options if code != Option.KIND),
    )


def discover(*, xid: int, mac: str, host_name: str = "", broadcast: bool = True) -> Message:
    options: list[tuple[int, bytes]] = [(Option.PARAMETERS, bytes((Option.NETMASK, Option.ROUTER, Option.DNS)))]
    if host_name:
        options.append((Option.HOST_NAME, host_name.encode()))
    return Message(Kind.DISCOVER, xid, mac, broadcast=broadcast, options=tuple(options))


def request(offer: Message, *, host_name: str = "", broadcast: bool = True) -> Message:
    """Accept an offer (RFC 2131 4.3.2, SELECTING state)."""
    options: list[tuple[int, bytes]] = [
        (Option.REQUESTED_ADDRESS, _pack_address(offer.yiaddr)),
        (Option.SERVER_ID, offer.option(Option.SERVER_ID) or b""),
        (Option.PARAMETERS, bytes((Option.NETMASK, Option.ROUTER, Option.DNS))),
    ]
    if host_name:
        options.append((Option.HOST_NAME, host_name.encode()))
    return Message(Kind.REQUEST, offer.xid, offer.chaddr, broadcast=broadcast, options=tuple(options))


def checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(datagram: Datagram) -> bytes:
    """Ethernet + IPv4 + UDP around a payload, all checksums set."""
    source, target = _pack_address(datagram.source), _pack_address(datagram.target)
    length = 8 + len(datagram.payload)
    udp = struct.pack("!HHHH", datagram.source_port, datagram.target_port, length, 0) + datagram.payload
    # 0 on the wire means "no checksum", so a sum of 0 is sent as 0xFFFF (RFC 768)
    total = checksum(source + target + struct.pack("!BBH", 0, _IPPROTO_UDP, length) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack("!H", total) + udp[8:]
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0x10, 20 + length, 0, 0, 64, _IPPROTO_UDP, 0, source, target)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    macs = mac_bytes(datagram.target_mac) + mac_bytes(datagram.source_mac)
    return macs + struct.pack("!H", ETHERTYPE_IPV4) + header + udp


def unframe(raw: bytes) -> Datagram | None:
    """The UDP datagram in a frame; None for anything else, fragments too.

    Checksums are not judged: between veth ends they are left to an offload that never runs.
    """
    if len(raw) < 42 or raw[12:14] != b"\x08\x00" or raw[14] >> 4 != 4 or raw[23] != _IPPROTO_UDP:
        return None
    if struct.unpack_from("!H", raw, 20)[0] & 0x3FFF:
        return None
    at = 14 + (raw[14] & 0xF) * 4
    if at < 34 or len(raw) < at + 8:
        return None
    source_port, target_port, length, _ = struct.unpack_from("!HHHH", raw, at)
    if length < 8 or at + length > len(raw):
        return None
    return Datagram(
        source_mac=mac_text(raw[6:12]),
        target_mac=mac_text(raw[0:6]),
        source=_unpack_address(raw[26:30]),
        target=_unpack_address(raw[30:34]),
        source_port=source_port,
        target_port=target_port,
        payload=raw[at + 8 : at + length],
    )
