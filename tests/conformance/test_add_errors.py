# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the console says to ``add`` without arguments, beside what live 7.20.8, 7.22.1 and 7.23rc1 said."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.script import Interpreter, ScriptError, Value
from lab.script.engine_tree import EngineTree
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine
from tests.conformance.score import Case, count

ANSWERS = Path(__file__).parents[3] / "shared" / "routeros" / "required_args.json"
KNOWN: Mapping[str, Mapping[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "differences.yml").read_text(encoding="utf-8")
)
CALLER = Caller("admin", ALL_POLICIES, "console")

pytestmark = pytest.mark.skipif(not ANSWERS.is_file(), reason="the recorded answers are not at hand")


def answer(version: str, menu: str) -> str:
    """What the console prints for ``add`` in ``menu`` on a fresh router; empty when a row was added."""
    engine = Engine(Store(version), clock=lambda: 0.0)
    variables: dict[str, Value] = {}
    interpreter = Interpreter(
        engine,
        clock=itertools.count().__next__,
        log=lambda topics, message: None,
        globals_for=lambda user: variables,
        version=version,
        tree=EngineTree(engine),
    )
    try:
        asyncio.run(interpreter.run(f"{menu}/add", caller=CALLER))
    except ScriptError as error:
        return error.spoken(tuple(int(part) for part in version.partition("rc")[0].split(".")))
    return ""


def cases(recorded: Mapping[str, Any]) -> Iterator[Case]:
    for version, menus in recorded.items():
        for menu, said in menus.items():
            yield f"{version} {menu}", answer(version, menu), said["raw"]


def test_add_without_arguments_is_answered_as_recorded(record_property: Any) -> None:
    recorded = json.loads(ANSWERS.read_text(encoding="utf-8"))["data"]
    reasons = {f"{version} {menu}": reason for menu, reason in KNOWN["add"].items() for version in recorded}
    score = count("add without arguments, live 7.20.8, 7.22.1, 7.23rc1", cases(recorded), reasons)
    score.note(record_property).must(0.95)
