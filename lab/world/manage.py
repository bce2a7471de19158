# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a controller through the world: from an office on the internet, or from the branch's LAN.

The lab's other ports lead straight into the router's process. These lead through a relay that connects anew from a
host of the world, to the address that a controller would use in life. What the router's configuration does to such a
connection (input rules, marks, routes, a missing address) happens to it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from lab import netns
from lab.world.topology import (
    ADMIN_ADDRESS,
    CLIENT_NS,
    INTERNET_NS,
    LAN_GATEWAY,
    OFFICE_ADDRESS,
    ROUTER_NS,
    Topology,
    TopologyError,
)

LAN_PLACE = "lan"
#: where the router listens in its own namespace (facts 7.2; ``port`` of ``/ip/service`` is stored only)
API_SSL_PORT, SSH_PORT = 8729, 22

_CHUNK = 65536
_LOOK_EVERY_S = 0.2
_ESTABLISHED = 1  # include/net/tcp_states.h
_log = logging.getLogger("lab.world.manage")


@dataclass(frozen=True)
class Way:
    """A controller sits at ``source`` in ``netns`` and connects to ``target``."""

    netns: str
    source: str
    target: str


def way_from(topology: Topology, place: str) -> Way:
    """``lan``: an administrator's computer, to the LAN's gateway. ``isp1``, …: an office, to that line's address.

    The ISP passes on what comes for the line's public address (lab/world/build.py). A place of a VLAN (``stream``,
    ``access10``): from there to the VLAN's own gateway. Raises TopologyError.
    """
    if place == LAN_PLACE:
        return Way(CLIENT_NS, ADMIN_ADDRESS, LAN_GATEWAY)
    if topology.has_segment(place):
        vlan, host = topology.segment(place)
        return Way(host, vlan.addresses(host)[0], vlan.gateway)
    if place not in [uplink.name for uplink in topology.uplinks]:
        known = ", ".join([LAN_PLACE, *(uplink.name for uplink in topology.uplinks), *(v.name for v in topology.vlans)])
        raise TopologyError(f"nobody manages the router from {place!r}: {known} are possible")
    return Way(INTERNET_NS, OFFICE_ADDRESS, topology.uplink(place).public_address)


def router_socket(port: int) -> socket.socket:
    """A bound socket in the router's namespace, as RouterSpec wants it."""
    sock = netns.make_socket(ROUTER_NS)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("0.0.0.0", port))
    return sock


class Relay:
    """``ports``: listening sockets of the machine, each with the router's port that it leads to."""

    def __init__(self, topology: Topology, place: str, ports: Mapping[socket.socket, int]) -> None:
        self._topology = topology
        self._ports = ports
        self._way = way_from(topology, place)
        self.place = place
        self._tasks: set[asyncio.Task[None]] = set()

    def come_from(self, place: str) -> None:
        """Connections from now on come from there; those that are stay. Raises TopologyError."""
        self._way = way_from(self._topology, place)
        self.place = place

    def start(self) -> None:
        for sock, port in self._ports.items():
            sock.setblocking(False)
            self._begin(asyncio.create_task(self._accept(sock, port)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for sock in self._ports:
            sock.close()

    def _begin(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a managed connection failed", exc_info=error)

    async def _accept(self, listening: socket.socket, port: int) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                near, _ = await loop.sock_accept(listening)
            except OSError as error:
                _log.warning("a managed connection was not accepted: %s", error)
                await asyncio.sleep(_LOOK_EVERY_S)
                continue
            self._begin(asyncio.create_task(_carry(near, self._way, port)))


async def _carry(near: socket.socket, way: Way, port: int) -> None:
    """One connection: what happens to the one in the world happens to ``near``."""
    with near, netns.make_socket(way.netns) as far:
        for sock in (near, far):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            far.bind((way.source, 0))
            if await _connected(far, (way.target, port), near):
                await _pass_bytes(near, far)
        except OSError:  # refused, reset, or given up: so is the other end
            for sock in (near, far):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _connected(far: socket.socket, target: tuple[str, int], near: socket.socket) -> bool:
    """False when who wanted it has gone before it was there."""
    connecting = asyncio.create_task(asyncio.get_running_loop().sock_connect(far, target))
    try:
        while not connecting.done():
            await asyncio.wait({connecting}, timeout=_LOOK_EVERY_S)
            if near.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED:
                return False
        connecting.result()
        return True
    finally:
        connecting.cancel()


async def _pass_bytes(near: socket.socket, far: socket.socket) -> None:
    """Until one side ends. Raises OSError when one breaks."""
    ways = {asyncio.create_task(_pass_on(near, far)), asyncio.create_task(_pass_on(far, near))}
    try:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in ways:
            task.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _pass_on(source: socket.socket, target: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(source, _CHUNK):
        await loop.sock_sendall(target, data)
