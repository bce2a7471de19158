# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mode of a branch is a variable like any other: a normal run switches it, and what runs goes on running.

The tests run in order on one router.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Played, Start

pytestmark = pytest.mark.lab

#: What a switch may cost a running flow: the lab's reload of the packet filter, on a machine that also runs Ansible.
LONGEST_GAP_S = 0.5
#: Until new connections use another line, by the fast layer or by the router's own probes, shortened as below.
PATIENCE_S = 30.0
QUICK = {"multiwan_probe": {"interval": "1s", "good_checks": 3}}
BALANCE, FAILOVER = {"multiwan_mode": "balance", **QUICK}, {"multiwan_mode": "failover", **QUICK}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    """Two lines that carry traffic already. The router's own probes are shortened (7.21+), or a dead line took 20 s."""
    branch = start("modes")
    played = branch.play("site", variables=BALANCE)
    assert played.code == 0, played.output
    branch.call("/routing/settings", "set", check_gateway_ping_interval="500ms", check_gateway_ping_timeout="400ms")
    return branch


@dataclass(frozen=True)
class Flows:
    """UDP flows that never stop talking and TCP uploads that never end, begun together."""

    udp: asyncio.Task[Json]
    tcp: asyncio.Task[Json]

    @property
    def running(self) -> bool:
        return not self.udp.done() and not self.tcp.done()

    async def seen(self) -> list[Json]:
        """Of each flow: ``what`` it is, its ``lines`` in their order, its ``breaks`` and the longest silence."""
        udp, tcp = (await self.udp)["flows"], (await self.tcp)["flows"]
        every = [
            *({**flow, "what": f"udp {flow['flow']}", "gap_s": flow["max_gap_s"], "breaks": []} for flow in udp),
            *({**flow, "what": f"tcp {flow['flow']}", "gap_s": flow["max_stall_s"]} for flow in tcp),
        ]
        return [{**flow, "lines": [line for _, line in flow["moves"]]} for flow in every]


async def begin(branch: Branch, seconds: float) -> Flows:
    """12 flows of each kind, whose paces are slow enough for any line."""
    flows = Flows(
        udp=asyncio.create_task(branch.lab.measure("ticker", seconds=seconds, flows=12)),
        tcp=asyncio.create_task(branch.lab.measure("upload", seconds=seconds, flows=12)),
    )
    await asyncio.sleep(2)
    return flows


async def play(branch: Branch, mode: Json) -> Played:
    played = await asyncio.to_thread(branch.play, "site", variables=mode)
    assert played.code == 0, played.output
    return played


async def split(branch: Branch, count: int = 200) -> Json:
    seen = await branch.lab.measure("connections", count=count)
    assert seen["failed"] == 0
    return dict(seen["split"])


async def carried_by(branch: Branch, uplink: str) -> None:
    """Waits until every new connection takes that line."""
    end = time.monotonic() + PATIENCE_S
    while True:
        seen = await branch.lab.measure("connections", count=20, timeout=1.0)
        if seen["split"][uplink] == 20 and not seen["failed"]:
            return
        assert time.monotonic() < end, f"after {PATIENCE_S:.0f} s new connections still take {seen['split']}"
        await asyncio.sleep(0.3)


def undisturbed(flows: list[Json], gap_s: float = LONGEST_GAP_S) -> None:
    assert [(flow["what"], flow["moves"]) for flow in flows if len(flow["lines"]) != 1] == []
    assert [(flow["what"], flow["breaks"]) for flow in flows if flow["breaks"]] == []
    assert [(flow["what"], flow["gap_s"], flow["silences"]) for flow in flows if flow["gap_s"] >= gap_s] == []


async def there_and_back(branch: Branch) -> tuple[list[Json], list[Json]]:
    """Balance, failover, balance: flows that began in the one mode, and in the other."""
    begun_in_balance = await begin(branch, 50.0)
    assert (await play(branch, FAILOVER)).changed == 1
    assert await split(branch) == {"isp1": 200, "isp2": 0}
    writes = len(await branch.lab.journal())
    assert (await play(branch, FAILOVER)).changed == 0
    assert len(await branch.lab.journal()) == writes

    begun_in_failover = await begin(branch, 30.0)
    assert (await play(branch, BALANCE)).changed == 1
    assert begun_in_balance.running, "the switches took longer than the flows that should have seen them"
    assert begun_in_failover.running
    assert min((await split(branch, 400)).values()) > 120
    writes = len(await branch.lab.journal())
    assert (await play(branch, BALANCE)).changed == 0
    assert len(await branch.lab.journal()) == writes
    return await begun_in_balance.seen(), await begun_in_failover.seen()


def test_a_switch_there_and_back_disturbs_no_running_flow(branch: Branch) -> None:
    before = sorted(branch.export().splitlines())
    balanced, by_priority = asyncio.run(there_and_back(branch))
    undisturbed(balanced)
    undisturbed(by_priority)
    for kind in ("udp", "tcp"):
        assert {flow["lines"][0] for flow in balanced if flow["what"].startswith(kind)} == {"isp1", "isp2"}
    assert {flow["lines"][0] for flow in by_priority} == {"isp1"}
    assert sorted(branch.export().splitlines()) == before, "the same rows; chains may stand in another order"


async def primary_dies_and_returns(branch: Branch) -> tuple[list[Json], Json]:
    await play(branch, FAILOVER)
    assert await split(branch) == {"isp1": 200, "isp2": 0}
    await branch.lab.cut("isp1", "upstream")
    try:
        await carried_by(branch, "isp2")
        verify = await asyncio.to_thread(branch.play, "verify", variables=FAILOVER)
        assert verify.code == 0, "an outage is not drift: " + verify.output
        on_the_backup = await begin(branch, 40.0)
    finally:
        await branch.lab.heal("isp1")
    await carried_by(branch, "isp1")
    assert on_the_backup.running, "the primary came back after the flows that should have seen it"
    return await on_the_backup.seen(), await split(branch)


def test_the_backup_takes_over_and_keeps_what_began_on_it(branch: Branch) -> None:
    flows, after = asyncio.run(primary_dies_and_returns(branch))
    undisturbed(flows)
    assert {flow["lines"][0] for flow in flows} == {"isp2"}
    assert after == {"isp1": 200, "isp2": 0}
