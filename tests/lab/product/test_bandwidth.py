# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits, shares and guarantees of segments, judged by what clients receive; also after the primary died.

The tests run in order on one router, on which somebody has a FastTrack rule. Figures have room for a busy machine; how
near they come to what is configured is measured by ``./dev bench bandwidth``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

VLANS = {"stream": 10, "crew": 20, "guests": 30}
BANDWIDTH: dict[str, dict[str, Any]] = {
    "stream": {"guaranteed": {"download": "6M", "upload": "6M"}, "priority": 1},
    "crew": {"download": "6M", "upload": "6M", "guaranteed": {"download": "2M", "upload": "2M"}, "priority": 4},
    "guests": {"download": "4M", "upload": "4M"},
}
#: 1448 of the 1514 bytes of a frame are the user's.
PAYLOAD = 1448 / 1514
FASTTRACK = {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
ACCEPT = {**FASTTRACK, "action": "accept"}


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    words = ",".join(f"{name}={number}" for name, number in VLANS.items())
    found = start("bandwidth", "20M/20M,12M/12M", vlans=words)
    for row in (FASTTRACK, ACCEPT):
        asyncio.run(found.lab.router_call("/ip/firewall/filter", "add", row))
    found.baseline = found.export()
    return found


def variables(branch: Branch) -> dict[str, Any]:
    return {
        "multiwan_mode": "failover",
        "multiwan_probe": {"interval": "1s", "good_checks": 3},
        "multiwan_uplinks": branch.overlay["lab_uplinks"],
        "multiwan_bridge": {"name": "bridge", "trunks": ["ether5"]},
        "multiwan_fasttrack": "keep off marked connections",
        "multiwan_segments": [
            {"name": name, "vlan": number, "address": f"10.0.{number}.1/24", "bandwidth": BANDWIDTH[name]}
            for name, number in VLANS.items()
        ],
    }


def fasttrack_rules(branch: Branch) -> list[dict[str, str]]:
    rows = branch.call("/ip/firewall/filter")
    return [row for row in rows if row.get("action") == "fasttrack-connection" and row.get("dynamic") != "true"]


def total(branch: Branch) -> str:
    return next(row["max-limit"] for row in branch.call("/queue/simple") if row["name"] == "mw-total")


def until_total(branch: Branch, wanted: str) -> None:
    async def wait() -> None:
        async with asyncio.timeout(120):
            while True:
                rows = (await branch.lab.router_call("/queue/simple", "print", {}))["rows"]
                if any(row["name"] == "mw-total" and row["max-limit"] == wanted for row in rows):
                    return
                await asyncio.sleep(0.5)

    asyncio.run(wait())


def shares(branch: Branch, groups: str) -> dict[str, dict[str, Any]]:
    found = branch.measure("shares", groups=groups, seconds=5, warmup=5)["groups"]
    return {one["place"]: one for one in found}


def test_what_is_configured_is_what_clients_get(branch: Branch) -> None:
    wanted = variables(branch)
    played = branch.play("site", variables=wanted)
    assert played.code == 0, played.output
    writes = branch.writes()
    assert branch.play("site", variables=wanted).changed == 0
    assert branch.writes() == writes
    assert [row["connection-mark"] for row in fasttrack_rules(branch)] == ["no-mark"]
    assert total(branch) == "19000000/19000000"

    seen = shares(branch, "crew:down:clients=10,guests:down:clients=10")
    for place, rate in (("crew", 6), ("guests", 4)):
        ideal = rate * PAYLOAD
        assert 0.8 * ideal < seen[place]["goodput_mbit"] < 1.06 * ideal, seen
        assert seen[place]["fairness"] >= 0.9, seen


def test_a_guarantee_holds_on_the_line_that_is_left_while_others_flood(branch: Branch) -> None:
    asyncio.run(branch.lab.cut("isp1", "upstream"))
    until_total(branch, "11400000/11400000")
    seen = shares(branch, "stream:up:clients=3,crew:up:clients=10,guests:up:clients=5:flood=30M")
    assert seen["stream"]["goodput_mbit"] > 0.8 * 6 * PAYLOAD, seen
    assert seen["crew"]["goodput_mbit"] > 0.8 * 2 * PAYLOAD, seen
    assert 0 < seen["guests"]["goodput_mbit"] < 1.06 * 4, seen


def test_what_the_script_sets_is_no_drift(branch: Branch) -> None:
    wanted = variables(branch)
    checked = branch.play("verify", variables=wanted)
    assert checked.code == 0, checked.output
    writes = branch.writes()
    assert branch.play("site", variables=wanted).changed == 0
    assert (branch.writes(), total(branch)) == (writes, "11400000/11400000")


def test_the_limits_follow_back_and_a_removal_leaves_nothing(branch: Branch) -> None:
    asyncio.run(branch.lab.heal("isp1"))
    until_total(branch, "19000000/19000000")
    removed = branch.play("remove")
    assert removed.code == 0, removed.output
    assert branch.export() == branch.baseline
