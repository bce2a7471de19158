# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts of the kind that admins paste (``scripts/*.rsc``), run on a router of the release that they name.

They were written before they were run, from what is known of RouterOS; where one failed, the lab was mended, not the
script. The head of each says what must come out (``scripts/README.md``). Nothing of a network is around the router:
fetches are recorded, pings answered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.router.services.base import format_moment
from lab.script import ScriptError, Value
from lab.script.engine_tree import EngineTree
from lab.script.literals import word_value
from lab.verbs import Caller, Reply
from tests.unit.lab.services.rig import ADMIN, Rig

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.rsc"))
_HEAD = re.compile(r"#\| (\w+): (.*)")
_PAIR = re.compile(r'([A-Za-z0-9.\-]+)(=|~|!=)("[^"]*"|\S+)')


def head(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for line in text.splitlines() if (found := _HEAD.fullmatch(line))]


def cases() -> list[tuple[Path, str]]:
    return [
        (path, version)
        for path in SCRIPTS
        for key, words in head(path.read_text(encoding="utf-8"))
        if key == "version"
        for version in words.split()
    ]


@dataclass
class Office:
    """A router with five ports and a bridge, and what left it."""

    version: str
    printed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    pings: int = 3
    variables: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rig = Rig(self.version)
        ports = [
            ("/interface/ethernet", {"name": f"ether{n}", "mac-address": f"02:00:00:00:00:{n:02X}"})
            for n in range(1, 6)
        ]
        self.rig.store.load([*ports, ("/interface/bridge", {"name": "bridge"})])
        engine = self.rig.engine
        engine.actions["/tool", "fetch"] = self._fetch
        engine.actions["/", "ping"] = self._ping
        engine.live = self._live
        bridge = self.rig.store.rows("/interface/bridge")[0].id
        engine.set_runtime("/interface/bridge", bridge, running="true")
        self.rig.services.interpreter.use_tree(EngineTree(engine))

    async def _fetch(self, args: Mapping[str, str], caller: Caller) -> Reply:
        self.fetched.append(" ".join(f"{name}={text}" for name, text in args.items()))
        return Reply()

    def _live(self, menu: str, row_id: int) -> Mapping[str, str]:
        date, _, day_time = format_moment(self.version, self.rig.now).partition(" ")
        return {"date": date, "time": day_time} if menu == "/system/clock" else {}

    async def _ping(self, args: Mapping[str, str], caller: Caller) -> Reply:
        return Reply(rows=({"received": str(self.pings)},))

    async def run(self, source: str, variables: Mapping[str, Value] | None = None) -> str:
        """The error's words, empty when it ran to its end."""
        try:
            await self.rig.services.interpreter.run(
                source, caller=ADMIN, variables=variables, output=self.printed.append
            )
        except ScriptError as error:
            return error.message
        return ""

    @property
    def lines(self) -> list[str]:
        return "\n".join(self.printed).splitlines()

    async def rows(self, menu: str) -> list[Mapping[str, str]]:
        return await self.rig.rows(menu)


def fits(row: Mapping[str, str], wanted: str) -> bool:
    for name, operator, text in _PAIR.findall(wanted):
        plain, seen = text.strip('"'), row.get(name, "")
        if operator == "~":
            if re.search(plain.replace("\\\\", "\\").replace("\\$", "$"), seen) is None:
                return False
        elif (seen == plain or {seen, plain} in ({"yes", "true"}, {"no", "false"})) != (operator == "="):
            return False
    return True


async def check(text: str, version: str) -> list[str]:
    """What came out otherwise than the head says."""
    wants = head(text)
    keys = dict(wants)
    office = Office(version)
    wrong: list[str] = []
    for _ in range(2 if keys.get("again") == "yes" else 1):
        refusal = await office.run(text)
        if not refusal.startswith(keys.get("refused", "")) or bool(refusal) != ("refused" in keys):
            wrong.append(f"said {refusal!r}, not {keys.get('refused', '')!r}")
    for key, words in wants:
        wrong.extend(await _compare(office, key, words))
    return wrong


def _variables(words: str) -> dict[str, Value]:
    """What an event hands its script: quoted is text, bare what it looks like."""
    pairs = _PAIR.findall(words)
    return {name: text[1:-1] if text.startswith('"') else word_value(text) for name, _, text in pairs}


async def _source(office: Office, words: str) -> str:
    if not words.startswith("["):
        return words
    got: list[str] = []
    await office.rig.services.interpreter.run(f":put {words}", caller=ADMIN, output=got.append)
    return "\n".join(got)


async def _compare(office: Office, key: str, words: str) -> list[str]:
    if key == "rows":
        menu, *rest = words.split(" ")
        conditions, count = " ".join(rest[:-1]), int(rest[-1])
        rows = await office.rows(menu)
        found = [row for row in rows if fits(row, conditions)]
        return [] if len(found) == count else [f"{words}: {len(found)} of {rows}"]
    if key == "with":
        office.variables = _variables(words)
    if key == "pings":
        office.pings = int(words)
    if key == "then":
        refusal = await office.run(await _source(office, words), office.variables)
        return [f"then: {refusal}"] if refusal else []
    if key == "first":
        menu, _, conditions = words.partition(" ")
        rows = await office.rows(menu)
        return [] if rows and fits(rows[0], conditions) else [f"{words}: {rows[:1]}"]
    if key == "output":
        return [] if words in office.lines else [f"printed {office.printed}, not {words!r}"]
    if key == "log":
        return [] if any(words in message for _, message in office.rig.messages) else [f"log {office.rig.messages}"]
    if key == "fetch":
        return (
            []
            if any(part in sent for sent in office.fetched for part in words.split("|"))
            else [f"sent {office.fetched}, not {words}"]
        )
    if key == "fetches":
        return [] if len(office.fetched) == int(words) else [f"sent {office.fetched}"]
    return []


@pytest.mark.parametrize(
    ("path", "version"), cases(), ids=lambda value: value.stem if isinstance(value, Path) else value
)
def test_it_does_what_its_head_says(path: Path, version: str) -> None:
    wrong = asyncio.run(check(path.read_text(encoding="utf-8"), version))
    assert not wrong, "\n".join(wrong)
