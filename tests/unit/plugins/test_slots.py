# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import combinations, combinations_with_replacement
from math import gcd

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.slots import (
    CHANCE,
    FULL_PATHS,
    MAX_SLOTS,
    MAX_WEIGHT_SUM,
    apportion,
    choose_slots,
    reduced,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import weights

#: Percentage points: what the documentation promises up to four uplinks, and beyond.
FEW, MANY = 3, 5
#: What people write: Mbit/s of their lines, or relations.
USUAL = [
    (10, 10),
    (100, 20),
    (30, 50),
    (1, 99),
    (1000, 7),
    (1, 1, 1),
    (10, 20, 50),
    (100, 50, 20),
    (10, 10, 20),
    (1000, 20, 4),
    (1_000_000, 1, 1),
    (5, 5, 5, 5),
    (1, 2, 3, 4),
    (10, 10, 10, 50),
    (3, 7, 11, 50),
    (300, 100, 50, 20),
    (1, 1, 1, 97),
    (1_000_000, 1000, 10, 1),
]
MIXED_SIXTEEN = [
    (1,) * 16,
    tuple(range(1, 17)),
    (100, 50, 20, 10) * 4,
    (10, 20, 50, 10) * 4,
    (1000, *(100,) * 5, *(10,) * 10),
    (3, 7, 11, 50) * 4,
]


def share(paths: tuple[tuple[int, ...], ...], uplink: int, dead: set[int]) -> Fraction:
    """Counted anew, not with the code under test: who carries how much when ``dead`` are dead."""
    alive = [[hop for hop in path if hop not in dead] for path in paths]
    return Fraction(sum(path[:1] == [uplink] for path in alive), len(paths))


def off(given_weights: tuple[int, ...], dead: set[int]) -> float:
    """Percentage points between the shares of the living and the weights as they were given (not as rounded)."""
    paths = choose_slots(given_weights).paths
    living = set(range(len(given_weights))) - dead
    total = sum(given_weights[uplink] for uplink in living)
    return max(float(100 * abs(share(paths, u, dead) - Fraction(given_weights[u], total))) for u in living)


def every_death(count: int) -> Iterator[set[int]]:
    """Nobody, and every combination that leaves somebody."""
    return (set(dead) for size in range(count) for dead in combinations(range(count), size))


def one_death(count: int) -> list[set[int]]:
    return [set(), *({dead} for dead in range(count) if count > 1)]


def slotless(given_weights: tuple[int, ...]) -> int:
    """How many uplinks weigh less than the smallest slot there is."""
    return sum(weight * MAX_SLOTS < sum(given_weights) for weight in given_weights)


@given(weights())
def test_first_choices_equal_the_weights_exactly_while_few_slots_can_say_them(given_weights: tuple[int, ...]) -> None:
    chosen = choose_slots(given_weights)
    firsts = Counter(path[0] for path in chosen.paths)
    if sum(chosen.weights) <= MAX_WEIGHT_SUM:
        multiple = Fraction(len(chosen.paths), sum(chosen.weights))
        assert multiple.denominator == 1
        assert [firsts[uplink] for uplink in range(len(given_weights))] == [w * multiple for w in chosen.weights]
    assert len(firsts) == len(given_weights), "every uplink has a slot"


@given(weights(5))
def test_weights_lose_their_common_divisor_and_nothing_else(given_weights: tuple[int, ...]) -> None:
    small = reduced(given_weights)
    assert reduce(gcd, small) == 1
    assert all(a * given_weights[0] == b * small[0] for a, b in zip(small, given_weights, strict=True))


@pytest.mark.parametrize("given_weights", USUAL, ids=str)
def test_every_death_of_what_people_write_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    for dead in every_death(len(given_weights)):
        assert off(given_weights, dead) <= FEW - CHANCE * 100


def test_every_death_of_all_small_weights_redistributes_by_weight() -> None:
    found = {
        some: max(off(some, dead) for dead in every_death(len(some)))
        for count, largest in ((2, 12), (3, 9), (4, 5))
        for some in combinations_with_replacement(range(1, largest + 1), count)
    }
    assert len(found) == 78 + 165 + 70
    assert max(found.values()) <= FEW - CHANCE * 100


@given(weights(FULL_PATHS))
@settings(max_examples=60, deadline=None)
@example((1_000_000, 1, 1, 1))
@example((999_983, 500_009, 3, 2))
def test_every_combination_of_deaths_up_to_four_uplinks_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    assert choose_slots(given_weights).even
    for dead in every_death(len(given_weights)):
        assert off(given_weights, dead) <= FEW


@pytest.mark.parametrize("given_weights", [*MIXED_SIXTEEN, *((1,) * count for count in range(5, 16))], ids=str)
def test_every_single_death_of_many_uplinks_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    for dead in one_death(len(given_weights)):
        assert off(given_weights, dead) <= MANY - CHANCE * 100


@given(st.one_of(weights(), st.lists(st.integers(1, 50), min_size=5, max_size=16).map(tuple)))
@settings(max_examples=60, deadline=None)
def test_every_single_death_beyond_four_uplinks_redistributes_by_weight(given_weights: tuple[int, ...]) -> None:
    """All weights but those of which many are less than a slot: the next test."""
    if slotless(given_weights) <= 8:
        assert choose_slots(given_weights).even
        for dead in one_death(len(given_weights)):
            assert off(given_weights, dead) <= MANY


def test_many_uplinks_that_weigh_less_than_a_slot_are_owned_up_to() -> None:
    chosen = choose_slots((1_000_000, *(1,) * 15))
    assert len(chosen.paths) == MAX_SLOTS
    assert not chosen.even
    assert MANY < max(off((1_000_000, *(1,) * 15), dead) for dead in one_death(16)) < 6


@given(weights())
@settings(max_examples=60, deadline=None)
@example((1_000_000, *(1,) * 15))
def test_the_stated_deviation_is_the_worst_that_is_found(given_weights: tuple[int, ...]) -> None:
    deaths = every_death(len(given_weights)) if len(given_weights) <= FULL_PATHS else one_death(len(given_weights))
    worst = max(off(given_weights, dead) for dead in deaths)
    assert worst == pytest.approx(float(choose_slots(given_weights).deviation * 100))


@pytest.mark.parametrize(
    "given_weights",
    [(1_000_000, 1824, 16, 888), (999_983, 104_729, 1299, 15), (1_000_000, *(1,) * 15), tuple(range(99_991, 100_007))],
    ids=str,
)
def test_no_branch_waits_for_its_slots(given_weights: tuple[int, ...]) -> None:
    """Also not for weights that fit nowhere: the slowest known takes about 0.2 s, on a machine that is not busy."""
    began = time.process_time()
    choose_slots.__wrapped__(given_weights)
    assert time.process_time() - began < 10


@given(weights())
def test_a_death_moves_all_slots_of_the_dead_and_no_other(given_weights: tuple[int, ...]) -> None:
    count = len(given_weights)
    for dead in every_death(count) if count <= FULL_PATHS else one_death(count):
        for path in choose_slots(given_weights).paths:
            carrier = next(hop for hop in path if hop not in dead)
            assert (carrier != path[0]) == (path[0] in dead)


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
    ("given_weights", "slots"),
    [((1,), 1), ((5, 5), 2), ((1, 1, 1), 6), ((1, 1, 1, 1), 12), ((100, 20), 6), ((10, 20, 50), 24)],
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
