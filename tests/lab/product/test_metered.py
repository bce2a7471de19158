# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A metered line carries new connections only when no other lives. The tests run in order on one router."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import Json, begin, carried_by, play, split
from tests.lab.product.lines import EXTRA_ANCHORS, uplinks

pytestmark = pytest.mark.lab

SPEEDS = (10, 10, 10)
#: A line that was dead is held down for so many checks of a second; a metered line is left without waiting for that.
HOLD_S, AT_ONCE_S = 100, 70.0
#: How long a flow may be silent while it changes over. One that hangs is silent much longer: TCP calls ever later.
LONGEST_CHANGE_S = 10.0


def variables(**more: Any) -> Json:
    """The first of three lines is metered, and by its priority it would be the best."""
    metered, *others = uplinks(SPEEDS)
    probe = {"interval": "1s", "good_checks": HOLD_S}
    return {"multiwan_uplinks": [{**metered, "metered": True}, *others], "multiwan_probe": probe, **more}


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("metered", ",".join(f"{speed}M/{speed}M" for speed in SPEEDS), EXTRA_ANCHORS)
    played = branch.play("site", variables=variables())
    assert played.code == 0, played.output
    return branch


def test_while_others_live_the_metered_line_carries_nothing(branch: Branch) -> None:
    shares = asyncio.run(split(branch, 400))
    assert shares["isp1"] == 0
    assert min(shares["isp2"], shares["isp3"]) > 120


async def others_die_and_one_returns(branch: Branch) -> list[Json]:
    try:
        await branch.lab.cut("isp2", "upstream")
        await carried_by(branch, "isp3")
        await branch.lab.cut("isp3", "upstream")
        await carried_by(branch, "isp1")
        await play(branch, "verify", variables())  # an outage is not drift
        on_the_metered = await begin(branch)
    finally:
        await branch.lab.heal("isp3")
    await carried_by(branch, "isp3", within_s=AT_ONCE_S)
    await asyncio.sleep(LONGEST_CHANGE_S)
    return await on_the_metered.seen()


def test_it_takes_over_when_all_others_are_dead_and_is_left_at_once_for_the_first_that_returns(branch: Branch) -> None:
    """By running flows, too: each byte costs. An upload is broken, not left to hang, and calls again."""
    flows = asyncio.run(others_die_and_one_returns(branch))
    assert {tuple(flow["lines"]) for flow in flows} == {("isp1", "isp3")}
    assert max(flow["gap_s"] for flow in flows) < LONGEST_CHANGE_S
    assert {len(flow["breaks"]) for flow in flows if flow["what"].startswith("tcp")} <= {1}


async def switch(branch: Branch) -> Json:
    """With isp2 still dead, and not held down for long any more."""
    quick = {"interval": "1s", "good_checks": 3}
    assert (await play(branch, "site", variables(multiwan_mode="failover", multiwan_probe=quick))).changed == 1
    return await split(branch)


def test_in_mode_failover_it_is_the_last_whatever_its_priority(branch: Branch) -> None:
    assert asyncio.run(switch(branch)) == {"isp1": 0, "isp2": 0, "isp3": 200}
    asyncio.run(branch.lab.heal("isp2"))
    asyncio.run(carried_by(branch, "isp2"))
