# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/terminal``: what scripts do to the screen (manual, scripting). A text keeps no trace of colours and cursors."""

from __future__ import annotations

from lab.script.values import NIL, NOTHING, Value

TERMINAL_MENU = "/terminal"
#: commands and their arguments
TERMINAL: dict[str, frozenset[str]] = {
    "style": frozenset({"style"}),
    "inkey": frozenset({"timeout"}),
    "el": frozenset(),
    "cuu": frozenset(),
}


def perform(command: str) -> Value:
    """``inkey`` without a keyboard has waited in vain; what it gives then is unsure."""
    return NIL if command == "inkey" else NOTHING
