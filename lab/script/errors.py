# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script can die of."""

from __future__ import annotations


class ScriptError(Exception):
    """A run-time error in the router's words. ``command`` is the path that failed, for the log line (facts 6.6).

    ``line`` and ``column`` count from 1; 0 means that the place is not known.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0, *, command: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.command = command


class ScriptSyntaxError(ScriptError):
    """The parser's verdict: nothing of the script has run. The text ends with its place (facts 6.5)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line} column {column})", line, column)
