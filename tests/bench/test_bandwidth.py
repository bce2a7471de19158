# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of the bandwidth benchmark hang together; how large they are is not asked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble

from tests.bench import bandwidth_docs
from tests.bench.bandwidth_plan import CELLS, CONTENDERS, Cell, figures, ideal, kept, variables
from tests.unit.plugins.branches import branch

LIMIT, FLOOD = CELLS[0], CELLS[3]


def measured(fairness: float = 1.0, **mbit: float) -> dict[str, Any]:
    return {"groups": [{"place": place, "goodput_mbit": one, "fairness": fairness} for place, one in mbit.items()]}


@pytest.mark.parametrize(
    ("cell", "crew", "other", "fairness", "right"),
    [
        (LIMIT, ideal(6), ideal(4), 1.0, True),
        (LIMIT, ideal(6) * 0.95, ideal(4) * 1.05, 0.95, True),
        (LIMIT, ideal(6) * 0.93, ideal(4), 1.0, False),
        (LIMIT, ideal(6) * 1.07, ideal(4), 1.0, False),
        (LIMIT, ideal(6), ideal(4), 0.94, False),
        (FLOOD, ideal(2), 18.0, 0.3, True),
        (FLOOD, ideal(2), ideal(6) * 0.93, 1.0, False),
    ],
)
def test_a_tick_is_for_what_was_configured(cell: Cell, crew: float, other: float, fairness: float, right: bool) -> None:
    beside = {"guests" if cell is LIMIT else "stream": other}
    assert kept(cell, figures(cell, measured(fairness, crew=crew, **beside))) is right


def test_the_page_has_a_line_for_whom_was_measured() -> None:
    places = {place: {"mbit": 5.0, "fairness": 0.99, "of_ideal": 0.871} for place in ("stream", "crew", "guests")}
    entries = [
        {"contender": who, "state": "primary", "cell": cell.key, "places": places}
        for who in ("ours", "flat")
        for cell in CELLS
    ]
    shown = list(bandwidth_docs.lines(entries, "primary"))
    assert [line[0] for line in shown] == ["pasted: a simple queue for each VLAN", "this collection, 7.22"]
    assert shown[0][1] == "crew 87% guests 87% · 0.99"
    assert list(bandwidth_docs.lines(entries, "backup")) == []


@pytest.mark.parametrize("who", CONTENDERS, ids=lambda who: who.key)
def test_every_contender_has_a_right_branch(who: Any) -> None:
    uplinks = [{**uplink, "download": "20M", "upload": "12M"} for uplink in branch(2)["multiwan_uplinks"]]
    rows = assemble({**variables(who, uplinks), "multiwan_routeros_version": who.version}, name="x").rows
    assert any(row.menu == "/queue/simple" for row in rows) is who.limited
