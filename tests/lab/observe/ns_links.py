# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from lab.derive.observations import Link
from lab.observe.links import LinkMonitor


class Seen:
    def __init__(self) -> None:
        self.last: Mapping[str, Link] = {}
        self.calls = 0
        self.history: list[Mapping[str, Link]] = []
        self.monitor = LinkMonitor("rt", self.take)

    def take(self, links: Mapping[str, Link]) -> None:
        self.last, self.calls = links, self.calls + 1
        self.history.append(links)


@pytest.fixture
async def seen(pair: Any) -> AsyncIterator[Seen]:
    made = Seen()
    await made.monitor.start()
    yield made
    await made.monitor.stop()


async def test_what_is_there_is_known_after_start(pair: Any, seen: Seen) -> None:
    assert seen.monitor.links == {"ether1": Link(up=True, mac=pair.mac("rt", "ether1"))}


async def test_the_far_end_going_down_is_loss_of_carrier(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("nb", "link set dev eth0 down")
    await until(lambda: seen.calls > 0 and not seen.last["ether1"].up)
    pair.ip("nb", "link set dev eth0 up")
    await until(lambda: seen.last["ether1"].up)


async def test_a_disabled_port_is_down(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "link set dev ether1 down")
    await until(lambda: seen.calls > 0 and not seen.last["ether1"].up)


async def test_a_new_mac_is_seen(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "link set dev ether1 address 02:00:00:aa:bb:01")
    await until(lambda: seen.calls > 0 and seen.last["ether1"].mac == "02:00:00:AA:BB:01")


async def test_bridges_come_and_go(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "link add br-lan type bridge")
    pair.ip("rt", "link set dev br-lan up")
    pair.ip("rt", "link set dev ether1 master br-lan")
    await until(lambda: seen.calls > 0 and seen.last.get("br-lan", Link(False, "")).up)
    assert seen.last["ether1"].up
    pair.ip("rt", "link del dev br-lan")
    await until(lambda: set(seen.last) == {"ether1"})


async def test_a_port_that_leaves_its_bridge_is_still_a_port(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "link add br-lan type bridge")
    pair.ip("rt", "link set dev ether1 master br-lan")
    pair.ip("rt", "link set dev ether1 nomaster")
    pair.ip("rt", "link set dev br-lan address 02:00:00:aa:bb:02")
    await until(lambda: seen.last.get("br-lan", Link(False, "")).mac == "02:00:00:AA:BB:02")
    assert set(seen.last) == {"br-lan", "ether1"}
    assert all("ether1" in links for links in seen.history)
