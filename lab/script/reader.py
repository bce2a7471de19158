# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lexer: RouterOS' tokens depend on where they stand, so the parser asks for the kind that it expects."""

from __future__ import annotations

import re
from typing import NoReturn

from lab.script.errors import ScriptSyntaxError
from lab.script.values import from_utf8, utf8

BLANKS = re.compile(r"(?:[ \t]|\\\r?\n)+")
BLANKS_AND_LINES = re.compile(r"(?:[ \t\r\n]|\\\r?\n)+")
#: a name before ``=`` in a command; a leading ! unsets (facts 7.3)
ARGUMENT = re.compile(r"!?[A-Za-z0-9_.][A-Za-z0-9_.\-]*(?==)")
COMMAND_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]*|\.\.")
VARIABLE = re.compile(r"[A-Za-z0-9]+")
#: ``$"name-with-dash"`` within a string
QUOTED_NAME = re.compile(r'"[A-Za-z0-9_.\-]+"')
#: a bare word as an argument
BARE = re.compile(r"[^\s;\[\](){}\"$#]*#?[^\s;\[\](){}\"$]*")
EXPRESSION_WORD = re.compile(r"[A-Za-z0-9_.:]+")
WHERE_WORD = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\-]*")
WHERE_VALUE = re.compile(r"[^\s;\[\](){}\"$&|=<>!~]+")
ARRAY_KEY = re.compile(r"([A-Za-z0-9./\-]+)=")
#: braces without braces inside, strings skipped
BALANCED = re.compile(r'\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}', re.DOTALL)
_SIMPLE = {
    '"': '"',
    "\\": "\\",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "$": "$",
    "_": " ",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
}
_HEX = re.compile(r"[0-9A-F]{2}")
_FOLD = re.compile(r"\r?\n[ \t]*")


class Reader:
    """A position in a text. Lines and columns count from 1; columns are bytes (parse oracle)."""

    def __init__(self, source: str, version: tuple[int, ...]) -> None:
        self.source = source
        self.version = version
        self.at = 0

    def place(self, at: int) -> tuple[int, int]:
        before = self.source[:at]
        line_start = before.rfind("\n") + 1
        return before.count("\n") + 1, len(utf8(before[line_start:])) + 1

    def refusal(self, message: str, at: int) -> ScriptSyntaxError:
        return ScriptSyntaxError(message, *self.place(at))

    def fail(self, message: str = "syntax error", at: int | None = None) -> NoReturn:
        raise self.refusal(message, self.at if at is None else at)

    def peek(self, length: int = 1) -> str:
        return self.source[self.at : self.at + length]

    def take(self, text: str) -> bool:
        if self.source.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            self.fail()

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.source, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def looking_at(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.source, self.at)
        return None if found is None else found[0]

    def blanks(self) -> bool:
        return self.match(BLANKS) is not None

    def lines(self) -> None:
        """Blanks, line ends and, at the begin of a line, comments."""
        while self.match(BLANKS_AND_LINES) is not None or self._comment():
            pass

    def _comment(self) -> bool:
        if self.peek() != "#":
            return False
        end = self.source.find("\n", self.at)
        self.at = len(self.source) if end < 0 else end
        return True

    def escape(self) -> str:
        """What follows a backslash in a string (facts 6.3). A folded line gives nothing."""
        start = self.at - 1
        if self.match(_FOLD) is not None:
            return ""
        run = bytearray()
        while (pair := self.match(_HEX)) is not None:
            run.append(int(pair, 16))
            # bytes of one character stand in separate escapes: join a run before decoding it
            if not (self.peek() == "\\" and _HEX.match(self.source, self.at + 1)):
                return from_utf8(bytes(run))
            self.at += 1
        character = self.peek()
        self.at += 1
        if character == "?" and self.version < (7, 1):
            return "?"
        if character not in _SIMPLE:
            self.fail(at=start)
        return _SIMPLE[character]
