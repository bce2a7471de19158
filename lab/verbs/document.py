# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export as people see it: with the lines that say when and by whom, and folded (facts 8, 6.3 [ntc])."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from lab.schema.model import version_key

#: of a file, and of a session without a terminal
WIDTH = 80
_INDENT = "    "
_BREAK = " \\"
#: a piece of an export line: blanks, something quoted, an escape or a character in quotes, or a word
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+|\s+')
_IN_TEXT = re.compile(r"\\[0-9A-F]{2}|\\.|[^\\]")


def document(body: str, version: str, seconds: float, *, terse: bool = False, width: int = WIDTH) -> str:
    """``body`` as ``/export`` prints it at ``seconds`` since the epoch. Terse lines are never folded.

    A wider terminal folds later (a line of 104 characters in ntc-templates' ip_address_export_verbose, 6.48.6).
    """
    lines = body.splitlines()
    folded = lines if terse else [part for line in lines for part in fold(line, width)]
    return "\n".join([*_head(version, seconds), *folded]) + "\n"


def _head(version: str, seconds: float) -> list[str]:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    new = version_key(version) >= version_key("7.10")
    date = moment.strftime("%Y-%m-%d" if new else "%b/%d/%Y").lower()
    return [f"# {date} {moment:%H:%M:%S} by RouterOS {version}", "# software id = ", "#"]


def fold(line: str, width: int = WIDTH) -> list[str]:
    """A long line in pieces that end in a backslash; the next one begins with four blanks.

    Between words the backslash stands behind the blank; inside a text it stands where the text is cut, and the blanks
    after it do not count.
    """
    if line.startswith("#") or len(line) <= width:
        return [line]
    out, now = [], ""
    for piece in _PIECE.findall(line):
        if piece.isspace() or len(now) + len(piece) < width:
            now += piece
        elif piece.startswith('"'):
            *whole, now = _cut(now, piece, width)
            out += whole
        elif now.strip():
            out.append(now + "\\")
            now = _INDENT + piece
        else:
            now += piece
    return [*out, now.rstrip()]


def _cut(start: str, text: str, width: int) -> Iterator[str]:
    """A quoted text over several lines; an escape is never cut."""
    now = start
    for piece in _IN_TEXT.findall(text):
        # a blank at the start of a line would be taken for indentation
        if len(now) + len(piece) >= width - 1 and piece != " ":
            yield now + "\\"
            now = _INDENT
        now += piece
    yield now
