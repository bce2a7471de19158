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
        #: a menu refused it; otherwise the language did
        self.by_menu = False

    def spoken(self, version: tuple[int, ...]) -> str:
        """The line that the console prints (recorded: ``add`` without arguments on 7.20.8, 7.22.1 and 7.23rc1).

        The language's own errors are announced as such. Behind the words stands the command that failed; for the
        language's own errors between 7.20.8 and 7.22.1 for the first time.
        """
        start = "" if self.by_menu else "Script Error: "
        placed = self.command and (version >= (7, 22) or (self.by_menu and version >= (7, 20)))
        return f"{start}{self.message} ({self.command}; line {self.line})" if placed else f"{start}{self.message}"


class ScriptSyntaxError(ScriptError):
    """The parser's verdict: nothing of the script has run. The text ends with its place (facts 6.5)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line} column {column})", line, column)

    def spoken(self, version: tuple[int, ...]) -> str:
        """The parser's words stand alone."""
        return self.message


class Relayed(ScriptError):
    """Words that name their place already: of a command that could not be read, or of a script within this one."""

    def spoken(self, version: tuple[int, ...]) -> str:
        """They stand alone: [ntc interface ethernet poe]; community.routeros waits for ``bad command name`` so."""
        return self.message
