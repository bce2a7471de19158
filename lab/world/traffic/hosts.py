# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of clients and servers, each made in its own namespace."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import netns
from lab.world.measure import interface_bytes
from lab.world.topology import INTERNET_NS, Topology
from lab.world.traffic.view import client_place

#: The kernel's default may be bbr, which overdrives a short queue (lab-recipes 10); clients of a branch run cubic.
CONGESTION = b"cubic"
#: How often a measurement looks whether it is to end.
_LOOK_S = 0.1
IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h: the port is chosen at connect, by the whole pair


def emit(**message: Any) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def listener() -> tuple[socket.socket, int]:
    """A TCP socket on every address of the internet, on a port that no other run uses now."""
    sock = tcp(INTERNET_NS)
    sock.bind(("0.0.0.0", 0))
    sock.listen(4096)
    return sock, sock.getsockname()[1]


def tcp(namespace: str) -> socket.socket:
    """A TCP socket of that place, with the congestion control of every measurement."""
    sock = netns.make_socket(namespace)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, CONGESTION)
    return sock


async def connect(client: str, server: str, port: int) -> socket.socket:
    """A TCP connection from a client's address. Raises OSError."""
    sock = tcp(client_place())
    try:
        sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((client, 0))
        await asyncio.get_running_loop().sock_connect(sock, (server, port))
    except BaseException:
        sock.close()
        raise
    return sock


def over(stop: str) -> bool:
    """Whether the file that ends a measurement is there (``""``: none will be)."""
    return bool(stop) and Path(stop).exists()


async def last(seconds: float, stop: str) -> None:
    """Returns when so many seconds are over, or when the file ``stop`` is there."""
    ends = time.monotonic() + seconds
    while not over(stop) and (left := ends - time.monotonic()) > 0:  # noqa: ASYNC110 - nobody tells of a file
        await asyncio.sleep(min(left, _LOOK_S) if stop else left)


def udp(namespace: str, address: str) -> socket.socket:
    with netns.inside(namespace):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind((address, 0))
    return sock


def line_bytes(topology: Topology) -> Mapping[str, Mapping[str, int]]:
    """Uplink -> bytes that left its shapers, per direction."""
    found = {}
    for uplink in topology.uplinks:
        sent = interface_bytes(uplink.name)
        found[uplink.name] = {"down": sent["cpe"], "up": sent["net0"]}
    return found
