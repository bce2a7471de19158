# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: ASYNC240 - a test may block its own event loop
"""What the generators measure is what the lines carry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.world.client import LabClient, LabError
from tests.lab.world.conftest import inside

pytestmark = pytest.mark.lab
#: 10 Mbit/s of wire carry 9.56 Mbit/s of TCP data (1448 of 1514 bytes); the queue's drain may add 3 %
LINE_MBIT = 9.56
LINES = ("isp1", "isp2")


@pytest.mark.parametrize("direction", ["down", "up"])
async def test_two_lines_carry_twice_the_goodput_of_one(world: LabClient, direction: str) -> None:
    result = await world.measure("throughput", direction=direction, seconds=3, warmup=1.5)
    assert 1.9 * LINE_MBIT < result["goodput_mbit"] < 2.06 * LINE_MBIT
    for name, rate in result["uplinks"].items():
        assert 9.0 < rate["wire_mbit"] < 10.3, name
    assert {flow["uplink"] for flow in result["per_flow"]} == {"isp1", "isp2"}
    assert sum(flow["mbit"] for flow in result["per_flow"]) == pytest.approx(result["goodput_mbit"], rel=0.01)
    samples = [sample for sample in result["series"] if sample["t"] > 1.5]
    assert len(samples) >= 10
    assert all(sample["uplinks"]["isp1"][direction] > 5 for sample in samples)


async def test_connections_are_counted_at_the_isps_one_by_one(world: LabClient) -> None:
    first = await world.measure("connections", count=600)
    assert first["failed"] == 0
    assert sum(first["split"].values()) == 600
    assert first["split"] == first["seen_by_servers"]
    assert abs(first["split"]["isp1"] - 300) < 60
    again = await world.measure("connections", count=600)
    assert again["split"] == first["split"], "the same pairs take the same roads"


async def test_two_measurements_at_once_do_not_count_each_other(world: LabClient) -> None:
    both = await asyncio.gather(world.measure("connections", count=150), world.measure("connections", count=250))
    assert [sum(result["split"].values()) for result in both] == [150, 250]


async def test_a_probe_sees_the_outage_and_its_end(healed: LabClient) -> None:
    events, cut_at, healed_at = [], 0.0, 0.0
    async for message in healed.traffic("probe", seconds=6, interval=0.1, timeout=0.5):
        if "result" in message:
            result = message["result"]
            break
        events.append(message)
        if not cut_at and message["t"] > 1:
            cut_at = (await healed.cut("isp2"))["at"]
        if cut_at and not healed_at and message["t"] > 3:
            healed_at = (await healed.heal("isp2"))["at"]
    failed = [event for event in events if not event["ok"]]
    assert failed
    assert all(event["reason"] == "timeout" for event in failed)
    assert cut_at - 0.6 < min(event["at"] for event in failed)
    assert max(event["at"] for event in failed) < healed_at + 0.1
    assert result["failed"] == len(failed)
    assert result["total"] == len(events) == 60
    assert result["restored_t"] > result["last_failed_t"]
    during = [event for event in events if cut_at + 0.1 < event["at"] < healed_at - 0.6]
    assert {event["uplink"] for event in during if event["ok"]} == {"isp1"}


async def test_a_ticker_knows_which_flow_was_silent(healed: LabClient) -> None:
    run = asyncio.create_task(healed.measure("ticker", seconds=4, flows=8))
    await asyncio.sleep(1.5)
    await healed.cut("isp1")
    await asyncio.sleep(1)
    await healed.heal("isp1")
    flows = (await run)["flows"]
    assert {tuple(flow["uplinks"]) for flow in flows} == {("isp1",), ("isp2",)}
    for flow in flows:
        low, high = (0.9, 1.4) if flow["uplinks"] == ["isp1"] else (0.0, 0.3)
        assert low < flow["max_gap_s"] < high, flow


async def test_uploads_and_pollers_know_who_stood_still(healed: LabClient) -> None:
    uploading = asyncio.create_task(healed.measure("upload", seconds=5))
    polling = asyncio.create_task(healed.measure("poller", seconds=5, timeout=0.5))
    await asyncio.sleep(1.5)
    await healed.cut("isp1")
    await asyncio.sleep(1.2)
    await healed.heal("isp1")
    flows, pollers = (await uploading)["flows"], (await polling)["pollers"]
    for one in (flows, pollers):
        assert {tuple(name for _, name in each["moves"]) for each in one} == {("isp1",), ("isp2",)}
    for flow in flows:
        # TCP calls again at its own times: up to 1.4 s after a loss (lab-recipes 2), so up to twice the outage
        low, high = (1.0, 3.0) if flow["moves"][0][1] == "isp1" else (0.0, 0.6)
        assert low < flow["max_stall_s"] < high, flow
        assert flow["breaks"] == [], "a stall breaks nothing"
    for poller in pollers:
        assert (poller["failed"] > 0) == (poller["moves"][0][1] == "isp1"), poller
        assert {reason for _, reason in poller["failures"]} <= {"timeout"}
        assert poller["failed"] == len(poller["failures"]) < poller["total"]


async def test_who_calls_from_outside_is_answered_by_the_same_line(healed: LabClient) -> None:
    assert (await healed.measure("inbound", count=5))["uplinks"] == {name: {"ok": 5, "failed": 0} for name in LINES}
    await healed.cut("isp1")
    result = await healed.measure("inbound", count=2, timeout=0.3)
    assert result["uplinks"] == {"isp1": {"ok": 0, "failed": 2}, "isp2": {"ok": 2, "failed": 0}}


async def test_an_answer_that_takes_another_line_is_a_failure(world: LabClient) -> None:
    # without the memory of the incoming line every answer goes by the first default route
    off = "nft insert rule ip mt prerouting ct direction reply meta mark set 1 accept"
    inside(world, "router", f"import subprocess; subprocess.run({off.split()!r}, check=True)")
    try:
        result = await world.measure("inbound", count=2, timeout=0.3)
    finally:
        undo = "h=$(nft -a list chain ip mt prerouting | sed -n 's/.*ct direction.*handle //p');"
        undo += " nft delete rule ip mt prerouting handle $h"
        inside(world, "router", f"import subprocess; subprocess.run(['sh', '-c', {undo!r}], check=True)")
    assert result["uplinks"] == {"isp1": {"ok": 2, "failed": 0}, "isp2": {"ok": 0, "failed": 2}}


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("thruput", {}, "one of throughput, connections, probe, ticker, inbound, upload, poller"),
        ("probe", {"interval": 0}, "interval is 0.0, more than 0"),
        ("throughput", {"direction": "sideways"}, "down or up is expected"),
        ("inbound", {"client": "192.168.10.9"}, "no client has 192.168.10.9"),
        ("connections", {"cuont": 3}, "unknown option 'cuont'"),
    ],
)
async def test_a_measurement_that_makes_no_sense_is_refused(
    world: LabClient, kind: str, options: dict[str, object], words: str
) -> None:
    with pytest.raises(LabError, match=words):
        await world.measure(kind, **options)


async def test_without_internet_throughput_says_so(healed: LabClient) -> None:
    await healed.cut("isp1")
    await healed.cut("isp2")
    with pytest.raises(LabError, match="no byte arrived"):
        await healed.measure("throughput", seconds=1, warmup=0)


async def test_a_measurement_ends_when_nobody_listens_any_more(world: LabClient) -> None:
    state = world.running()
    assert state is not None
    assert state.inner is not None
    children = Path(f"/proc/{state.inner.pid}/task/{state.inner.pid}/children")
    events = world.traffic("probe", seconds=60)
    assert (await anext(events))["event"] == "probe"
    assert children.read_text().split()
    await events.aclose()  # type: ignore[attr-defined]
    for _ in range(100):
        if not children.read_text().split():
            return
        await asyncio.sleep(0.02)
    pytest.fail("the traffic process runs on")
