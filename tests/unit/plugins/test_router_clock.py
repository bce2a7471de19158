# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments that routers of all versions write, in our own time."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import durations
from ansible_collections.multiwan.routeros.plugins.module_utils.router_clock import clock, date, iso
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime.datetime(2026, 11, 22, 7, 0, tzinfo=datetime.UTC)
#: A router in Jakarta, seven hours ahead, whose clock is two minutes fast besides.
JAKARTA = {"date": "2026-11-22", "time": "14:02:00", "time-zone-name": "Asia/Jakarta"}
OLD = {"date": "nov/22/2026", "time": "14:02:00"}


@pytest.mark.parametrize("values", [JAKARTA, OLD])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22 14:02:00", "2026-11-22T07:00:00Z"),
        ("nov/22/2026 14:01:00", "2026-11-22T06:59:00Z"),
        ("Nov/21/2026 14:02:00", "2026-11-21T07:00:00Z"),
        ("14:00:30", "2026-11-22T06:58:30Z"),
        ("nov/21 23:59:59", "2026-11-21T16:57:59Z"),
        ("11-21 23:59:59", "2026-11-21T16:57:59Z"),
        ("dec/31 12:00:00", "2025-12-31T04:58:00Z"),  # of last year
    ],
)
def test_the_zone_and_the_haste_of_the_routers_clock_are_taken_out(
    values: dict[str, str], text: str, expected: str
) -> None:
    moment = clock(values, NOW).moment(text)
    assert moment is not None
    assert iso(moment) == expected


@pytest.mark.parametrize(
    "text", ["", "never", "nov/31/2026 12:00:00", "2026-13-01 00:00:00", "25:00:00", "foo/01 00:00:00"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert clock(JAKARTA, NOW).moment(text) is None


def test_without_the_routers_clock_nothing_is_told() -> None:
    assert clock({}, NOW).moment("2026-11-22 14:02:00") is None
    assert iso(clock({}, NOW).ago(60)) == "2026-11-22T06:59:00Z"


def test_a_clock_that_is_thousands_of_years_off_breaks_nothing() -> None:
    early = clock({"date": "0001-01-01", "time": "00:00:00"}, NOW)
    assert early.moment("9998-01-01 00:00:00") is None
    assert early.moment("dec/31 00:00:00") is None


def test_a_leap_day_of_last_year_does_not_break_the_reading() -> None:
    """29 February does not exist in every year."""
    assert clock({"date": "jan/01/2025", "time": "00:00:00"}, NOW).moment("feb/29 10:00:00") is None


def test_a_date_without_its_year_is_no_date() -> None:
    assert date("nov/22 10:00:00") is None
    assert date("jan/02/2027 03:04:05") == datetime.datetime(2027, 1, 2, 3, 4, 5)


@given(st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2090, 1, 1)), st.booleans())
def test_every_whole_second_is_read_back(moment: datetime.datetime, old: bool) -> None:
    whole = moment.replace(microsecond=0)
    assert date(whole.strftime("%b/%d/%Y %H:%M:%S" if old else "%Y-%m-%d %H:%M:%S")) == whole


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1w2d3h4m5s", 788645), ("3w6d23h59m50s", 2419190), ("00:01:00", 60), ("500ms", 0.5), ("", None), ("1x", None)],
)
def test_lengths_of_time(text: str, seconds: float | None) -> None:
    assert durations.seconds(text) == seconds
