#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what tests/golden expects, and docs/rows.md, anew; with ``--check`` fail when one is stale.

A folder in tests/golden/plans holds the variables of a branch and its plan, for some branches also ``plan-6.49.json``,
the same branch on another RouterOS (an empty file of such a name is filled); one in tests/golden/errors holds variables
with mistakes and the text that a person gets.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError

from tools import row_counts

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"


def folders(kind: str) -> list[Path]:
    """The cases of one kind, ``plans`` or ``errors``."""
    return sorted(path.parent for path in (GOLDEN / kind).glob("*/vars.yml"))


def plan_files(folder: Path) -> list[Path]:
    """``plan.json``, and those for other RouterOS versions."""
    return [folder / "plan.json", *sorted(folder.glob("plan-*.json"))]


def plan_text(file: Path) -> str:
    """The plan of the variables beside ``file`` as it should be. The branch has the name of the folder."""
    variables = _variables(file.parent)
    if version := file.stem.removeprefix("plan").removeprefix("-"):
        variables["multiwan_routeros_version"] = version
    plan = assemble(variables, name=file.parent.name)
    return json.dumps(plan.to_json(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def error_text(folder: Path) -> str:
    """What a person is told about the variables in ``folder``. Raises ``AssertionError`` when nothing is wrong."""
    try:
        assemble(_variables(folder), name=folder.name)
    except BranchError as error:
        return f"{error}\n"
    raise AssertionError(f"{folder}: these variables have no mistake")


def expected_files() -> Iterator[tuple[Path, str]]:
    for folder in folders("plans"):
        for file in plan_files(folder):
            yield file, plan_text(file)
    for folder in folders("errors"):
        yield folder / "expected.txt", error_text(folder)
    yield ROOT / "docs/rows.md", row_counts.page()


def _variables(folder: Path) -> dict[str, object]:
    loaded = yaml.safe_load((folder / "vars.yml").read_text(encoding="utf-8"))
    return loaded if isinstance(loaded, dict) else {}


def main(arguments: list[str]) -> int:
    stale = []
    for path, text in expected_files():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    verb = "stale" if "--check" in arguments else "written"
    for name in stale:
        print(f"{verb}: {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
