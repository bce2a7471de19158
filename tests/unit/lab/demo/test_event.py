# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the event fail alone when their figures are missed; the exit code follows them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.demo import __main__ as module
from lab.demo.event_record import Drill, Event, Leases, Scan, Share, Streamed, Switch
from lab.demo.event_verdict import judge
from lab.demo.event_world import _allowed

QUIET = Streamed(3000, 0, 0, ((0.0, "isp1"),), 0.02)
LINE: dict[str, Any] = {
    "label": "Penyedia A",
    "ok": True,
    "without_internet_s": 2.4,
    "limit_s": 3.4,
    "pings": 40,
    "pings_lost": 9,
    "used_again_s": 12.0,
}


def event(**other: Any) -> Event:
    moved = Streamed(9000, 700, 0, ((0.0, "isp1"), (8.0, "isp2")), 2.4)
    made = Event(
        began="2026-11-22 04:00 UTC",
        seconds=60.0,
        short=False,
        changed_again=0,
        leases={"crew": Leases(3, 3, 12, 0)},
        scan=Scan(100, 8, ()),
        shares=(Share("crew", "down", 7.6, 7.65, 1.0), Share("guests", "up", 0.49, 2.0, 1.0, 0.5)),
        switch=Switch(QUIET, {"isp1": 90, "isp2": 110}),
        drill=Drill(True, (LINE,), moved, "stage-drill-1.html", told=True),
        steps=(),
        chat=(),
    )
    return replace(made, **other)


def missed(made: Event) -> list[str]:
    return [check.rule for check in judge(made) if not check.ok]


def test_a_good_run_keeps_every_promise() -> None:
    assert missed(event()) == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"changed_again": 1}, "second deploy"),
        ({"leases": {"crew": Leases(3, 2, 12, 0)}}, "device of crew"),
        ({"leases": {"crew": Leases(3, 3, 11, 1)}}, "device of crew"),
        ({"scan": Scan(100, 8, ("router on lan 192.168.10.1 tcp 22",))}, "guests reach"),
        ({"scan": Scan(100, 0, ())}, "guests reach"),
        ({"shares": (Share("crew", "down", 8.2, 7.65, 1.0),)}, "limit of crew down"),
        ({"shares": (Share("crew", "down", 7.0, 7.65, 1.0),)}, "limit of crew down"),
        ({"shares": (Share("crew", "up", 0.5, 3.8, 1.0, 1.0),)}, "guaranteed"),
        ({"shares": (Share("guests", "down", 4.7, 4.78, 0.8),)}, "fair share"),
        ({"switch": Switch(replace(QUIET, lost=1), {"isp1": 90, "isp2": 110})}, "switching the mode"),
        ({"switch": Switch(replace(QUIET, moves=((0.0, "isp1"), (4.0, "isp2"))), {"isp1": 9, "isp2": 9})}, "switching"),
        ({"switch": Switch(QUIET, {"isp1": 200, "isp2": 0})}, "both providers"),
        ({"drill": replace(event().drill, lines=({**LINE, "ok": False},))}, "Penyedia A dies"),
        ({"drill": replace(event().drill, stream=QUIET)}, "stream goes on"),
        ({"drill": replace(event().drill, told=False)}, "chat was told"),
        ({"drill": replace(event().drill, ok=False)}, "there is a report"),
    ],
)
def test_each_promise_fails_alone(other: dict[str, Any], words: str) -> None:
    (rule,) = missed(event(**other))
    assert words in rule


def test_a_busy_machine_may_be_slower_in_the_short_form_but_never_faster() -> None:
    slow, fast = Share("crew", "down", 5.0, 7.65, 1.0), Share("crew", "down", 8.5, 7.65, 1.0)
    assert missed(event(short=True, shares=(slow,))) == []
    assert missed(event(short=True, shares=(fast,))) != []


@pytest.mark.parametrize(
    ("what", "port", "allowed"),
    [
        ("internet", 80, True),
        ("access30 on guests", 22, True),
        ("router on guests", 53, True),
        ("router on guests", 8729, False),
        ("router on lan", 53, False),
        ("modem isp1", 80, False),
        ("vlan20 on crew", 80, False),
        ("admin on lan", 22, False),
    ],
)
def test_what_guests_may_reach(what: str, port: int, allowed: bool) -> None:
    assert _allowed({"what": what, "port": port}) is allowed


@pytest.mark.parametrize("good", [True, False])
def test_the_exit_code_and_the_files_follow_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], good: bool
) -> None:
    made = event() if good else event(changed_again=2)
    called: list[str] = []

    async def tell(show: Any) -> Event:
        (show.reports / made.drill.report).write_text("<!doctype html>", encoding="utf-8")
        return replace(made, checks=tuple(judge(made)))

    async def take_down(_stage: Any) -> None:
        called.append("down")

    monkeypatch.setattr(module.event_story, "tell", tell)
    monkeypatch.setattr(module, "take_down", take_down)
    assert module.main(["stage", "--plain", "--out", str(tmp_path)]) == (0 if good else 1)
    assert called == ["down"]
    assert json.loads((tmp_path / "stage.json").read_text(encoding="utf-8"))["changed_again"] == made.changed_again
    assert (tmp_path / "stage-drill.html").exists()
    assert ("MISSED" in capsys.readouterr().out) is not good
