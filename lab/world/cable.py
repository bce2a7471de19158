# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line that takes its time: frames from the branch reach their ISP later, carried by a process of their own.

There is no netem in the kernels that the lab must run on (lab-recipes 0). So while the fault lasts

- a packet socket at the ISP's end sees each frame from the router; packet taps come before the netdev ingress hook
- a netdev rule there drops the frame itself, so that the ISP's kernel never gets it
- after the delay the frame is sent once more at the router's end, past its queues, with a source MAC that the rule
  lets through; nothing at an ISP looks at that address, ARP says its own in its payload

The other direction stays the kernel's: the delay is added to the round trip, once. No link is made, moved or set down,
and a line that has no such fault is never touched. Offloads of the router's end are off meanwhile: a frame that leaves
it must be complete, with its checksum, or TCP dies behind the packet socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import json
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from lab import netns

#: Locally administered; told apart from every port of the lab (build.port_mac).
CARRIED_MAC = bytes.fromhex("02ca817ed0ff")
MAX_DELAY_MS = 5000.0
FRAME = 65536
_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_QDISC_BYPASS, _PACKET_IGNORE_OUTGOING = 263, 20, 23  # linux/if_packet.h
_SIOCETHTOOL = 0x8946
#: linux/ethtool.h, (get, set) of: checksums, scatter-gather, TSO, GSO. In the order in which they are turned off.
_OFFLOADS = ((0x16, 0x17), (0x18, 0x19), (0x1E, 0x1F), (0x23, 0x24))
_READY_S = 20.0


class CableError(ValueError):
    """A delay that can't be made; the text says why."""


def rules() -> str:
    """nftables text for the ISP's end: only what the cable has carried comes in."""
    mac = CARRIED_MAC.hex(":")
    return (
        'table netdev fault {\n chain ingress {\n type filter hook ingress device "cpe" priority 0; policy accept;\n'
        f" ether saddr != {mac} drop\n }}\n}}\n"
    )


def carried(frame: bytes) -> bytes:
    """The frame as it is sent again: the same to its destination, from CARRIED_MAC."""
    return frame[:6] + CARRIED_MAC + frame[12:]


def is_carried(frame: bytes) -> bool:
    return frame[6:12] == CARRIED_MAC


class Cable:
    """The daemon's hold on the process of one line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def plug(cls, *, isp: str, router: str, port: str, delay_ms: float) -> Cable:
        """From here on frames out of the router's ``port`` take so much longer. Raises ``CableError``."""
        order = json.dumps({"isp": isp, "router": router, "port": port, "delay_s": delay_ms / 1000})
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lab.world.cable", order, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_READY_S):
                said = await process.stdout.readline()
        except TimeoutError:
            said = b""
        if said.strip() != b"ready":
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise CableError(f"the cable of {isp} did not come up: {said.decode().strip() or 'see the log of the lab'}")
        return cls(process)

    async def unplug(self) -> None:
        """The line is the kernel's again; what was on its way arrives first. Raises ``CableError`` if it had broken."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        if await self._process.wait() != 0:
            raise CableError(f"the cable had broken (exit code {self._process.returncode}); see the log of the lab")


class _Offloads:
    """Offloads of an interface, off for a while."""

    def __init__(self, namespace: str, device: str) -> None:
        self._device = device.encode()
        self._sock = netns.make_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM)
        self._before = [(put, self._ask(get, 0)) for get, put in _OFFLOADS]

    def _ask(self, command: int, value: int) -> int:
        data = ctypes.create_string_buffer(struct.pack("=II", command, value), 8)
        fcntl.ioctl(self._sock, _SIOCETHTOOL, struct.pack("16sP", self._device, ctypes.addressof(data)))
        return int(struct.unpack("=II", data.raw)[1])

    @contextlib.contextmanager
    def off(self) -> Iterator[None]:
        for put, _ in self._before:
            self._ask(put, 0)
        try:
            yield
        finally:
            for put, value in self._before:  # checksums come first: the others lean on them
                self._ask(put, value)
            self._sock.close()


def _packet_socket(namespace: str, device: str, protocol: int) -> socket.socket:
    """Hears the protocol on that device; nothing with protocol 0."""
    with netns.inside(namespace):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        sock.bind((device, protocol))
    return sock


def _ends(order: dict[str, Any]) -> tuple[socket.socket, socket.socket]:
    """(where frames are heard, at the ISP; where they are sent again, at the router)."""
    heard = _packet_socket(order["isp"], "cpe", _ETH_P_ALL)
    heard.setblocking(False)
    sent = _packet_socket(order["router"], order["port"], 0)
    sent.setsockopt(_SOL_PACKET, _PACKET_QDISC_BYPASS, 1)
    return heard, sent


def _hear(sock: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            frame = sock.recv(FRAME)
        except BlockingIOError:
            return
        except OSError:
            return  # ENETDOWN: the other end was set down; nothing more comes until it is up again
        if not is_carried(frame):
            yield frame


def _send(sock: socket.socket, frame: bytes) -> None:
    # a port that is down, or a queue that is full, loses a frame here as on every wire
    with contextlib.suppress(OSError):
        sock.send(carried(frame))


def _carry(heard: socket.socket, sent: socket.socket, *, delay_s: float, bell: socket.socket) -> None:
    """Until the bell rings; then what is still on its way arrives at once, in order."""
    waiting: deque[tuple[float, bytes]] = deque()
    poll = select.poll()
    poll.register(heard, select.POLLIN)
    poll.register(bell, select.POLLIN)
    while True:
        wait_ms = max(0.0, waiting[0][0] - time.monotonic()) * 1000 if waiting else None
        ready = {fd for fd, _ in poll.poll(wait_ms)}
        now = time.monotonic()
        waiting.extend((now + delay_s, frame) for frame in _hear(heard))
        while waiting and waiting[0][0] <= now:
            _send(sent, waiting.popleft()[1])
        if bell.fileno() in ready:
            break
    for _, frame in waiting:
        _send(sent, frame)


def main() -> int:
    order = json.loads(sys.argv[1])
    bell, ring = socket.socketpair()
    ring.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(ring.fileno())
    with _Offloads(order["router"], order["port"]).off():
        heard, sent = _ends(order)
        netns.run(order["isp"], ["nft", "-f", "-"], stdin=rules())
        for _ in _hear(heard):
            pass  # these have passed already
        print("ready", flush=True)
        try:
            _carry(heard, sent, delay_s=order["delay_s"], bell=bell)
        finally:
            netns.run(order["isp"], ["nft", "delete", "table", "netdev", "fault"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
