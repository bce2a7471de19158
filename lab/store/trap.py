# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the lower rooms: a refusal in RouterOS' own words."""

from __future__ import annotations

#: Categories of a trap [man: developer-guides/api].
MISSING, VALUE, INTERRUPTED, SCRIPTING, GENERAL, API, TTY, RETURN = range(8)


class Trap(Exception):
    """``message`` is what the router says; ``category`` 0 to 7, or None when the router sends none.

    ``console``: what the console says instead, when its own check comes before the menu's.
    """

    def __init__(self, message: str, category: int | None = None, *, console: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.console = console


def no_such_item() -> Trap:
    return Trap("no such item", MISSING)


def format_id(number: int) -> str:
    return f"*{number:X}"


def parse_id(text: str) -> int | None:
    """The number of ``*1A``, or None when ``text`` is no id."""
    if not text.startswith("*"):
        return None
    try:
        return int(text[1:], 16)
    except ValueError:
        return None
