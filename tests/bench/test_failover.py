# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One short cell of the failover benchmark runs and its figures hang together; how large they are is not asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.world import launcher, state
from tests.bench.failover_cell import lab_for, measure
from tests.bench.failover_plan import CONTENDERS, Fault, Setting
from tests.bench.failover_sums import judge, seen_from

pytestmark = pytest.mark.lab
CABLE = Fault("cable", "cable pulled", "cable", 4.0, 3.0)


async def test_a_cell_sees_the_fault_with_every_kind_of_traffic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(state, "BASE", tmp_path / "labs")
    setting = Setting(CONTENDERS[0], "failover", 2)  # everybody is on the primary
    said: list[str] = []
    async with lab_for(setting, "bench", tmp_path, deploying=asyncio.Lock(), say=said.append) as lab:
        raw = await measure(lab, setting, CABLE, said.append)
    seen = seen_from({**raw, "late": 0.0, "again": 0})
    assert 4.0 <= seen.healed < 120.0
    assert seen.end > seen.healed + 3.0
    assert len(seen.udp) == len(seen.tcp) == 10
    for flow in (*seen.udp, *seen.tcp):
        assert flow.carrier(0.0) == "isp1"
        assert flow.carrier(seen.healed) in ("isp1", "isp2")
    assert {flow.carrier(seen.healed) for flow in seen.udp} == {"isp2"}, "masquerade is purged with the link"
    assert sum(at < 0 for at, _ in seen.attempts) >= 5
    assert sum(ok for at, ok in seen.attempts if at > 1.0) >= 5
    found = judge(seen, CABLE, 2)
    assert found.disturbed == (0, 0)
    assert found.moves.away == 1
    assert found.messages is None, "a recipe sends none"
    assert any("lines carry" in words for words in said)
