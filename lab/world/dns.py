# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The internet's name server, at the resolvers' addresses. It knows a handful of names and says so of all others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

from lab import netns
from lab.world.topology import INTERNET_NS, RESOLVERS, SERVER_BLOCK, TELEGRAM_ADDRESS, TELEGRAM_HOST

TTL_S = 60
NAMES: dict[str, str] = {
    TELEGRAM_HOST: TELEGRAM_ADDRESS,
    **{f"host{n}.example.net": str(SERVER_BLOCK[n]) for n in range(1, 9)},
    "www.example.com": str(SERVER_BLOCK[1]),
    "dns.google": "8.8.8.8",
    "one.one.one.one": "1.1.1.1",
}


def answer(wire: bytes) -> bytes | None:
    """The reply to one query; None for what is no query (a server stays silent then)."""
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR or len(query.question) != 1:
        return None
    reply = dns.message.make_response(query, recursion_available=True)
    if query.opcode() != dns.opcode.QUERY:
        reply.set_rcode(dns.rcode.NOTIMP)
        return reply.to_wire()
    question = query.question[0]
    address = NAMES.get(question.name.to_text(omit_final_dot=True).lower())
    if address is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype == dns.rdatatype.A:
        reply.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", "A", address))
    return reply.to_wire()


class _Udp(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own class is no DatagramTransport by inheritance before 3.12
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = answer(data)
        if reply is not None:
            self.transport.sendto(reply, addr)


async def _tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            reply = answer(await reader.readexactly(size))
            if reply is None:
                break
            writer.write(struct.pack("!H", len(reply)) + reply)
            await writer.drain()
    writer.close()


def _bound(address: str) -> tuple[socket.socket, socket.socket]:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    for sock in (udp, tcp):
        sock.setblocking(False)
        sock.bind((address, 53))
    return udp, tcp


async def serve() -> None:
    """Answer on UDP and TCP port 53 of every resolver address, until the lab ends.

    One UDP socket per address: a socket on 0.0.0.0 would answer from another one (lab-recipes 2, pitfall 4).
    """
    loop = asyncio.get_running_loop()
    for address in RESOLVERS:
        with netns.inside(INTERNET_NS):
            udp, tcp = _bound(address)
        await loop.create_datagram_endpoint(_Udp, sock=udp)
        await asyncio.start_server(_tcp, sock=tcp)
