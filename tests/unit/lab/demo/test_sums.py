# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures from counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.demo.record import Attempt, Call, Calls, Sample
from lab.demo.sums import calls_at, carrier, length_in, macs, rate_between, rates, restored_s, shares, thinned


def tries(*oks: bool, start: float = 10.0) -> list[Attempt]:
    return [Attempt(start + n, 0.1, ok=ok, uplink="isp1" if ok else "") for n, ok in enumerate(oks)]


def test_restored_is_the_first_connection_after_the_last_failure() -> None:
    assert restored_s(tries(True, False, True, False, True, True), cut_s=10.0, quiet_s=1) == 4.0


def test_nothing_was_restored_while_the_last_connection_still_fails() -> None:
    assert restored_s(tries(True, False), cut_s=10.0, quiet_s=0) is None


def test_one_that_worked_at_the_end_is_not_enough() -> None:
    assert restored_s(tries(True, False, True), cut_s=10.0, quiet_s=1) is None
    assert restored_s(tries(True, False, True, True), cut_s=10.0, quiet_s=1) == 2.0


def test_no_failure_means_restored_at_once() -> None:
    assert restored_s(tries(True, True), cut_s=10.0, quiet_s=1) == 0.0


def test_failures_before_the_cut_do_not_count() -> None:
    assert restored_s(tries(False, True, True), cut_s=10.5, quiet_s=1) == 0.0


def test_without_a_connection_after_the_cut_nothing_is_known() -> None:
    assert restored_s(tries(True, True), cut_s=99.0, quiet_s=0) is None


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(min_value=0, max_value=5))
def test_restored_means_that_none_fails_and_enough_were_seen(oks: list[bool], quiet: int) -> None:
    attempts = tries(*oks)
    restored = restored_s(attempts, cut_s=10.0, quiet_s=quiet)
    tail = len(oks) - (max((n for n, ok in enumerate(oks) if not ok), default=-1) + 1)
    assert (restored is None) == (tail == 0 or tail - 1 < quiet)
    assert restored is None or all(a.ok for a in attempts if a.at_s >= 10.0 + restored)


def test_the_carrier_is_named_only_when_it_is_the_only_one() -> None:
    both = [Attempt(1, 0.1, ok=True, uplink="isp2"), Attempt(5, 0.1, ok=True, uplink="isp1")]
    assert carrier(both, since_s=0) is None
    assert carrier(both, since_s=2) == "isp1"
    assert carrier(both, since_s=9) is None
    assert carrier([Attempt(5, 0.1, ok=False)], since_s=0) is None


def test_rates_are_medians_of_their_runs() -> None:
    found = rates([9.0, 1.0, 10.0], [3.0])
    assert (found.down, found.up) == (9.0, 3.0)
    assert found.down_runs == (9.0, 1.0, 10.0)


def test_rate_between_counts_bits_in_a_second() -> None:
    assert rate_between(1_000, 1_251_000, 1.0) == pytest.approx(10.0)


def test_a_counter_that_was_made_anew_is_no_negative_rate() -> None:
    assert rate_between(5_000, 10, 1.0) == 0.0


def test_shares_follow_the_weights() -> None:
    assert shares({"a": 10, "b": 20, "c": 50}) == {"a": 0.125, "b": 0.25, "c": 0.625}


def test_macs_are_found_in_a_message_in_any_case() -> None:
    assert macs("server dc:2c:6e:81:cf:34 di bridge, sah 48:A9:8A:00:00:03") == [
        "DC:2C:6E:81:CF:34",
        "48:A9:8A:00:00:03",
    ]
    assert macs("no address: 12:34") == []


@given(st.integers(min_value=1, max_value=300), st.integers(min_value=1, max_value=50))
def test_thinned_keeps_the_mean_and_the_limit(count: int, most: int) -> None:
    samples = [Sample(float(n), {"isp1": (float(n % 7), 1.0)}) for n in range(count)]
    fewer = thinned(samples, most)
    assert len(fewer) <= most or len(fewer) == count
    assert all(0 <= s.mbit["isp1"][0] <= 6 and s.mbit["isp1"][1] == 1.0 for s in fewer)
    assert [s.at_s for s in fewer] == sorted(s.at_s for s in fewer)


def call(*lines: tuple[float, str], silent: tuple[tuple[float, float], ...] = ()) -> Call:
    return Call(lines, silent)


def test_calls_are_counted_by_the_line_they_were_on_at_that_moment() -> None:
    calls = [
        call((0.0, "isp2"), (13.0, "isp1"), silent=((10.0, 3.0),)),
        call((0.0, "isp2"), silent=((10.0, 9.0),)),
        call((0.0, "isp1")),
        call((0.0, "isp1"), (4.0, "isp2"), (5.0, "isp1")),
    ]
    assert calls_at(calls, "isp2", 10.0) == Calls(all=4, hit=2, moved=1, silent_s=9.0, disturbed=0)


def test_a_silence_counts_when_it_lasts_into_the_time() -> None:
    calls = [call((0.0, "isp2"), silent=((1.0, 5.0), (9.95, 2.0)))]
    assert calls_at(calls, "isp2", 10.0).silent_s == 2.0
    assert calls_at(calls, "isp2", 20.0).silent_s == 0.0


@pytest.mark.parametrize(
    "other",
    [
        call((0.0, "isp1"), (11.0, "isp2")),
        call((0.0, "isp1"), (11.0, "isp2"), (12.0, "isp1")),
        call((0.0, "isp1"), silent=((11.0, 1.0),)),
        call((11.0, "isp1")),
    ],
)
def test_a_call_of_another_line_that_moves_or_falls_silent_is_disturbed(other: Call) -> None:
    assert calls_at([other], "isp2", 10.0).disturbed == 1


def test_without_calls_on_the_line_no_silence_is_known() -> None:
    assert calls_at([call((0.0, "isp1"))], "isp2", 10.0).silent_s is None


def test_a_length_is_found_and_a_clock_is_none() -> None:
    words = "Cabang jakarta: jalur Modem 2 pulih\nLama gangguan: 00:00:33\nWaktu kejadian: 2026-11-21 21:06:39"
    assert length_in(words) == 33.0
    assert length_in("Outage: 1w2d03:04:05") == 9 * 86400 + 3 * 3600 + 4 * 60 + 5
    assert length_in("Raised: nov/21/2026 21:06:39") is None
    assert length_in("Outage: 00:00:33\nThen: 00:00:34") is None
