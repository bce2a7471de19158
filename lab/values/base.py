# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every RouterOS value type can do: take text in, give the text that the API prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

#: (menu, name as stored) -> name to store instead. Used when a referenced row is renamed or removed.
Renamer = Callable[[str, str], str]


class BadValue(Exception):
    """Text that the type refuses. ``text(argument)`` gives the router's words (facts 7.6)."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern

    def text(self, argument: str) -> str:
        return self.pattern.replace("{}", argument)


def no_match() -> BadValue:
    """An enumeration or a reference that knows no such word [man: developer-guides/api]."""
    return BadValue("input does not match any value of {}")


def ambiguous() -> BadValue:
    """A beginning that several words or rows share; nothing at all begins them all.

    Recorded from the API: ``/ping interface=`` on a router with several (homeassistant-mikrotik_router, issue 199).
    """
    return BadValue("ambiguous value of {}, more than one possible value matches input")


def invalid() -> BadValue:
    """Text that is no value of this type at all [centrs]."""
    return BadValue("invalid value for argument {}")


def out_of_range(low: object, high: object) -> BadValue:
    """A number outside its bounds [centrs, cr tests]."""
    return BadValue("value of {} out of range (" + f"{low}..{high})")


def time_out_of_range(low: str, high: str) -> BadValue:
    """A duration outside its bounds; clock notation as device-mode prints it [skills device-mode-rest]."""
    return BadValue("value of {} is out of range (" + f"{low} .. {high})")


class References(Protocol):
    """The rows that a value may point to."""

    def resolve(self, menu: str, text: str) -> str | None:
        """The canonical name of the row that ``text`` (a name or ``*1A``) means, or None."""
        ...

    def begin_with(self, menu: str, text: str) -> int:
        """How many rows have a name that begins with ``text``."""
        ...


class NoReferences:
    """For types used where no rows exist: every reference is unknown."""

    def resolve(self, menu: str, text: str) -> str | None:
        return None

    def begin_with(self, menu: str, text: str) -> int:
        return 0


class Type:
    """One value type. Instances are immutable and shared."""

    #: True for types whose empty text means "not set" when the argument has no default (``comment``).
    empty_is_absent = True

    def parse(self, text: str, refs: References) -> str:
        """Canonical text of ``text``. Raises BadValue."""
        raise NotImplementedError

    def rename(self, text: str, to: Renamer) -> str:
        """Stored text with every reference replaced by what ``to`` says."""
        return text

    def points_to(self) -> frozenset[str]:
        """The menus whose rows this type names."""
        return frozenset()

    def describe(self) -> str:
        """A short name for coverage pages and error reports."""
        return type(self).__name__.removesuffix("Type").lower()
