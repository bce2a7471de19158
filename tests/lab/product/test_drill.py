# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rehearsal before the show: judged from outside the router, also when its controller is killed in the middle.

The tests run in order on one router, which the controller reaches through the world.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.bench.chaos_controller import Answer, Playbook
from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import carried_by, shared

pytestmark = pytest.mark.lab

#: A line that was dead is used again after three seconds instead of twenty.
QUICK = {"multiwan_probe": {"interval": "1s", "good_checks": 3}}
#: For whatever the machine has to do meanwhile.
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("drill", manage_from="lan")
    played = branch.play("site", variables=QUICK)
    assert played.code == 0, played.output
    branch.baseline = branch.export()
    return branch


async def until(look: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await look():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.25)


def rows(branch: Branch) -> list[str]:
    """The configuration, whatever the time is."""
    return sorted(line for line in branch.export().splitlines() if not line.startswith("#"))


async def listed(branch: Branch, menu: str) -> list[dict[str, str]]:
    return list((await branch.lab.router_call(menu, "print"))["rows"])


async def is_out(branch: Branch) -> bool:
    return "ether1" in [row.get("in-interface") for row in await listed(branch, "/ip/firewall/raw")]


async def out_or_over(branch: Branch, played: Playbook) -> bool:
    assert played.alive, await played.ended()
    return await is_out(branch)


async def put_back(branch: Branch) -> bool:
    return not await is_out(branch)


async def at_rest(branch: Branch) -> bool:
    """No line is out, and nothing of the guard is left."""
    named = [row["name"] for menu in ("/system/scheduler", "/system/script") for row in await listed(branch, menu)]
    lists = {row["list"] for row in await listed(branch, "/ip/firewall/address-list")}
    return not (await is_out(branch) or "mw-dead-man" in named or {"mw-armed", "mw-commit"} & lists)


def test_a_line_is_taken_out_measured_and_put_back(branch: Branch, tmp_path: Path) -> None:
    before = rows(branch)
    wanted = {**QUICK, "drill_reports": str(tmp_path), "drill_uplinks": ["isp2"]}
    played = branch.play("drill", variables=wanted)
    assert played.code == 0, played.output
    assert rows(branch) == before
    assert asyncio.run(at_rest(branch))
    (page,) = tmp_path.glob("jakarta-drill-*.html")
    (line,) = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["uplinks"]
    assert (line["uplink"], line["ok"], line["carried_by"]) == ("isp2", True, "isp1")
    assert line["pings_lost"] > 0
    assert 0 < line["without_internet_s"] < line["out_s"]
    assert "<svg" in page.read_text(encoding="utf-8")
    told = asyncio.run(branch.lab.chat(count=1, wait_s=PATIENCE_S))["messages"]
    assert "latihan gangguan dimulai" in told[0]["text"]


def test_check_mode_and_refusals_write_nothing(branch: Branch, tmp_path: Path) -> None:
    writes = branch.writes()
    looked = branch.play("drill", "--check", variables={**QUICK, "drill_reports": str(tmp_path)})
    assert looked.code == 0, looked.output
    assert "would be taken out" in looked.output
    asyncio.run(branch.lab.manage_from("isp1"))
    refused = branch.play("drill", variables={**QUICK, "drill_reports": str(tmp_path)})
    asyncio.run(branch.lab.manage_from("lan"))
    assert refused.code != 0
    assert "the controller comes from 198.51.100.200 by isp1" in refused.output
    assert "drill_uplinks: [isp2]" in refused.output
    assert branch.writes() == writes
    assert list(tmp_path.iterdir()) == []


async def killed_with_a_line_out(branch: Branch, folder: Path) -> None:
    played = await Playbook.start(
        "drill",
        str(branch.paths["inventory"]),
        {**QUICK, "drill_reports": str(folder), "drill_seconds": 300},
        branch.folder,
    )
    try:
        await until(lambda: out_or_over(branch, played), "the first line is taken out")
        await carried_by(branch, "isp2")
    finally:
        await played.kill()
    assert (await played.ended()).killed
    await until(lambda: at_rest(branch), "the router puts the line back by itself")


def test_a_controller_that_is_killed_leaves_no_line_out(branch: Branch, tmp_path: Path) -> None:
    before = rows(branch)
    asyncio.run(killed_with_a_line_out(branch, tmp_path))
    assert list(tmp_path.iterdir()) == []
    asyncio.run(shared(branch))
    assert rows(branch) == before


async def while_the_other_line_is_dead(branch: Branch, folder: Path) -> Answer:
    """It dies as soon as the first one is out."""
    wanted = {**QUICK, "drill_reports": str(folder), "drill_seconds": 6}
    played = await Playbook.start("drill", str(branch.paths["inventory"]), wanted, branch.folder)
    await until(lambda: out_or_over(branch, played), "the first line is taken out")
    await branch.lab.cut("isp2", "upstream")
    await until(lambda: put_back(branch), "the line is put back")
    await branch.lab.heal("isp2")
    return await played.ended()


def test_a_branch_that_does_not_fail_over_ends_with_an_error_and_a_report(branch: Branch, tmp_path: Path) -> None:
    before = rows(branch)
    assert asyncio.run(while_the_other_line_is_dead(branch, tmp_path)).error
    asyncio.run(shared(branch))
    assert rows(branch) == before
    (page,) = tmp_path.glob("jakarta-drill-*.html")
    assert "ADA JALUR YANG TIDAK DIGANTIKAN" in page.read_text(encoding="utf-8")
    (line,) = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["uplinks"]
    assert (line["uplink"], line["failed_over"]) == ("isp1", False)
