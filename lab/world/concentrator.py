# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ISP's PPPoE access concentrator: one line, one user, one address at a time (RFC 2516)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

from lab.observe import ppp_packets as wire
from lab.observe.dhcp_packets import mac_bytes
from lab.observe.netlink import interfaces
from lab.observe.ppp import Offer, PppError, ServerEnd
from lab.observe.ppp_packets import Code, Discovery, Tag
from lab.observe.ppp_pump import Carried, Pump
from lab.observe.tasks import spawn
from lab.observe.wire_filter import not_ppp, packet_socket
from lab.world.topology import RESOLVERS
from lab.world.uplinks import Addressing, Uplink

#: IP interface of the line and the half that its frames come out of (build.interior)
IP_DEVICE, HALF = "ppp0", "ppp0w"
_ECHO_S = 10.0


class Concentrator:
    """``start`` with what the line is numbered with, ``kick`` to throw the session out, ``stop``."""

    def __init__(self, uplink: Uplink, password: str, pump: Pump) -> None:
        self._uplink = uplink
        self._password = password
        self._pump = pump
        self._addressing = uplink.addressing
        self._discovery: socket.socket | None = None
        self._control: socket.socket | None = None
        self._mac = b""
        self._cookie = os.urandom(8)
        self._session: _Session | None = None
        self._number = int.from_bytes(os.urandom(1), "big") + 1

    @property
    def connected(self) -> bool:
        return self._session is not None and self._session.connected

    async def start(self, addressing: Addressing) -> None:
        self._addressing = addressing
        name, loop = self._uplink.name, asyncio.get_running_loop()
        self._mac = mac_bytes(interfaces(name)["cpe"].mac)
        self._discovery = packet_socket(name, "cpe", wire.DISCOVERY)
        self._control = packet_socket(name, "cpe", wire.SESSION, not_ppp(wire.IP))
        loop.add_reader(self._discovery, self._discovered)
        loop.add_reader(self._control, self._heard)

    async def stop(self) -> None:
        self.kick()
        for sock in (self._discovery, self._control):
            if sock is not None:
                asyncio.get_running_loop().remove_reader(sock)
                sock.close()
        self._discovery = self._control = None

    def kick(self) -> None:
        """The session is over; both sides are told."""
        if self._session is not None:
            session, self._session = self._session, None
            session.end.terminate("session timeout")
            session.close()
            self._padt(session)

    # ---- inside

    def _discovered(self) -> None:
        assert self._discovery is not None
        with contextlib.suppress(OSError):
            frame = wire.decode_discovery(self._discovery.recv(2048))
            if frame is None:
                return
            if frame.code is Code.PADI and self._serves(frame):
                tags = ((Tag.AC_NAME, self._name), (Tag.SERVICE, self._service(frame)), *_echoed(frame))
                self._say(Discovery(frame.source, self._mac, Code.PADO, 0, (*tags, (Tag.COOKIE, self._cookie))))
            elif frame.code is Code.PADR and self._serves(frame) and frame.tag(Tag.COOKIE) == self._cookie:
                self._begin(frame)
            elif frame.code is Code.PADT and self._session is not None and frame.session == self._session.number:
                self._over(self._session)

    def _serves(self, frame: Discovery) -> bool:
        """A client that names no service takes any; one that names another gets no answer."""
        wanted = frame.tag(Tag.SERVICE)
        return not wanted or wanted == self._uplink.service.encode()

    def _service(self, frame: Discovery) -> bytes:
        return frame.tag(Tag.SERVICE) or self._uplink.service.encode()

    @property
    def _name(self) -> bytes:
        return f"bras-{self._uplink.name}".encode()

    def _begin(self, frame: Discovery) -> None:
        """A new session; whoever had one on this line dials again because he lost it."""
        if self._session is not None:
            self._over(self._session)
        self._number = self._number % 0xFFFE + 1
        offer = Offer(
            local=self._addressing.gateway,
            remote=self._addressing.router,
            dns=(RESOLVERS[0], RESOLVERS[1]),
            user=self._uplink.username,
            password=self._password,
            auth=self._uplink.auth,
        )
        head = wire.session_head(frame.source, self._mac, self._number)
        self._session = _Session(self._number, frame.source, offer, lambda p, d: self._control_out(head, p, d))
        tags = ((Tag.SERVICE, self._service(frame)), *_echoed(frame))
        self._say(Discovery(frame.source, self._mac, Code.PADS, self._number, tags))
        self._session.task = spawn(self._run(self._session), f"pppoe session at {self._uplink.name}")

    async def _run(self, session: _Session) -> None:
        with contextlib.suppress(PppError):
            await session.end.open()
            inner = interfaces(self._uplink.name)[IP_DEVICE].mac.replace(":", "").lower()
            await self._pump.add(
                Carried(
                    key=self._uplink.name,
                    namespace=self._uplink.name,
                    wire="cpe",
                    half=HALF,
                    session=session.number,
                    own=self._mac.hex(),
                    peer=session.peer.hex(),
                    inner=inner,
                )
            )
            session.connected = True
            await session.end.hold(_ECHO_S)
        if self._session is session:
            self._session = None
            await self._pump.remove(self._uplink.name)
            self._padt(session)

    def _over(self, session: _Session) -> None:
        self._session = None
        session.close()
        if session.connected:
            spawn(self._pump.remove(self._uplink.name), "ppp pump")

    def _heard(self) -> None:
        assert self._control is not None
        with contextlib.suppress(OSError):
            frame = wire.decode_session(self._control.recv(2048))
            if frame is not None and self._session is not None and frame[0] == self._session.number:
                self._session.end.feed(frame[1], frame[2])

    def _control_out(self, head: bytes, protocol: int, payload: bytes) -> None:
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(wire.encode_session(head, protocol, payload))

    def _padt(self, session: _Session) -> None:
        if session.connected:
            spawn(self._pump.remove(self._uplink.name), "ppp pump")
        self._say(Discovery(session.peer, self._mac, Code.PADT, session.number))

    def _say(self, frame: Discovery) -> None:
        if self._discovery is not None:
            with contextlib.suppress(OSError):
                self._discovery.send(wire.encode_discovery(frame))


class _Session:
    def __init__(self, number: int, peer: bytes, offer: Offer, send: Callable[[int, bytes], None]) -> None:
        self.number = number
        self.peer = peer
        self.end = ServerEnd(send, offer)
        self.connected = False
        self.task: asyncio.Task[None] | None = None

    def close(self) -> None:
        if self.task is not None:
            self.task.cancel()


def _echoed(frame: Discovery) -> tuple[tuple[int, bytes], ...]:
    unique = frame.tag(Tag.HOST_UNIQ)
    return ((Tag.HOST_UNIQ, unique),) if unique is not None else ()
