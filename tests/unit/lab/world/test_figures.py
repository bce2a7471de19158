# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world.traffic import figures as f
from lab.world.traffic import plans

names = st.integers(1, 60).map(lambda n: [f"h{k}" for k in range(n)])


@given(names, names)
def test_no_pair_of_addresses_comes_twice_before_all_have_come(clients: list[str], servers: list[str]) -> None:
    total = len(clients) * len(servers)
    pairs = list(islice(f.address_pairs(clients, servers), total + 1))
    assert len(set(pairs[:total])) == total
    assert pairs[total] == pairs[0]


@given(names, names)
def test_clients_take_turns(clients: list[str], servers: list[str]) -> None:
    assert [client for client, _ in islice(f.address_pairs(clients, servers), len(clients))] == clients


def test_sixteen_flows_of_eight_clients_meet_sixteen_servers() -> None:
    pairs = list(islice(f.address_pairs([f"c{n}" for n in range(8)], [f"s{n}" for n in range(128)]), 16))
    assert len({server for _, server in pairs}) == 16


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50))
def test_fairness_lies_between_one_nth_and_one(values: list[float]) -> None:
    assert 1 / len(values) - 0.001 <= f.jain(values) <= 1.001


def test_fairness_of_equals_and_of_nothing() -> None:
    assert f.jain([3.0, 3.0, 3.0]) == 1.0
    assert f.jain([0.0, 0.0]) == 0.0


def attempts(text: str) -> list[f.Attempt]:
    """One letter a second: 1 and 2 are uplinks, x is a failure."""
    return [f.Attempt(float(t), "" if letter == "x" else f"isp{letter}") for t, letter in enumerate(text)]


def test_an_outage_lasts_from_the_first_failure_to_the_first_success_after_the_last_one() -> None:
    result = f.probe_summary(attempts("121x1x11"))
    assert result == {
        "total": 8,
        "failed": 2,
        "split": {"isp1": 5, "isp2": 1},
        "first_failed_t": 3.0,
        "last_failed_t": 5.0,
        "restored_t": 6.0,
        "outage_s": 3.0,
    }


def test_an_outage_without_an_end_has_no_length() -> None:
    result = f.probe_summary(attempts("12xx"))
    assert (result["outage_s"], result["restored_t"], result["last_failed_t"]) == (None, None, 3.0)


def test_without_a_failure_the_outage_is_zero() -> None:
    assert f.probe_summary(attempts("1212"))["outage_s"] == 0.0


@given(st.text("12x", max_size=40), st.randoms())
def test_the_order_of_reports_does_not_matter(text: str, random: object) -> None:
    shuffled = attempts(text)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert f.probe_summary(shuffled) == f.probe_summary(attempts(text))


def test_silence_before_the_first_reply_is_no_gap_but_total_silence_is() -> None:
    assert f.longest_gap([1.0, 1.1, 3.0], 3.1) == 1.9
    assert f.longest_gap([1.0], 4.0) == 3.0
    assert f.longest_gap([], 4.0) == 4.0


def test_changes_keeps_the_order_of_lines() -> None:
    assert f.changes(["a", "a", "b", "b", "a"]) == ["a", "b", "a"]
    assert f.changes([]) == []


def test_rates_are_decimal_megabits() -> None:
    before, after = {"isp1": {"down": 0, "up": 1000}}, {"isp1": {"down": 1_250_000, "up": 1000}}
    assert f.rates(before, after, 1.0) == {"isp1": {"down": 10.0, "up": 0.0}}


@pytest.mark.parametrize("kind", sorted(plans.KINDS))
def test_every_kind_can_be_made_without_options(kind: str) -> None:
    assert plans.make(kind, {}).kind == kind


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("throughput", {"flows": 0}, "flows is 0, more than 0"),
        ("throughput", {"direction": "out"}, "down or up"),
        ("throughput", {"flows": "many"}, "throughput: "),
        ("probe", {"interval": -1}, "interval is -1.0"),
        ("probe", {"intervall": 1}, "unknown option 'intervall', allowed are segment, seconds, interval, timeout"),
        ("flood", {}, "one of throughput, connections, probe, ticker, inbound"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(kind: str, options: dict[str, object], words: str) -> None:
    with pytest.raises(plans.PlanError, match=words):
        plans.make(kind, options)


def test_a_silence_is_told_with_its_beginning_and_its_length() -> None:
    assert f.silences([0.0, 0.1, 1.1, 1.2], 3.0, 0.5) == [(0.1, 1.0), (1.2, 1.8)]
    assert f.silences([], 2.0, 0.5) == [(0.0, 2.0)]
    assert f.silences([0.0, 0.1], 0.2, 0.5) == []


def test_moves_begin_with_the_first_sighting() -> None:
    assert f.moves([(0.0, "a"), (1.0, "a"), (2.0, "b"), (3.0, "a")]) == [(0.0, "a"), (2.0, "b"), (3.0, "a")]
    assert f.moves([]) == []
