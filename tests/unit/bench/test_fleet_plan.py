# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is measured on how many branches, and what is drawn on from it, always marked as such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench._fleet_asyncio import AT_ONCE, encode, groups
from tests.bench.fleet_plan import ASYNCIO, FIRST, PER_MENU, SAME, SITE, Choice, Found, cells, drawn_on

ONE = Found(PER_MENU, 10, 0.0, FIRST, seconds=30.0, cpu_s=50.0, routers_cpu_s=1.0, pss_mb=200.0, rss_mb=900.0)
CHOICE = Choice(branches=(10, 100, 300), delays=(0.0,), slow_branches=(100, 10))


def test_ours_on_the_largest_fleet_comes_before_everybody_who_needs_what_it_did() -> None:
    planned = list(cells(CHOICE))
    assert (planned[0].contender, planned[0].branches) == (SITE, 300)
    assert {cell.branches for cell in planned if cell.contender == ASYNCIO} == {10, 100, 300}


def test_slow_contenders_stop_at_their_limit_of_each_delay() -> None:
    planned = list(cells(replace(CHOICE, delays=(0.0, 20.0))))
    slow = {delay: {c.branches for c in planned if (c.contender, c.delay_ms) == (PER_MENU, delay)} for delay in (0, 20)}
    assert slow == {0: {10, 100}, 20: {10}}


def test_what_is_drawn_on_follows_the_line_of_the_two_largest_fleets_and_says_so() -> None:
    made = drawn_on([ONE, replace(ONE, branches=100, seconds=210.0, cpu_s=410.0)], CHOICE)
    (large,) = made
    assert (large.branches, large.measured, large.by) == (300, False, 100)
    assert large.seconds == pytest.approx(210 + 200 * 2.0)
    assert large.cpu_s == pytest.approx(410 + 200 * 4.0)


def test_nothing_is_drawn_on_from_one_fleet_or_past_what_was_measured() -> None:
    assert drawn_on([ONE], CHOICE) == []
    whole = [replace(ONE, branches=count, step=SAME) for count in CHOICE.branches]
    assert drawn_on(whole, CHOICE) == []


def test_prints_go_together_and_everything_else_waits() -> None:
    looks = [[1, "/ip/route/print", {}, []]] * (AT_ONCE + 1)
    add = [1, "/ip/route/add", {"gateway": "192.0.2.1"}, []]
    assert [len(group) for group in groups([*looks, add, add, looks[0]])] == [AT_ONCE, 1, 1, 1, 1]


def test_words_are_framed_by_their_length_in_bytes() -> None:
    assert encode(["/ping", "é" * 64]) == b"\x05/ping" + b"\x80\x80" + "é".encode() * 64 + b"\0"
