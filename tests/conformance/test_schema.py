# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu files beside the command trees of six live versions of RouterOS.

Skipped where the trees are not at hand. Every difference is mended, or listed with its reason in ``differences.yml``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.schema.load import schema_for
from lab.schema.model import MenuAt
from lab.values import BadValue, References, Type
from tests.conformance.score import Score

TREES = Path(__file__).parents[3] / "shared" / "routeros" / "schema"
VERSIONS = ("7.9", "7.12.2", "7.16.2", "7.20.8", "7.22.3", "7.24")
KNOWN: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "differences.yml").read_text(encoding="utf-8"))

#: arguments that are part of the verb, not of the menu
OF_THE_VERB = frozenset({"numbers", "copy-from", "place-before"})
#: how a console repeats and draws what a command gives
OF_THE_CONSOLE = frozenset(
    ("numbers", "append", "as-value", "do", "duration", "file", "freeze-frame-interval", "interval", "once", "proplist")
) | {"without-paging", "value-list", "as-string", "as-string-value", "number", "value-name"}
#: lists of ``differences.yml`` without a menu in between
FLAT = ("add",)
#: (list in differences.yml, menu, name, problem or nothing)
Item = tuple[str, str, str, str]
#: words with which the tree's value lists name rows of that very router, or a list type
NOT_A_VALUE = re.compile(r"[|*\[]")

pytestmark = pytest.mark.skipif(not TREES.is_dir(), reason="the command trees are not at hand")


def tree(version: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((TREES / f"{version}.json").read_text(encoding="utf-8"))["menus"]
    return found


def both(version: str) -> Iterator[tuple[str, MenuAt, dict[str, Any]]]:
    """Menus that the lab and the tree of ``version`` both have."""
    schema, live = schema_for(version), tree(version)
    for path, at in schema.menus.items():
        if path in live and not at.menu.hidden:
            yield path, at, live[path]


def reason(kind: str, path: str, name: str) -> str:
    """What ``differences.yml`` says of it, or nothing."""
    for key in (path, "*"):
        for pattern, text in KNOWN[kind].get(key, {}).items():
            if re.fullmatch(pattern, name):
                return str(text)
    return ""


def scored(source: str, items: Iterable[Item]) -> Score:
    """Every compared name once; what differs is listed with its reason or left unexplained."""
    checked, listed, unexplained = 0, {}, []
    for kind, path, name, problem in items:
        checked += 1
        if not problem:
            continue
        why = reason(kind, path, name)
        if why:
            listed[f"{kind} {path} {name} {problem}"] = why
        else:
            unexplained.append(f"{kind} {path} {name} {problem}")
    return Score(source, checked, listed, tuple(sorted(unexplained)))


def sets(kind: str, path: str, here: set[str], there: set[str], verb: str = "") -> Iterator[Item]:
    for name in here | there:
        found = "" if name in here and name in there else "missing" if name in there else "made up"
        yield kind, path, name, f"{found} {verb}".strip() if found else ""


def test_every_difference_has_a_reason() -> None:
    reasons = [text for kind, menus in KNOWN.items() if kind not in FLAT for names in menus.values()
               for text in names.values()]  # fmt: skip
    reasons += [text for kind in FLAT for text in KNOWN[kind].values()]
    assert reasons
    assert all(isinstance(text, str) and len(text) > 10 for text in reasons)


@pytest.mark.parametrize("version", VERSIONS)
def test_menus_commands_and_arguments_are_those_of_the_live_router(version: str, record_property: Any) -> None:
    source = f"command tree of live {version}: menus, commands, arguments"
    scored(source, names_of(version)).note(record_property).must(0.9)


def names_of(version: str) -> Iterator[Item]:
    schema, live = schema_for(version), tree(version)
    for path in live:
        yield "menus", path, path, "" if path in schema.menus else "missing"
    for path, at, there in both(version):
        yield from sets("commands", path, set(at.menu.commands) | set(at.menu.actions), set(there))
        for verb in ("add", "set"):
            if verb in there and verb in at.menu.commands:
                here = {a.name for a in at.arguments.values() if (a.add if verb == "add" else a.set)}
                yield from sets("arguments", path, here, set(there[verb]) - OF_THE_VERB, verb)
        for command, names in at.menu.actions.items():
            if command in there:
                yield from sets(
                    "arguments", path, set(names) - OF_THE_CONSOLE, set(there[command]) - OF_THE_CONSOLE, command
                )


def test_what_can_be_unset_and_read_is_what_the_live_router_completes(record_property: Any) -> None:
    scored("command tree of live 7.22.3: what can be unset, read", readable()).note(record_property).must(0.85)


def readable() -> Iterator[Item]:
    for path, at, live in both("7.22.3"):
        if "unset" in at.menu.commands:
            there = set(live["unset"]["value-name"].get("v", ()))
            yield from sets("unset", path, {name for name, argument in at.arguments.items() if argument.unset}, there)
        there = set(live.get("get", {}).get("value-name", {}).get("v", ()))
        if there:
            yield from sets("properties", path, set(at.arguments) | set(at.menu.readonly), there)


def test_every_word_that_the_live_router_completes_is_taken(record_property: Any) -> None:
    """Enumerations: a word that a live router offers must not be refused here."""
    scored("command tree of live 7.22.3: words of values", words()).note(record_property).must(0.9)


def words() -> Iterator[Item]:
    for path, at, live in both("7.22.3"):
        for name, argument in at.arguments.items():
            offered = next((live[v][name].get("v", ()) for v in ("add", "set") if name in live.get(v, {})), ())
            for word in offered:
                if not NOT_A_VALUE.search(word):
                    yield "words", path, name, "" if takes(argument.type, word, _AnyRow()) else f"refuses {word}"


def takes(kind: Type, word: str, rows: References) -> bool:
    try:
        kind.parse(word, rows)
    except BadValue:
        return False
    return True


def test_what_add_must_be_given_is_what_the_live_router_asks_for() -> None:
    answers = json.loads((TREES.parent / "required_args.json").read_text(encoding="utf-8"))["data"]["7.22.1"]
    found: list[Item] = []
    for path, at, _ in both("7.22.3"):
        if path in answers and "add" in at.menu.commands and not at.menu.any_of:
            required = {name for name, argument in at.arguments.items() if argument.required}
            found += sets("required", path, required, set(answers[path]["required"]))
    scored("", found).must(0.9)


def test_numbers_are_bounded_as_on_a_live_router(record_property: Any) -> None:
    """Ranges of a live 7.21.4: the first and last value inside are taken, the next one is refused."""
    scored("ranges of numbers, live 7.21.4", ranges()).note(record_property).must(0.9)


def ranges() -> Iterator[Item]:
    recorded = json.loads((TREES.parent / "types_7.21.4.json").read_text(encoding="utf-8"))["data"]
    for path, at, _ in both("7.22.3"):
        for name, spec in (recorded.get(path, {}).get("add") or recorded.get(path, {}).get("set") or {}).items():
            match = re.fullmatch(r"Num(?:\[\w+\])?; (\d+)\.\.(\d+) \(integer number\)", spec["t"])
            argument = at.arguments.get(name)
            if match is None or argument is None:
                continue
            wrong = [
                text
                for text, good in ((match[1], True), (match[2], True), (str(int(match[2]) + 1), False))
                if takes(argument.type, text, _NoRows()) != good
            ]
            yield "ranges", path, name, f"differs at {', '.join(wrong)}" if wrong else ""


class _AnyRow:
    def resolve(self, menu: str, text: str) -> str | None:
        return text  # rows of that router (ether1, lo, group names …) are no concern of this test

    def begin_with(self, menu: str, text: str) -> int:
        return 0


class _NoRows(_AnyRow):
    def resolve(self, menu: str, text: str) -> str | None:
        return None


def test_every_listed_difference_is_still_one() -> None:
    """A reason that explains nothing any more must go."""
    items: list[Item] = [*readable(), *words(), *ranges(), *(item for v in VERSIONS for item in names_of(v))]
    differing = [(kind, path, name) for kind, path, name, problem in items if problem]
    stale = [
        (kind, path, pattern)
        for kind, menus in KNOWN.items()
        if kind not in FLAT
        for path, names in menus.items()
        for pattern in names
        if not any(k == kind and path in ("*", p) and re.fullmatch(pattern, n) for k, p, n in differing)
    ]
    assert not stale
