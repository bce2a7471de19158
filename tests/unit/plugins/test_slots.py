# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.slots import (
    MAX_SLOTS,
    MAX_WEIGHT_SUM,
    TOLERANCE,
    apportion,
    choose_slots,
    reduced,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import weights


def share(paths: tuple[tuple[int, ...], ...], uplink: int, dead: set[int]) -> Fraction:
    """Counted anew, not with the code under test: who carries how much when ``dead`` are dead."""
    alive = [[hop for hop in path if hop not in dead] for path in paths]
    return Fraction(sum(path[:1] == [uplink] for path in alive), len(paths))


@given(weights())
def test_first_choices_equal_the_reduced_weights_exactly(given_weights: tuple[int, ...]) -> None:
    chosen = choose_slots(given_weights)
    firsts = Counter(path[0] for path in chosen.paths)
    multiple = Fraction(len(chosen.paths), sum(chosen.weights))
    assert multiple.denominator == 1
    assert [firsts[uplink] for uplink in range(len(given_weights))] == [w * multiple for w in chosen.weights]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5).map(tuple))
def test_weights_up_to_100_are_never_rounded(given_weights: tuple[int, ...]) -> None:
    small = reduced(given_weights)
    assert all(a * given_weights[0] == b * small[0] for a, b in zip(small, given_weights, strict=True))


@given(weights())
def test_rounded_weights_keep_everybody_and_are_near(given_weights: tuple[int, ...]) -> None:
    small = reduced(given_weights)
    assert sum(small) <= MAX_WEIGHT_SUM
    assert min(small) >= 1
    floor = Fraction(len(small) + 1, MAX_WEIGHT_SUM)
    for weight, given_weight in zip(small, given_weights, strict=True):
        assert abs(Fraction(weight, sum(small)) - Fraction(given_weight, sum(given_weights))) <= floor


@given(weights(4))
@settings(max_examples=20)
def test_every_combination_of_deaths_up_to_four_uplinks_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    chosen = choose_slots(given_weights)
    count = len(chosen.weights)
    for size in range(1, count):
        for dead in map(set, combinations(range(count), size)):
            living = sum(chosen.weights[uplink] for uplink in range(count) if uplink not in dead)
            for uplink in set(range(count)) - dead:
                exact = Fraction(chosen.weights[uplink], living)
                assert abs(share(chosen.paths, uplink, dead) - exact) <= min(TOLERANCE, chosen.deviation)


@given(st.lists(st.integers(1, 50), min_size=5, max_size=16).map(tuple))
@settings(max_examples=20)
def test_every_single_death_beyond_four_uplinks_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    chosen = choose_slots(given_weights)
    count = len(chosen.weights)
    for dead in range(count):
        for uplink in set(range(count)) - {dead}:
            exact = Fraction(chosen.weights[uplink], sum(chosen.weights) - chosen.weights[dead])
            assert abs(share(chosen.paths, uplink, {dead}) - exact) <= min(TOLERANCE, chosen.deviation)


@given(weights())
def test_a_death_moves_nobody_else(given_weights: tuple[int, ...]) -> None:
    for path in choose_slots(given_weights).paths:
        for dead in range(len(given_weights)):
            if dead != path[0]:
                assert next(hop for hop in path if hop != dead) == path[0]


@given(weights())
def test_paths_name_an_uplink_once_and_there_are_not_too_many(given_weights: tuple[int, ...]) -> None:
    paths = choose_slots(given_weights).paths
    assert len(paths) <= MAX_SLOTS
    assert {len(path) for path in paths} == {len(given_weights) if len(given_weights) <= 4 else 2}
    assert all(len(set(path)) == len(path) for path in paths)


@given(weights())
def test_the_same_weights_give_the_same_slots(given_weights: tuple[int, ...]) -> None:
    assert choose_slots.__wrapped__(given_weights) == choose_slots.__wrapped__(given_weights)


@pytest.mark.parametrize(
    ("given_weights", "slots"), [((1,), 1), ((5, 5), 2), ((1, 1, 1), 6), ((1, 1, 1, 1), 12), ((10, 20, 50), 8)]
)
def test_common_branches_need_few_slots(given_weights: tuple[int, ...], slots: int) -> None:
    assert len(choose_slots(given_weights).paths) == slots


@pytest.mark.parametrize("count", [2, 3, 4])
def test_equal_uplinks_redistribute_exactly(count: int) -> None:
    assert choose_slots((1,) * count).deviation == 0


def test_three_equal_uplinks_use_the_six_orders() -> None:
    assert len(set(choose_slots((1, 1, 1)).paths)) == 6


@given(st.lists(st.integers(1, 99), min_size=1, max_size=8), st.integers(8, 300))
def test_seats_are_all_given_and_nobody_is_more_than_one_off(votes: list[int], seats: int) -> None:
    given_seats = apportion(votes, seats)
    assert sum(given_seats) == seats
    for vote, given_seat in zip(votes, given_seats, strict=True):
        assert abs(given_seat - Fraction(vote * seats, sum(votes))) < 1
