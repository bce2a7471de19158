# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: ASYNC240 - a test may block its own event loop
"""What the generators measure is what the lines carry."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.world.client import LabClient, LabError
from tests.lab.world.conftest import inside

pytestmark = pytest.mark.lab
#: 10 Mbit/s of wire carry 9.56 Mbit/s of TCP data (1448 of 1514 bytes); the queue's drain may add 3 %
LINE_MBIT = 9.56
LINES = ("isp1", "isp2")
#: longer than a busy machine keeps a connection waiting
TIMEOUT_S = 2.0
#: so long a line is away, or more; a flow that uses the other one may be silent for less
OUTAGE_S = 4.0


@pytest.mark.parametrize("direction", ["down", "up"])
async def test_two_lines_carry_twice_the_goodput_of_one(world: LabClient, direction: str) -> None:
    result = await world.measure("throughput", direction=direction, seconds=3, warmup=1.5)
    # what a busy machine may lose or misdate is left to it: one line less, or a shaper that is missing, is more
    assert 1.4 * LINE_MBIT < result["goodput_mbit"] < 2.3 * LINE_MBIT
    for name, rate in result["uplinks"].items():
        assert 6.0 < rate["wire_mbit"] < 11.5, name
    assert {flow["uplink"] for flow in result["per_flow"]} == {"isp1", "isp2"}
    assert sum(flow["mbit"] for flow in result["per_flow"]) == pytest.approx(result["goodput_mbit"], rel=0.01)
    samples = [sample for sample in result["series"] if sample["t"] > 1.5]
    assert len(samples) >= 3
    assert statistics.median(sample["uplinks"]["isp1"][direction] for sample in samples) > 5


async def test_connections_are_counted_at_the_isps_one_by_one(world: LabClient) -> None:
    first = await world.measure("connections", count=600, timeout=30.0)
    assert first["failed"] == 0
    assert sum(first["split"].values()) == 600
    assert first["split"] == first["seen_by_servers"]
    assert abs(first["split"]["isp1"] - 300) < 60
    again = await world.measure("connections", count=600, timeout=30.0)
    assert again["split"] == first["split"], "the same pairs take the same roads"


async def test_two_measurements_at_once_do_not_count_each_other(world: LabClient) -> None:
    both = await asyncio.gather(
        world.measure("connections", count=150, timeout=30.0),
        world.measure("connections", count=250, timeout=30.0),
    )
    assert [sum(result["split"].values()) for result in both] == [150, 250]


async def test_a_probe_sees_the_outage_and_its_end(healed: LabClient) -> None:
    events, cut_at, healed_at = [], 0.0, 0.0
    async for message in healed.traffic("probe", seconds=9, interval=0.1, timeout=TIMEOUT_S):
        if "result" in message:
            result = message["result"]
            break
        events.append(message)
        if not cut_at and message["t"] > 1:
            cut_at = (await healed.cut("isp2"))["at"]
        if cut_at and not healed_at and message["t"] > 5:
            healed_at = (await healed.heal("isp2"))["at"]
    failed = [event for event in events if not event["ok"]]
    assert failed
    assert all(event["reason"] == "timeout" for event in failed)
    assert cut_at - TIMEOUT_S - 0.1 < min(event["at"] for event in failed)
    assert max(event["at"] for event in failed) < healed_at + 0.1
    assert result["failed"] == len(failed)
    assert result["total"] == len(events) == 90
    assert result["restored_t"] > result["last_failed_t"]
    during = [event for event in events if cut_at + 0.1 < event["at"] < healed_at - TIMEOUT_S - 0.1]
    assert {event["uplink"] for event in during if event["ok"]} == {"isp1"}


async def test_a_ticker_knows_which_flow_was_silent(healed: LabClient, tmp_path: Path) -> None:
    (run,), outage_s = await _during_an_outage(healed, tmp_path, ticker={"flows": 8})
    flows = run["flows"]
    assert {tuple(flow["uplinks"]) for flow in flows} == {("isp1",), ("isp2",)}
    for flow in flows:
        low, high = (outage_s - 0.3, outage_s + 3) if flow["uplinks"] == ["isp1"] else (0.0, OUTAGE_S / 2)
        assert low < flow["max_gap_s"] < high, flow


async def _during_an_outage(
    lab: LabClient, folder: Path, **kinds: Mapping[str, object]
) -> tuple[list[dict[str, Any]], float]:
    """What measurements say that began before an outage of isp1 and went on after it; and how long it was."""
    stop = folder / "stop"
    runs = [
        asyncio.create_task(lab.measure(kind, seconds=300, stop=str(stop), **options))
        for kind, options in kinds.items()
    ]
    await asyncio.sleep(3)
    cut_at = (await lab.cut("isp1"))["at"]
    await asyncio.sleep(OUTAGE_S)
    healed_at = (await lab.heal("isp1"))["at"]
    await asyncio.sleep(2 * OUTAGE_S)  # TCP calls again at its own times
    stop.touch()
    return [await run for run in runs], healed_at - cut_at


async def test_uploads_and_pollers_know_who_stood_still(healed: LabClient, tmp_path: Path) -> None:
    (uploads, polls), outage_s = await _during_an_outage(healed, tmp_path, upload={}, poller={"timeout": TIMEOUT_S})
    flows, pollers = uploads["flows"], polls["pollers"]
    for one in (flows, pollers):
        assert {tuple(name for _, name in each["moves"]) for each in one} == {("isp1",), ("isp2",)}
    for flow in flows:
        # TCP calls again after a time that doubles (lab-recipes 2), so up to twice the outage
        low, high = (outage_s - 0.3, 2 * outage_s + 3) if flow["moves"][0][1] == "isp1" else (0.0, OUTAGE_S / 2)
        assert low < flow["max_stall_s"] < high, flow
        assert flow["breaks"] == [], "a stall breaks nothing"
    for poller in pollers:
        assert (poller["failed"] > 0) == (poller["moves"][0][1] == "isp1"), poller
        assert {reason for _, reason in poller["failures"]} <= {"timeout"}
        assert poller["failed"] == len(poller["failures"]) < poller["total"]


async def test_who_calls_from_outside_is_answered_by_the_same_line(healed: LabClient) -> None:
    assert (await healed.measure("inbound", count=5, timeout=30.0))["uplinks"] == {
        name: {"ok": 5, "failed": 0} for name in LINES
    }
    await healed.cut("isp1")
    result = await healed.measure("inbound", count=2, timeout=2.0)
    assert result["uplinks"] == {"isp1": {"ok": 0, "failed": 2}, "isp2": {"ok": 2, "failed": 0}}


async def test_an_answer_that_takes_another_line_is_a_failure(world: LabClient) -> None:
    # without the memory of the incoming line every answer goes by the first default route
    off = "nft insert rule ip mt prerouting ct direction reply meta mark set 1 accept"
    inside(world, "router", f"import subprocess; subprocess.run({off.split()!r}, check=True)")
    try:
        result = await world.measure("inbound", count=2, timeout=2.0)
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
    for _ in range(3000):
        if not children.read_text().split():
            return
        await asyncio.sleep(0.02)
    pytest.fail("the traffic process runs on")
