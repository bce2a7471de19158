# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lab import netns
from lab.derive.observations import GatewayCheck
from lab.observe.gateway import GatewayMonitor

NEIGHBOUR = GatewayCheck("10.0.0.2", "", "ping")


class Seen:
    def __init__(self, name: str) -> None:
        self.changes: list[tuple[GatewayCheck, bool]] = []
        self.monitor = GatewayMonitor(name, lambda check, up: self.changes.append((check, up)))


@pytest.fixture
async def seen(pair: Any) -> AsyncIterator[Seen]:
    made = Seen("rt")
    yield made
    await made.monitor.stop()


async def test_two_misses_close_and_one_reply_opens(pair: Any, seen: Seen, until: Any) -> None:
    seen.monitor.update({NEIGHBOUR}, 0.3, 0.2, 2)
    await until(lambda: seen.changes == [(NEIGHBOUR, True)])
    pair.drop("nb", "icmp type echo-request")
    took = await until(lambda: len(seen.changes) == 2)
    assert seen.changes[-1] == (NEIGHBOUR, False)
    assert took > 0.4  # one miss (0.2 s) would come before the second probe could have failed
    assert seen.monitor.verdicts == {NEIGHBOUR: False}
    pair.heal("nb")
    await until(lambda: len(seen.changes) == 3)
    assert seen.changes[-1] == (NEIGHBOUR, True)


async def test_one_miss_is_forgiven(pair: Any, seen: Seen, until: Any) -> None:
    seen.monitor.update({NEIGHBOUR}, 3.0, 0.3, 2)
    await until(lambda: len(seen.changes) == 1)
    pair.drop("nb", "icmp type echo-request counter")
    await until(lambda: "counter packets 1 " in netns.run("nb", ["nft", "list", "ruleset"]))
    pair.heal("nb")  # three seconds before the next one
    await asyncio.sleep(4)
    assert seen.changes == [(NEIGHBOUR, True)]


async def test_a_gateway_that_never_answered_has_no_verdict_until_it_missed_often_enough(
    pair: Any, seen: Seen, until: Any
) -> None:
    silent = GatewayCheck("10.0.0.200", "", "ping")
    seen.monitor.update({silent}, 0.5, 0.4, 3)
    await asyncio.sleep(0.7)
    assert seen.monitor.verdicts == {}
    await until(lambda: seen.changes == [(silent, False)])


async def test_modems_with_one_address_are_judged_one_by_one(pair: Any, seen: Seen, until: Any) -> None:
    pair.namespace("nb2")
    pair.wire("rt", "ether2", "nb2", "eth0")
    pair.ip("rt", "addr add 10.0.0.3/24 dev ether2")
    pair.ip("nb2", "addr add 10.0.0.2/24 dev eth0")
    one, two = GatewayCheck("10.0.0.2", "ether1", "ping"), GatewayCheck("10.0.0.2", "ether2", "ping")
    pair.drop("nb2", "icmp type echo-request")
    seen.monitor.update({one, two}, 0.3, 0.2, 2)
    await until(lambda: seen.monitor.verdicts == {one: True, two: False})
    pair.heal("nb2")
    pair.drop("nb", "icmp type echo-request")
    await until(lambda: seen.monitor.verdicts == {one: False, two: True})


async def test_a_blackholed_anchor_is_unreachable(pair: Any, seen: Seen, until: Any) -> None:
    anchor = GatewayCheck("10.7.7.7", "", "ping")
    pair.ip("nb", "addr add 10.7.7.7/32 dev lo")
    pair.ip("rt", "route add 10.7.7.7/32 via 10.0.0.2 metric 1")
    pair.ip("rt", "route add blackhole 10.7.7.7/32 metric 20")
    seen.monitor.update({anchor}, 0.2, 0.15, 2)
    await until(lambda: seen.monitor.verdicts == {anchor: True})
    pair.ip("rt", "route del 10.7.7.7/32 metric 1")
    await until(lambda: seen.monitor.verdicts == {anchor: False})


@pytest.mark.parametrize("interface", ["", "ether1"])
async def test_arp_finds_a_neighbour_that_answers_no_ping(pair: Any, seen: Seen, until: Any, interface: str) -> None:
    pair.drop("nb", "icmp type echo-request")
    alive, dead = GatewayCheck("10.0.0.2", interface, "arp"), GatewayCheck("10.0.0.200", interface, "arp")
    seen.monitor.update({alive, dead}, 0.3, 0.2, 2)
    await until(lambda: seen.monitor.verdicts == {alive: True, dead: False})
    pair.ip("nb", "link set dev eth0 down")
    await until(lambda: seen.monitor.verdicts == {alive: False, dead: False})


async def test_a_check_that_is_gone_is_forgotten_and_comes_back_without_verdict(
    pair: Any, seen: Seen, until: Any
) -> None:
    seen.monitor.update({NEIGHBOUR}, 0.3, 0.2, 2)
    await until(lambda: len(seen.changes) == 1)
    seen.monitor.update(set(), 0.3, 0.2, 2)
    assert seen.monitor.verdicts == {}
    await asyncio.sleep(0.7)
    assert len(seen.changes) == 1
    seen.monitor.update({NEIGHBOUR}, 0.3, 0.2, 2)
    await until(lambda: len(seen.changes) == 2)


async def test_new_timers_apply_to_known_checks_and_keep_their_verdict(pair: Any, seen: Seen, until: Any) -> None:
    seen.monitor.update({NEIGHBOUR}, 60, 0.2, 2)
    await until(lambda: len(seen.changes) == 1)
    seen.monitor.update({NEIGHBOUR}, 0.2, 0.15, 2)
    assert seen.monitor.verdicts == {NEIGHBOUR: True}
    pair.drop("nb", "icmp type echo-request")
    await until(lambda: seen.changes == [(NEIGHBOUR, True), (NEIGHBOUR, False)])
