# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from lab.observe import modem_wire
from lab.observe.dhcp_client import classless, lease_of
from lab.observe.dhcp_packets import Kind, Message, Option

ADDRESS = ipaddress.IPv4Address("192.168.2.1").packed


def ack(*more: tuple[int, bytes]) -> Message:
    options = ((int(Option.SERVER_ID), ADDRESS), (int(Option.NETMASK), b"\xff\xff\xff\x00"), *more)
    return Message(Kind.ACK, 1, "02:00:00:00:00:01", from_server=True, yiaddr="192.168.2.9", options=options)


def test_a_lease_says_what_the_server_granted() -> None:
    router, time = (int(Option.ROUTER), ADDRESS), (int(Option.LEASE_TIME), (120).to_bytes(4, "big"))
    lease = lease_of(ack(router, time, (int(Option.DNS), ADDRESS + ADDRESS)), source_mac="02:00:00:00:00:02", now=10.0)
    assert lease.given.address == "192.168.2.9/24"
    assert lease.given.gateway == "192.168.2.1"
    assert lease.given.dns == ("192.168.2.1", "192.168.2.1")
    assert lease.server == ("192.168.2.1", "02:00:00:00:00:02")
    assert (lease.seconds, lease.renew_s, lease.rebind_s) == (120, 60, 105)  # RFC 2131 4.4.5: half, and seven eighths


def test_the_servers_own_times_count() -> None:
    times = [(58, (10).to_bytes(4, "big")), (59, (15).to_bytes(4, "big")), (51, (120).to_bytes(4, "big"))]
    lease = lease_of(ack(*times), source_mac="", now=0.0)
    assert (lease.renew_s, lease.rebind_s) == (10, 15)


def test_a_lease_without_a_router_has_no_gateway() -> None:
    assert lease_of(ack(), source_mac="", now=0.0).given.gateway == ""


def test_classless_routes_are_read_as_rfc_3442_packs_them() -> None:
    raw = bytes((24, 10, 1, 2)) + ADDRESS + bytes((0,)) + ADDRESS
    assert classless(raw) == (("10.1.2.0/24", "192.168.2.1"), ("0.0.0.0/0", "192.168.2.1"))


@given(st.binary(max_size=60))
def test_broken_classless_routes_are_left_out(raw: bytes) -> None:
    classless(raw)


@given(st.binary(max_size=60))
def test_foreign_frames_are_no_words_of_a_modem(raw: bytes) -> None:
    modem_wire.decode(raw)
    assert modem_wire.decode(modem_wire.encode(b"\x02" * 6, {"attach": "internet"})) == {"attach": "internet"}
