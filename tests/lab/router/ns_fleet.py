# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty routers in one process, each with its own namespace, port and neighbour."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lab.observe.ping import Pinger
from tests.lab.router.conftest import Box, gone, ip

COUNT = 20
VERSIONS = ("6.49", "7.9", "7.16", "7.20", "7.22", "7.24")


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[list[Box]]:
    if os.environ.get("LAB_INSIDE") != "1":
        pytest.skip("runs inside test_in_namespaces.py only")
    ip("link set dev lo up")
    boxes = []
    for number in range(COUNT):
        for name in (f"rt{number}", f"nb{number}"):
            ip(f"netns add {name}")
        ip(f"link add ether1 netns rt{number} type veth peer name eth0 netns nb{number}")
        ip(f"-n nb{number} link set dev eth0 up")
        ip(f"-n nb{number} addr add 10.0.0.2/24 dev eth0")
        folder = tmp_path / str(number)
        folder.mkdir()
        boxes.append(Box(folder, netns=f"rt{number}", version=VERSIONS[number % len(VERSIONS)]))
    yield boxes
    for box in boxes:
        await box.router.stop()
    for number in range(COUNT):
        for name in (f"rt{number}", f"nb{number}"):
            ip(f"netns del {name}")


async def _reachable(number: int, address: str, timeout_s: float) -> bool:
    pinger = Pinger(f"nb{number}")
    try:
        return bool(await pinger.ping(address, timeout_s=timeout_s))
    finally:
        pinger.close()


async def test_twenty_routers_live_side_by_side(fleet: list[Box]) -> None:
    for box in fleet:
        await box.router.start()
    sessions = [await box.login() for box in fleet]
    for number, session in enumerate(sessions):
        await session.do("/system/identity/set", name=f"branch{number}")
        # one address for all neighbours, another one for each router: nobody hears of the others
        await session.add("/ip/address", address=f"10.0.0.{100 + number}/24", interface="ether1")
    for number, session in enumerate(sessions):
        assert await session.column("/system/identity", "name") == [f"branch{number}"]
        assert await session.column("/ip/address", "address") == [f"10.0.0.{100 + number}/24"]
        resource = (await session.do("/system/resource/print"))[0]
        assert resource["version"].startswith(VERSIONS[number % len(VERSIONS)])
    own = await asyncio.gather(*(_reachable(number, f"10.0.0.{100 + number}", 30.0) for number in range(COUNT)))
    assert own == [True] * COUNT
    foreign = await asyncio.gather(*(_reachable(number, f"10.0.0.{101 + number}", 1.0) for number in (0, 7, 18)))
    assert foreign == [False] * 3
    await sessions[3].do("/system/reboot")
    await gone(fleet[3])
    assert await sessions[4].column("/system/identity", "name") == ["branch4"], "the others don't notice"
    back = await fleet[3].again()
    assert await back.column("/system/identity", "name") == ["branch3"]
