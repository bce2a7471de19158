# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastTrack rules and simple queues of somebody else, beside a plan with limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.plugins.branches import branch
from tests.unit.plugins.looked_at import GOOD, holding, joined, look, plan_of

LIMITED: dict[str, Any] = {
    "multiwan_segments": [{**branch(2)["multiwan_segments"][0], "bandwidth": {"download": "5M", "upload": "2M"}}]
}
FILTER, QUEUE = "/ip/firewall/filter", "/queue/simple"
FASTTRACK = {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
OURS = joined(GOOD, {menu: rows for menu, rows in holding(plan_of(**LIMITED)).items() if menu == QUEUE})


def told(menus: Any, **more: Any) -> list[str]:
    return [f"{item.check} {item.severity}: {item.words}" for item in look(menus, plan_of(**more))]


def test_fasttrack_is_told_with_what_limits_lose() -> None:
    (words,) = told(joined(GOOD, {FILTER: [FASTTRACK]}), **LIMITED)
    assert words.startswith("fasttrack error: /ip/firewall/filter *1 fast-tracks every connection")
    assert "pass no queue, so no limit and no share holds" in words
    assert "multiwan_fasttrack: keep off marked connections" in words
    assert "primary only" not in words
    (words,) = told(joined(GOOD, {FILTER: [FASTTRACK]}))
    assert "queue" not in words
    assert "primary only" in words


@pytest.mark.parametrize("way", ["keep off marked connections", "remove"])
def test_what_the_branch_does_about_it_is_not_told(way: str) -> None:
    assert told(joined(GOOD, {FILTER: [FASTTRACK, FASTTRACK]}), multiwan_fasttrack=way, **LIMITED) == []


def test_primary_only_is_enough_without_limits() -> None:
    assert told(joined(GOOD, {FILTER: [FASTTRACK]}), multiwan_fasttrack="primary only") == []


def test_fasttrack_of_marked_connections_is_told_where_there_are_limits() -> None:
    marked = {**FASTTRACK, "connection-mark": "mw-isp1"}
    assert told(joined(GOOD, {FILTER: [marked]})) == []
    (words,) = told(joined(GOOD, {FILTER: [marked]}), **LIMITED)
    assert "connections with the mark mw-isp1: such packets pass no queue" in words


def test_a_claim_that_is_given_back_counts_as_given_back() -> None:
    claimed = {
        **FASTTRACK,
        "connection-mark": "no-mark",
        "comment": "x [multiwan:pcc:fasttrack:claimed:connection-mark]",
    }
    assert told(joined(GOOD, {FILTER: [claimed]}), multiwan_fasttrack="keep off marked connections") == []
    (words,) = told(joined(GOOD, {FILTER: [claimed]}))
    assert "fast-tracks every connection" in words


@pytest.mark.parametrize(
    "queue",
    [
        {"name": "all", "target": "192.168.0.0/16"},
        {"name": "one", "target": "10.0.0.5/32,192.168.10.77/32"},
        {"name": "port", "target": "bridge"},
        {"name": "any", "target": ""},
        {"name": "made", "target": "192.168.10.9/32", "dynamic": "true"},
    ],
    ids=lambda queue: queue["name"],
)
def test_a_queue_before_ours_is_told(queue: dict[str, str]) -> None:
    (words,) = told(joined(GOOD, {QUEUE: [queue]}), **LIMITED)
    assert words.startswith(f"queues warning: /queue/simple '{queue['name']}'")
    (words,) = told(joined(GOOD, {QUEUE: [queue, *OURS[QUEUE]]}), **LIMITED)
    assert words.startswith("queues warning")
    assert told(joined(GOOD, {QUEUE: [*OURS[QUEUE], queue]}), **LIMITED) == []
    assert told(joined(GOOD, {QUEUE: [queue]})) == []


@pytest.mark.parametrize(
    "queue",
    [
        {"name": "elsewhere", "target": "10.9.0.0/24"},
        {"name": "port", "target": "ether7"},
        {"name": "off", "target": "192.168.10.0/24", "disabled": "true"},
        {"name": "child", "target": "192.168.10.0/24", "parent": "elsewhere"},
        {"name": "marked", "target": "192.168.10.0/24", "packet-marks": "voip"},
    ],
    ids=lambda queue: queue["name"],
)
def test_a_queue_that_takes_nothing_of_the_segments_is_not(queue: dict[str, str]) -> None:
    assert told(joined(GOOD, {QUEUE: [queue]}), **LIMITED) == []
