# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a scheduler row is due. Pure: rows and moments in, moments out (facts 6.6)."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass

from lab.schema.snapshot import ConfigRow

#: start-time=startup runs three seconds after boot (facts 6.6)
STARTUP_S = 3.0
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")


@dataclass(frozen=True)
class Boot:
    """``at``: when the router started, seconds since the epoch."""

    at: float


def next_run(row: ConfigRow, *, boot: Boot, added: float, now: float) -> float | None:
    """The next moment after ``now``, or None when the row will not run again.

    ``added``: when the row came to be as it is. Without start-date and start-time a row starts there, as the router
    fills in the moment of the add. startup with an interval first runs after one interval, as the manual says.
    """
    interval = row.seconds("interval")
    if row.get("start-time") == "startup":
        if interval:
            return _grid(max(boot.at, added), interval, now)
        first = boot.at + STARTUP_S
        return first if first > now and added <= boot.at else None
    start = start_moment(row, added)
    if interval:
        return start if start > now else _grid(start, interval, now)
    return start if start > now else None


def _grid(start: float, interval: float, now: float) -> float:
    """The first of start + n intervals (n at least 1) after now."""
    return start + max(1, math.floor((now - start) / interval) + 1) * interval


def start_moment(row: ConfigRow, added: float) -> float:
    """start-date and start-time; what is missing is taken from ``added``."""
    moment = datetime.datetime.fromtimestamp(added, datetime.UTC)
    date = parse_date(row.get("start-date"))
    clock = _CLOCK.fullmatch(row.get("start-time"))
    if date is None and clock is None:
        return added
    time = moment.time().replace(microsecond=0)
    if clock is not None:
        time = datetime.time(int(clock[1]), int(clock[2]), int(clock[3]))
    return datetime.datetime.combine(date or moment.date(), time, datetime.UTC).timestamp()


def parse_date(text: str) -> datetime.date | None:
    """``2026-01-31``, or ``jan/31/2026`` before 7.10."""
    if not text:
        return None
    if "/" in text:
        month, day, year = text.split("/")
        return datetime.date(int(year), _MONTHS.index(month.lower()) + 1, int(day))
    return datetime.date.fromisoformat(text)
