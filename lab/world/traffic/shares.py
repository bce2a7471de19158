# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets how much of the internet while all want it: groups of clients, TCP and floods, counted by the receiver.

A TCP flow that breaks or stands still is begun anew, as a download that a user clicks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.world.measure import MeasureError
from lab.world.topology import CLIENT_NS, INTERNET_NS, Topology
from lab.world.traffic import hosts
from lab.world.traffic.figures import address_pairs, mbit, rates
from lab.world.traffic.groups import LAN_PLACE, Group, GroupError, parse_groups, summary, totals
from lab.world.traffic.plans import PlanError, Shares
from lab.world.traffic.view import addresses_of

SAMPLE_S = 0.25
CONNECT_TIMEOUT_S = 10.0
#: A connection without a byte for so long is given up by the one who waits for it.
STALLED_S = 4.0
_AGAIN_S = 0.3
_CHUNK = bytes(65536)
#: A datagram that fills a frame; floods are paced in bursts of at most a few milliseconds.
_DATAGRAM = bytes(1472)
_PACE_S = 0.005
_HELLO_S = 0.2


@dataclass
class _Flow:
    number: int
    group: int
    place: str
    client: str
    server: str
    rate: float = 0.0  # bit/s of a flood
    received: int = 0
    restarts: int = 0


@dataclass
class _Run:
    groups: Sequence[Group]
    flows: list[_Flow] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def direction(self, flow: _Flow) -> str:
        return self.groups[flow.group].direction

    def keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # TCP

    async def client(self, flow: _Flow, port: int) -> None:
        """One user: downloads or uploads for ever, again when it breaks."""
        while True:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    sock = await _connect(flow, port)
                with sock:
                    await asyncio.get_running_loop().sock_sendall(sock, struct.pack("!I", flow.number))
                    await (self.receive(sock, flow) if self.direction(flow) == "down" else _send(sock))
            flow.restarts += 1
            await asyncio.sleep(_AGAIN_S)

    async def serve(self, listening: socket.socket) -> None:
        while True:
            sock, _source = await asyncio.get_running_loop().sock_accept(listening)
            self.keep(self.server(sock))

    async def server(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError, TimeoutError):
            head = await asyncio.get_running_loop().sock_recv(sock, 4)
            if len(head) == 4:
                flow = self.flows[struct.unpack("!I", head)[0]]
                await (_send(sock) if self.direction(flow) == "down" else self.receive(sock, flow))

    async def receive(self, sock: socket.socket, flow: _Flow) -> None:
        loop, buffer = asyncio.get_running_loop(), bytearray(65536)
        while True:
            async with asyncio.timeout(STALLED_S):
                size = await loop.sock_recv_into(sock, buffer)
            if not size:
                return
            flow.received += size

    # floods

    async def flood(self, flow: _Flow) -> None:
        """A sender that heeds nobody. Downwards the client says hello again and again, so that NAT knows him."""
        far = hosts.udp(INTERNET_NS, flow.server)
        near = hosts.udp(flow.place, flow.client)
        with far, near:
            near.connect((flow.server, far.getsockname()[1]))
            if self.direction(flow) == "up":
                self.keep(self.count(far, flow))
                await _pour(near, None, flow.rate)
            else:
                self.keep(self.count(near, flow))
                seen: list[tuple[str, int]] = []
                self.keep(_greet(near))
                self.keep(_listen(far, seen))
                await _pour(far, seen, flow.rate)

    async def count(self, sock: socket.socket, flow: _Flow) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data, _source = await loop.sock_recvfrom(sock, 2048)
            except ConnectionError:
                continue  # a refusal of an earlier datagram
            flow.received += len(data)


async def _connect(flow: _Flow, port: int) -> socket.socket:
    sock = hosts.tcp(flow.place)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(STALLED_S * 1000))
        sock.setsockopt(socket.IPPROTO_IP, hosts.IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((flow.client, 0))
        await asyncio.get_running_loop().sock_connect(sock, (flow.server, port))
    except BaseException:
        sock.close()
        raise
    return sock


async def _send(sock: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(sock, _CHUNK)


async def _greet(sock: socket.socket) -> None:
    while True:
        with contextlib.suppress(OSError):
            sock.send(b"hello")
        await asyncio.sleep(_HELLO_S)


async def _listen(sock: socket.socket, seen: list[tuple[str, int]]) -> None:
    while True:
        _data, source = await asyncio.get_running_loop().sock_recvfrom(sock, 64)
        seen[:] = [source]


async def _pour(sock: socket.socket, seen: list[tuple[str, int]] | None, rate: float) -> None:
    """Send at this rate; to ``seen`` when it is given, else to the peer of the socket."""
    each = (len(_DATAGRAM) + 42) * 8 / rate  # seconds of the wire
    due = time.monotonic()
    while True:
        now = time.monotonic()
        due = max(due, now - 10 * _PACE_S)  # what a busy machine missed is not made up for
        while due <= now:
            with contextlib.suppress(OSError):
                if seen is None:
                    sock.send(_DATAGRAM)
                elif seen:
                    sock.sendto(_DATAGRAM, seen[0])
            due += each
        await asyncio.sleep(max(_PACE_S, due - now))


def _flows(groups: Sequence[Group], topology: Topology) -> list[_Flow]:
    """Every client's flows, each to another server."""
    found: list[_Flow] = []
    for index, group in enumerate(groups):
        place, addresses = _place(group, topology)
        if len(addresses) < group.clients:
            raise MeasureError(f"{group.place} has {len(addresses)} clients, {group.clients} are wanted")
        pairs = address_pairs(addresses[: group.clients], topology.server_addresses)
        each = 1 if group.flood else group.flows
        for _ in range(group.clients * each):
            client, server = next(pairs)
            rate = group.flood / group.clients if group.flood else 0.0
            found.append(_Flow(len(found), index, place, client, server, rate))
    return found


def _place(group: Group, topology: Topology) -> tuple[str, Sequence[str]]:
    if group.place == LAN_PLACE:
        return CLIENT_NS, topology.client_addresses
    _vlan, place = topology.segment(group.place)
    return place, addresses_of(place)


async def run(plan: Shares, topology: Topology) -> dict[str, Any]:
    try:
        groups = parse_groups(plan.groups)
    except GroupError as error:
        raise PlanError(f"shares: {error}") from None
    work = _Run(groups, _flows(groups, topology))
    listening, port = hosts.listener()
    for flow in work.flows:
        work.keep(work.flood(flow) if flow.rate else work.client(flow, port))
    work.keep(work.serve(listening))
    began = time.monotonic()
    series = [sample async for sample in _samples(work, topology, began, plan.warmup, plan.stop)]
    start, line, at = [flow.received for flow in work.flows], hosts.line_bytes(topology), time.monotonic()
    series += [sample async for sample in _samples(work, topology, began, plan.warmup + plan.seconds, plan.stop)]
    seconds = time.monotonic() - at
    gained = [flow.received - before for flow, before in zip(work.flows, start, strict=True)]
    wire = rates(line, hosts.line_bytes(topology), seconds)
    for task in list(work.tasks):
        task.cancel()
    await asyncio.gather(*work.tasks, return_exceptions=True)
    listening.close()
    return _result(work, gained, seconds, {"uplinks": wire, "series": series})


def _result(work: _Run, gained: Sequence[int], seconds: float, more: dict[str, Any]) -> dict[str, Any]:
    shown = []
    for index, group in enumerate(work.groups):
        mine = [(flow, size) for flow, size in zip(work.flows, gained, strict=True) if flow.group == index]
        restarts = sum(flow.restarts for flow, _size in mine)
        shown.append({**summary(group, [(flow.client, size) for flow, size in mine], seconds), "restarts": restarts})
    return {
        "seconds": round(seconds, 3),
        "goodput_mbit": mbit(sum(gained), seconds),
        "congestion": hosts.CONGESTION.decode(),
        "groups": shown,
        "segments": totals(shown),
        **more,
    }


async def _samples(
    work: _Run, topology: Topology, began: float, until: float, stop: str
) -> AsyncIterator[dict[str, Any]]:
    """Four times a second: what each group got (in their order) and what each line carried, in Mbit/s."""
    last, line, held = time.monotonic(), hosts.line_bytes(topology), _by_group(work)
    while (now := time.monotonic()) - began < until and not hosts.over(stop):
        await asyncio.sleep(min(SAMPLE_S, max(0.001, until - (now - began))))
        now, new_line, new = time.monotonic(), hosts.line_bytes(topology), _by_group(work)
        sample = {
            "t": round(now - began, 3),
            "at": time.time(),
            "groups": [mbit(b - a, now - last) for a, b in zip(held, new, strict=True)],
            "uplinks": rates(line, new_line, now - last),
        }
        hosts.emit(event="rates", **sample)
        yield sample
        last, line, held = now, new_line, new


def _by_group(work: _Run) -> list[int]:
    found = [0] * len(work.groups)
    for flow in work.flows:
        found[flow.group] += flow.received
    return found
