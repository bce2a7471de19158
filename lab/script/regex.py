# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The regular expressions of ``~``: POSIX extended, and whether they match somewhere, nothing more.

An automaton that reads each character once, so that no pattern can hold up a router: ``(a+)+$`` costs Python's own
``re`` exponential time, and a script is foreign input. States are sets of positions, built when they are first reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

#: positions of one pattern: ``a{1000}{1000}`` must not fill the memory (POSIX asks for RE_DUP_MAX of 255 at least)
_MOST_POSITIONS = 2000
_MOST_REPEATS = 1000
#: positions in all remembered states of one pattern
_MOST_REMEMBERED = 20_000
_NESTING = 100
_START, _END = "start", "end"
_SPECIAL = frozenset("\\^$.[|()*+?{")
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": lambda c: c.isascii() and c.isalpha(),
    "digit": lambda c: c.isascii() and c.isdigit(),
    "alnum": lambda c: c.isascii() and c.isalnum(),
    "space": lambda c: c in " \t\n\r\f\v",
    "blank": lambda c: c in " \t",
    "upper": lambda c: c.isascii() and c.isupper(),
    "lower": lambda c: c.isascii() and c.islower(),
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
    "punct": lambda c: c.isascii() and c.isprintable() and not c.isalnum() and c != " ",
    "print": lambda c: c.isascii() and c.isprintable(),
    "graph": lambda c: c.isascii() and c.isprintable() and c != " ",
    "cntrl": lambda c: c.isascii() and not c.isprintable(),
}
_ESCAPED: dict[str, Callable[[str], bool]] = {
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "W": lambda c: not (c == "_" or (c.isascii() and c.isalnum())),
    "s": _CLASSES["space"],
    "S": lambda c: c not in " \t\n\r\f\v",
    "d": _CLASSES["digit"],
}
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


class BadPattern(ValueError):
    """The pattern can't be read, or is too big."""


Test = Callable[[str], bool]


@dataclass
class _Graph:
    """Positions with a test and one way on, or with empty ways, guarded by an anchor."""

    tests: list[Test | None] = field(default_factory=list)
    ways: list[list[int]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)

    def add(self, test: Test | None = None, ways: Iterable[int] = (), anchor: str = "") -> int:
        if len(self.tests) >= _MOST_POSITIONS:
            raise BadPattern("too big")
        self.tests.append(test)
        self.ways.append(list(ways))
        self.anchors.append(anchor)
        return len(self.tests) - 1


#: an expression: given where to go on, adds its positions and gives its entry
Piece = Callable[[_Graph, int], int]


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def alternatives(self) -> Piece:
        branches = [self._branch()]
        while self.take("|"):
            branches.append(self._branch())
        return branches[0] if len(branches) == 1 else _either(branches)

    def _branch(self) -> Piece:
        pieces: list[Piece] = []
        while self.peek() and self.peek() != "|" and not (self.peek() == ")" and self.depth):
            pieces.append(self._repeated(self._atom()))
        return _sequence(pieces)

    def _repeated(self, piece: Piece) -> Piece:
        while True:
            if self.take("*"):
                piece = _repeat(piece, 0, None)
            elif self.take("+"):
                piece = _repeat(piece, 1, None)
            elif self.take("?"):
                piece = _repeat(piece, 0, 1)
            elif self.peek() == "{" and _digits(self.pattern[self.at + 1 : self.at + 2]):
                piece = _repeat(piece, *self._bounds())
            else:
                return piece

    def _bounds(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(end, 0)].partition(",")
        if end < 0 or not _digits(low) or (high and not _digits(high)) or len(low) > 4 or len(high) > 4:
            raise BadPattern("braces")
        self.at = end + 1
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise BadPattern("braces")
        return least, most

    def _atom(self) -> Piece:
        character = self.peek()
        self.at += 1
        if character == "(":
            return self._group()
        if character == "[":
            return _single(self._set())
        if character == ".":
            return _single(lambda c: True)
        if character in "^$":
            return _anchor(_START if character == "^" else _END)
        if character in "*+?":
            raise BadPattern("nothing to repeat")
        if character == "\\":
            return self._escape()
        return _single(_is(character))

    def _group(self) -> Piece:
        self.depth += 1
        if self.depth > _NESTING:
            raise BadPattern("too deep")
        self.take("?:")
        piece = self.alternatives()
        if not self.take(")"):
            raise BadPattern("group")
        self.depth -= 1
        return piece

    def _escape(self) -> Piece:
        character = self.peek()
        self.at += 1
        if not character:
            raise BadPattern("backslash")
        if character in _ESCAPED:
            return _single(_ESCAPED[character])
        return _single(_is(_LETTERS.get(character, character)))

    def _set(self) -> Test:
        negative = self.take("^")
        tests: list[Test] = []
        letters: set[str] = set()
        first = True
        while first or self.peek() != "]":
            if not self.peek():
                raise BadPattern("set")
            first = False
            if self.take("[:"):
                tests.append(self._class())
                continue
            low = self._member()
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                tests.append(_between(low, self._member()))
            else:
                letters.add(low)
        self.at += 1
        tests.append(lambda c: c in letters)
        return lambda c: any(test(c) for test in tests) != negative

    def _class(self) -> Test:
        end = self.pattern.find(":]", self.at)
        name = self.pattern[self.at : max(end, 0)]
        if name not in _CLASSES:
            raise BadPattern("class")
        self.at = end + 2
        return _CLASSES[name]

    def _member(self) -> str:
        character = self.peek()
        self.at += 1
        # a backslash is itself in a POSIX set; one before a special character is meant as an escape (practice)
        if character == "\\" and self.peek() and self.peek() in _SPECIAL | set(']-"/'):
            character = self.peek()
            self.at += 1
        return character


def _is(character: str) -> Test:
    return lambda c: c == character


def _between(low: str, high: str) -> Test:
    if low > high:
        raise BadPattern("range")
    return lambda c: low <= c <= high


def _single(test: Test) -> Piece:
    return lambda graph, on: graph.add(test, [on])


def _anchor(where: str) -> Piece:
    return lambda graph, on: graph.add(None, [on], where)


def _sequence(pieces: list[Piece]) -> Piece:
    def build(graph: _Graph, on: int) -> int:
        for piece in reversed(pieces):
            on = piece(graph, on)
        return on

    return build


def _either(branches: list[Piece]) -> Piece:
    return lambda graph, on: graph.add(None, [branch(graph, on) for branch in branches])


def _repeat(piece: Piece, least: int, most: int | None) -> Piece:
    def build(graph: _Graph, on: int) -> int:
        if most is None:
            loop = graph.add(None, [on])
            graph.ways[loop].append(piece(graph, loop))
            on = loop
        else:
            out = on
            for _ in range(most - least):
                on = graph.add(None, [out, piece(graph, on)])
        for _ in range(least):
            on = piece(graph, on)
        return on

    return build


State = frozenset[int]


class Pattern:
    """``search(text)``: whether the pattern matches anywhere in it. ``^`` and ``$`` are the ends of the whole text."""

    def __init__(self, pattern: str) -> None:
        reader = _Reader(pattern)
        try:
            piece = reader.alternatives()
            self._graph = _Graph()
            self._found = self._graph.add()
            self._entry = piece(self._graph, self._found)
        except RecursionError:
            raise BadPattern("too deep") from None
        if reader.at < len(pattern):
            raise BadPattern("group")
        self._first = self._closure([self._entry], frozenset({_START}))
        self._again = self._closure([self._entry], frozenset())
        self._next: dict[tuple[State, str], State] = {}
        self._remembered = 0
        #: nothing can begin any more behind the first character: then all that is left is the end of the text
        self._over = self._again if all(self._graph.tests[place] is None for place in self._again) else None

    def search(self, text: str) -> bool:
        state, found, over, known = self._first, self._found, self._over, self._next
        for character in text:
            if found in state:
                return True
            after = known.get((state, character))
            state = self._step(state, character) if after is None else after
            if state is over:
                break
        if self._found in state:
            return True
        ends = frozenset({_START, _END}) if not text else frozenset({_END})
        return self._found in self._closure([*state, self._entry], ends)

    def _step(self, state: State, character: str) -> State:
        moved = [
            way
            for place in state
            if (test := self._graph.tests[place]) is not None and test(character)
            for way in self._graph.ways[place]
        ]
        known = self._closure(moved, frozenset()) | self._again
        if known == self._again:
            known = self._again
        self._remembered += len(known) + len(state)
        if self._remembered > _MOST_REMEMBERED:
            self._next.clear()
            self._remembered = 0
        self._next[state, character] = known
        return known

    def _closure(self, places: Iterable[int], ends: frozenset[str]) -> State:
        """All that is reached without reading; anchors that may still open at the end stay in."""
        seen: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            anchor = self._graph.anchors[place]
            if self._graph.tests[place] is None and (not anchor or anchor in ends):
                waiting.extend(self._graph.ways[place])
        return frozenset(seen)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """Raises BadPattern."""
    return Pattern(pattern)
