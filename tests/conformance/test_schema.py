# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu files beside the command tree of a live RouterOS 7.22.3 and four other versions.

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
from lab.values import BadValue

TREES = Path(__file__).parents[3] / "shared" / "routeros" / "schema"
VERSIONS = ("7.9", "7.12.2", "7.16.2", "7.20.8", "7.22.3", "7.24")
KNOWN: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "differences.yml").read_text(encoding="utf-8"))

#: arguments that are part of the verb, not of the menu
OF_THE_VERB = frozenset({"numbers", "copy-from", "place-before"})
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


def explained(kind: str, path: str, name: str) -> bool:
    """Whether ``differences.yml`` gives a reason for it."""
    listed = KNOWN[kind]
    return any(re.fullmatch(pattern, name) for key in (path, "*") for pattern in listed.get(key, {}))


def none_of(found: Iterable[tuple[object, ...]]) -> None:
    lines = sorted(" ".join(map(str, difference)) for difference in found)
    assert not lines, f"{len(lines)} differences:\n" + "\n".join(lines)


def test_every_difference_has_a_reason() -> None:
    reasons = [reason for menus in KNOWN.values() for names in menus.values() for reason in names.values()]
    assert reasons
    assert all(isinstance(reason, str) and len(reason) > 10 for reason in reasons)


@pytest.mark.parametrize("version", VERSIONS)
def test_add_and_set_take_the_arguments_of_the_live_router(version: str) -> None:
    found = []
    for path, at, live in both(version):
        for verb in ("add", "set"):
            if verb not in live or verb not in at.menu.commands:
                continue
            there = set(live[verb]) - OF_THE_VERB
            here = {a.name for a in at.arguments.values() if (a.add if verb == "add" else a.set)}
            found += [(path, verb, name, "missing") for name in there - here if not explained("arguments", path, name)]
            found += [(path, verb, name, "made up") for name in here - there if not explained("arguments", path, name)]
    none_of(found)


def test_commands_are_those_of_the_live_router() -> None:
    found = []
    for path, at, live in both("7.22.3"):
        here = set(at.menu.commands) | set(at.menu.actions)
        found += [(path, name, "missing") for name in set(live) - here if not explained("commands", path, name)]
        found += [(path, name, "made up") for name in here - set(live) if not explained("commands", path, name)]
    none_of(found)


def test_what_can_be_unset_is_what_the_live_router_completes() -> None:
    found = []
    for path, at, live in both("7.22.3"):
        if "unset" in at.menu.commands:
            there = set(live["unset"]["value-name"].get("v", ()))
            here = {name for name, argument in at.arguments.items() if argument.unset}
            found += [(path, name) for name in there ^ here if not explained("unset", path, name)]
    none_of(found)


def test_readable_properties_are_those_of_the_live_router() -> None:
    found = []
    for path, at, live in both("7.22.3"):
        there = set(live.get("get", {}).get("value-name", {}).get("v", ()))
        here = set(at.arguments) | set(at.menu.readonly)
        if there:
            found += [(path, name) for name in there ^ here if not explained("properties", path, name)]
    none_of(found)


def test_every_word_that_the_live_router_completes_is_taken() -> None:
    """Enumerations: a word that a live router offers must not be refused here."""

    class Rows:
        def resolve(self, menu: str, text: str) -> str | None:
            return text  # rows of that router (ether1, lo, group names …) are no concern of this test

    found = []
    for path, at, live in both("7.22.3"):
        for name, argument in at.arguments.items():
            words = next((live[verb][name].get("v", ()) for verb in ("add", "set") if name in live.get(verb, {})), ())
            for word in words:
                try:
                    if not NOT_A_VALUE.search(word):
                        argument.type.parse(word, Rows())
                except BadValue:
                    if not explained("words", path, name):
                        found.append((path, name, word))
    none_of(found)


def test_what_add_must_be_given_is_what_the_live_router_asks_for() -> None:
    answers = json.loads((TREES.parent / "required_args.json").read_text(encoding="utf-8"))["data"]["7.22.1"]
    found = []
    for path, at, _ in both("7.22.3"):
        if path not in answers or "add" not in at.menu.commands or at.menu.any_of:
            continue
        there = set(answers[path]["required"])
        here = {name for name, argument in at.arguments.items() if argument.required}
        found += [(path, name) for name in there ^ here if not explained("required", path, name)]
    none_of(found)


def test_numbers_are_bounded_as_on_a_live_router() -> None:
    """Ranges of a live 7.21.4: the last value inside is taken, the first outside is refused."""
    ranges = json.loads((TREES.parent / "types_7.21.4.json").read_text(encoding="utf-8"))["data"]
    found = []
    for path, at, _ in both("7.22.3"):
        for name, spec in (ranges.get(path, {}).get("add") or ranges.get(path, {}).get("set") or {}).items():
            match = re.fullmatch(r"Num(?:\[\w+\])?; (\d+)\.\.(\d+) \(integer number\)", spec["t"])
            argument = at.arguments.get(name)
            if match is None or argument is None or explained("ranges", path, name):
                continue
            for text, good in ((match[1], True), (match[2], True), (str(int(match[2]) + 1), False)):
                try:
                    argument.type.parse(text, _NoRows())
                    taken = True
                except BadValue:
                    taken = False
                if taken != good:
                    found.append((path, name, text, taken))
    none_of(found)


class _NoRows:
    def resolve(self, menu: str, text: str) -> str | None:
        return None


def test_every_listed_difference_is_still_one() -> None:
    """A reason that explains nothing any more must go."""
    live, stale = tree("7.22.3"), []
    for path, names in KNOWN["commands"].items():
        known = {command for menu in live for command in live[menu] if path in ("*", menu)}
        stale += [(path, name) for name in names if not any(re.fullmatch(name, command) for command in known)]
    for kind, verb, word in (("unset", "unset", "value-name"), ("properties", "get", "value-name")):
        for path, names in KNOWN[kind].items():
            known = {v for m in live if path in ("*", m) for v in live[m].get(verb, {}).get(word, {}).get("v", ())}
            stale += [(path, name) for name in names if not any(re.fullmatch(name, value) for value in known)]
    for kind in ("words", "ranges", "required", "arguments"):
        for path, names in KNOWN[kind].items():
            at = schema_for("7.22.3").get(path)
            known = set(at.arguments) if at is not None else set()
            stale += [(path, name) for name in names if not any(re.fullmatch(name, value) for value in known)]
    none_of(stale)
