# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router with an API door on loopback, plain and TLS, and a client that shows every sentence."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lab.doors.api import ApiDoor
from lab.doors.codec import Decoder, encode
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine

PASSWORD = "s3cret"


def authenticate(user: str, password: str, peer: str) -> Caller | None:
    return Caller(user, ALL_POLICIES, "api") if (user, password) == ("admin", PASSWORD) else None


def challenge(user: str, accepts: Callable[[str], bool]) -> Caller | None:
    return Caller(user, ALL_POLICIES, "api") if user == "admin" and accepts(PASSWORD) else None


class RawClient:
    """Sentences in and out, as they are on the wire."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._decoder = Decoder()
        self._waiting: list[tuple[str, ...]] = []

    async def send(self, *words: str) -> None:
        self.writer.write(encode(words))
        await self.writer.drain()

    async def read(self) -> tuple[str, ...]:
        """The next sentence; an empty one when the connection was closed."""
        while not self._waiting:
            data = await asyncio.wait_for(self.reader.read(65536), 60)
            if not data:
                return ()
            self._waiting += list(self._decoder.feed(data))
        return self._waiting.pop(0)

    async def ask(self, *words: str) -> list[tuple[str, ...]]:
        """Send one command; all sentences up to its ``!done``."""
        await self.send(*words)
        found = [await self.read()]
        while found[-1] and found[-1][0] not in ("!done", "!fatal"):
            found.append(await self.read())
        return found

    async def login(self) -> RawClient:
        assert await self.ask("/login", "=name=admin", f"=password={PASSWORD}") == [("!done",)]
        return self


@dataclass
class Served:
    engine: Engine
    door: ApiDoor
    port: int
    clients: list[RawClient]

    async def raw(self, *, login: bool = True) -> RawClient:
        client = RawClient(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return await client.login() if login else client


async def _serve(version: str, context: ssl.SSLContext | None, *, old_login: bool) -> Served:
    store = Store(version)
    store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2)])
    engine = Engine(store, clock=lambda: 0.0)
    sock = socket.create_server(("127.0.0.1", 0))
    door = ApiDoor(engine, authenticate, [sock], context, challenge=challenge if old_login else None)
    await door.start()
    return Served(engine, door, sock.getsockname()[1], [])


@pytest.fixture
async def serve() -> AsyncIterator[object]:
    """``await serve(version=…, context=…, old_login=…)``"""
    served: list[Served] = []

    async def make(version: str = "7.22", context: ssl.SSLContext | None = None, *, old_login: bool = False) -> Served:
        served.append(await _serve(version, context, old_login=old_login))
        return served[-1]

    yield make
    for one in served:
        for client in one.clients:
            client.writer.close()
        await one.door.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key for 127.0.0.1, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "router")])
    now = datetime.datetime.now(datetime.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "router.pem"
    path.write_bytes(
        cert.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
