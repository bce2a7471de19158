# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Line editing: bytes from a terminal in, keys and echo out. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: CSI, SS3, and the two-character answers to a terminal probe (``ESC / Z``, facts 7.8 and lab recipes)
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|[ -/]+[0-~]|[0-Z\\^-~])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O|[ -/]*)?$")
_MAX_LINE = 1_000_000  # our own bound: a pasted script fits, an endless line does not eat the memory
_HISTORY = 200

_ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end", "S": "safe"}  # S: F4
_TILDE = {"1": "home", "7": "home", "4": "end", "8": "end", "3": "delete", "14": "safe"}
_CONTROL = {
    "\x01": "home",
    "\x02": "left",
    "\x03": "interrupt",
    "\x04": "eof",
    "\x05": "end",
    "\x06": "right",
    "\x08": "backspace",
    "\x09": "tab",
    "\x0b": "kill",
    "\x0c": "redraw",
    "\x0e": "down",
    "\x10": "up",
    "\x15": "clear",
    "\x17": "word",
    "\x18": "safe",
    "\x7f": "backspace",
}


class Keys:
    """Bytes to keys: a printable character is itself, everything else a name of several letters.

    An escape sequence that is cut in two is kept until its rest comes; answers of the terminal are swallowed.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._rest = ""
        self._after_return = False

    def feed(self, data: bytes) -> Iterator[str]:
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                escape = _ESCAPE.match(text, at)
                if escape is None:
                    if _UNFINISHED.match(text, at):
                        self._rest = text[at:]
                        return
                    at += 1
                    continue
                at = escape.end()
                name = _sequence(escape[0])
                if name:
                    yield name
                continue
            key = self._key(text[at])
            at += 1
            if key:
                yield key

    def _key(self, character: str) -> str:
        """A line end is CR, LF or both together."""
        after_return, self._after_return = self._after_return, character == "\r"
        if character == "\n":
            return "" if after_return else "enter"
        if character == "\r":
            return "enter"
        if character in _CONTROL:
            return _CONTROL[character]
        return character if character >= " " else ""


def _sequence(escape: str) -> str:
    if len(escape) == 3 and escape[1] in "[O":
        return _ARROWS.get(escape[2], "")
    tilde = re.fullmatch(r"\x1b\[(\d+)~", escape)
    return _TILDE.get(tilde[1], "") if tilde is not None else ""


@dataclass
class Editor:
    """The line under the cursor. ``press`` returns what the terminal is sent for a key."""

    dumb: bool = False
    text: str = ""
    at: int = 0
    history: list[str] = field(default_factory=list)
    _looking: int = 0

    def take(self) -> str:
        """The finished line; begins the next."""
        line = self.text
        if line.strip() and (not self.history or self.history[-1] != line):
            self.history.append(line)
            del self.history[:-_HISTORY]
        self._looking = len(self.history)
        self.text, self.at = "", 0
        return line

    def press(self, key: str) -> str:
        if len(key) == 1:
            return self._insert(key)
        if key in ("left", "right", "home", "end"):
            return self._move(key)
        if key in ("up", "down"):
            return self._recall(-1 if key == "up" else 1)
        if key in ("backspace", "delete", "kill", "clear", "word"):
            return self._delete(key)
        return ""

    def _insert(self, character: str) -> str:
        if len(self.text) >= _MAX_LINE:
            return ""
        self.text = self.text[: self.at] + character + self.text[self.at :]
        self.at += 1
        tail = self.text[self.at :]
        return character + tail + "\b" * len(tail)

    def _move(self, key: str) -> str:
        before = self.at
        self.at = {
            "left": max(0, self.at - 1),
            "right": min(len(self.text), self.at + 1),
            "home": 0,
            "end": len(self.text),
        }[key]
        return "\b" * (before - self.at) if self.at < before else self.text[before : self.at]

    def _recall(self, step: int) -> str:
        wanted = self._looking + step
        if not 0 <= wanted <= len(self.history):
            return ""
        self._looking = wanted
        return self._replace(self.history[wanted] if wanted < len(self.history) else "")

    def _replace(self, text: str) -> str:
        back, left = "\b" * self.at, max(0, len(self.text) - len(text))
        self.text, self.at = text, len(text)
        return back + text + " " * left + "\b" * left

    def _delete(self, key: str) -> str:
        start, end = self.at, self.at
        if key == "backspace":
            start = max(0, self.at - 1)
        elif key == "delete":
            end = min(len(self.text), self.at + 1)
        elif key == "kill":
            end = len(self.text)
        elif key == "clear":
            start = 0
        else:
            start = len(self.text[: self.at].rstrip().rpartition(" ")[0])
            start += 1 if start else 0
        gone = end - start
        back = "\b" * (self.at - start)
        self.text, self.at = self.text[:start] + self.text[end:], start
        tail = self.text[start:]
        return back + tail + " " * gone + "\b" * (len(tail) + gone)
