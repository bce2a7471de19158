# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types with a grammar of their own: rates, the per-connection classifier, policies, dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.values.base import References, Type, invalid, no_match, out_of_range

_RATE = re.compile(r"(\d+(?:\.\d+)?)([kKMG]?)(?:bps)?")
_FACTOR = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9}

#: The nine values that PCC can hash [man: per-connection-classifier; insp 7.22.3 completion].
PCC_FIELDS = (
    "both-addresses",
    "both-addresses-and-ports",
    "both-ports",
    "dst-address",
    "dst-address-and-port",
    "dst-port",
    "src-address",
    "src-address-and-port",
    "src-port",
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class RateType(Type):
    """Bits a second: ``10M`` in, ``10000000`` out (facts 7.4)."""

    high: int = 2**64 - 1

    def parse(self, text: str, refs: References) -> str:
        match = _RATE.fullmatch(text)
        if match is None:
            raise invalid()
        factor = _FACTOR[match[2]]
        # Whole numbers stay exact; floating point would lose digits beyond 2**53.
        rate = round(float(match[1]) * factor) if "." in match[1] else int(match[1]) * factor
        if rate > self.high:
            raise out_of_range(0, self.high)
        return str(rate)


@dataclass(frozen=True)
class KibType(Type):
    """KiB with or without the unit; printed with it, as 7.x manuals show ``pcq-limit=50KiB``, or ``bare``."""

    low: int
    high: int
    bare: bool = False

    def parse(self, text: str, refs: References) -> str:
        match = re.fullmatch(r"(\d+)(?:KiB)?", text)
        if match is None:
            raise invalid()
        if not self.low <= int(match[1]) <= self.high:
            raise out_of_range(self.low, self.high)
        return str(int(match[1])) if self.bare else f"{int(match[1])}KiB"


class PccType(Type):
    """``ValuesToHash:Denominator/Remainder``. Whether RouterOS refuses a remainder that can never match is unsure
    (facts 1.1), so it is accepted here."""

    def parse(self, text: str, refs: References) -> str:
        match = re.fullmatch(r"([a-z-]+):(\d+)/(\d+)", text)
        if match is None:
            raise invalid()
        if match[1] not in PCC_FIELDS:
            raise no_match()
        denominator, remainder = int(match[2]), int(match[3])
        if not 1 <= denominator <= 4_294_967_295:
            raise out_of_range(1, 4_294_967_295)
        if remainder > 4_294_967_295:
            raise out_of_range(0, 4_294_967_295)
        return f"{match[1]}:{denominator}/{remainder}"


@dataclass(frozen=True)
class FlagSetType(Type):
    """A set of words, printed in the order in which the router knows them; ``!word`` leaves one out."""

    words: tuple[str, ...]

    def parse(self, text: str, refs: References) -> str:
        chosen = set()
        for word in text.split(",") if text else []:
            if word.removeprefix("!") not in self.words:
                raise no_match()
            if not word.startswith("!"):
                chosen.add(word)
        return ",".join(word for word in self.words if word in chosen)

    def describe(self) -> str:
        return "set of " + "|".join(self.words)


class GroupPolicyType(Type):
    """``/user/group policy``: every policy is printed, the missing ones with ``!`` in front, as user groups show it."""

    empty_is_absent = False
    words = (
        *("local", "telnet", "ssh", "ftp", "reboot", "read", "write", "policy", "test", "winbox", "password", "web"),
        *("sniff", "sensitive", "api", "romon", "rest-api"),
    )

    def parse(self, text: str, refs: References) -> str:
        chosen = set()
        for word in text.split(",") if text else []:
            if word.removeprefix("!") not in self.words:
                raise no_match()
            if not word.startswith("!"):
                chosen.add(word)
        on = [word for word in self.words if word in chosen]
        return ",".join(on + [f"!{word}" for word in self.words if word not in chosen])


class DateType(Type):
    """``2026-01-31`` and the old ``jan/31/2026``; printed in ISO form as from 7.10 on (facts 0)."""

    def parse(self, text: str, refs: References) -> str:
        old = re.fullmatch(r"([a-z]{3})/(\d{2})/(\d{4})", text.lower())
        if old and old[1] in _MONTHS:
            return f"{old[3]}-{_MONTHS.index(old[1]) + 1:02d}-{old[2]}"
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise invalid()
        return text


class OldDateType(Type):
    """Dates before 7.10: ``jan/31/2026`` (facts 0)."""

    def parse(self, text: str, refs: References) -> str:
        match = re.fullmatch(r"([a-z]{3})/(\d{1,2})/(\d{4})", text.lower())
        if match is None or match[1] not in _MONTHS or not 1 <= int(match[2]) <= 31:
            raise invalid()
        return f"{match[1]}/{int(match[2]):02d}/{match[3]}"


class ClockType(Type):
    """A time of day, ``HH:MM:SS``."""

    def parse(self, text: str, refs: References) -> str:
        match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
        if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
            raise invalid()
        return f"{int(match[1]):02d}:{match[2]}:{match[3] or '00'}"
