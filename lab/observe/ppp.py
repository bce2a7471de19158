# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One PPP session's control: LCP, then PAP or CHAP, then IPCP, then echoes (RFC 1661). Either end of it.

``feed`` takes what comes in; ``open`` ends when the session stands, ``hold`` when it is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import os
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from lab.observe import ppp_packets as wire
from lab.observe.ppp_packets import Ipcp, Lcp, Op, Options, Packet

_RESEND_S, _TRIES = 1.0, 10
_SUCCESS, _FAILURE = 3, 4
_CHALLENGE, _RESPONSE = 1, 2
_PAP_REQUEST, _PAP_ACK, _PAP_NAK = 1, 2, 3
_NOBODY = bytes(4)
NO_ANSWER = "peer is not responding"


class PppError(Exception):
    """The session could not be made; the text is the reason as a log has it."""


@dataclass(frozen=True)
class Up:
    """A session that stands, seen from one end. Addresses dotted."""

    local: str
    remote: str
    mtu: int
    dns: tuple[str, ...] = ()
    user: str = ""


class Negotiation:
    """One configuration protocol (LCP or IPCP): our request until it is acknowledged, and the answer to the peer's."""

    def __init__(self, own: dict[int, bytes], judge: Callable[[dict[int, bytes]], tuple[Op, Options]]) -> None:
        self.own = own
        self.peer: dict[int, bytes] = {}
        self.acked = False
        self.agreed = False
        self._judge = judge
        self._id = 0

    @property
    def open(self) -> bool:
        return self.acked and self.agreed

    def request(self) -> Packet:
        return Packet(Op.CONF_REQ, self._id, wire.encode_options(self.own))

    def take(self, packet: Packet) -> list[Packet]:
        """What to answer."""
        options = wire.decode_options(packet.data)
        if packet.code == Op.CONF_REQ:
            verdict, answer = self._judge(options)
            if verdict is Op.CONF_ACK:
                self.agreed, self.peer = True, options
                return [Packet(verdict, packet.id, packet.data)]
            return [Packet(verdict, packet.id, wire.encode_options(answer))]
        if packet.id != self._id:
            return []
        if packet.code == Op.CONF_ACK:
            self.acked = True
        elif packet.code == Op.CONF_NAK:
            self.own.update({kind: value for kind, value in options.items() if kind in self.own})
        elif packet.code == Op.CONF_REJ:
            for kind in options:
                self.own.pop(kind, None)
        if packet.code in (Op.CONF_NAK, Op.CONF_REJ):
            self._id += 1
            return [self.request()]
        return []


def judged(options: dict[int, bytes], known: frozenset[int], wrong: Options) -> tuple[Op, Options]:
    """Reject what is not known, name what is wanted instead, else agree."""
    unknown = {kind: value for kind, value in options.items() if kind not in known}
    if unknown:
        return Op.CONF_REJ, unknown
    return (Op.CONF_NAK, wrong) if wrong else (Op.CONF_ACK, options)


class End(ABC):
    """What is common to both ends of a session. ``send`` takes (PPP protocol, payload)."""

    def __init__(self, send: Callable[[int, bytes], None], mru: int) -> None:
        self._send_raw = send
        self.magic = os.urandom(4)
        self.lcp = Negotiation({Lcp.MRU: struct.pack("!H", mru), Lcp.MAGIC: self.magic}, self.judge_lcp)
        self.ipcp = Negotiation({}, self.judge_ipcp)
        self._came: asyncio.Queue[tuple[int, Packet]] = asyncio.Queue()
        self._number = 0

    @abstractmethod
    def judge_lcp(self, options: dict[int, bytes]) -> tuple[Op, Options]: ...

    @abstractmethod
    def judge_ipcp(self, options: dict[int, bytes]) -> tuple[Op, Options]: ...

    @abstractmethod
    async def authenticate(self) -> None: ...

    @abstractmethod
    def up(self) -> Up: ...

    def feed(self, protocol: int, payload: bytes) -> None:
        packet = wire.decode_packet(payload)
        if packet is not None:
            self._came.put_nowait((protocol, packet))

    async def open(self) -> Up:
        """Raises PppError."""
        await self._agree(wire.LCP, self.lcp)
        await self.authenticate()
        await self._agree(wire.IPCP, self.ipcp)
        return self.up()

    async def hold(self, keepalive_s: float | None) -> str:
        """Until the session ends; the reason. Echoes go out when nothing was heard for ``keepalive_s`` (None: never).

        They are sent each second then; after as long again without an answer the peer is taken for dead (facts 2.5).
        """
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            quiet = loop.time() - heard
            if keepalive_s is not None and quiet >= 2 * keepalive_s:
                return NO_ANSWER
            wait_s = 3600.0
            if keepalive_s is not None:
                wait_s = max(0.01, keepalive_s - quiet) if quiet < keepalive_s else 1.0
            got = await self._next(wait_s)
            if got is None:
                self.send(wire.LCP, Packet(Op.ECHO_REQ, self._count(), self.magic))
                continue
            heard = loop.time()
            protocol, packet = got
            if protocol == wire.LCP and packet.code == Op.CONF_REQ:
                return "peer begins anew"
            try:
                self._common(protocol, packet)
            except PppError as ended:
                return str(ended)

    def terminate(self, reason: str = "") -> None:
        self.send(wire.LCP, Packet(Op.TERM_REQ, self._count(), reason.encode()))

    def send(self, protocol: int, packet: Packet) -> None:
        self._send_raw(protocol, wire.encode_packet(packet))

    # ---- inside

    def _count(self) -> int:
        self._number = (self._number + 1) % 256
        return self._number

    async def _next(self, wait_s: float) -> tuple[int, Packet] | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                return await self._came.get()
        return None

    async def _agree(self, protocol: int, negotiation: Negotiation) -> None:
        for _try in range(_TRIES):
            if not negotiation.acked:
                self.send(protocol, negotiation.request())
            end = asyncio.get_running_loop().time() + _RESEND_S
            while not negotiation.open:
                got = await self._next(max(0.0, end - asyncio.get_running_loop().time()))
                if got is None:
                    break
                if got[0] == protocol and got[1].code <= Op.CONF_REJ:
                    for answer in negotiation.take(got[1]):
                        self.send(protocol, answer)
                else:
                    self._common(*got)
            if negotiation.open:
                return
        raise PppError(NO_ANSWER)

    async def _expect(self, protocol: int, codes: tuple[int, ...], again: Callable[[], None]) -> Packet:
        """A packet of these codes; ``again`` is done at first and whenever a second passed without one."""
        for _try in range(_TRIES):
            again()
            end = asyncio.get_running_loop().time() + _RESEND_S
            while (got := await self._next(max(0.0, end - asyncio.get_running_loop().time()))) is not None:
                if got[0] == protocol and got[1].code in codes:
                    return got[1]
                self._common(*got)
        raise PppError(NO_ANSWER)

    def _common(self, protocol: int, packet: Packet) -> None:
        """What is answered at any time. Raises PppError when the peer ends the session."""
        if protocol == wire.LCP:
            if packet.code == Op.ECHO_REQ:
                self.send(protocol, Packet(Op.ECHO_REPLY, packet.id, self.magic))
            elif packet.code == Op.TERM_REQ:
                self.send(protocol, Packet(Op.TERM_ACK, packet.id))
                raise PppError(packet.data.decode("latin-1") or "hungup")
            elif packet.code == Op.CONF_REQ:  # our acknowledgement was lost
                for answer in self.lcp.take(packet):
                    self.send(protocol, answer)
        elif protocol == wire.IPCP and packet.code == Op.CONF_REQ and self.ipcp.open:
            for answer in self.ipcp.take(packet):
                self.send(protocol, answer)
        elif protocol not in (wire.LCP, wire.IPCP, wire.PAP, wire.CHAP):
            body = struct.pack("!H", protocol) + wire.encode_packet(packet)
            self.send(wire.LCP, Packet(Op.PROTO_REJ, self._count(), body))


@dataclass(frozen=True)
class Login:
    """Who dials. ``allow``: the methods of ``/interface/pppoe-client``; of these pap and chap are played."""

    user: str
    password: str
    allow: frozenset[str]


class ClientEnd(End):
    """Asks for everything: its address and name servers come from the other end."""

    def __init__(self, send: Callable[[int, bytes], None], login: Login, mru: int) -> None:
        super().__init__(send, mru)
        self._login = login
        self._mtu = mru
        self.ipcp.own.update({Ipcp.ADDRESS: _NOBODY, Ipcp.DNS1: _NOBODY, Ipcp.DNS2: _NOBODY})

    def judge_lcp(self, options: dict[int, bytes]) -> tuple[Op, Options]:
        wanted = options.get(Lcp.AUTH)
        methods = {wire.AUTH_CHAP: "chap", wire.AUTH_PAP: "pap"}
        wrong: dict[int, bytes] = {}
        if wanted is not None and methods.get(wanted) not in self._login.allow:
            other = next((raw for raw, method in methods.items() if method in self._login.allow), None)
            if other is None:
                return Op.CONF_REJ, {Lcp.AUTH: wanted}
            wrong = {Lcp.AUTH: other}
        return judged(options, frozenset((Lcp.MRU, Lcp.AUTH, Lcp.MAGIC)), wrong)

    def judge_ipcp(self, options: dict[int, bytes]) -> tuple[Op, Options]:
        return judged(options, frozenset((Ipcp.ADDRESS,)), {})

    async def authenticate(self) -> None:
        method = self.lcp.peer.get(Lcp.AUTH)
        if method == wire.AUTH_CHAP:
            await self._chap()
        elif method == wire.AUTH_PAP:
            await self._pap()

    def up(self) -> Up:
        own, peer = self.ipcp.own, self.ipcp.peer
        mru = struct.unpack("!H", self.lcp.peer.get(Lcp.MRU, struct.pack("!H", wire.MAX_MTU)))[0]
        given = (own.get(Ipcp.DNS1, _NOBODY), own.get(Ipcp.DNS2, _NOBODY))
        return Up(
            local=_dotted(own.get(Ipcp.ADDRESS, _NOBODY)),
            remote=_dotted(peer.get(Ipcp.ADDRESS, _NOBODY)),
            mtu=min(self._mtu, mru),
            dns=tuple(_dotted(raw) for raw in given if raw != _NOBODY),
            user=self._login.user,
        )

    async def _chap(self) -> None:
        challenge = await self._expect(wire.CHAP, (_CHALLENGE,), lambda: None)

        def respond() -> None:
            value = challenge.data[1 : 1 + challenge.data[0]]
            digest = chap_digest(challenge.id, self._login.password, value)
            body = bytes((len(digest),)) + digest + self._login.user.encode()
            self.send(wire.CHAP, Packet(_RESPONSE, challenge.id, body))

        answer = await self._expect(wire.CHAP, (_SUCCESS, _FAILURE), respond)
        if answer.code == _FAILURE:
            raise PppError(f"user {self._login.user} authentication failed")

    async def _pap(self) -> None:
        user, password = self._login.user.encode(), self._login.password.encode()
        body = bytes((len(user),)) + user + bytes((len(password),)) + password
        answer = await self._expect(
            wire.PAP, (_PAP_ACK, _PAP_NAK), lambda: self.send(wire.PAP, Packet(_PAP_REQUEST, 1, body))
        )
        if answer.code == _PAP_NAK:
            raise PppError(f"user {self._login.user} authentication failed")


@dataclass(frozen=True)
class Offer:
    """What a concentrator has for whoever logs in."""

    local: str
    remote: str
    dns: tuple[str, str]
    user: str
    password: str
    auth: str = "chap"  # chap | pap


class ServerEnd(End):
    """Checks who dials, and gives one address."""

    def __init__(self, send: Callable[[int, bytes], None], offer: Offer) -> None:
        super().__init__(send, wire.MAX_MTU)
        self._offer = offer
        self.lcp.own[Lcp.AUTH] = wire.AUTH_CHAP if offer.auth == "chap" else wire.AUTH_PAP
        self.ipcp.own[Ipcp.ADDRESS] = _packed(offer.local)

    def judge_lcp(self, options: dict[int, bytes]) -> tuple[Op, Options]:
        mru = options.get(Lcp.MRU, b"\0\0")
        wrong = {int(Lcp.MRU): struct.pack("!H", wire.MAX_MTU)} if int.from_bytes(mru, "big") > wire.MAX_MTU else {}
        return judged(options, frozenset((Lcp.MRU, Lcp.MAGIC)), wrong)

    def judge_ipcp(self, options: dict[int, bytes]) -> tuple[Op, Options]:
        offer = self._offer
        right = {
            int(Ipcp.ADDRESS): _packed(offer.remote),
            int(Ipcp.DNS1): _packed(offer.dns[0]),
            int(Ipcp.DNS2): _packed(offer.dns[1]),
        }
        wrong = {kind: right[kind] for kind, value in options.items() if kind in right and value != right[kind]}
        return judged(options, frozenset(right), wrong)

    async def authenticate(self) -> None:
        """The method is ours, whatever the peer would like better: who refuses it is not let in."""
        if self.lcp.own.get(Lcp.AUTH) is None:
            self.terminate("authentication is required")
            raise PppError("peer refuses to authenticate")
        if self.lcp.own[Lcp.AUTH] == wire.AUTH_CHAP:
            right = await self._chap()
        else:
            right = await self._pap()
        if not right:
            self.terminate("authentication failed")
            raise PppError("authentication failed")

    def up(self) -> Up:
        mru = struct.unpack("!H", self.lcp.peer.get(Lcp.MRU, struct.pack("!H", wire.MAX_MTU)))[0]
        return Up(self._offer.local, self._offer.remote, mru, user=self._offer.user)

    async def _chap(self) -> bool:
        value = os.urandom(16)
        body = bytes((len(value),)) + value + b"lab"
        answer = await self._expect(wire.CHAP, (_RESPONSE,), lambda: self.send(wire.CHAP, Packet(_CHALLENGE, 1, body)))
        size = answer.data[0] if answer.data else 0
        digest, user = answer.data[1 : 1 + size], answer.data[1 + size :].decode("utf-8", "replace")
        right = user == self._offer.user and digest == chap_digest(1, self._offer.password, value)
        self.send(wire.CHAP, Packet(_SUCCESS if right else _FAILURE, 1, b"" if right else b"bad user or password"))
        return right

    async def _pap(self) -> bool:
        request = await self._expect(wire.PAP, (_PAP_REQUEST,), lambda: None)
        data = request.data
        user = data[1 : 1 + data[0]]
        password = data[2 + data[0] : 2 + data[0] + data[1 + data[0]]]
        right = (user.decode(), password.decode()) == (self._offer.user, self._offer.password)
        words = b"" if right else b"bad user or password"
        body = bytes((len(words),)) + words
        self.send(wire.PAP, Packet(_PAP_ACK if right else _PAP_NAK, request.id, body))
        return right


def chap_digest(number: int, secret: str, challenge: bytes) -> bytes:
    return hashlib.md5(bytes((number,)) + secret.encode() + challenge, usedforsecurity=False).digest()


def _packed(address: str) -> bytes:
    return ipaddress.IPv4Address(address).packed


def _dotted(raw: bytes) -> str:
    return str(ipaddress.IPv4Address(raw))
