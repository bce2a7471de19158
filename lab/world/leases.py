# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as DHCP clients: real packets, as many clients on one host as are asked for, each with a MAC of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lab.observe.dhcp_packets as dhcp
from lab import netns
from lab.world.topology import TopologyError

MAX_CLIENTS = 200
_AF_PACKET = 17
_AGAIN_S = 2.0
#: servers that answer later than the first one are listed when they come within this time
LISTEN_S = 0.5


@dataclass(frozen=True)
class Heard:
    """An answer of a server, with the MAC that sent the frame."""

    message: dhcp.Message
    mac: str

    def server(self) -> dict[str, str]:
        named = self.message.addresses(dhcp.Option.SERVER_ID)
        return {"server": named[0] if named else "", "mac": self.mac, "address": self.message.yiaddr}


def mac_of(place: str, number: int) -> str:
    """A MAC of its own for each client of a host; the same in every lab."""
    value = zlib.crc32(f"{place} {number}".encode())
    return ":".join(f"{byte:02X}" for byte in (0x02, 0xC1, *value.to_bytes(4, "big")))


async def lease(
    place: str,
    *,
    count: int = 1,
    mac: str = "",
    wait_s: float = 30.0,
    listen_s: float = LISTEN_S,
    keep: bool = True,
) -> dict[str, Any]:
    """Ask for addresses on ``eth0`` of a host, and set those that are granted.

    Returns ``leases``, a list of {mac, address, netmask, gateway, dns, lease_s, server, server_mac, offers: [{server,
    mac, address}]}, and ``refused``, the MACs that nobody granted anything within ``wait_s``. ``listen_s``: how long
    further offers are waited for after the first. The host then has the leased addresses only, and a default route by
    the gateway of the first; without ``keep`` it stays as it is.
    """
    if not 1 <= count <= MAX_CLIENTS or (mac and count != 1):
        raise TopologyError(f"{count} DHCP clients: 1 to {MAX_CLIENTS} are possible, with a given MAC one")
    macs = [mac or mac_of(place, number) for number in range(count)]
    results = await asyncio.gather(*(_ask(place, one, wait_s, listen_s) for one in macs))
    leases = [found for found in results if found is not None]
    if keep and leases:
        _configure(place, leases)
    return {"leases": leases, "refused": [m for m, found in zip(macs, results, strict=True) if found is None]}


async def _ask(place: str, mac: str, wait_s: float, listen_s: float) -> dict[str, Any] | None:
    with contextlib.closing(netns.make_socket(place, _AF_PACKET, socket.SOCK_RAW, 0)) as sock:
        sock.bind(("eth0", dhcp.ETHERTYPE_IPV4))
        discover = dhcp.discover(xid=zlib.crc32(mac.encode()), mac=mac)
        try:
            async with asyncio.timeout(wait_s):
                first = await _answer(sock, discover, (dhcp.Kind.OFFER,))
            offers = [first, *await _more(sock, discover, listen_s)]
            async with asyncio.timeout(wait_s):
                answer = await _answer(sock, dhcp.request(first.message), (dhcp.Kind.ACK, dhcp.Kind.NAK))
        except TimeoutError:
            return None
    if answer.message.kind == dhcp.Kind.NAK:
        return None
    return shown(mac, answer, [offer.server() for offer in offers])


async def _answer(sock: socket.socket, message: dhcp.Message, kinds: tuple[dhcp.Kind, ...]) -> Heard:
    """The first answer; asks again until there is one."""
    while True:
        with contextlib.suppress(OSError):  # the link is down for a moment
            sock.send(_frame(message))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_AGAIN_S):
                return await _next(sock, message, kinds)


async def _more(sock: socket.socket, asked: dhcp.Message, seconds: float) -> list[Heard]:
    """What other servers offer within this time."""
    found = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                found.append(await _next(sock, asked, (dhcp.Kind.OFFER,)))
    return found


async def _next(sock: socket.socket, asked: dhcp.Message, kinds: tuple[dhcp.Kind, ...]) -> Heard:
    loop = asyncio.get_running_loop()
    while True:
        try:
            datagram = dhcp.unframe(await loop.sock_recv(sock, 2000))
        except OSError:  # told once when the link goes down
            await asyncio.sleep(0.1)
            continue
        if datagram is None or datagram.target_port != dhcp.CLIENT_PORT:
            continue
        with contextlib.suppress(ValueError):
            answer = dhcp.decode(datagram.payload)
            if (answer.xid, answer.chaddr) == (asked.xid, asked.chaddr) and answer.kind in kinds:
                return Heard(answer, datagram.source_mac)


def _frame(message: dhcp.Message) -> bytes:
    return dhcp.frame(
        dhcp.Datagram(message.chaddr, dhcp.BROADCAST_MAC, "0.0.0.0", "255.255.255.255", 68, 67, dhcp.encode(message))
    )


def shown(mac: str, answer: Heard, offers: list[dict[str, str]]) -> dict[str, Any]:
    message = answer.message
    options: Mapping[int, bytes] = dict(message.options)
    return {
        "mac": mac,
        "address": message.yiaddr,
        "netmask": next(iter(message.addresses(dhcp.Option.NETMASK)), ""),
        "gateway": next(iter(message.addresses(dhcp.Option.ROUTER)), ""),
        "dns": list(message.addresses(dhcp.Option.DNS)),
        "lease_s": int.from_bytes(options.get(dhcp.Option.LEASE_TIME, b""), "big"),
        "server": answer.server()["server"],
        "server_mac": answer.mac,
        "offers": offers,
    }


def _configure(place: str, leases: list[dict[str, Any]]) -> None:
    lines = ["address flush dev eth0"]
    for one in leases:
        length = sum(bin(int(part)).count("1") for part in one["netmask"].split(".") if part) or 32
        lines.append(f"address add {one['address']}/{length} dev eth0")
    gateway = leases[0]["gateway"]
    if gateway:
        lines.append(f"route replace default via {gateway} dev eth0")
    netns.run(place, ["ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
