# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends of a PPP session, tied together in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.observe import ppp_packets as wire
from lab.observe.ppp import ClientEnd, Login, Offer, PppError, ServerEnd, Up
from lab.observe.ppp_packets import Code, Discovery, Packet

EVERY = frozenset(("pap", "chap", "mschap1", "mschap2"))
ALLOWED = {"any": EVERY, "pap": frozenset(("pap",)), "chap": frozenset(("chap",)), "ms": frozenset(("mschap2",))}


def offer(auth: str) -> Offer:
    return Offer("10.64.1.1", "10.64.1.2", ("8.8.8.8", "1.1.1.1"), "isp1@lab.example", "secret", auth)


class Tie:
    """A wire that loses the packets that ``lost`` names, by their number from 0."""

    def __init__(self, auth: str, login: Login, mru: int = 1492, lost: frozenset[int] = frozenset()) -> None:
        self._count, self._lost = 0, lost
        self.client = ClientEnd(self._to(lambda: self.server), login, mru)
        self.server = ServerEnd(self._to(lambda: self.client), offer(auth))

    def _to(self, other: Callable[[], ClientEnd | ServerEnd]) -> Callable[[int, bytes], None]:
        def send(protocol: int, payload: bytes) -> None:
            number, self._count = self._count, self._count + 1
            if number not in self._lost:
                other().feed(protocol, payload)

        return send

    async def open(self) -> tuple[Up | BaseException, Up | BaseException]:
        client, server = await asyncio.gather(self.client.open(), self.server.open(), return_exceptions=True)
        return client, server


@pytest.mark.parametrize("auth", ["chap", "pap"])
async def test_the_right_password_gets_what_the_concentrator_has(auth: str) -> None:
    client, server = await Tie(auth, Login("isp1@lab.example", "secret", EVERY)).open()
    assert client == Up("10.64.1.2", "10.64.1.1", 1492, ("8.8.8.8", "1.1.1.1"), "isp1@lab.example")
    assert isinstance(server, Up)
    assert (server.local, server.remote) == ("10.64.1.1", "10.64.1.2")


@pytest.mark.parametrize("auth", ["chap", "pap"])
@pytest.mark.parametrize(("user", "password"), [("isp1@lab.example", "wrong"), ("somebody", "secret"), ("", "")])
async def test_who_is_not_known_is_refused(auth: str, user: str, password: str) -> None:
    client, server = await Tie(auth, Login(user, password, EVERY)).open()
    assert isinstance(client, PppError)
    assert str(client) == f"user {user} authentication failed"
    assert isinstance(server, PppError)


@pytest.mark.parametrize(
    ("auth", "allow", "works"), [("chap", "chap", True), ("pap", "pap", True), ("chap", "ms", False)]
)
async def test_a_client_uses_the_methods_that_it_may(auth: str, allow: str, works: bool) -> None:
    client, _ = await Tie(auth, Login("isp1@lab.example", "secret", ALLOWED[allow])).open()
    assert isinstance(client, Up) is works


async def test_the_smaller_mru_counts_for_both() -> None:
    client, server = await Tie("chap", Login("isp1@lab.example", "secret", EVERY), mru=1480).open()
    assert isinstance(client, Up)
    assert isinstance(server, Up)
    assert client.mtu == server.mtu == 1480


@pytest.mark.parametrize("lost", range(6))
async def test_a_lost_packet_delays_and_breaks_nothing(lost: int) -> None:
    client, server = await Tie("chap", Login("isp1@lab.example", "secret", EVERY), lost=frozenset((lost,))).open()
    assert isinstance(client, Up)
    assert isinstance(server, Up)


async def test_a_session_ends_when_the_other_end_says_so() -> None:
    tie = Tie("chap", Login("isp1@lab.example", "secret", EVERY))
    await tie.open()
    held = asyncio.create_task(tie.client.hold(None))
    tie.server.terminate("maintenance")
    assert await held == "maintenance"


async def test_a_silent_peer_is_given_up_after_twice_the_keepalive() -> None:
    tie = Tie("chap", Login("isp1@lab.example", "secret", EVERY))
    await tie.open()
    assert await tie.client.hold(0.05) == "peer is not responding"  # the server's end is not held: nobody answers


@given(st.binary(max_size=100))
def test_foreign_bytes_are_no_frames_and_no_error(raw: bytes) -> None:
    wire.decode_discovery(raw)
    wire.decode_session(raw)
    wire.decode_packet(raw)
    wire.decode_options(raw)


@given(st.lists(st.tuples(st.sampled_from([0x0101, 0x0102, 0x0103]), st.binary(max_size=30)), max_size=4))
def test_discovery_there_and_back(tags: list[tuple[int, bytes]]) -> None:
    frame = Discovery(b"\x01" * 6, b"\x02" * 6, Code.PADO, 7, tuple(tags))
    assert wire.decode_discovery(wire.encode_discovery(frame)) == frame


@given(st.integers(1, 0xFFFF), st.binary(max_size=200))
def test_session_frames_there_and_back(number: int, payload: bytes) -> None:
    raw = wire.encode_session(wire.session_head(b"\x01" * 6, b"\x02" * 6, number), wire.LCP, payload)
    assert wire.decode_session(raw) == (number, wire.LCP, payload)
    packet = Packet(1, 2, payload)
    assert wire.decode_packet(wire.encode_packet(packet)) == packet
