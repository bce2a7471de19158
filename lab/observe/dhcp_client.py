# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/dhcp-client``: a client on one interface (RFC 2131 4.4), with packets of its own.

It discovers, binds, renews by unicast, rebinds by broadcast, and starts over when the server refuses, the lease runs
out or the link goes. What it holds it tells its owner; nothing is set in the kernel here.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lab.derive.observations import Given
from lab.observe import dhcp_packets as dhcp
from lab.observe.dhcp_packets import Datagram, Kind, Message, Option
from lab.observe.netlink import interfaces
from lab.observe.tasks import spawn
from lab.observe.wire_filter import packet_socket, udp_to

#: seconds between DISCOVERs and REQUESTs (RFC 2131 4.1 asks for 4, 8, 16; routers are quicker)
_PATIENCE_S = (1.0, 2.0, 4.0, 8.0)
_LEAST_RENEW_S = 1.0
_T1, _T2, _ROUTES, _VENDOR, _NTP = 58, 59, 121, 43, 42
_ASKED = bytes((1, 3, 6, 33, _NTP, _VENDOR, _ROUTES, 138))  # facts 2.5
_NO_LEASE = (0, 0xFFFFFFFF)


@dataclass(frozen=True)
class Lease:
    """``server``: (address, MAC). Times in seconds; ``since`` of the loop's clock."""

    given: Given
    server: tuple[str, str]
    seconds: float
    renew_s: float
    rebind_s: float
    since: float
    options: Mapping[int, bytes]

    @property
    def address(self) -> str:
        return self.given.address.partition("/")[0]


def lease_of(ack: Message, *, source_mac: str, now: float) -> Lease:
    """What an ACK grants."""
    options = dict(ack.options)
    mask = options.get(Option.NETMASK, b"\xff\xff\xff\xff")
    length = bin(int.from_bytes(mask, "big")).count("1")
    servers = ack.addresses(Option.SERVER_ID)
    given = Given(
        address=f"{ack.yiaddr}/{length}",
        gateway=next(iter(ack.addresses(Option.ROUTER)), ""),
        dns=ack.addresses(Option.DNS),
        routes=classless(options.get(_ROUTES, b"")),
    )
    seconds = _seconds(options.get(Option.LEASE_TIME, b""), 86400.0)
    renew = _seconds(options.get(_T1, b""), seconds / 2)
    rebind = _seconds(options.get(_T2, b""), seconds * 7 / 8)
    server = servers[0] if servers else ack.siaddr
    return Lease(given, (server, source_mac), seconds, min(renew, seconds), min(rebind, seconds), now, options)


def classless(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Option 121 (RFC 3442): (destination, gateway)."""
    found = []
    while raw:
        length = raw[0]
        size = (length + 7) // 8
        if length > 32 or len(raw) < 1 + size + 4:
            break
        network = ipaddress.IPv4Address(raw[1 : 1 + size].ljust(4, b"\0"))
        gateway = ipaddress.IPv4Address(raw[1 + size : 5 + size])
        found.append((f"{network}/{length}", str(gateway)))
        raw = raw[5 + size :]
    return tuple(found)


def _seconds(raw: bytes, otherwise: float) -> float:
    return float(struct.unpack("!I", raw)[0]) if len(raw) == 4 else otherwise


@dataclass(frozen=True)
class Wants:
    """What the configuration asks of a client."""

    interface: str  # by its configured name
    kernel: str
    host_name: str = ""


#: told of each status; of each lease, with None when there is none any more, and why
OnStatus = Callable[[str], None]
OnLease = Callable[[Lease | None, str], None]


class DhcpClient:
    """``start``, then ``link(up)`` whenever the carrier changes, then ``stop()`` or ``halt()``."""

    def __init__(self, namespace: str, wants: Wants, *, on_status: OnStatus, on_lease: OnLease) -> None:
        self.wants = wants
        self.lease: Lease | None = None
        self._namespace = namespace
        self._on_status = on_status
        self._on_lease = on_lease
        self._up = False
        self._task: asyncio.Task[None] | None = None
        self._renew = asyncio.Event()
        self._mac = ""

    def start(self, *, up: bool) -> None:
        self._up = up
        self._on_status("searching...")
        if up:
            self._begin()

    def link(self, *, up: bool) -> None:
        if up == self._up:
            return
        self._up = up
        if up:
            self._begin()
        else:
            self._end("link down")
            self._on_status("searching...")

    def halt(self) -> None:
        """Nothing more is sent or told."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def stop(self) -> None:
        """The lease is given back, as when the row is disabled or removed."""
        lease = self.lease
        self._end("lease stopped locally")
        if lease is not None and self._up:
            self._give_back(lease)
        self._on_status("stopped")

    def renew(self) -> None:
        """Ask for the lease anew, now."""
        self._renew.set()

    def release(self) -> None:
        """Give the lease back and begin again."""
        lease = self.lease
        self._end("lease stopped locally")
        if lease is not None and self._up:
            self._give_back(lease)
        self._on_status("searching...")
        if self._up:
            self._begin()

    # ---- inside

    def _begin(self) -> None:
        self._task = spawn(self._run(), f"dhcp client on {self.wants.interface}")

    def _end(self, why: str) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._drop(why)

    def _drop(self, why: str) -> None:
        if self.lease is not None:
            self.lease = None
            self._on_lease(None, why)

    async def _run(self) -> None:
        while True:
            try:
                self._mac = interfaces(self._namespace)[self.wants.kernel].mac
                sock = packet_socket(self._namespace, self.wants.kernel, dhcp.ETHERTYPE_IPV4, udp_to(dhcp.CLIENT_PORT))
            except (OSError, KeyError):
                await asyncio.sleep(1.0)
                continue
            with contextlib.closing(sock):
                try:
                    await self._serve(sock)
                except OSError:  # the interface went down or away under the socket: link() will say so
                    self._drop("interface error")
                    await asyncio.sleep(1.0)

    async def _serve(self, sock: socket.socket) -> None:
        while True:
            self._on_status("searching...")
            offer = await self._discover(sock)
            self._on_status("requesting...")
            ack = await self._request(sock, offer)
            if ack is None:
                await asyncio.sleep(_LEAST_RENEW_S)
                continue
            await self._hold(sock, ack)

    async def _discover(self, sock: socket.socket) -> Message:
        number = 0
        while True:
            xid = int.from_bytes(os.urandom(4), "big")
            self._send(sock, self._message(Kind.DISCOVER, xid, ()))
            reply = await self._reply(sock, xid, _PATIENCE_S[min(number, len(_PATIENCE_S) - 1)])
            number += 1
            if reply is not None and reply[0].kind is Kind.OFFER:
                return reply[0]

    async def _request(self, sock: socket.socket, offer: Message) -> Lease | None:
        options = [
            (Option.REQUESTED_ADDRESS, ipaddress.IPv4Address(offer.yiaddr).packed),
            (Option.SERVER_ID, offer.option(Option.SERVER_ID) or b""),
        ]
        for patience_s in _PATIENCE_S[:3]:
            self._send(sock, self._message(Kind.REQUEST, offer.xid, options))
            reply = await self._reply(sock, offer.xid, patience_s)
            if reply is not None and reply[0].kind is Kind.NAK:
                return None
            if reply is not None and reply[0].kind is Kind.ACK:
                return self._granted(reply)
        return None

    def _granted(self, reply: tuple[Message, str]) -> Lease:
        return lease_of(reply[0], source_mac=reply[1], now=asyncio.get_running_loop().time())

    def _take(self, lease: Lease) -> None:
        """Hold this lease; the owner hears of a new one, and of one that says something else."""
        before, self.lease = self.lease, lease
        if before is None or before.given != lease.given:
            self._on_lease(lease, "changed" if before is not None else "bound")
        self._on_status("bound")

    async def _hold(self, sock: socket.socket, lease: Lease) -> None:
        """Until the lease is lost."""
        self._take(lease)
        loop = asyncio.get_running_loop()
        while True:
            self._renew.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(lease.since + lease.renew_s):
                    await self._renew.wait()
            asked = self._renew.is_set()
            answer = await self._again(sock, lease, at_once=asked)
            if answer is None:
                why = "lease expired" if loop.time() >= lease.since + lease.seconds else "refused by the server"
                self._drop(why)
                return
            lease = answer
            self._take(lease)

    async def _again(self, sock: socket.socket, lease: Lease, *, at_once: bool) -> Lease | None:
        """Renew, then rebind; None when the server refuses or the time is over."""
        loop = asyncio.get_running_loop()
        rebind_at, end_at = lease.since + lease.rebind_s, lease.since + lease.seconds
        tries = 0
        while loop.time() < end_at:
            unicast = loop.time() < rebind_at and not (at_once and tries > 0)
            self._on_status("renewing..." if unicast else "rebinding...")
            until = min(rebind_at if unicast else end_at, loop.time() + 60.0)
            wait_s = max(_LEAST_RENEW_S, min((until - loop.time()) / 2, 10.0))
            xid = int.from_bytes(os.urandom(4), "big")
            with contextlib.suppress(OSError):
                self._send(sock, self._message(Kind.REQUEST, xid, (), held=lease), lease if unicast else None)
            reply = await self._reply(sock, xid, 2.0 if at_once else wait_s)
            tries += 1
            if reply is not None and reply[0].kind is Kind.NAK:
                return None
            if reply is not None and reply[0].kind is Kind.ACK:
                return self._granted(reply)
            if at_once and tries >= 3:  # a renewal that was asked for fails: the lease is begun anew [man: dhcp]
                return None
        return None

    def _message(
        self, kind: Kind, xid: int, options: list[tuple[Option, bytes]] | tuple[()], *, held: Lease | None = None
    ) -> Message:
        own = [(int(Option.CLIENT_ID), b"\x01" + dhcp.mac_bytes(self._mac))]
        if self.wants.host_name:
            own.append((int(Option.HOST_NAME), self.wants.host_name.encode()))
        more = [(int(Option.PARAMETERS), _ASKED)]
        every = (*((int(code), value) for code, value in options), *own, *more)
        message = Message(kind, xid, self._mac, broadcast=held is None, options=every)
        return message if held is None else replace(message, ciaddr=held.address)

    def _send(self, sock: socket.socket, message: Message, to: Lease | None = None) -> None:
        sock.send(
            dhcp.frame(
                Datagram(
                    source_mac=self._mac,
                    target_mac=to.server[1] if to is not None else dhcp.BROADCAST_MAC,
                    source=message.ciaddr,
                    target=to.server[0] if to is not None else "255.255.255.255",
                    source_port=dhcp.CLIENT_PORT,
                    target_port=dhcp.SERVER_PORT,
                    payload=dhcp.encode(message),
                )
            )
        )

    def _give_back(self, lease: Lease) -> None:
        options = ((int(Option.SERVER_ID), ipaddress.IPv4Address(lease.server[0]).packed),)
        xid = int.from_bytes(os.urandom(4), "big")
        message = Message(Kind.RELEASE, xid, self._mac, ciaddr=lease.address, options=options)
        with contextlib.suppress(OSError):
            sock = packet_socket(self._namespace, self.wants.kernel, 0)
            with contextlib.closing(sock):
                self._send(sock, message, lease)

    async def _reply(self, sock: socket.socket, xid: int, timeout_s: float) -> tuple[Message, str] | None:
        """(the server's answer to ``xid``, its MAC); None when the time is over."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while True:
                    frame = await loop.sock_recv(sock, 65536)
                    datagram = dhcp.unframe(frame)
                    if datagram is None or datagram.source_port != dhcp.SERVER_PORT:
                        continue
                    with contextlib.suppress(ValueError):
                        message = dhcp.decode(datagram.payload)
                        if message.from_server and message.xid == xid and message.chaddr == self._mac:
                            return message, datagram.source_mac
        return None
