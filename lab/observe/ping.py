# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ICMP echo from inside a namespace: one raw socket for all pings of a router, told apart by id and sequence."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import errno
import itertools
import os
import socket
import struct
import time
from dataclasses import dataclass

from lab import netns
from lab.observe.dhcp_packets import checksum
from lab.observe.netlink import interface_index

_ECHO_REPLY, _UNREACHABLE, _ECHO, _EXCEEDED = 0, 3, 8, 11
_IP_MTU_DISCOVER, _PMTUDISC_DONT, _PMTUDISC_PROBE = 10, 0, 3
_IP_PKTINFO = 8
_SOL_RAW, _ICMP_FILTER = 255, 1
_SO_TIMESTAMPNS = 35
_HEADERS = 28  # IPv4 + ICMP
_idents = itertools.count(int.from_bytes(os.urandom(2), "big"))
DEFAULT_SIZE = 56  # RouterOS counts the IP header (facts 11.4: `SEQ HOST SIZE` of /ping)


class Outcome(enum.Enum):
    REPLY = "reply"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # somebody on the way said so
    EXCEEDED = "ttl exceeded"
    UNSENT = "not sent"  # our own kernel refused: no route, blackhole, no such source address or interface


@dataclass(frozen=True)
class Ping:
    """One answer. ``rtt_s`` by kernel time stamps, None when nobody spoke; ``sender`` did; ``why`` for people."""

    outcome: Outcome
    rtt_s: float | None = None
    sender: str = ""
    why: str = ""
    ttl: int = 0  # of the packet that came back

    def __bool__(self) -> bool:
        return self.outcome is Outcome.REPLY


@dataclass(frozen=True)
class Echo:
    """An ICMP message that speaks of one of our echoes."""

    outcome: Outcome
    ident: int
    sequence: int
    sender: str
    target: str  # whom the echo was sent to
    why: str = ""
    ttl: int = 0  # of the message itself


def encode_echo(ident: int, sequence: int, length: int) -> bytes:
    """An ICMP echo request of ``length`` bytes, ICMP header included."""
    body = struct.pack("!HH", ident, sequence) + bytes(at & 0xFF for at in range(length - 8))
    return struct.pack("!BBH", _ECHO, 0, checksum(struct.pack("!BBH", _ECHO, 0, 0) + body)) + body


def decode(packet: bytes) -> Echo | None:
    """What a received IPv4 packet says about an echo of ours; None when it says nothing about one."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return None
    at = (packet[0] & 0xF) * 4
    if at < 20 or len(packet) < at + 8:
        return None
    sender = socket.inet_ntoa(packet[12:16])
    kind, code = packet[at], packet[at + 1]
    if kind == _ECHO_REPLY:
        ident, sequence = struct.unpack_from("!HH", packet, at + 4)
        return Echo(Outcome.REPLY, ident, sequence, sender, sender, ttl=packet[8])
    if kind not in (_UNREACHABLE, _EXCEEDED):
        return None
    inner = packet[at + 8 :]  # the packet that could not be delivered: IP header and its first 8 bytes (RFC 792)
    if len(inner) < 20 or inner[0] >> 4 != 4 or inner[9] != socket.IPPROTO_ICMP:
        return None
    at = (inner[0] & 0xF) * 4
    if at < 20 or len(inner) < at + 8 or inner[at] != _ECHO:
        return None
    ident, sequence = struct.unpack_from("!HH", inner, at + 4)
    outcome = Outcome.UNREACHABLE if kind == _UNREACHABLE else Outcome.EXCEEDED
    return Echo(outcome, ident, sequence, sender, socket.inet_ntoa(inner[16:20]), f"icmp type {kind} code {code}")


@dataclass
class _Waiting:
    target: str
    interface: int
    sent_ns: int
    timeout_s: float
    done: asyncio.Future[Ping]


class Pinger:
    """Pings from one namespace. Use as ``async with Pinger(name) as pinger``, or ``close()`` it."""

    def __init__(self, name: str) -> None:
        self._sock = netns.make_socket(name, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        wanted = 1 << _ECHO_REPLY | 1 << _UNREACHABLE | 1 << _EXCEEDED
        self._sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("I", ~wanted & 0xFFFFFFFF))
        self._sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._waiting: dict[tuple[int, int], _Waiting] = {}
        # every raw socket of a namespace hears every reply, so each pinger has an id of its own
        self._ident = next(_idents) & 0xFFFF
        self._sequence = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Pinger:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; pings on the way end as cancelled."""
        if self._loop is not None:
            self._loop.remove_reader(self._sock)
            self._loop = None
        for waiting in self._waiting.values():
            waiting.done.cancel()
        self._waiting.clear()
        self._sock.close()

    async def ping(
        self,
        target: str,
        *,
        timeout_s: float,
        size: int = DEFAULT_SIZE,
        ttl: int = 255,
        source: str = "",
        interface: str = "",
        dont_fragment: bool = True,
    ) -> Ping:
        """Send one echo to an IPv4 address and wait. ``size`` is the IP packet in bytes (at least 28).

        With ``interface`` the packet leaves by it whatever the table says, and only a reply that comes in by it counts.
        """
        self._listen()
        key = self._next_key()
        try:
            index = interface_index(self._sock, interface) if interface else 0
            self._prepare(dont_fragment=dont_fragment)
            sent_ns = time.time_ns()
            self._sock.sendmsg(
                [encode_echo(*key, max(size, _HEADERS) - 20)],
                [
                    (
                        socket.IPPROTO_IP,
                        _IP_PKTINFO,
                        struct.pack("i4s4s", index, socket.inet_aton(source or "0.0.0.0"), b""),
                    ),
                    (socket.IPPROTO_IP, socket.IP_TTL, struct.pack("i", ttl)),
                ],
                0,
                (target, 0),
            )
        except OSError as error:
            return Ping(Outcome.UNSENT, why=error.strerror or str(error))
        waiting = _Waiting(target, index, sent_ns, timeout_s, asyncio.get_running_loop().create_future())
        self._waiting[key] = waiting
        try:
            # not wait_for: from Python 3.12 on it drops an answer that is read in the turn in which the time is up
            await asyncio.wait({waiting.done}, timeout=timeout_s)
            return waiting.done.result() if waiting.done.done() else Ping(Outcome.TIMEOUT)
        finally:
            self._waiting.pop(key, None)

    def _listen(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._sock, self._read)

    def _next_key(self) -> tuple[int, int]:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return self._ident, self._sequence

    def _prepare(self, *, dont_fragment: bool) -> None:
        # PROBE sets DF and forgets what path MTU discovery learnt: every probe asks the network anew
        mode = _PMTUDISC_PROBE if dont_fragment else _PMTUDISC_DONT
        self._sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, mode)

    def _read(self) -> None:
        while True:
            try:
                packet, control, _, _ = self._sock.recvmsg(65535, 256)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                # a raw socket hands over errors of earlier sends; the echo they belong to runs into its timeout
                if error.errno not in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNREFUSED, errno.EMSGSIZE):
                    raise
                continue
            echo = decode(packet)
            if echo is not None:
                self._settle(echo, control)

    def _settle(self, echo: Echo, control: list[tuple[int, int, bytes]]) -> None:
        waiting = self._waiting.get((echo.ident, echo.sequence))
        if waiting is None or waiting.done.done() or waiting.target != echo.target:
            return
        came_in, arrived_ns = _ancillary(control)
        if echo.outcome is Outcome.REPLY and waiting.interface and came_in != waiting.interface:
            return
        rtt_s = max(arrived_ns - waiting.sent_ns, 0) / 1e9
        if rtt_s > waiting.timeout_s:  # late, though we got round to reading it before the timer: the kernel knows
            return
        waiting.done.set_result(Ping(echo.outcome, rtt_s, echo.sender, echo.why, echo.ttl))


def _ancillary(control: list[tuple[int, int, bytes]]) -> tuple[int, int]:
    """(index of the receiving interface, arrival in ns since the epoch)."""
    index, arrived_ns = 0, time.time_ns()
    for level, kind, data in control:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            index = struct.unpack_from("i", data)[0]
        elif (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
            with contextlib.suppress(struct.error):
                seconds, nanoseconds = struct.unpack_from("qq", data)
                arrived_ns = seconds * 1_000_000_000 + nanoseconds
    return index, arrived_ns
