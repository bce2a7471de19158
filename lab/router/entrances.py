# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``/ip/service`` says of a door: open or shut, for whom, and with which certificate (facts 7.2).

Ports are the lab's own: ``port`` is stored only.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from lab.router.listening import deafen, listening, within
from lab.router.services.certificates import CertificateService, Shown
from lab.schema.snapshot import ConfigRow
from lab.store import Store

_MENU = "/ip/service"
#: without a certificate the router has TLS without one: anonymous Diffie-Hellman, which no client takes unasked
_ANONYMOUS = "ADH:@SECLEVEL=0"


class Shuttable(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    def shut(self) -> None:
        """Take no more connections; those that are there go on."""
        ...

    def reset(self) -> None: ...


Opened = Callable[[Sequence[socket.socket]], Shuttable]


class Entrance:
    """One service's ports. ``wanted``: what the door is to be like, None for shut; ``opened`` makes the door."""

    def __init__(self, sockets: Sequence[socket.socket], wanted: Callable[[], Hashable], opened: Opened) -> None:
        self._sockets = sockets
        self._wanted = wanted
        self._opened = opened
        self._doors: list[Shuttable] = []  # the last is the open one, unless all are shut
        self._state: Hashable = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        if self._wanted() is None:
            deafen(self._sockets)
        await self.settle()

    async def settle(self) -> None:
        """As ``/ip/service`` says now. Sessions that are there go on (unsure whether a router ends them).

        A change ends also when the session that asked for it dies: a door that is half changed would stay so.
        """
        if self._turn.locked() or self._wanted() != self._state:
            await asyncio.shield(self._change())

    async def _change(self) -> None:
        async with self._turn:
            wanted = self._wanted()
            if wanted == self._state:
                return
            if self._state is not None:
                self._doors[-1].shut()
            if wanted is None:
                deafen(self._sockets)
            else:
                self._doors.append(self._opened(listening(self._sockets)))
                await self._doors[-1].start()
            self._state = wanted

    def shut(self) -> None:
        for door in self._doors:
            door.shut()

    def reset(self) -> None:
        for door in self._doors:
            door.reset()

    async def stop(self) -> None:
        async with self._turn:
            self.shut()
            deafen(self._sockets)
            doors, self._doors, self._state = self._doors, [], None
            for door in doors:
                await door.stop()


class ServiceRows:
    """The rows of ``/ip/service``, as doors ask for them."""

    def __init__(self, store: Store, certificates: CertificateService) -> None:
        self._store = store
        self._certificates = certificates

    def open(self, name: str) -> Hashable:
        row = self._row(name)
        return None if row is None or not row.enabled else "open"

    def open_tls(self, name: str) -> Hashable:
        """Another certificate is another door."""
        row = self._row(name)
        if row is None or not row.enabled:
            return None
        found = self._certificates.shown(row.get("certificate"))
        return "anonymous" if found is None else found.chain_pem

    def admits(self, name: str) -> Callable[[str], bool]:
        """Whether a peer's address is among ``address=``; empty is everybody."""

        def admitted(peer: str) -> bool:
            row = self._row(name)
            texts = row.get("address").split(",") if row is not None and row.get("address") else []
            return not texts or within(peer, texts)

        return admitted

    def tls(self, name: str) -> ssl.SSLContext:
        row = self._row(name)
        found = self._certificates.shown(row.get("certificate")) if row is not None else None
        return server_context(found)

    def _row(self, name: str) -> ConfigRow | None:
        return next((row for row in self._store.rows(_MENU) if row.get("name") == name), None)


def server_context(shown: Shown | None) -> ssl.SSLContext:
    """TLS as a router with this certificate has it; None: without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:  # ssl reads files only
        file = Path(folder, "pem")
        file.touch(mode=0o600)
        if shown is None:
            context.maximum_version = ssl.TLSVersion.TLSv1_2  # TLS 1.3 has no anonymous key exchange
            context.set_ciphers(_ANONYMOUS)
            file.write_bytes(_dh_group())
            context.load_dh_params(str(file))
        else:
            file.write_text(shown.key_pem + shown.chain_pem, encoding="ascii")
            context.load_cert_chain(file)
    return context


@cache
def _dh_group() -> bytes:
    """ffdhe2048 by its formula (RFC 7919, appendix A.1), as PEM."""
    e, term, step = 0, 1 << 2100, 0  # 182 bits more than are needed: enough for the error of 300 roundings
    while term:
        e += term
        step += 1
        term //= step
    prime = 2**2048 - 2**1984 + ((e >> 182) + 560316) * 2**64 - 1
    # PKCS#3 by hand: SEQUENCE { INTEGER prime, INTEGER 2 }
    der = bytes.fromhex("308201080282010100") + prime.to_bytes(256, "big") + bytes.fromhex("020102")
    return b"-----BEGIN DH PARAMETERS-----\n" + base64.encodebytes(der) + b"-----END DH PARAMETERS-----\n"
