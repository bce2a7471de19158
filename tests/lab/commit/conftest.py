# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulated router without a data plane: its API on loopback, served by a thread of its own."""

from __future__ import annotations

import asyncio
import datetime
import functools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import api_client

from lab.doors.api import ApiDoor
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine
from lab.verbs.export import export
from lab.world import pki

PASSWORD = "s3cret-of-the-test"
NOW = datetime.datetime.now(datetime.UTC)

#: What a technician left behind: rows in the menus that we write.
BY_HAND: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("/ip/firewall/mangle", {"chain": "prerouting", "action": "mark-packet", "new-packet-mark": "voip"}),
    ("/ip/firewall/mangle", {"chain": "forward", "action": "accept", "comment": "teknisi [catatan]"}),
    ("/ip/firewall/nat", {"chain": "dstnat", "action": "accept", "comment": "[multiwan:pcc:isp1] is in the wiki"}),
    ("/ip/firewall/address-list", {"list": "banks", "address": "203.0.113.7"}),
    ("/ip/route", {"dst-address": "10.99.0.0/16", "gateway": "bridge"}),
    ("/interface/list", {"name": "OFFICE"}),
)


@dataclass
class Emulated:
    """``connect`` opens a new session, as the commit wants it."""

    store: Store
    port: int
    ca_file: Path

    def target(self, **other: object) -> api_client.Target:
        values = {"host": "127.0.0.1", "port": self.port, "user": "multiwan", "password": PASSWORD, "timeout_s": 60.0}
        return api_client.Target(**{**values, "ca_file": str(self.ca_file), **other})  # type: ignore[arg-type]

    @property
    def connect(self) -> Callable[[], api_client.Router]:
        return functools.partial(api_client.connect, self.target())

    def export(self) -> str:
        return export(self.store)

    def writes(self) -> int:
        return len(self.store.journal)


@dataclass(frozen=True)
class Certificates:
    ca_file: Path
    other_ca_file: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("tls")
    company, other = pki.make_ca("company", NOW), pki.make_ca("somebody else", NOW)
    for name, pair in (("company.pem", company), ("other.pem", other)):
        (folder / name).write_text(pair.certificate, encoding="ascii")
    context = pki.issue(company, ("127.0.0.1",), NOW).context(folder, "router")
    return Certificates(folder / "company.pem", folder / "other.pem", context)


def _authenticate(user: str, password: str, peer: str) -> Caller | None:
    return Caller(user, ALL_POLICIES, "api") if (user, password) == ("multiwan", PASSWORD) else None


Make = Callable[[Sequence[str]], Emulated]


@pytest.fixture
def emulated(certificates: Certificates) -> Iterator[Make]:
    """``emulated(interfaces)``: a router with these interfaces and the technician's rows."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    doors: list[ApiDoor] = []

    def make(interfaces: Sequence[str]) -> Emulated:
        store = Store("7.22")
        ports = [name for name in interfaces if name.startswith("ether")]
        bridges = sorted({"bridge", *interfaces} - set(ports))
        rows: list[tuple[str, Mapping[str, str]]] = [("/interface/ethernet", {"name": name}) for name in ports]
        rows += [("/interface/bridge", {"name": name, "mac-address": "48:A9:8A:00:00:01"}) for name in bridges]
        store.load([*rows, *BY_HAND])
        store.journal.clear()
        sock = socket.create_server(("127.0.0.1", 0))
        # asyncio does so only for sockets made with IPPROTO_TCP; without it every answer waits 40 ms for an ACK
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        door = ApiDoor(Engine(store, clock=lambda: 0.0), _authenticate, [sock], certificates.context)
        asyncio.run_coroutine_threadsafe(door.start(), loop).result(60)
        doors.append(door)
        return Emulated(store, sock.getsockname()[1], certificates.ca_file)

    yield make
    for door in doors:
        asyncio.run_coroutine_threadsafe(door.stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(60)
    loop.close()
