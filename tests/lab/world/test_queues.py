# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simple queues as the branch's users feel them, measured where the data arrives.

Windows are generous and a figure that is off is measured again: what a wrong queue would show is far outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology, parse_uplinks, parse_vlans

pytestmark = pytest.mark.lab
#: of a limit that is counted in frames of 1514 bytes 1448 are data
IDEAL = 0.956
TRIES = 3
PCQ = "pcq-upload-default/pcq-download-default"
QUEUE, FILTER = "/queue/simple", "/ip/firewall/filter"


async def _set_up(lab: LabClient) -> None:
    await lab.router_call("/ip/address", "add", {"address": "192.168.1.2/24", "interface": "ether1"})
    await lab.router_call("/ip/route", "add", {"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1"})
    nat = {"chain": "srcnat", "action": "masquerade", "out-interface": "ether1"}
    await lab.router_call("/ip/firewall/nat", "add", nat)
    for name, vid in (("crew", "10"), ("guests", "20")):
        await lab.router_call("/interface/vlan", "add", {"name": name, "interface": "bridge", "vlan-id": vid})
        await lab.router_call("/ip/address", "add", {"address": f"10.0.{vid}.1/24", "interface": name})


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        client = LabClient("queues")
        lines = parse_uplinks("40M/40M")
        topology = Topology(uplinks=lines, clients=20, vlans=parse_vlans("crew=10,guests=20"))
        asyncio.run(client.up(Options(topology, 0, 0)))
        try:
            asyncio.run(_set_up(client))
            yield client
        finally:
            asyncio.run(client.down())


@pytest.fixture
def queues(lab: LabClient) -> Iterator[Callable[..., None]]:
    """Adds simple queues, which go with the test."""
    added: list[str] = []

    def add(name: str, target: str, **values: str) -> None:
        given = {key.replace("_", "-"): text for key, text in values.items()}
        asyncio.run(lab.router_call(QUEUE, "add", {"name": name, "target": target, "queue": PCQ, **given}))
        added.append(name)

    yield add
    for name in reversed(added):
        asyncio.run(lab.router_call(QUEUE, "remove", {"numbers": name}))


def measured(lab: LabClient, groups: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first result that fits, or the last of a few."""
    result: dict[str, Any] = {}
    for _ in range(TRIES):
        result = asyncio.run(lab.measure("shares", groups=groups, seconds=3, warmup=2))
        if fits(result):
            return result
    return result


def shares(result: dict[str, Any]) -> list[float]:
    return [group["goodput_mbit"] for group in result["groups"]]


@pytest.mark.parametrize(("direction", "limit"), [("up", 8.0), ("down", 6.0)])
def test_ten_clients_share_the_limit_of_their_direction_alike(
    lab: LabClient, queues: Callable[..., None], direction: str, limit: float
) -> None:
    queues("crew", "crew", max_limit="8M/6M")

    def fits(found: dict[str, Any]) -> bool:
        return 0.85 < shares(found)[0] / (limit * IDEAL) < 1.1 and found["groups"][0]["fairness"] > 0.95

    found = measured(lab, f"crew:{direction}:clients=10", fits)
    assert fits(found), found["groups"]
    row = asyncio.run(lab.router_call(QUEUE, "print"))["rows"][0]
    way = ("up", "down").index(direction)
    assert int(row["bytes"].split("/")[way]) > 500_000
    assert int(row["dropped"].split("/")[way]) > 0, "TCP finds the limit by what is dropped"


def test_a_guarantee_is_kept_while_others_flood(lab: LabClient, queues: Callable[..., None]) -> None:
    queues("all", "crew,guests", max_limit="10M/10M")
    queues("crew", "crew", max_limit="10M/10M", limit_at="6M/6M", parent="all")
    queues("guests", "guests", max_limit="10M/10M", limit_at="1M/1M", parent="all")

    def fits(found: dict[str, Any]) -> bool:
        crew, guests = shares(found)
        return crew > 0.85 * 6 * IDEAL and guests > 0.85 and crew + guests < 10.5

    for way in ("up", "down"):
        found = measured(lab, f"crew:{way}:clients=2,guests:{way}:clients=4:flood=30M", fits)
        assert fits(found), found["groups"]


def test_a_limit_is_changed_while_data_flows(lab: LabClient, queues: Callable[..., None]) -> None:
    queues("crew", "crew", max_limit="4M/4M")

    async def run() -> list[float]:
        series: list[float] = []
        async for event in lab.traffic("shares", groups="crew:down:clients=4", seconds=6, warmup=1):
            if event.get("event") == "rates":
                series.append(event["groups"][0])
                if event["t"] > 3 and not changed:
                    changed.append(len(series))
                    await lab.router_call(QUEUE, "set", {"numbers": "crew", "max-limit": "16M/16M"})
        return series

    def mean(values: list[float]) -> float:
        return sum(values) / max(1, len(values))

    for _ in range(TRIES):
        changed: list[int] = []
        series = asyncio.run(run())
        before, after = mean(series[4 : changed[0]]), mean(series[changed[0] + 4 :])
        if before < 5 and after > 1.8 * before:
            break
        asyncio.run(lab.router_call(QUEUE, "set", {"numbers": "crew", "max-limit": "4M/4M"}))
    assert before < 5, series
    assert after > 1.8 * before, series


def test_fasttrack_lets_data_pass_by_the_limit(lab: LabClient, queues: Callable[..., None]) -> None:
    queues("crew", "crew", max_limit="4M/4M")
    rule = {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
    added = asyncio.run(lab.router_call(FILTER, "add", rule))["ret"]
    try:
        found = measured(lab, "crew:down:clients=4", lambda result: shares(result)[0] > 8)
        assert shares(found)[0] > 8, found["groups"]
        rows = asyncio.run(lab.router_call(FILTER, "print"))["rows"]
        assert (rows[0]["dynamic"], rows[0]["comment"]) == ("true", "special dummy rule to show fasttrack counters")
        assert int(rows[0]["packets"]) > 1000
    finally:
        asyncio.run(lab.router_call(FILTER, "remove", {"numbers": added}))
