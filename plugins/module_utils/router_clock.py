# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The moments that a router speaks of, in our own time: its clock may be wrong, and says no time zone.

Forms: ISO from 7.10 on, ``nov/22/2026`` before; a line of the log leaves out the year or the day where they are those
of now (RouterOS 6.49 and up to 7.9; 7.10 writes both; facts and captured logs of ntc-templates).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_NEW = re.compile(rf"(?:(?:(?P<year>\d{{4}})-)?(?P<month>\d\d)-(?P<day>\d\d) )?{_TIME}")
_OLD = re.compile(rf"(?:(?P<month>[a-z]{{3}})/(?P<day>\d\d)(?:/(?P<year>\d{{4}}))? )?{_TIME}")


@dataclass(frozen=True)
class Clock:
    """``router``: what the router's clock showed, without zone, at our ``now``; ``None``: it could not be read."""

    router: datetime.datetime | None
    now: datetime.datetime

    def moment(self, text: str) -> datetime.datetime | None:
        """What the router calls ``text``; ``None`` when that can't be told."""
        if self.router is None:
            return None
        said = _parsed(text.strip().lower(), self.router)
        try:
            return None if said is None else self.now - (self.router - said)
        except OverflowError:  # a clock thousands of years off
            return None

    def ago(self, seconds: float) -> datetime.datetime:
        return self.now - datetime.timedelta(seconds=seconds)


def clock(values: Mapping[str, str], now: datetime.datetime) -> Clock:
    """``values``: the one row of ``/system/clock``. ``now``: of the controller, with its zone."""
    text = f"{values.get('date', '')} {values.get('time', '')}".strip().lower()
    return Clock(_parsed(text, None), now)


def iso(moment: datetime.datetime) -> str:
    """In whole seconds of UTC."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def date(text: str) -> datetime.datetime | None:
    """A moment that says its day and year by itself, such as the end of a certificate; without zone."""
    return _parsed(text.strip().lower(), None)


def _parsed(text: str, near: datetime.datetime | None) -> datetime.datetime | None:
    """``near``: the last moment that can be meant, for a text that leaves out its year or its day."""
    match = _NEW.fullmatch(text) or _OLD.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
    try:
        if match["day"] is None:
            return None if near is None else near.replace(hour=hour, minute=minute, second=second, microsecond=0)
        name = match["month"]
        month = int(name) if name.isdigit() else _MONTHS.index(name) + 1
        if match["year"] is not None:
            return datetime.datetime(int(match["year"]), month, int(match["day"]), hour, minute, second)
        return None if near is None else _latest(near, month, int(match["day"]), (hour, minute, second))
    except (ValueError, OverflowError):
        return None


def _latest(near: datetime.datetime, month: int, day: int, time: tuple[int, int, int]) -> datetime.datetime:
    """A day without its year is of the last twelve months; a day ahead is the clock's haste."""
    this_year = datetime.datetime(near.year, month, day, *time)
    return this_year if this_year <= near + datetime.timedelta(days=1) else this_year.replace(year=near.year - 1)
