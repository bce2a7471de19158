# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the demo ends: exit codes, files, one at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.demo import __main__ as module
from lab.demo.record import Record, SecondRun
from lab.demo.verdict import judge
from lab.demo.world import LabError
from tests.unit.lab.demo.madeup import record


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path


def ends_with(monkeypatch: pytest.MonkeyPatch, outcome: Record | BaseException) -> list[str]:
    """The story is replaced by its end; returns what was called of the lab."""
    called: list[str] = []

    async def tell(_stage: Any) -> Record:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def take_down(_stage: Any) -> None:
        called.append("down")

    monkeypatch.setattr(module, "tell", tell)
    monkeypatch.setattr(module, "take_down", take_down)
    return called


def judged(run: Record) -> Record:
    return replace(run, checks=judge(run))


def test_kept_promises_are_exit_code_0_and_two_files(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = ends_with(monkeypatch, judged(record()))
    assert module.main(["--out", str(build)]) == 0
    assert json.loads((build / "demo.json").read_text())["passed"] is True
    assert (build / "demo.html").read_text().startswith("<!doctype html>")
    assert called == ["down"]


def test_a_missed_promise_is_exit_code_1_and_named(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends_with(monkeypatch, judged(record(second_run=SecondRun(3, 0))))
    assert module.main(["--out", str(build)]) == 1
    said = capsys.readouterr()
    assert "MISSED the second run changes nothing: changed=3" in said.out
    assert "1 of 17 promises missed" in said.err
    assert json.loads((build / "demo.json").read_text())["passed"] is False


def test_a_broken_demo_is_a_sentence_and_leaves_no_old_figures(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (build / "demo.json").write_text("{}")
    called = ends_with(monkeypatch, ExceptionGroup("", [LabError("the lab ended")]))
    assert module.main(["--out", str(build)]) == 1
    assert capsys.readouterr().err == "demo: the lab ended\n"
    assert not (build / "demo.json").exists()
    assert called == ["down"]


def test_ctrl_c_is_130_and_takes_everything_down(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = ends_with(monkeypatch, asyncio.CancelledError())
    assert module.main(["--out", str(build)]) == 130
    assert called == ["down"]


def test_a_defect_keeps_its_trace(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = ends_with(monkeypatch, KeyError("x"))
    with pytest.raises(KeyError):
        module.main(["--out", str(build)])
    assert called == ["down"]


def test_keep_leaves_the_lab_up_only_after_a_whole_story(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ends_with(monkeypatch, judged(record()))
    assert module.main(["--keep", "--out", str(build)]) == 0
    assert kept == []
    broken = ends_with(monkeypatch, LabError("no"))
    assert module.main(["--keep", "--out", str(build)]) == 1
    assert broken == ["down"]


def test_two_demos_of_one_checkout_do_not_meet(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with module.only_one(build / "demo"):
        assert module.main(["--out", str(build)]) == 1
    assert "another ./dev demo" in capsys.readouterr().err


def test_a_second_ctrl_c_does_not_stop_the_taking_down() -> None:
    from lab.demo.story import take_down

    done: list[str] = []

    class Client:
        async def down(self) -> bool:
            await asyncio.sleep(0.2)
            done.append("down")
            return True

    async def impatient() -> None:
        stage: Any = type("S", (), {"lab": type("L", (), {"client": Client()})()})()
        ending: asyncio.Task[None] = asyncio.create_task(_call(take_down, stage))
        for _ in range(3):
            await asyncio.sleep(0.03)
            ending.cancel()
        await ending

    asyncio.run(impatient())
    assert done == ["down"]


async def _call(function: Callable[[Any], Coroutine[Any, Any, None]], stage: Any) -> None:
    await function(stage)
