# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short form of the matrix: two kinds of lines, one fault, run whole. What the table says of it is tested, too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.world import launcher, state
from tests.bench.matrix import verdict
from tests.bench.matrix_cell import hit, lab_for
from tests.bench.matrix_docs import page
from tests.bench.matrix_plan import FAULTS, GROUPS, KINDS, MODES, VERSIONS, Group, Setting, cells, settings

FAULT = {fault.key: fault for fault in FAULTS}
KIND = {kind.key: kind for kind in KINDS}


def test_every_kind_meets_every_fault_in_each_mode_on_each_version() -> None:
    every = list(cells(settings()))
    assert len({cell.key for cell in every}) == len(every)
    seen = {(cell.kind.key, cell.setting.mode, cell.setting.version, cell.fault.key) for cell in every}
    for kind in KINDS:
        for fault in FAULTS:
            for mode in MODES:
                for version in VERSIONS:
                    key = (kind.key, mode, version, fault.key)
                    assert (key in seen) is (fault.kind != "renumber" or kind.gives)


def test_a_lab_of_each_group_has_a_line_for_each_of_its_kinds() -> None:
    for group in GROUPS:
        assert len(group.uplinks.split(",")) == len(group.kinds)


def test_the_page_names_what_is_refused_and_what_is_red() -> None:
    row = {"kind": "lte", "mode": "balance", "version": "6.49"}
    table = [
        {**row, "fault": "loss", "verdict": "refused", "refused": "not with RouterOS 6\nmore"},
        {**row, "fault": "cable", "verdict": "red", "error": "nobody carries"},
    ]
    text = page({"green": 0, "refused": 1, "red": 1, "not_measured": 8, "table": table})
    assert "- 6.49: not with RouterOS 6\n" in text
    assert "- lte, balance, 6.49, cable: nobody carries\n" in text
    assert "0 green, 1 refused, 1 red, 8 not measured." in text


@pytest.mark.lab
async def test_lines_that_die_are_left_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(state, "BASE", tmp_path / "labs")
    few = Group("few", (KIND["pppoe"], KIND["dhcp"]))
    setting = Setting(few, "failover", "7.22")
    async with lab_for(
        setting, "matrix", tmp_path, deploying=asyncio.Lock(), say=lambda _: None, thresholds=False
    ) as lab:
        found = await hit(lab, FAULT["cable"], lab.names)
    assert {name: verdict(result) for name, result in found.items()} == {"isp1": "green", "isp2": "green"}, found
