# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of the chaos benchmark: a few writes of two changes, after which something goes wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.world import launcher, state
from tests.bench.chaos_case import tried
from tests.bench.chaos_judge import difference, faults, foreign, parsed, silence
from tests.bench.chaos_lab import site
from tests.bench.chaos_plan import CUT, FAULTS, KILL, NONE, REBOOT, SCENARIOS, Case, Choice, cases
from tests.bench.chaos_sums import stays

pytestmark = pytest.mark.lab
#: The shortest that there is.
DEAD_MAN_S = 10
DEPLOY, THIRD = SCENARIOS[0], SCENARIOS[1]
#: Each list in a lab of its own. A deploy has about 80 writes, the third line about 70.
TRIED = (
    (Case(DEPLOY, CUT, 30), Case(DEPLOY, REBOOT, 55)),
    (Case(DEPLOY, KILL, 70), Case(THIRD, CUT, 15)),
    (Case(THIRD, KILL, 40), Case(THIRD, CUT, 60)),
)


async def survives(name: str, wanted: tuple[Case, ...], folder: Path, starting: asyncio.Semaphore) -> None:
    async with site(name, "7.22", folder, starting=starting, say=lambda _words: None) as made:
        for case in wanted:
            raw = await tried(made, case, lambda _words: None, dead_man_s=DEAD_MAN_S)
            assert raw is not None, f"{case.key}: the change has fewer writes"
            assert faults(raw, dead_man_s=DEAD_MAN_S) == [], f"{case.key}: {raw}"
            assert raw["ended"] == "old", f"{case.key} was broken off in the middle: {raw}"
            assert raw["again"]["changed"], f"{case.key}: the second run found nothing to do"
            seen = silence(raw["traffic"], stays(case.scenario))
            assert seen.flows > 0, case.key
            assert seen.lost == 0, f"{case.key}: flows are silent to the end"
            if case.fault is not REBOOT:
                assert seen.longest < DEAD_MAN_S / 2, f"{case.key}: a branch that waits for its dead man is no branch"


async def test_a_change_that_is_broken_off_comes_back_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(state, "BASE", tmp_path / "labs")
    starting = asyncio.Semaphore(3)
    async with asyncio.TaskGroup() as group:
        for number, wanted in enumerate(TRIED):
            group.create_task(survives(f"chaos{number}", wanted, tmp_path, starting))


def test_every_write_gets_every_fault() -> None:
    choice = Choice(scenarios=[DEPLOY], faults=FAULTS, playbooks=0)
    found = cases(choice, {DEPLOY.key: 30})
    by_fault = {fault: [case.k for case in found if case.fault is fault] for fault in FAULTS}
    assert by_fault[CUT] == by_fault[KILL] == list(range(1, 31))
    assert len(set(by_fault[REBOOT])) == 10
    assert by_fault[NONE] == []
    assert found == cases(choice, {DEPLOY.key: 30}), "chance is the same every time"


EXPORT = """\
# 2026-11-22 00:00:00 by RouterOS 7.22
/ip address
add address=192.168.1.2/24 comment="teknisi: modem 1" interface=ether1
/ip firewall mangle
add action=accept chain=b comment="second [multiwan:pcc:isp1:1]"
add action=accept chain=a comment=teknisi
add action=accept chain=a comment="first [multiwan:pcc:isp1:0]" \\
    in-interface=ether1
/ip route
add comment="gate [multiwan:failover:isp1:gate1]" disabled=no gateway=8.8.4.4
/system script
add comment="multiwan: takes back [multiwan:commit:undo0]" name=mw-undo-0 source=""
"""


def test_an_export_is_what_it_means() -> None:
    held = parsed(EXPORT)
    assert "/system script" not in held, "what a commit has for itself is no configuration"
    assert held["/ip firewall mangle"][1].endswith("in-interface=ether1"), "a broken line is one"
    elsewhere = EXPORT.replace("disabled=no", "disabled=yes").replace("00:00:00", "00:00:01")
    assert difference(held, parsed(elsewhere)) == [], "a gate that a script has closed"
    lines = EXPORT.splitlines()
    lines[4], lines[5] = lines[5], lines[4]
    assert difference(held, parsed("\n".join(lines))) == [], "order means nothing between chains"
    swapped = {**held, "/ip firewall mangle": [held["/ip firewall mangle"][n] for n in (1, 0, 2)]}
    assert difference(held, swapped) == ["~ /ip firewall mangle: another order"]
    missing = parsed(EXPORT.replace("192.168.1.2", "192.168.1.3"))
    assert [words[0] for words in difference(held, missing)] == ["-", "+"]
    assert foreign(held) != foreign(missing)
    assert foreign(held) == foreign(parsed(EXPORT.replace("gateway=8.8.4.4", "gateway=9.9.9.9")))


def test_a_silence_belongs_to_the_lines_that_stay() -> None:
    flow = {"began": 0.0, "max_gap_s": 0.1, "last": 9.9, "uplinks": ["isp1"]}
    dead = {"began": 0.0, "max_gap_s": 7.0, "last": 3.0, "uplinks": ["isp2"]}
    back = {"began": 0.0, "max_gap_s": 2.0, "last": 9.9, "uplinks": ["isp2", "isp1"]}
    seen = silence({"flows": [flow, dead, back], "seconds": 10.0, "failed": [1.0], "new": 90}, ["isp1"])
    assert (seen.longest, seen.lost, seen.flows) == (0.1, 0, 1)
    assert (seen.gone, seen.gone_lost, seen.gone_flows) == (2.0, 1, 2)
    both = silence({"flows": [flow, dead], "seconds": 10.0, "failed": [], "new": 90}, ["isp1", "isp2"])
    assert (both.longest, both.lost) == (7.0, 1)
