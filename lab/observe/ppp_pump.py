# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries the IP packets of PPPoE sessions, in a process of its own: a busy router must not hold up its lines.

At each end a session has an IP interface: one half of a veth pair without ARP. What the kernel sends there comes out
of the other half, gets PPPoE's header and goes onto the wire, and the other way round. Frames of the control
protocols are not heard here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from lab.observe.ppp_packets import IP, SESSION, session_head
from lab.observe.wire_filter import only_ppp, packet_socket

_AT_ONCE = 64
_FRAME = 2048
_IPV4 = 0x0800
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Carried:
    """One end of a session. MACs as 12 hexadecimal digits; ``inner`` is that of the IP interface."""

    key: str
    namespace: str
    wire: str
    half: str
    session: int
    own: str
    peer: str
    inner: str


class Pump:
    """The process, from the side of whoever needs it. It starts with the first session."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def add(self, carried: Carried) -> None:
        await self._order({"add": asdict(carried)})

    async def remove(self, key: str) -> None:
        if self._process is not None:
            await self._order({"remove": key})

    async def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def _order(self, order: dict[str, Any]) -> None:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "lab.observe.ppp_pump", stdin=subprocess.PIPE, preexec_fn=_die_with_parent
            )
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class _Session:
    """Two sockets and what stands before each frame."""

    def __init__(self, carried: Carried) -> None:
        own, peer, inner = (bytes.fromhex(text) for text in (carried.own, carried.peer, carried.inner))
        self.wire = packet_socket(carried.namespace, carried.wire, SESSION, only_ppp(IP))
        self.half = packet_socket(carried.namespace, carried.half, _IPV4)
        for sock in (self.wire, self.half):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._head = session_head(peer, own, carried.session)
        self._number = struct.pack("!H", carried.session)
        self._ethernet = inner + inner + struct.pack("!H", _IPV4)

    def out(self) -> None:
        """From the kernel to the wire."""
        for _ in range(_AT_ONCE):
            try:
                frame = self.half.recv(_FRAME)
            except OSError:  # nothing more, or the interface is down
                return
            payload = frame[14:]
            with contextlib.suppress(OSError):  # a queue that is full loses frames, as on every wire
                self.wire.send(self._head + struct.pack("!HH", len(payload) + 2, IP) + payload)

    def back(self) -> None:
        """From the wire to the kernel."""
        for _ in range(_AT_ONCE):
            try:
                frame = self.wire.recv(_FRAME)
            except OSError:
                return
            if frame[16:18] == self._number:
                end = 20 + int.from_bytes(frame[18:20], "big")
                with contextlib.suppress(OSError):
                    self.half.send(self._ethernet + frame[22:end])

    def close(self) -> None:
        self.wire.close()
        self.half.close()


def main() -> int:
    """Orders come on standard input, a JSON object a line; its end ends the process."""
    poll = select.poll()
    poll.register(0, select.POLLIN)
    sessions: dict[str, _Session] = {}
    work: dict[int, Any] = {}
    rest = b""
    while True:
        for number, _events in poll.poll():
            if number != 0:
                if number in work:
                    work[number]()
                continue
            data = os.read(0, 65536)
            if not data:
                return 0
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                _obey(json.loads(line), sessions)
            for known in work:
                poll.unregister(known)
            work = {}
            for session in sessions.values():
                for sock, action in ((session.wire, session.back), (session.half, session.out)):
                    work[sock.fileno()] = action
                    poll.register(sock, select.POLLIN)
            break


def _obey(order: dict[str, Any], sessions: dict[str, _Session]) -> None:
    key = order["remove"] if "remove" in order else order["add"]["key"]
    old = sessions.pop(key, None)
    if old is not None:
        old.close()
    if "add" in order:
        try:
            sessions[key] = _Session(Carried(**order["add"]))
        except OSError as error:  # the interface is gone again: so is the session, its owner knows
            print(f"ppp pump: {key}: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
