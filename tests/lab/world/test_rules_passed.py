# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's count of the rows that a packet passes, on a rule set that can be counted by eye."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from lab.world import state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology

pytestmark = pytest.mark.lab
MANGLE = "/ip/firewall/mangle"


async def _set_up(lab: LabClient) -> None:
    async def add(menu: str, **words: str) -> None:
        await lab.router_call(menu, "add", {name.replace("_", "-"): text for name, text in words.items()})

    for number in (1, 2):
        await add("/ip/address", address=f"192.168.{number}.2/24", interface=f"ether{number}")
        await add("/ip/route", dst_address="0.0.0.0/0", gateway=f"192.168.{number}.1", distance=str(number))
        await add("/ip/firewall/nat", chain="srcnat", out_interface=f"ether{number}", action="masquerade")
    await add(MANGLE, chain="forward", action="passthrough", comment="every packet")
    await add(MANGLE, chain="prerouting", action="jump", jump_target="mine", in_interface="bridge", comment="LAN only")
    await add(MANGLE, chain="prerouting", action="passthrough", src_address="203.0.113.77", comment="never matches")
    await add(MANGLE, chain="mine", action="mark-connection", new_connection_mark="m", connection_state="new")
    await add(MANGLE, chain="mine", action="accept", connection_mark="m", comment="ends prerouting")
    await add(MANGLE, chain="mine", action="passthrough", comment="behind the accept")
    await add(MANGLE, chain="output", action="passthrough", comment="the router's own")
    await add("/tool/netwatch", host="8.8.4.4", interval="1s", start_delay="0s", startup_delay="0s")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        client = LabClient("rules")
        asyncio.run(client.up(Options(Topology(), 0, 0)))
        try:
            asyncio.run(_set_up(client))
            yield client
        finally:
            asyncio.run(client.down())


def _passed(lab: LabClient, **options: int) -> dict[str, Any]:
    return asyncio.run(lab.rules_passed(**options))


def test_rows_are_counted_whether_they_match_or_not(lab: LabClient) -> None:
    found = _passed(lab, packets=20)
    assert found["uplink"] == "isp1"
    # jump, two rows of the chain that it leads to (the second ends prerouting), one in forward
    assert (found["established"]["packets"], found["established"]["mangle"]) == (20, 4.0)
    assert (found["new"]["packets"], found["new"]["mangle"]) == (1, 4.0)
    # an answer: the jump, the row behind it, one in forward
    assert found["reply"]["mangle"] == 3.0


def test_it_is_told_which_rows(lab: LabClient) -> None:
    rows = _passed(lab)["established"]["rows"]
    mangle = [(row["comment"], row["looked_at"]) for row in rows if row["menu"] == MANGLE]
    assert mangle == [("every packet", 10), ("LAN only", 10), ("", 10), ("ends prerouting", 10)]


def test_counting_leaves_nothing_behind_and_packets_of_others_out(lab: LabClient) -> None:
    first, again = _passed(lab), _passed(lab)
    assert first["established"]["mangle"] == again["established"]["mangle"] == 4.0
    assert all(
        row["comment"] != "the router's own" for kind in ("new", "established", "reply") for row in again[kind]["rows"]
    )
    with pytest.raises(LabError, match="client 5000"):
        _passed(lab, client=5000)
