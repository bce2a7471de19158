# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doors of plain sockets on loopback, opened and shut by rows of /ip/service."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from collections.abc import Iterator, Sequence

import pytest

from lab.router.entrances import Entrance, ServiceRows, server_context
from lab.router.listening import within
from lab.router.services.certificates import Shown
from lab.world import pki
from tests.unit.lab.services.rig import Rig
from tests.unit.lab.services.web import Authority


class Greeter:
    """A door that says hello and then repeats what it hears."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self._sockets = sockets
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        for sock in self._sockets:
            sock.setblocking(False)
            self._servers.append(await asyncio.start_server(self._serve, sock=sock))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\n")
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    def shut(self) -> None:
        for server in self._servers:
            server.close()

    def reset(self) -> None: ...

    async def stop(self) -> None:
        self.shut()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", number))
        sock.listen()
        yield sock


async def hello(sock: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*sock.getsockname())
    assert await reader.readline() == b"hello\n"
    return reader, writer


async def test_a_disabled_service_refuses_connections_and_an_enabled_one_takes_them(listener: socket.socket) -> None:
    rig = Rig()
    service = ServiceRows(rig.store, rig.services.certificates)
    entrance = Entrance([listener], lambda: service.open("api"), Greeter)
    await entrance.start()
    try:
        reader, writer = await hello(listener)
        await rig.call("/ip/service", "disable", numbers="api")
        await entrance.settle()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*listener.getsockname())
        writer.write(b"still there\n")
        assert await reader.readline() == b"still there\n", "a session that is there goes on"
        await rig.call("/ip/service", "enable", numbers="api")
        await entrance.settle()
        (await hello(listener))[1].close()
        writer.close()
    finally:
        await entrance.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*listener.getsockname())


async def test_a_service_that_is_off_from_the_start_refuses(listener: socket.socket) -> None:
    entrance = Entrance([listener], lambda: None, Greeter)
    await entrance.start()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*listener.getsockname())
    await entrance.stop()


async def test_another_certificate_is_another_door() -> None:
    rig, root = Rig(), Authority("Root")
    service = ServiceRows(rig.store, rig.services.certificates)
    assert service.open_tls("api-ssl") == "anonymous"
    await rig.call("/file", "add", name="ca.pem", contents=root.pem)
    await rig.call("/certificate", "import", file_name="ca.pem", passphrase="")
    await rig.call("/ip/service", "set", numbers="api-ssl", certificate="ca.pem_0")
    assert service.open_tls("api-ssl") == "anonymous", "a certificate without a private key shows nothing"
    await rig.call("/ip/service", "set", numbers="api-ssl", disabled="yes")
    assert service.open_tls("api-ssl") is None


@pytest.mark.parametrize(
    ("peer", "networks", "inside"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("10.1.2.3", ["192.168.0.0/16", "10.1.2.3"], True),
        ("11.1.2.3", ["10.0.0.0/8"], False),
        ("fe80::1%ether1", ["fe80::/10"], True),
        ("10.1.2.3", ["::/0"], False),
        ("", ["0.0.0.0/0"], False),
    ],
)
def test_addresses_within_networks(peer: str, networks: list[str], inside: bool) -> None:
    assert within(peer, networks) is inside


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """The cipher that both ends agree on, without a network; raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    done = set()
    while len(done) < 2:
        for end in (ours, theirs):
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                pass
    cipher = ours.cipher()
    assert cipher is not None
    return cipher[0]


def test_without_a_certificate_only_who_asks_for_anonymous_tls_gets_in() -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    with pytest.raises(ssl.SSLError):
        handshake(server_context(None), client)
    client.set_ciphers("ADH:@SECLEVEL=0")
    assert handshake(server_context(None), client).startswith("ADH-")


def test_with_a_certificate_it_is_shown_and_verified() -> None:
    now = datetime.datetime.now(datetime.UTC)
    root = pki.make_ca("Root", now)
    own = pki.issue(root, ("127.0.0.1",), now)
    client = ssl.create_default_context(cadata=root.certificate)
    assert handshake(server_context(Shown(own.certificate, own.key)), client)
