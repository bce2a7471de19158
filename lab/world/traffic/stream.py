# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An encoder's stream: numbered UDP packets to an internet server, which counts what arrives and by which line.

The server acknowledges every now and then, as SRT does, so that the connection is known both ways.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lab.world.topology import INTERNET_NS, Topology, parse_rate
from lab.world.traffic import hosts
from lab.world.traffic.figures import longest_gap, mbit, moves
from lab.world.traffic.plans import PlanError, Stream
from lab.world.traffic.view import client_place

_NUMBER = struct.Struct("!Q")
#: bytes of an IPv4 and a UDP header
_HEADERS = 28
_ACKNOWLEDGE_EVERY = 20
#: so long the last packets may be under way
_LINGER_S = 1.0


@dataclass
class _Heard:
    """What the server saw: number, seconds since the start, line."""

    numbers: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def summary(sent: Sequence[float], heard: _Heard, size: int) -> dict[str, Any]:
    """``sent``: when each packet left. ``losses``: [first number, when it left, how many in a row]."""
    arrived = set(heard.numbers)
    lost = [number for number in range(len(sent)) if number not in arrived]
    runs: list[list[Any]] = []
    for number in lost:
        if runs and number == runs[-1][0] + runs[-1][2]:
            runs[-1][2] += 1
        else:
            runs.append([number, round(sent[number], 3), 1])
    seconds = sent[-1] - sent[0] if len(sent) > 1 else 0.0
    return {
        "sent": len(sent),
        "received": len(arrived),
        "lost": len(lost),
        "losses": runs,
        "twice": len(heard.numbers) - len(arrived),
        "late": sum(later < earlier for earlier, later in pairwise(heard.numbers)),
        "moves": moves(list(zip(heard.times, heard.lines, strict=True))),
        "max_gap_s": longest_gap(heard.times, heard.times[-1] if heard.times else 0.0),
        "goodput_mbit": mbit(len(arrived) * size, seconds),
    }


async def run(plan: Stream, topology: Topology) -> dict[str, Any]:
    size = plan.size - _HEADERS
    if not 0 < plan.size <= 1500 or size < _NUMBER.size:
        raise PlanError(f"stream: size is {plan.size}, {_HEADERS + _NUMBER.size} to 1500 bytes are expected")
    interval = plan.size * 8 / parse_rate(plan.rate)
    client, server = topology.client_addresses[0], topology.server_addresses[0]
    far, near = hosts.udp(INTERNET_NS, server), hosts.udp(client_place(), client)
    far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    near.connect((server, far.getsockname()[1]))
    began, began_at = time.monotonic(), time.time()
    heard, sent = _Heard(), list[float]()
    listening = asyncio.create_task(_listen(far, heard, began, topology))
    padding = bytes(size - _NUMBER.size)
    while len(sent) * interval < plan.seconds and not hosts.over(plan.stop):
        due = min(int((time.monotonic() - began) / interval) + 1, len(sent) + 200)
        while len(sent) < due:
            with contextlib.suppress(OSError):  # no way out at this moment: the packet is lost, as on any host
                near.send(_NUMBER.pack(len(sent)) + padding)
            sent.append(time.monotonic() - began)
        await asyncio.sleep(max(0.002, began + len(sent) * interval - time.monotonic()))
    await asyncio.sleep(_LINGER_S)
    listening.cancel()
    near.close()
    far.close()
    return {"began_at": began_at, "client": client, "server": server, **summary(sent, heard, plan.size)}


async def _listen(sock: socket.socket, heard: _Heard, began: float, topology: Topology) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(OSError):
            data, peer = await loop.sock_recvfrom(sock, 2048)
            heard.numbers.append(_NUMBER.unpack_from(data)[0])
            heard.times.append(time.monotonic() - began)
            heard.lines.append(topology.uplink_of_source(peer[0]))
            if heard.numbers[-1] % _ACKNOWLEDGE_EVERY == 0:
                sock.sendto(b"ok", peer)
