# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A port scan from a host of the branch: what of the router, of the other segments and of the internet it reaches.

On hosts of the lab something answers at every port that is asked, so that ``open`` there means: it got through.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lab import netns
from lab.world.topology import ADMIN_ADDRESS, CLIENT_NS, INTERNET_NS, LAN_GATEWAY, Topology
from lab.world.traffic import hosts
from lab.world.traffic.plans import PlanError, Scan
from lab.world.traffic.view import addresses_of, client_place

#: a DNS query for the root's name servers: what answers on port 53 answers this
_DNS_QUERY = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"
_REJECTED = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM, errno.EHOSTDOWN, errno.ENOPROTOOPT)


@dataclass(frozen=True)
class Target:
    """``namespace``: where something can be made to answer; "" for the router and for modems."""

    address: str
    what: str
    namespace: str = ""


def targets_of(topology: Topology, place: str) -> Iterator[Target]:
    """Everything that a host should or should not reach: the router's faces, the other hosts, modems, the internet."""
    yield Target(LAN_GATEWAY, "router on lan")
    for vlan in topology.segments:
        yield Target(vlan.gateway, f"router on {vlan.name}")
    for uplink in topology.uplinks:
        yield Target(uplink.gateway, f"modem {uplink.name}")
    yield Target(topology.server_addresses[0], "internet", INTERNET_NS)
    around = [(CLIENT_NS, "lan"), *((h, v.name) for v in topology.segments for h in (v.host, v.access_host))]
    for host, name in around:
        found = [one for one in addresses_of(host) if one != ADMIN_ADDRESS] if host != place else []
        yield from (Target(address, f"{host} on {name}", host) for address in found[:1])
    if place != CLIENT_NS:
        yield Target(ADMIN_ADDRESS, "admin on lan", CLIENT_NS)


def ports_of(text: str, name: str) -> tuple[int, ...]:
    words = [word for word in text.split(",") if word]
    if not all(word.isdigit() and 0 < int(word) < 65536 for word in words):
        raise PlanError(f"scan: {name} is {text!r}, port numbers with commas are expected")
    return tuple(int(word) for word in words)


async def run(plan: Scan, topology: Topology) -> dict[str, Any]:
    place = client_place()
    targets = list(targets_of(topology, place))
    if plan.targets:
        known = {target.address: target for target in targets}
        targets = [known.get(word, Target(word, word)) for word in plan.targets.split(",")]
    tcp, udp = ports_of(plan.tcp, "tcp"), ports_of(plan.udp, "udp")
    source = next(iter(topology.client_addresses))
    with contextlib.ExitStack() as stack:
        answering = [asyncio.create_task(work) for target in targets for work in _answer(target, tcp, udp, stack)]
        gate = asyncio.Semaphore(plan.parallel)
        asked = [
            _probe(gate, (place, source), target, (protocol, port), plan.timeout)
            for target in targets
            for protocol, port in [("icmp", 0), *(("tcp", n) for n in tcp), *(("udp", n) for n in udp)]
        ]
        probes = await asyncio.gather(*asked)
        for task in answering:
            task.cancel()
    return {
        "from": place,
        "source": source,
        "probes": probes,
        "reached": [one for one in probes if one["state"] in ("open", "closed")],
        "rejected": [one for one in probes if one["state"] == "rejected"],
    }


def _answer(target: Target, tcp: Sequence[int], udp: Sequence[int], stack: contextlib.ExitStack) -> Iterator[Any]:
    """Servers on a host of the lab, at the ports that will be asked. Who has a port already answers for itself."""
    if not target.namespace:
        return
    for kind, ports in ((socket.SOCK_STREAM, tcp), (socket.SOCK_DGRAM, udp)):
        for port in ports:
            sock = stack.enter_context(netns.make_socket(target.namespace, socket.AF_INET, kind))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                sock.bind((target.address, port))
                if kind == socket.SOCK_STREAM:
                    sock.listen(16)
                else:
                    yield _echo(sock)


async def _echo(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(OSError):
            data, peer = await loop.sock_recvfrom(sock, 2048)
            sock.sendto(data, peer)


async def _probe(
    gate: asyncio.Semaphore, asker: tuple[str, str], target: Target, at: tuple[str, int], timeout_s: float
) -> dict[str, Any]:
    """``asker``: its namespace and address; ``at``: protocol and port."""
    protocol, port = at
    async with gate:
        began = time.monotonic()
        ask = {"tcp": _tcp, "udp": _udp, "icmp": _icmp}[protocol]
        try:
            async with asyncio.timeout(timeout_s):
                state = await ask(*asker, target.address, port)
        except TimeoutError:
            state = "silent"
        except ConnectionRefusedError:
            state = "closed"
        except OSError as error:
            if error.errno not in _REJECTED:
                raise
            state = "rejected"
        shown = {"target": target.address, "what": target.what, "protocol": protocol, "port": port, "state": state}
        return {**shown, "ms": round((time.monotonic() - began) * 1000, 1)}


async def _tcp(place: str, source: str, address: str, port: int) -> str:
    with hosts.tcp(place) as sock:
        sock.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    return "open"


async def _udp(place: str, source: str, address: str, port: int) -> str:
    with hosts.udp(place, source) as sock:
        sock.connect((address, port))
        sock.send(_DNS_QUERY if port == 53 else b"probe")
        await asyncio.get_running_loop().sock_recv(sock, 2048)
    return "open"


async def _icmp(place: str, source: str, address: str, _port: int) -> str:
    """An echo request; refusals by ICMP errors count as silence."""
    sock = netns.make_socket(place, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with sock:
        sock.bind((source, 0))
        token = os.urandom(8)
        sock.sendto(echo_request(token), (address, 0))
        while True:
            data, (peer, _) = await asyncio.get_running_loop().sock_recvfrom(sock, 2048)
            head = (data[0] & 15) * 4
            if peer == address and data[head] == 0 and data[head + 8 :] == token:
                return "open"


def echo_request(token: bytes) -> bytes:
    packet = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + token
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return packet[:2] + struct.pack("!H", ~total & 0xFFFF) + packet[4:]
