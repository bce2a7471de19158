# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A throw-away authority, an HTTP(S) server and a name server on the loopback, all in the test's own event loop."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import dns.message
import dns.rcode
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lab import netns

_YEAR = datetime.timedelta(days=365)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Signs server certificates; ``pem`` is what a client must trust."""

    def __init__(self, name: str = "Test Root CA") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        now = datetime.datetime.now(datetime.UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _YEAR)
            .not_valid_after(now + _YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def server(self, host: str, folder: Path, *, expired: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host[0].isdigit():
            names = [x509.IPAddress(ipaddress.ip_address(host))]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(host))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _YEAR)
            .not_valid_after(now - datetime.timedelta(days=1) if expired else now + _YEAR)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        chain, secret = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, secret)
        return context


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """``answers``: target -> raw answer; ``None`` never answers."""

    port: int
    answers: dict[str, bytes | None] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@asynccontextmanager
async def serve(
    tls: ssl.SSLContext | None = None, *, name: str = "", address: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Web]:
    """In namespace ``name``, or in that of the test."""
    web = Web(0)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("Content-Length", "0")))
            method, target, _ = head[0].split(" ")
            web.seen.append(Seen(method, target, headers, body))
            reply = web.answers.get(target, answer("404 Not Found"))
            if reply is None:
                await reader.read()
            else:
                writer.write(reply)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client under test is expected to break off
        finally:
            writer.close()

    sock = netns.make_socket(name)
    sock.bind((address, port))
    server = await asyncio.start_server(handle, sock=sock, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()


class NameServer(asyncio.DatagramProtocol):
    """``records``: name -> addresses; other names do not exist. ``mute``: never answers."""

    def __init__(self, records: dict[str, list[str]], *, mute: bool = False) -> None:
        self.records = records
        self.mute = mute
        self.asked: list[str] = []
        self._send: Callable[[bytes, tuple[str, int]], None] = lambda data, peer: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = cast(asyncio.DatagramTransport, transport).sendto

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = str(query.question[0].name).rstrip(".")
        self.asked.append(name)
        if self.mute:
            return
        reply = dns.message.make_response(query)
        if name not in self.records:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif self.records[name]:
            reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "A", *self.records[name]))
        self._send(reply.to_wire(), addr)


@asynccontextmanager
async def name_server(
    records: dict[str, list[str]], *, mute: bool = False, name: str = "", address: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[tuple[NameServer, int]]:
    loop = asyncio.get_running_loop()
    sock = netns.make_socket(name, kind=socket.SOCK_DGRAM)
    sock.bind((address, port))
    transport, protocol = await loop.create_datagram_endpoint(lambda: NameServer(records, mute=mute), sock=sock)
    try:
        yield protocol, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()
