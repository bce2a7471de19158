# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures in the READMEs come from a run that kept its promises, and only from one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.demo.readme import BEGIN, END, READMES, ROOT, NoFigures, figures, filled, main
from lab.demo.record import SecondRun, as_json, dumps
from lab.demo.verdict import judge
from tests.unit.lab.demo.madeup import record


def test_the_block_is_replaced_and_nothing_else() -> None:
    text = f"# Title\n{BEGIN}\nold\n{END}\nrest\n"
    assert filled(text, "new") == f"# Title\n{BEGIN}\nnew\n{END}\nrest\n"
    assert filled(filled(text, "new"), "new") == filled(text, "new")


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(NoFigures):
        filled("# Title\n", "new")


def test_figures_are_those_of_the_run_in_both_languages() -> None:
    data = as_json(record())
    assert "| Download, Mbit/s | 9.56 | **19.12** | 19.18 |" in figures(data, "en")
    assert "| Unduh, Mbit/s | 9,56 | **19,12** | 19,18 |" in figures(data, "id")
    assert "route to Modem 1" in figures(data, "en")
    assert "rute ke Modem 1" in figures(data, "id")
    for language, point in (("en", "."), ("id", ",")):
        block = figures(data, language)
        for number in ("3.2", "3.3", "22.4", "8.1", "7.5"):
            assert f" {number.replace('.', point)} " in block


def test_the_readmes_of_this_repository_have_their_markers() -> None:
    for name, _ in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert text.count(BEGIN) == text.count(END) == 1


def written(folder: Path, *, good: bool) -> Path:
    (folder / "build").mkdir()
    run = record() if good else record(second_run=SecondRun(1, 1))
    (folder / "build" / "demo.json").write_text(dumps(replace(run, checks=judge(run))))
    (folder / "README.md").write_text(f"{BEGIN}{END}")
    return folder


def test_a_good_run_is_written(tmp_path: Path) -> None:
    assert main(written(tmp_path, good=True), (("README.md", "en"),)) == 0
    assert "19.12" in (tmp_path / "README.md").read_text()


def test_a_run_that_missed_a_promise_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(written(tmp_path, good=False), (("README.md", "en"),)) == 1
    assert (tmp_path / "README.md").read_text() == f"{BEGIN}{END}"
    assert "missed a promise" in capsys.readouterr().err
