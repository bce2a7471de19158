# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first deploy on a branch that works already, set up by hand with one line. The tests run in order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Played, Start
from tests.lab.product.flows import LONG_S, connected

pytestmark = pytest.mark.lab

#: What a deploy may cost a running flow. It is the lab's own reload of the packet filter and a busy machine, not a time
#: that is promised; a flow that was cut is silent to the end, which is later than that.
LONGEST_GAP_S = 5.0


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    """The technician's line is the second one, with the lowest distance there is."""
    branch = start("live")
    branch.call("/ip/address", "add", address="192.168.2.2/24", interface="ether2", comment="teknisi: modem")
    branch.call("/ip/route", "add", gateway="192.168.2.1", comment="teknisi: jalan keluar")
    branch.call("/ip/firewall/nat", "add", chain="srcnat", action="masquerade", out_interface="ether2")
    branch.baseline = branch.export()
    return branch


async def deploy_while_it_runs(branch: Branch) -> tuple[dict[str, Any], Played]:
    stop, known = branch.new_file(), await connected(branch)
    flows = asyncio.create_task(branch.lab.measure("ticker", seconds=LONG_S, flows=12, stop=str(stop)))
    while len(await connected(branch) - known) < 12:
        assert not flows.done()
        await asyncio.sleep(0.3)
    played = await asyncio.to_thread(branch.play, "site")
    await asyncio.sleep(LONGEST_GAP_S + 1)
    stop.touch()
    return dict(await flows), played


def test_running_connections_survive_the_first_deploy(branch: Branch) -> None:
    seen, played = asyncio.run(deploy_while_it_runs(branch))
    assert played.code == 0, played.output
    assert played.changed == 1
    assert max(flow["max_gap_s"] for flow in seen["flows"]) < LONGEST_GAP_S
    assert {tuple(flow["uplinks"]) for flow in seen["flows"]} == {("isp2",)}
    assert "competes with the routes of the plan" in played.output


def test_the_technicians_address_stays_his(branch: Branch) -> None:
    rows = [row for row in branch.call("/ip/address") if row["address"] == "192.168.2.2/24"]
    assert [row["comment"] for row in rows] == ["teknisi: modem"]
    assert branch.play("site").changed == 0


def test_new_connections_use_both_lines(branch: Branch) -> None:
    seen = branch.measure("connections", count=400)
    assert seen["failed"] == 0
    assert min(seen["split"].values()) > 100


def test_connections_from_the_internet_are_answered_by_the_line_they_came_in_by(branch: Branch) -> None:
    forward = {"chain": "dstnat", "action": "dst-nat", "protocol": "tcp", "to_addresses": "192.168.10.10"}
    branch.call("/ip/firewall/nat", "add", dst_port="8080", in_interface_list="mw-wan", **forward)
    seen = branch.measure("inbound", port=8080, client="192.168.10.10", count=10)
    assert {name: line["ok"] for name, line in seen["uplinks"].items()} == {"isp1": 10, "isp2": 10}
    rows = [row for row in branch.call("/ip/firewall/nat") if row.get("to-addresses") == "192.168.10.10"]
    branch.call("/ip/firewall/nat", "remove", numbers=rows[0][".id"])


def test_after_removal_the_technicians_line_works_as_before(branch: Branch) -> None:
    assert branch.play("remove").code == 0
    assert branch.export() == branch.baseline
    seen = branch.measure("connections", count=100)
    assert seen["failed"] == 0
    assert seen["split"] == {"isp1": 0, "isp2": 100}


def test_an_uplink_on_a_bridge_port_is_refused_before_any_write(branch: Branch) -> None:
    branch.call("/interface/bridge/port", "add", bridge="bridge", interface="ether1")
    before = branch.writes()
    played = branch.play("site")
    assert played.code != 0
    assert "makes ether1, of the uplink isp1, a port of bridge" in played.output
    assert branch.writes() == before
