# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.observe.gateway import FIXED, Judged, Timers, timers
from lab.schema.snapshot import ConfigRow

probes = st.lists(st.booleans(), max_size=30)
counts = st.integers(1, 5)


def judge(answers: list[bool], count: int) -> Judged:
    return reduce(lambda judged, answered: judged.after(answered, count), answers, Judged())


@given(probes, counts)
def test_a_gateway_is_unreachable_exactly_when_its_last_verdict_was_count_misses_in_a_row(
    answers: list[bool], count: int
) -> None:
    last = next((at for at in range(len(answers), 0, -1) if answers[at - 1]), 0)
    missed = len(answers) - last
    if missed >= count:
        assert judge(answers, count).reachable is False
    elif last:
        assert judge(answers, count).reachable is True
    else:
        assert judge(answers, count).reachable is None


@pytest.mark.parametrize("version", ["6.49.10", "7.9", "7.20.8 (long-term)"])
def test_up_to_7_20_the_timers_are_fixed(version: str) -> None:
    assert timers(version, ConfigRow(0, {"check-gateway-ping-interval": "1s"})) == FIXED == Timers(10.0, 10.0, 2)


@pytest.mark.parametrize("version", ["7.21", "7.22.3 (stable)", "7.24beta1", "8.0"])
def test_from_7_21_the_settings_hold_the_timers(version: str) -> None:
    assert timers(version) == Timers(10.0, 1.0, 2)
    row = ConfigRow(
        0,
        {
            "check-gateway-ping-interval": "1s500ms",
            "check-gateway-ping-timeout": "300ms",
            "check-gateway-ping-count": "4",
        },
    )
    assert timers(version, row) == Timers(1.5, 0.3, 4)


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="no RouterOS version: 'stable'"):
        timers("stable")
