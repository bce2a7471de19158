# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/interface/pppoe-client``: discovery, session, and dialling again (RFC 2516)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from lab.derive.observations import Given
from lab.observe import ppp_packets as wire
from lab.observe.dhcp_packets import mac_bytes, mac_text
from lab.observe.netlink import interfaces
from lab.observe.ppp import ClientEnd, Login, PppError, Up
from lab.observe.ppp_device import make_pair, remove_pair
from lab.observe.ppp_packets import Code, Discovery, Tag
from lab.observe.ppp_pump import Carried, Pump
from lab.observe.tasks import spawn
from lab.observe.wire_filter import not_ppp, packet_socket

_PATIENCE_S = (1.0, 1.0, 2.0, 4.0)
_REDIAL_S = 1.0
_HUNG_UP = "hungup"


@dataclass(frozen=True)
class Wants:
    """A row, read. ``kernel`` is to be the session's IP interface, ``below`` carries its frames."""

    name: str
    kernel: str
    below: str
    login: Login
    service: str = ""
    ac_name: str = ""
    mtu: int = wire.MAX_MTU
    keepalive_s: float | None = 10.0


@dataclass(frozen=True)
class Session:
    """``since`` of the loop's clock; MACs as RouterOS prints them."""

    up: Up
    ac_name: str
    ac_mac: str
    own_mac: str
    service: str
    since: float

    @property
    def given(self) -> Given:
        return Given(f"{self.up.local}/32", network=self.up.remote, dns=self.up.dns, mtu=self.up.mtu)


@dataclass(frozen=True)
class Found:
    """A concentrator that has answered, with the number of the session once it gave one."""

    mac: bytes
    name: str
    number: int = 0


#: told of each status and why; of each session, with None when it is over
OnStatus = Callable[[str, str], None]
OnSession = Callable[[Session | None], None]


class PppoeClient:
    """``link(up)`` whenever the interface below changes; ``stop()`` hangs up, ``halt()`` does not even say so."""

    def __init__(self, namespace: str, wants: Wants, pump: Pump, *, on_status: OnStatus, on_session: OnSession) -> None:
        self.wants = wants
        self.session: Session | None = None
        self._namespace = namespace
        self._pump = pump
        self._on_status = on_status
        self._on_session = on_session
        self._up = False
        self._task: asyncio.Task[None] | None = None
        self._bye: Callable[[], None] | None = None
        self._half = f"ppq-{wants.kernel[4:]}"

    def link(self, *, up: bool) -> None:
        if up == self._up:
            return
        self._up = up
        if up:
            self._task = spawn(self._run(), f"pppoe client {self.wants.name}")
        else:
            self._end("interface is not running")

    def stop(self) -> None:
        if self._bye is not None:
            self._bye()
        self._end("administrator request")

    def halt(self) -> None:
        self._up = False
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.session is not None:
            remove_pair(self._namespace, self.wants.kernel)

    def _end(self, why: str) -> None:
        self._up = False
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._down(why)

    # ---- inside

    async def _run(self) -> None:
        while True:
            try:
                self._on_status("connecting...", "")
                mac = mac_bytes(interfaces(self._namespace)[self.wants.below].mac)
                # the concentrator speaks first: its words must find an ear as soon as the session has a number
                with (
                    packet_socket(self._namespace, self.wants.below, wire.DISCOVERY) as discovery,
                    packet_socket(self._namespace, self.wants.below, wire.SESSION, not_ppp(wire.IP)) as control,
                ):
                    found = await self._discover(discovery, mac)
                    await self._session(discovery, control, mac, found)
            except PppError as over:
                self._down(str(over))
            except (OSError, KeyError):  # the interface below went down or away: link() will say so
                self._down("interface is not running")
            await asyncio.sleep(_REDIAL_S)

    async def _discover(self, sock: socket.socket, mac: bytes) -> Found:
        """Until a concentrator has given a session."""
        number = 0
        unique = os.urandom(4)
        service = self.wants.service.encode()
        while True:
            wait_s = _PATIENCE_S[min(number, len(_PATIENCE_S) - 1)]
            number += 1
            tags: tuple[tuple[Tag, bytes], ...] = ((Tag.SERVICE, service), (Tag.HOST_UNIQ, unique))
            sock.send(wire.encode_discovery(Discovery(wire.BROADCAST, mac, Code.PADI, tags=tags)))
            offer = await self._answer(sock, Code.PADO, unique, wait_s)
            if offer is None:
                continue
            cookie = offer.tag(Tag.COOKIE)
            tags += ((Tag.COOKIE, cookie),) if cookie is not None else ()
            sock.send(wire.encode_discovery(Discovery(offer.source, mac, Code.PADR, tags=tags)))
            given = await self._answer(sock, Code.PADS, unique, wait_s)
            if given is not None and given.session:
                return Found(offer.source, (offer.tag(Tag.AC_NAME) or b"").decode("latin-1"), given.session)

    async def _answer(self, sock: socket.socket, code: Code, unique: bytes, wait_s: float) -> Discovery | None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while True:
                    frame = wire.decode_discovery(await loop.sock_recv(sock, 2048))
                    if frame is not None and frame.code is code and frame.tag(Tag.HOST_UNIQ) == unique:
                        wanted = self.wants.ac_name.encode()
                        if code is Code.PADS or not wanted or frame.tag(Tag.AC_NAME) == wanted:
                            return frame
        return None

    async def _session(self, discovery: socket.socket, control: socket.socket, mac: bytes, found: Found) -> None:
        """From LCP's first packet to the end. Raises PppError with the reason."""
        loop = asyncio.get_running_loop()
        head = wire.session_head(found.mac, mac, found.number)

        def send(protocol: int, payload: bytes) -> None:
            with contextlib.suppress(OSError):
                control.send(wire.encode_session(head, protocol, payload))

        def bye() -> None:
            end.terminate()
            with contextlib.suppress(OSError):
                discovery.send(wire.encode_discovery(Discovery(found.mac, mac, Code.PADT, found.number)))

        end = ClientEnd(send, self.wants.login, self.wants.mtu)
        hung_up: asyncio.Future[str] = loop.create_future()
        loop.add_reader(control, _hear, control, found.number, end)
        loop.add_reader(discovery, _hear_padt, discovery, found.number, hung_up)
        self._bye = bye
        try:
            await _first(hung_up, self._live(end, mac, found))
        except PppError as over:
            if str(over) != _HUNG_UP:
                bye()
            raise
        finally:
            self._bye = None
            loop.remove_reader(control)
            loop.remove_reader(discovery)

    async def _live(self, end: ClientEnd, mac: bytes, found: Found) -> str:
        up = await end.open()
        self._on_status("authenticated", "")
        await self._raise(up, mac, found)
        return await end.hold(self.wants.keepalive_s)

    async def _raise(self, up: Up, mac: bytes, found: Found) -> None:
        wants = self.wants
        inner = make_pair(self._namespace, wants.kernel, self._half, mtu=up.mtu)
        session = Session(
            up, found.name, mac_text(found.mac), mac_text(mac), wants.service, asyncio.get_running_loop().time()
        )
        self.session = session
        await self._pump.add(
            Carried(
                key=wants.kernel,
                namespace=self._namespace,
                wire=wants.below,
                half=self._half,
                session=found.number,
                own=mac.hex(),
                peer=found.mac.hex(),
                inner=inner,
            )
        )
        self._on_session(session)
        self._on_status("connected", "")

    def _down(self, why: str) -> None:
        if self.session is not None:
            self.session = None
            self._on_status("terminating...", why)
            self._on_session(None)
            spawn(self._pump.remove(self.wants.kernel), "ppp pump")
            remove_pair(self._namespace, self.wants.kernel)
        elif why:
            self._on_status("terminating...", why)
        self._on_status("disconnected", "")


async def _first(hung_up: asyncio.Future[str], live: object) -> None:
    """Run the session until it ends or its peer hangs up. Raises PppError with the reason in either case."""
    task = asyncio.ensure_future(live)  # type: ignore[call-overload]
    try:
        await asyncio.wait({task, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            raise PppError(task.result())
        raise PppError(_HUNG_UP)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _hear(sock: socket.socket, number: int, end: ClientEnd) -> None:
    with contextlib.suppress(OSError):
        frame = wire.decode_session(sock.recv(2048))
        if frame is not None and frame[0] == number:
            end.feed(frame[1], frame[2])


def _hear_padt(sock: socket.socket, number: int, hung_up: asyncio.Future[str]) -> None:
    with contextlib.suppress(OSError):
        frame = wire.decode_discovery(sock.recv(2048))
        if frame is not None and frame.code is Code.PADT and frame.session == number and not hung_up.done():
            hung_up.set_result(_HUNG_UP)
