# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bare words that are values: numbers, times, addresses, ids, booleans.

Rules read off ``:typeof`` on a live 7.23.3 (values oracle): ``1.1`` is 1.0.0.1, ``1.256`` is a time of 1.256 s,
``1.1.256`` is a string.
"""

from __future__ import annotations

import ipaddress
import re

from lab.script.values import MAX_NUM, NANOS, Id, Ip, Ip6, Ip6Prefix, IpPrefix, Time, Value

_UNITS = {
    "w": 604_800 * NANOS,
    "d": 86_400 * NANOS,
    "h": 3600 * NANOS,
    "m": 60 * NANOS,
    "s": NANOS,
    "ms": 1_000_000,
    "us": 1000,
    "ns": 1,
}
_PART = re.compile(r"(\d+)(ms|us|ns|w|d|h|m|s)", re.ASCII)
_UNIT_TIME = re.compile(r"(?:\d+(?:ms|us|ns|w|d|h|m|s))+", re.ASCII)
_CLOCK = re.compile(r"((?:\d+[wd])*)(\d+):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?", re.ASCII)
_DECIMAL = re.compile(r"(\d*)\.(\d{1,9})", re.ASCII)
_NUMBER = re.compile(r"(-?)(0x)?0*([0-9A-Fa-f]+)", re.ASCII)
_DOTTED = re.compile(r"\d+(?:\.\d+){1,3}", re.ASCII)
#: no time or address is longer; Python refuses to read numbers of thousands of digits
_LONGEST = 100
_ID = re.compile(r"\*[0-9A-Fa-f]+")
_WORDS: dict[str, Value] = {"true": True, "yes": True, "false": False, "no": False}


def parse_number(text: str) -> int | None:
    """A number, clamped to 64 bits as the router does."""
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[2] or found[3].isdecimal()):
        return None
    number = int(found[3], 16 if found[2] else 10) if len(found[3]) < _LONGEST else MAX_NUM
    return min(MAX_NUM, number) * (-1 if found[1] else 1)


def parse_time(text: str) -> Time | None:
    """``1d2h``, ``00:01:00.5``, ``1w1d00:00:00``. Units add up in any order; over 64 bits of nanoseconds is no time."""
    negative = text.startswith("-")
    body = text.removeprefix("-")
    total: int | None = None
    if len(text) > _LONGEST:
        return None
    if _UNIT_TIME.fullmatch(body):
        total = sum(int(n) * _UNITS[unit] for n, unit in _PART.findall(body))
    elif (clock := _CLOCK.fullmatch(body)) is not None:
        days, hours, minutes, seconds, fraction = clock.groups()
        total = sum(int(n) * _UNITS[unit] for n, unit in _PART.findall(days))
        total += int(hours) * _UNITS["h"] + int(minutes) * _UNITS["m"] + int(seconds or 0) * NANOS
        total += int((fraction or "").ljust(9, "0"))
    if total is None or total > MAX_NUM:
        return None
    return Time(-total if negative else total)


def parse_ip(text: str) -> Ip | None:
    """Dotted, short forms too: the last number is the last octet (``2.1.1`` is 2.1.0.1), none over 255."""
    if len(text) > _LONGEST or not _DOTTED.fullmatch(text):
        return None
    octets = [int(part) for part in text.split(".")]
    if max(octets) > 255:
        return None
    octets = octets[:-1] + [0] * (4 - len(octets)) + octets[-1:]
    return Ip(int.from_bytes(bytes(octets), "big"))


def parse_ip6(text: str) -> Ip6 | None:
    if ":" not in text or "%" in text or not text.isascii():
        return None
    try:
        return Ip6(int(ipaddress.IPv6Address(text)))
    except ValueError:
        return None


def parse_prefix(text: str) -> IpPrefix | Ip6Prefix | None:
    address, slash, length = text.partition("/")
    if not slash or not (length.isascii() and length.isdigit()) or len(text) > _LONGEST:
        return None
    bits = int(length)
    four = parse_ip(address)
    if four is not None and bits <= 32:
        return IpPrefix(four, bits)
    six = parse_ip6(address)
    if six is not None and bits <= 128:
        mask = ((1 << bits) - 1) << (128 - bits)
        return Ip6Prefix(Ip6(six.number & mask), bits)
    return None


def parse_id(text: str) -> Id | None:
    return Id(text) if _ID.fullmatch(text) else None


def _decimal_time(text: str) -> Time | None:
    match = _DECIMAL.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        return None
    total = int(match[1] or 0) * NANOS + int(match[2].ljust(9, "0"))
    return None if total > MAX_NUM else Time(total)


def literal(word: str) -> Value | None:
    """The value that a bare word means, or None when it is just text."""
    if word in _WORDS:
        return _WORDS[word]
    for parse in (parse_number, parse_ip, parse_time, _decimal_time, parse_prefix, parse_ip6, parse_id):
        value = parse(word)
        if value is not None:
            return value
    return None


def word_value(word: str) -> Value:
    """Like literal, with text for what is no literal."""
    value = literal(word)
    return word if value is None else value
