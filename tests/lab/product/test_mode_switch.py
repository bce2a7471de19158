# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mode of a branch is a variable like any other: a normal run switches it, and what runs goes on running.

The tests run in order on one router.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import Json, begin, carried_by, disturbed, play, shared, split

pytestmark = pytest.mark.lab

#: A line that was dead is used again after three seconds instead of twenty.
QUICK = {"multiwan_probe": {"interval": "1s", "good_checks": 3}}
BALANCE, FAILOVER = {"multiwan_mode": "balance", **QUICK}, {"multiwan_mode": "failover", **QUICK}


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    return deployed(start, "modes")


def deployed(start: Start, name: str, version: str = "7.22") -> Branch:
    """Two lines that carry traffic already."""
    branch = start(name, version=version)
    played = branch.play("site", variables=BALANCE)
    assert played.code == 0, played.output
    return branch


async def api_writes(branch: Branch) -> int:
    """Writes of a deploy so far; what scripts of the router itself write is their affair."""
    return sum(str(entry["origin"]).startswith("api") for entry in await branch.lab.journal())


async def there_and_back(branch: Branch) -> tuple[list[Json], list[Json]]:
    """Balance, failover, balance: flows that began in the one mode, and in the other."""
    begun_in_balance = await begin(branch)
    assert (await play(branch, "site", FAILOVER)).changed == 1
    assert await split(branch) == {"isp1": 200, "isp2": 0}
    writes = await api_writes(branch)
    assert (await play(branch, "site", FAILOVER)).changed == 0
    assert await api_writes(branch) == writes

    begun_in_failover = await begin(branch)
    assert (await play(branch, "site", BALANCE)).changed == 1
    assert min((await split(branch, 400)).values()) > 120
    writes = await api_writes(branch)
    assert (await play(branch, "site", BALANCE)).changed == 0
    assert await api_writes(branch) == writes
    return await begun_in_balance.seen(), await begun_in_failover.seen()


def test_a_switch_there_and_back_disturbs_no_running_flow(branch: Branch) -> None:
    switches_quietly(branch)


def test_nor_does_it_on_routeros_6(start: Start) -> None:
    switches_quietly(deployed(start, "modes-six", "6.49"))


def switches_quietly(branch: Branch) -> None:
    before = sorted(branch.export().splitlines())
    balanced, by_priority = asyncio.run(there_and_back(branch))
    assert disturbed(balanced) == []
    assert disturbed(by_priority) == []
    for kind in ("udp", "tcp"):
        assert {flow["lines"][0] for flow in balanced if flow["what"].startswith(kind)} == {"isp1", "isp2"}
    assert {flow["lines"][0] for flow in by_priority} == {"isp1"}
    assert sorted(branch.export().splitlines()) == before, "the same rows; chains may stand in another order"


async def primary_dies_and_returns(branch: Branch) -> tuple[list[Json], Json]:
    await play(branch, "site", FAILOVER)
    assert await split(branch) == {"isp1": 200, "isp2": 0}
    await branch.lab.cut("isp1", "upstream")
    try:
        await carried_by(branch, "isp2")
        await play(branch, "verify", FAILOVER)  # an outage is not drift
        on_the_backup = await begin(branch)
    finally:
        await branch.lab.heal("isp1")
    await carried_by(branch, "isp1")
    return await on_the_backup.seen(), await split(branch)


def test_the_backup_takes_over_and_keeps_what_began_on_it(branch: Branch) -> None:
    flows, after = asyncio.run(primary_dies_and_returns(branch))
    assert disturbed(flows) == []
    assert {flow["lines"][0] for flow in flows} == {"isp2"}
    assert after == {"isp1": 200, "isp2": 0}


async def switch_during_an_outage(branch: Branch) -> tuple[list[Json], Json]:
    await branch.lab.cut("isp1", "upstream")
    try:
        await carried_by(branch, "isp2")
        on_the_living = await begin(branch)
        assert (await play(branch, "site", BALANCE)).changed == 1
        assert await split(branch) == {"isp1": 0, "isp2": 200}, "the dead line's gate stays closed"
        await play(branch, "verify", BALANCE)
    finally:
        await branch.lab.heal("isp1")
    await shared(branch)
    return await on_the_living.seen(), await split(branch, 400)


def test_a_switch_during_an_outage_sends_nothing_to_the_dead_line(branch: Branch) -> None:
    flows, after = asyncio.run(switch_during_an_outage(branch))
    assert disturbed(flows) == []
    assert {flow["lines"][0] for flow in flows} == {"isp2"}
    assert min(after.values()) > 120
