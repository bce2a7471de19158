# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scalar types: booleans, numbers, durations, words, MAC addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.values.base import BadValue, References, Type, ambiguous, invalid, no_match, out_of_range, time_out_of_range

_UNITS_US = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1000,
    "us": 1,
}
_TIME_PART = re.compile(r"(\d+)(ms|us|w|d|h|m|s)")
_TIME = re.compile(r"(?:\d+(?:ms|us|w|d|h|m|s))+")
_CLOCK = re.compile(r"((?:\d+[wd])*)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:.-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}")
_NUMBER = re.compile(r"-?(?:0x[0-9A-Fa-f]+|\d+)")


def parse_duration(text: str) -> int:
    """Microseconds of ``1d2h``, ``00:00:10``, ``1d00:00:10`` or a bare number of seconds. Raises BadValue."""
    if _TIME.fullmatch(text):
        return sum(int(n) * _UNITS_US[unit] for n, unit in _TIME_PART.findall(text))
    if text.isascii() and text.isdigit():
        return int(text) * _UNITS_US["s"]
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        raise invalid()
    days, hours, minutes, seconds, fraction = clock.groups()
    total = sum(int(n) * _UNITS_US[unit] for n, unit in _TIME_PART.findall(days))
    total += int(hours) * _UNITS_US["h"] + int(minutes) * _UNITS_US["m"] + int(seconds or 0) * _UNITS_US["s"]
    return total + int((fraction or "").ljust(6, "0"))


def format_duration(microseconds: int) -> str:
    """``1w2d3h4m5s``; nothing at all is ``0s`` (facts 7.4)."""
    if microseconds == 0:
        return "0s"
    out = []
    for unit, size in _UNITS_US.items():
        count, microseconds = divmod(microseconds, size)
        if count:
            out.append(f"{count}{unit}")
    return "".join(out)


def format_clock(microseconds: int) -> str:
    """``1d00:00:10``: the notation in which range errors name durations."""
    days, rest = divmod(microseconds // 1_000_000, 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days}d{clock}" if days else clock


class BoolType(Type):
    """In: yes, no, true, false. Out over the API: true, false (facts 7.4)."""

    empty_is_absent = False

    def parse(self, text: str, refs: References) -> str:
        if text in ("yes", "true"):
            return "true"
        if text in ("no", "false"):
            return "false"
        raise no_match()


class PresenceType(Type):
    """A switch without a value: its mere presence turns it on, even ``no`` (facts 2.1, `blackhole`, `fib`)."""

    empty_is_absent = False

    def parse(self, text: str, refs: References) -> str:
        return ""


@dataclass(frozen=True)
class NumType(Type):
    low: int = 0
    high: int = 4_294_967_295

    def parse(self, text: str, refs: References) -> str:
        if not _NUMBER.fullmatch(text):
            raise invalid()
        number = int(text, 16) if "x" in text else int(text)
        if not self.low <= number <= self.high:
            raise out_of_range(self.low, self.high)
        return str(number)

    def describe(self) -> str:
        return f"num {self.low}..{self.high}"


@dataclass(frozen=True)
class DecimalType(Type):
    """A decimal number such as a queue's ``bucket-size`` (0..10)."""

    low: float
    high: float

    def parse(self, text: str, refs: References) -> str:
        if not re.fullmatch(r"\d+(?:\.\d{1,6})?", text):
            raise invalid()
        if not self.low <= float(text) <= self.high:
            raise out_of_range(f"{self.low:g}", f"{self.high:g}")
        return f"{float(text):.6f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class TimeType(Type):
    """A duration. Bounds are durations in text, or empty for none."""

    low: str = ""
    high: str = ""

    def parse(self, text: str, refs: References) -> str:
        value = parse_duration(text)
        low = parse_duration(self.low) if self.low else 0
        high = parse_duration(self.high) if self.high else None
        if value < low or (high is not None and value > high):
            raise time_out_of_range(format_clock(low), format_clock(high) if high is not None else "")
        return format_duration(value)


@dataclass(frozen=True)
class MicrosecondsType(TimeType):
    """A duration whose bare number counts microseconds (facts 3.2, ``thr-tcp-conn-time``)."""

    def parse(self, text: str, refs: References) -> str:
        return super().parse(f"{text}us" if text.isascii() and text.isdigit() else text, refs)


@dataclass(frozen=True)
class StringType(Type):
    """Any text. ``longest`` 0: no bound known."""

    longest: int = 0

    def parse(self, text: str, refs: References) -> str:
        if self.longest and len(text) > self.longest:
            # The dump states the bound, no source the words of the refusal.
            raise BadValue(f"value of {{}} should be at most {self.longest} characters long")
        return text


@dataclass(frozen=True)
class EnumType(Type):
    """One of some words; a beginning stands for the one word that has it (facts 7.6: the words of the refusal)."""

    words: tuple[str, ...]

    def parse(self, text: str, refs: References) -> str:
        if text in self.words:
            return text
        longer = [word for word in self.words if word.startswith(text)]
        if len(longer) > 1:
            raise ambiguous()
        if not longer or not text:
            raise no_match()
        return longer[0]

    def describe(self) -> str:
        return "enum " + "|".join(self.words)


class MacType(Type):
    """``-`` and ``.`` are read too; printed with colons in upper case [insp description of mac-address]."""

    def parse(self, text: str, refs: References) -> str:
        if not _MAC.fullmatch(text):
            raise BadValue("invalid value of {}, mac address required")
        return re.sub(r"[.-]", ":", text).upper()


@dataclass(frozen=True)
class ShapeType(Type):
    """Text of a known shape that is kept as it came (``limit``, ``nth``, ``icmp-options`` …)."""

    name: str
    pattern: str

    def parse(self, text: str, refs: References) -> str:
        if not re.fullmatch(self.pattern, text):
            raise invalid()
        return text

    def describe(self) -> str:
        return self.name


@dataclass(frozen=True)
class NumRangeType(Type):
    """``80`` or ``1000-2000``, as ports and packet sizes are matched."""

    low: int
    high: int

    def parse(self, text: str, refs: References) -> str:
        first, dash, last = text.partition("-")
        number = NumType(self.low, self.high)
        start = number.parse(first, refs)
        if not dash:
            return start
        end = number.parse(last, refs)
        if int(start) > int(end):
            raise invalid()
        return start if start == end else f"{start}-{end}"


@dataclass(frozen=True)
class ProtocolType(Type):
    """A protocol name, or a number that has no name; numbers of named protocols print as the name [insp values]."""

    names: tuple[tuple[str, int], ...]

    def parse(self, text: str, refs: References) -> str:
        by_name = dict(self.names)
        if text in by_name:
            return text
        if not (text.isascii() and text.isdigit()):
            raise no_match()
        number = int(text)
        if number > 255:
            raise out_of_range(0, 255)
        return next((name for name, known in self.names if known == number), text)
