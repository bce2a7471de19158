# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One canonical text for each of the ways RouterOS writes a value.

A value that is not understood is given back as it came: then it compares by its text, which at worst writes once too
often and is reported by the read-back, but never hides a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

_UNITS_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_DURATION = re.compile(
    r"(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+)s)?(?:(?P<ms>\d+)ms)?"
)
_CLOCK = re.compile(r"(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?\s?(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d)")


def text(value: str) -> str:
    return value


def script(value: str) -> str:
    """WinBox stores ``\\r\\n``, an API client what it was given; the interpreter takes both."""
    return value.replace("\r\n", "\n")


def boolean(value: str) -> str:
    """In go yes and no, out come true and false."""
    return {"true": "yes", "false": "no"}.get(value, value)


def word_set(value: str) -> str:
    """A comma list whose order means nothing; a leading ``!`` negates the whole."""
    negation = "!" if value.startswith("!") else ""
    return negation + ",".join(sorted({word for word in value.removeprefix("!").split(",") if word}))


def mac_set(value: str) -> str:
    return word_set(value.upper())


def host(value: str) -> str:
    """Firewall menus print one address without its /32."""
    return value.removesuffix("/32")


def prefix(value: str) -> str:
    """Route destinations are printed with their length, also /32."""
    return value if "/" in value or not value or not value[0].isdigit() else f"{value}/32"


def gateway(value: str) -> str:
    """Whether RouterOS prints ``@main`` back is not documented, nor in which tables it means something."""
    return ",".join(part.removesuffix("@main") for part in value.split(","))


def route_tables(value: str) -> str:
    """``main`` is what ``default`` means to a client outside of a VRF. A distance of 1 need not be said."""
    parts = [part.removesuffix(":1") for part in value.split(",")]
    return ",".join("default" if part == "main" else part for part in parts)


def percent(value: str) -> str:
    """``85``, ``85%`` and ``85.0`` are one number."""
    number = value.removesuffix("%")
    return number.rstrip("0").rstrip(".") if "." in number else number


def duration(value: str) -> str:
    """``90s``, ``1m30s`` and ``00:01:30`` are one duration; the answer is as RouterOS prints it, ``1m30s``."""
    match = _CLOCK.fullmatch(value) or _DURATION.fullmatch(value)
    if not value or match is None:
        return value
    left_ms = sum(int(number) * _UNITS_MS[unit] for unit, number in match.groupdict().items() if number)
    parts = []
    for unit, length_ms in _UNITS_MS.items():
        number, left_ms = divmod(left_ms, length_ms)
        parts.append(f"{number}{unit}" if number else "")
    return "".join(parts) or "0s"


_BITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_RATE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[kMG]?)(?:bps)?")


def rate(value: str) -> str:
    """``5M``, ``5000k`` and ``5000000`` are one speed; the API prints the number (transcripts of /queue/simple)."""
    match = _RATE.fullmatch(value)
    if match is None:
        return value
    bits = Fraction(match["number"]) * _BITS.get(match["unit"], 1)
    return str(bits.numerator) if bits.denominator == 1 else value


def rates(value: str) -> str:
    """Upload and download of a queue."""
    return _both(value, rate)


def durations(value: str) -> str:
    return _both(value, duration)


def _both(value: str, form: Callable[[str], str]) -> str:
    return "/".join(form(part) for part in value.split("/"))


def prefixes(value: str) -> str:
    """Targets of a queue: networks, addresses or interfaces; one address is printed with its /32."""
    return ",".join(sorted(prefix(part) for part in value.split(",")))


def kibibytes(value: str) -> str:
    """``50`` goes in, ``50KiB`` comes out."""
    return value.removesuffix("KiB")
