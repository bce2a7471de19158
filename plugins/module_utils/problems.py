# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is wrong with the variables of a branch: found all at once, each mistake with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: How much of a wrong value is shown; enough to find it, short enough for a list of mistakes.
_SHOWN = 80
#: Too short to be a secret.
_HARMLESS = 5


@dataclass(frozen=True)
class Problem:
    """One mistake: where (``multiwan_uplinks[1].gateway``), what was seen, what is allowed instead."""

    path: str
    seen: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.path}: saw {self.seen}; allowed: {self.allowed}"

    def to_json(self) -> dict[str, str]:
        return {"path": self.path, "seen": self.seen, "allowed": self.allowed}


class BranchError(Exception):
    """The variables of one branch can't be used. ``problems`` holds every mistake that was found, in reading order."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(readable(name, self.problems))

    def result(self) -> dict[str, Any]:
        """In the form of Ansible's results."""
        problems = [{"host": self.name, **problem.to_json()} for problem in self.problems]
        return {"failed": True, "changed": False, "msg": str(self), "problems": problems}


class Problems:
    """Collects mistakes while the variables are read. The one mutable thing of the parser."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, path: str, seen: str, allowed: str) -> None:
        self._found.append(Problem(path, seen, allowed))

    def found(self, order: Sequence[str] = ()) -> tuple[Problem, ...]:
        """All mistakes; those of a variable together, ``order`` first, items of a list by their number."""

        def place(problem: Problem) -> tuple[int, list[int]]:
            variable = re.split(r"[.\[]", problem.path, maxsplit=1)[0]
            rank = order.index(variable) if variable in order else -1
            return rank, [int(number) for number in re.findall(r"\[(\d+)\]", problem.path)[:1]]

        return tuple(sorted(self._found, key=place))


def show(value: Any) -> str:
    """A wrong value as the user wrote it, on one line. What a terminal would obey or hide is written as ``\\uXXXX``."""
    if value is None:
        return "nothing"
    text = _visible(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() else json.dumps(one, ensure_ascii=True)[1:-1] for one in text)


def show_secret(value: Any) -> str:
    """What may be said about a wrong value that could be, or hold, a secret."""
    if value is None or (isinstance(value, str) and len(value) <= _HARMLESS):
        return show(value)
    return f"a text of {len(value)} characters" if isinstance(value, str) else f"a {type(value).__name__}"


def readable(name: str, problems: tuple[Problem, ...]) -> str:
    """The mistakes of one branch as people read them: one line each, under the name of the host."""
    count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    return "\n".join([f"{name}: {count} in the variables", *(f"  {problem}" for problem in problems)])
