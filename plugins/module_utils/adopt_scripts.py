# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a hand-made script does to a router, as far as that is plain to see. Pure.

A script counts as a recipe's when it writes nothing but switches of rows which the recipe has. A message that it sends,
a file, a word that is not understood: then it is the technician's, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .adopt_lines import MANGLE, NAT, ROUTE, Router
from .diff import Found

#: Menus whose rows a recipe's script switches.
_SWITCHED = {path.replace("/", " ").strip(): path for path in (ROUTE, MANGLE, NAT)}
_CONNECTIONS = "ip firewall connection"
_READS = frozenset({"find", "get", "print"})
_WRITES = frozenset({"enable", "disable", "set", "remove", "add", "unset", "move", "run", "import", "reset", "kill"})
#: Commands that change nothing on the router.
_HARMLESS = frozenset({"ping", "log", "tool ping", "log info", "log warning", "log error", "log debug"})
#: What may stand before a command: blocks, conditions, loops, variables, log lines.
_FRAME = re.compile(
    r"^(?:do|else|on-error|in)=|^:(?:do|if|else|foreach|for|local|global|set|log|delay|put|error|return)\b"
)
_COMMAND = re.compile(r"(?<![\w\"./-])/([a-z][a-z0-9]*(?:[ /]+[a-z][a-z0-9-]*)*)")
_FIND = re.compile(
    r"^\s*(?:numbers=)?\[\s*(?:/(?P<path>[a-z][a-z /-]*?)[ /]+)?find\b(?:\s+where\b)?(?P<where>[^\[\]]*)\][^\[\]]*$"
)
_CONDITION = re.compile(r"""\s*([a-z][a-z-]*)\s*(=|~)\s*("[^"$]*"|[^\s"$=~()!]+)""")
_RUN = re.compile(r"^system script run\s+\"?([^\s\";\[\]$]+)\"?$")


@dataclass(frozen=True)
class Switches:
    """``rows``: menu and id of what a script switches. ``runs``: the scripts that it calls."""

    rows: frozenset[tuple[str, str]]
    runs: frozenset[str]


def switches(source: str, router: Router) -> Switches | None:
    """What a script switches, by what is on the router now; ``None`` when it does, or may do, anything else."""
    rows: set[tuple[str, str]] = set()
    runs: set[str] = set()
    for statement in _statements(source):
        for command in _commands(statement):
            run = _RUN.match(command)
            if run:
                runs.add(run[1])
                continue
            touched = _touched(command, router)
            if touched is None:
                return None
            rows |= touched
        if not _framed(statement):
            return None
    return Switches(frozenset(rows), frozenset(runs))


def _statements(source: str) -> Iterator[str]:
    """Pieces between the marks that end a command. One inside a text cuts it in two, which is then not understood."""
    joined = re.sub(r"\\\r?\n\s*", "", source)
    for piece in re.split(r"[;{}\r\n]", joined):
        statement = piece.strip()
        if statement and not statement.startswith("#"):
            yield statement


def _framed(statement: str) -> bool:
    return statement.startswith("/") or bool(_FRAME.match(statement)) or statement in {")", "]"}


def _commands(statement: str) -> Iterator[str]:
    """Each command of a statement, from its path to the end of the bracket that it stands in."""
    for match in _COMMAND.finditer(statement):
        depth, end = 0, len(statement)
        for at in range(match.start(), len(statement)):
            depth += {"[": 1, "]": -1}.get(statement[at], 0)
            if depth < 0:
                end = at
                break
        yield statement[match.start() + 1 : end].strip()


def _touched(command: str, router: Router) -> set[tuple[str, str]] | None:
    """The rows that one command switches: none for one that only looks. ``None``: it does something else."""
    words = re.split(r"[ /]+", re.split(r"[\[\"$=(]", command, maxsplit=1)[0].strip())
    at = next((index for index, word in enumerate(words) if word in _READS | _WRITES), len(words))
    path = " ".join(words[:at])
    if at == len(words):
        return set() if path in _HARMLESS or words[0] in {"ping", "log"} or words[:2] == ["tool", "ping"] else None
    verb = words[at]
    if verb in _READS or (path == _CONNECTIONS and verb == "remove"):
        return set()
    menu = _SWITCHED.get(path)
    if menu is None or verb not in {"enable", "disable", "set"}:
        return None
    rest = command[command.index(verb) + len(verb) :]
    found = _FIND.match(rest)
    if found is None or (found["path"] and re.sub(r"[ /]+", " ", found["path"]) != path):
        return None
    test = _test(found["where"])
    return None if test is None else {(menu, row.id) for row in router.get(menu, ()) if test(row)}


def _test(where: str) -> Callable[[Found], bool] | None:
    """Conditions such as ``comment="WAN1" and disabled=no`` as a question to a row. No condition would mean all."""
    conditions: list[tuple[str, str, str]] = []
    rest = where.strip()
    while rest:
        match = _CONDITION.match(rest)
        if match is None:
            return None
        conditions.append((match[1], match[2], match[3].strip('"')))
        rest = re.sub(r"^\s*(?:and\b|&&)?\s*", "", rest[match.end() :])
    named = [condition for condition in conditions if condition[0] != "disabled"]
    return (lambda row: all(_holds(row.values, *condition) for condition in named)) if named else None


def _holds(values: Mapping[str, str], name: str, sign: str, wanted: str) -> bool:
    held = values.get(name, "")
    if sign == "=":
        return held == wanted or held.removesuffix("/32") == wanted
    try:
        return re.search(wanted, held) is not None
    except re.error:
        return False
