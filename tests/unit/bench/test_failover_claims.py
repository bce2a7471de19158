# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Claims are held against rows: each can fail, each says by how much, none is made of nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.bench.failover_claims import claims
from tests.bench.failover_plan import CONTENDERS, FAULTS, Cell, Setting
from tests.bench.failover_show import Row, rows
from tests.bench.failover_sums import Gap, Moves, Outcome
from tests.bench.failover_told import Told

B, D = (Setting(CONTENDERS[n], "balance", 2) for n in (1, 3))
BEST = Outcome(
    *(Gap(False, 2.0),) * 4,
    failed_share=0.1,
    disturbed=(0, 16),
    stuck=(0, 16),
    broken=(0, 16),
    moves=Moves(1, 2),
    messages=Told(expected=2, received=2),
    control=0.05,
)
PLACES = ("quick", "times", "cable", "disturbed", "stuck", "broken", "moves", "messages", "all")


def measured(**changes: Any) -> list[Row]:
    """(b) and ours in every fault; ours as good as it claims, but for the changes."""
    found: dict[Cell, Outcome | str] = {}
    for fault in FAULTS:
        quick = Gap(False, 0.4) if fault.key == "cable" else Gap(False, 2.0)
        told = BEST.messages if fault.key != "all" else Told(expected=5, received=5)
        found[Cell(D, fault, 1)] = replace(BEST, **{"new": quick, "messages": told, **changes})
        found[Cell(B, fault, 1)] = replace(BEST, new=Gap(False, 19.0), disturbed=(9, 9), stuck=(9, 9), messages=None)
    return rows(found)


def holds(made: list[Row]) -> dict[str, bool | None]:
    return dict(zip(PLACES, (claim.holds for claim in claims(made)), strict=True))


def test_claims_hold_when_everything_is_as_claimed() -> None:
    assert holds(measured()) == dict.fromkeys(PLACES, True)
    assert str(claims(measured())[1]).endswith(
        "shorter than (b): holds (9.5 ×, 19.0 s beside 2.0 s, in the worst of 1 settings 9.5 ×)"
    )


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"new": Gap(False, 5.1)}, {"quick", "times", "cable"}),
        ({"new": Gap(True, 0.5)}, {"quick", "times", "cable"}),
        ({"new": Gap(False, 1.1)}, {"cable"}),
        ({"disturbed": (1, 16)}, {"disturbed"}),
        ({"stuck": (1, 16)}, {"stuck"}),
        ({"broken": (1, 16)}, {"broken"}),
        ({"moves": Moves(2, 4)}, {"moves"}),
        ({"messages": Told(expected=2, received=1)}, {"messages", "all"}),
        ({"messages": Told(expected=2, received=2, wrong=1)}, {"messages", "all"}),
    ],
)
def test_a_claim_that_is_not_met_does_not_hold(changes: dict[str, Any], broken: set[str]) -> None:
    assert {name for name, held in holds(measured(**changes)).items() if not held} == broken


def test_without_figures_nothing_is_claimed() -> None:
    assert holds([]) == dict.fromkeys(PLACES)
    only_theirs = [row for row in measured() if row.setting == B]
    assert holds(only_theirs) == dict.fromkeys(PLACES)


def test_messages_that_did_not_come_are_counted() -> None:
    said = str(claims(measured(messages=Told(expected=2, received=1, twice=1)))[7])
    assert said.endswith("does not hold (0 of 7 cells; 7 of 14 came; 7 twice)")
