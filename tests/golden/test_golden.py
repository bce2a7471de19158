# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One case per folder: the plan of a branch, and what people are told about their mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools import golden

PLANS = golden.folders("plans")
PLAN_FILES = [file for folder in PLANS for file in golden.plan_files(folder)]
ERRORS = golden.folders("errors")


def name(folder: Path) -> str:
    return folder.name


@pytest.mark.parametrize("file", PLAN_FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_the_plan_is_the_golden_one(file: Path) -> None:
    assert golden.plan_text(file) == file.read_text(encoding="utf-8")


def test_every_way_of_writing_is_golden() -> None:
    assert {file.stem for file in PLAN_FILES} == {"plan", "plan-6.49", "plan-7.9", "plan-7.12"}


@pytest.mark.parametrize("folder", ERRORS, ids=name)
def test_the_mistakes_are_told_as_written(folder: Path) -> None:
    assert golden.error_text(folder) == (folder / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [*PLANS, *ERRORS], ids=name)
def test_no_expected_file_holds_a_secret(folder: Path) -> None:
    text = (folder / "vars.yml").read_text(encoding="utf-8")
    tokens = re.findall(r"\d{6,}:[A-Za-z0-9_-]{10,}", text)
    uplinks = (yaml.safe_load(text) or {}).get("multiwan_uplinks")
    lines = [line for line in uplinks if isinstance(line, dict)] if isinstance(uplinks, list) else []
    tokens += [str(line["password"]) for line in lines if line.get("password")]
    written = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name != "vars.yml")
    assert written
    assert not [token for token in tokens if token in written]


def test_there_are_at_least_45_cases_of_mistakes() -> None:
    assert len(ERRORS) >= 45


def test_several_cases_have_many_mistakes_at_once() -> None:
    counts = [len((folder / "expected.txt").read_text(encoding="utf-8").splitlines()) - 1 for folder in ERRORS]
    assert sum(count >= 10 for count in counts) >= 3


def test_every_classifier_is_golden() -> None:
    loaded = (yaml.safe_load((folder / "vars.yml").read_text(encoding="utf-8")) for folder in PLANS)
    assert len({variables.get("multiwan_classifier") for variables in loaded} - {None}) == 9


@pytest.mark.parametrize("branch", ["jakarta", "stage"])
def test_the_branches_of_the_example_inventory_are_golden(branch: str) -> None:
    example = yaml.safe_load((golden.ROOT / f"inventory/host_vars/{branch}.yml").read_text(encoding="utf-8"))
    written = yaml.safe_load((golden.GOLDEN / f"plans/{branch}/vars.yml").read_text(encoding="utf-8"))
    assert {key: written.get(key) for key in example} == example


def test_a_stale_file_is_told_by_check_and_written_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "plan.json"
    stale.write_text("old", encoding="utf-8")
    monkeypatch.setattr(golden, "ROOT", tmp_path)
    monkeypatch.setattr(golden, "expected_files", lambda: iter([(stale, "new")]))
    assert (golden.main(["--check"]), stale.read_text(encoding="utf-8")) == (1, "old")
    assert (golden.main([]), stale.read_text(encoding="utf-8")) == (0, "new")
    assert golden.main(["--check"]) == 0


def test_generated_files_are_fresh() -> None:
    assert [path for path, text in golden.expected_files() if path.read_text(encoding="utf-8") != text] == []
