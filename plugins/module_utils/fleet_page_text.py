# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts, numbers and lengths of time of the report, each in both languages at once. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from .fleet_page_words import WORDS

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: What can't be shown or would turn the text around it: control characters, and marks of the writing direction.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]+")
LONGEST = 300


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    id: str
    en: str

    def __add__(self, other: Text | str) -> Text:
        more = other if isinstance(other, Text) else same(other)
        return Text(self.id + more.id, self.en + more.en)


def same(words: str) -> Text:
    return Text(words, words)


def say(key: str, **fields: Text | str | int) -> Text:
    """The words of ``key``. Fields that are themselves in two languages are put in as such."""
    indonesian, english = WORDS[key]
    values = {name: value if isinstance(value, Text) else same(str(value)) for name, value in fields.items()}
    return Text(
        indonesian.format(**{name: value.id for name, value in values.items()}),
        english.format(**{name: value.en for name, value in values.items()}),
    )


def clean(words: object, longest: int = LONGEST) -> str:
    """What a router said, as one line that can be shown. Nothing is escaped here: the template does it."""
    text = _UNSEEN.sub(" ", "" if words is None else str(words)).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def number(value: float) -> Text:
    """Three digits or more: 4.56, 45.6, 456, 4560."""
    digits = 0 if abs(value) >= 99.95 or value == int(value) else 1 if abs(value) >= 9.995 else 2
    text = f"{value:.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return Text(text.replace(".", ","), text)


def count(value: int) -> Text:
    text = f"{value:,}"
    return Text(text.replace(",", "."), text)


def percent(share: float) -> Text:
    """Of a part between 0 and 1. What is not nothing is never called 0%."""
    whole = round(share * 100)
    return same("<1%" if whole == 0 and share > 0 else f"{whole}%")


_SPEEDS = ("bit/s", "kbit/s", "Mbit/s", "Gbit/s")


def _scaled(value: float, units: tuple[str, ...]) -> Text:
    place = 0
    while abs(value) >= 999.5 and place < len(units) - 1:
        value, place = value / 1000, place + 1
    return number(value) + f" {units[place]}"


def size(octets: float) -> Text:
    """As routers and providers count: 1 kB is 1000 bytes."""
    return _scaled(octets, ("B", "kB", "MB", "GB", "TB", "PB"))


def speed(bits: float) -> Text:
    return _scaled(bits, _SPEEDS)


def of_limit(bits: float, limit: float) -> Text:
    """Both in the unit of the limit: 8.3 / 100 Mbit/s."""
    unit = max(place for place in range(len(_SPEEDS)) if not place or limit >= 1000**place)
    now = bits / 1000**unit
    small = same("<0.1") if 0 < now < 0.05 else number(round(now, 1))
    return Text(small.id.replace(".", ","), small.en) + " / " + number(limit / 1000**unit) + f" {_SPEEDS[unit]}"


def length(seconds: float) -> Text:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return say("length_d", a=days, b=hours)
    if hours:
        return say("length_h", a=hours, b=minutes % 60)
    return say("length_m", a=minutes) if minutes else say("length_s")


def instant(words: str) -> int | None:
    """Seconds since 1970, UTC, of ISO 8601 with a time zone; nothing of what a router calls a time."""
    found = _ISO.fullmatch(words)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    second, zone = int(found[6] or 0), found[7]
    if not (year >= 1970 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        return None
    shift = 0
    if zone != "Z":
        shift = (int(zone[1:3]) * 60 + int(zone[-2:])) * (-60 if zone[0] == "-" else 60)
    return calendar.timegm((year, month, day, hour, minute, second)) - shift


@dataclass(frozen=True)
class Moment:
    """``iso``: for machines, empty when it is not known; ``shown``: UTC, or the router's own words."""

    iso: str
    shown: Text


def moment(words: str | None) -> Moment | None:
    said = clean(words, 60)
    if not said:
        return None
    at = instant(said)
    if at is None:
        return Moment("", same(said))
    days, rest = divmod(at, 86400)
    year, month, day = _date(days)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d} UTC"
    shown = Text(f"{day} {_MONTHS[month - 1]} {year} {clock}", f"{day} {_MONTHS_EN[month - 1]} {year} {clock}")
    return Moment(f"{year:04d}-{month:02d}-{day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z", shown)


def _date(days: int) -> tuple[int, int, int]:
    """Year, month, day of a number of days since 1970-01-01, counted up from there."""
    year, month = 1970, 1
    while days >= 365 + calendar.isleap(year):
        days, year = days - 365 - calendar.isleap(year), year + 1
    while days >= calendar.monthrange(year, month)[1]:
        days, month = days - calendar.monthrange(year, month)[1], month + 1
    return year, month, days + 1
