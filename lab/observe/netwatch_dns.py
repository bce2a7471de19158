# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A netwatch test of type ``dns``: one question over UDP, and what the answer holds (facts 3.2)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from lab import netns

#: record-type -> what to ask, and the variable that holds the answers
KINDS = {
    "A": (dns.rdatatype.A, "ip"),
    "AAAA": (dns.rdatatype.AAAA, "ip6"),
    "MX": (dns.rdatatype.MX, "mail-servers"),
    "NS": (dns.rdatatype.NS, "name-servers"),
}
VARIABLES = tuple(variable for _, variable in KINDS.values())
_PORT = 53


@dataclass(frozen=True)
class Question:
    """``servers``: asked in turn until one answers, within ``timeout_s`` for all of them."""

    name: str
    kind: str
    servers: Sequence[str]
    source: str
    timeout_s: float


async def ask(netns_name: str, question: Question) -> tuple[str, ...] | None:
    """The records found; None when there is none, or no answer in time. Never raises for what the network does."""
    each = question.timeout_s / max(1, len(question.servers))
    for server in question.servers:
        try:
            async with asyncio.timeout(each):
                return _records(question, await _exchange(netns_name, question, server))
        except (OSError, TimeoutError, dns.exception.DNSException):
            continue
    return None


async def _exchange(netns_name: str, question: Question, server: str) -> dns.message.Message:
    query = dns.message.make_query(question.name, KINDS[question.kind][0])
    family = socket.AF_INET if ip_address(server).version == 4 else socket.AF_INET6
    loop = asyncio.get_running_loop()
    with netns.make_socket(netns_name, family, socket.SOCK_DGRAM) as sock:
        if question.source:
            sock.bind((question.source, 0))
        await loop.sock_connect(sock, (server, _PORT))
        await loop.sock_sendall(sock, query.to_wire())
        while True:
            answer = dns.message.from_wire(await loop.sock_recv(sock, 65_535))
            if query.is_response(answer):
                return answer


def _records(question: Question, answer: dns.message.Message) -> tuple[str, ...] | None:
    if answer.rcode() != dns.rcode.NOERROR:
        return None
    kind = KINDS[question.kind][0]
    found = [record for records in answer.answer if records.rdtype == kind for record in records]
    texts = (str(getattr(record, "exchange", None) or getattr(record, "target", record)) for record in found)
    return tuple(text.rstrip(".") for text in texts) or None
