# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from lab import netns
from lab.observe.ping import Outcome, Pinger


async def test_a_neighbour_answers(pair: Any) -> None:
    async with Pinger("rt") as pinger:
        answer = await pinger.ping("10.0.0.2", timeout_s=20)
    assert answer
    assert answer.sender == "10.0.0.2"
    assert answer.rtt_s is not None
    assert 0 < answer.rtt_s < 20


async def test_the_empty_name_is_the_namespace_we_are_in(net: Any) -> None:
    netns.run("", ["ip", "link", "set", "dev", "lo", "up"])
    async with Pinger("") as pinger:
        assert await pinger.ping("127.0.0.1", timeout_s=20)


async def test_many_pings_at_once_get_their_own_answers(pair: Any) -> None:
    pair.drop("nb", "ip daddr 10.0.0.66")
    pair.ip("nb", "addr add 10.0.0.3/24 dev eth0")
    pair.ip("nb", "addr add 10.0.0.66/24 dev eth0")
    targets = ["10.0.0.2", "10.0.0.3", "10.0.0.66"] * 20
    async with Pinger("rt") as pinger:
        answers = await asyncio.gather(*(pinger.ping(target, timeout_s=2) for target in targets))
    for target, answer in zip(targets, answers, strict=True):
        assert answer.outcome is (Outcome.TIMEOUT if target == "10.0.0.66" else Outcome.REPLY)
        assert answer.sender in ("", target)


async def test_two_pingers_in_one_namespace_do_not_mix(pair: Any) -> None:
    async with Pinger("rt") as one, Pinger("rt") as two:
        answers = await asyncio.gather(
            *(pinger.ping("10.0.0.2", timeout_s=20) for pinger in (one, two) for _ in range(20))
        )
    assert all(answers)


async def test_silence_is_a_timeout(pair: Any) -> None:
    pair.drop("nb", "icmp type echo-request")
    async with Pinger("rt") as pinger:
        answer = await pinger.ping("10.0.0.2", timeout_s=0.2)
    assert answer.outcome is Outcome.TIMEOUT
    assert answer.rtt_s is None


async def test_a_router_that_says_unreachable_is_heard(pair: Any) -> None:
    pair.ip("rt", "route add 10.9.9.9/32 via 10.0.0.2")
    pair.sysctl("nb", "net.ipv4.ip_forward=1")
    async with Pinger("rt") as pinger:
        answer = await pinger.ping("10.9.9.9", timeout_s=20)
    assert answer.outcome is Outcome.UNREACHABLE
    assert answer.sender == "10.0.0.2"


async def test_the_ttl_runs_out_at_the_first_router(pair: Any) -> None:
    pair.namespace("far")
    pair.wire("nb", "eth1", "far", "eth0")
    pair.ip("nb", "addr add 10.0.1.1/24 dev eth1")
    pair.ip("far", "addr add 10.0.1.2/24 dev eth0")
    pair.ip("far", "route add default via 10.0.1.1")
    pair.ip("rt", "route add 10.0.1.0/24 via 10.0.0.2")
    pair.sysctl("nb", "net.ipv4.ip_forward=1")
    async with Pinger("rt") as pinger:
        assert await pinger.ping("10.0.1.2", timeout_s=20)
        answer = await pinger.ping("10.0.1.2", timeout_s=20, ttl=1)
    assert answer.outcome is Outcome.EXCEEDED
    assert answer.sender == "10.0.0.2"


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("192.0.2.1", {}),  # no route
        ("10.0.5.5", {}),  # blackhole
        ("10.0.0.2", {"source": "192.0.2.7"}),  # not our address
        ("10.0.0.2", {"interface": "ether9"}),
    ],
)
async def test_what_the_kernel_refuses_is_not_sent(pair: Any, target: str, options: dict[str, str]) -> None:
    pair.ip("rt", "route add blackhole 10.0.5.5/32")
    async with Pinger("rt") as pinger:
        answer = await pinger.ping(target, timeout_s=1, **options)
    assert answer.outcome is Outcome.UNSENT
    assert answer.why


async def test_the_source_address_is_the_one_asked_for(pair: Any) -> None:
    pair.ip("rt", "addr add 10.0.0.77/24 dev ether1")
    pair.drop("nb", "ip saddr 10.0.0.77")
    async with Pinger("rt") as pinger:
        assert await pinger.ping("10.0.0.2", timeout_s=20)
        assert not await pinger.ping("10.0.0.2", timeout_s=0.2, source="10.0.0.77")
        pair.heal("nb")
        assert await pinger.ping("10.0.0.2", timeout_s=20, source="10.0.0.77")


async def test_a_bound_ping_leaves_by_its_interface_whatever_the_table_says(pair: Any) -> None:
    pair.namespace("nb2")
    pair.wire("rt", "ether2", "nb2", "eth0")
    pair.ip("rt", "addr add 10.0.9.1/24 dev ether2")
    pair.ip("nb2", "addr add 10.0.9.2/24 dev eth0")
    async with Pinger("rt") as pinger:
        assert await pinger.ping("10.0.9.2", timeout_s=20, interface="ether2")
        assert not await pinger.ping("10.0.9.2", timeout_s=0.3, interface="ether1")


@pytest.mark.parametrize(("size", "fragment", "df"), [(28, False, True), (56, False, True), (1400, True, False)])
async def test_size_counts_the_ip_header_and_df_is_as_asked(pair: Any, size: int, fragment: bool, df: bool) -> None:
    with netns.make_socket("nb", socket.AF_PACKET, socket.SOCK_DGRAM, 0) as tap:
        tap.bind(("eth0", 0x0800))
        async with Pinger("rt") as pinger:
            assert await pinger.ping("10.0.0.2", timeout_s=20, size=size, dont_fragment=not fragment)
        packet = tap.recv(2000)
    assert int.from_bytes(packet[2:4], "big") == size
    assert bool(packet[6] & 0x40) == df
    assert packet[8] == 255


async def test_a_packet_larger_than_the_link_is_refused_with_df(pair: Any) -> None:
    async with Pinger("rt") as pinger:
        answer = await pinger.ping("10.0.0.2", timeout_s=1, size=3000)
        assert answer.outcome is Outcome.UNSENT
        assert await pinger.ping("10.0.0.2", timeout_s=20, size=3000, dont_fragment=False)


async def test_a_reply_that_comes_in_by_another_interface_does_not_count_for_a_bound_ping(pair: Any) -> None:
    pair.wire("rt", "ether2", "nb", "eth1")
    for port in ("all", "ether1", "ether2"):
        pair.sysctl("rt", f"net.ipv4.conf.{port}.rp_filter=0")
    pair.ip("nb", "route add 10.0.0.1/32 dev eth1")
    async with Pinger("rt") as pinger:
        assert await pinger.ping("10.0.0.2", timeout_s=20)
        bound = await pinger.ping("10.0.0.2", timeout_s=0.3, interface="ether1")
    assert bound.outcome is Outcome.TIMEOUT


async def test_nobody_can_answer_for_somebody_else(pair: Any) -> None:
    pair.ip("nb", "addr add 10.0.0.9/24 dev eth0")
    pair.drop("nb", "ip daddr 10.0.0.2 icmp type echo-request")
    with (
        netns.make_socket("nb", socket.AF_PACKET, socket.SOCK_DGRAM, 0) as tap,
        netns.make_socket("nb", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as forger,
    ):
        tap.bind(("eth0", 0x0800))
        async with Pinger("rt") as pinger:
            asked = asyncio.create_task(pinger.ping("10.0.0.2", timeout_s=20))
            request = (await asyncio.get_running_loop().sock_recv(tap, 2000))[20:]
            total = (int.from_bytes(request[2:4], "big") + 0x0800) % 0xFFFF  # type 8 became 0
            forged = b"\0\0" + total.to_bytes(2, "big") + request[4:]
            for address in ("10.0.0.9", "10.0.0.2"):
                forger.bind((address, 0))
                forger.sendto(forged, ("10.0.0.1", 0))
                if address == "10.0.0.9":
                    await asyncio.sleep(0.1)
                    assert not asked.done()
            assert (await asked).sender == "10.0.0.2"  # the same bytes from the right address are taken
