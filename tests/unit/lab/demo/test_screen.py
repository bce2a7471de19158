# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown: plain lines where there is no terminal, a picture where there is one, the same facts in both."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from lab.demo.screen import LiveScreen, PlainScreen, Screen, bar, screen_for, sparkline
from tests.unit.lab.demo.madeup import record, samples


def tell(screen: Screen) -> None:
    run = record()
    screen.branch(run.branch)
    screen.began("Only Modem 1")
    for sample in samples()[40:60]:
        screen.sample(sample)
    screen.note("run 1 of 3")
    screen.progress("on and on")
    screen.line_died("isp2", dead=True)
    screen.message(run.chat[0])
    screen.ended(run.steps[2])


def test_without_a_terminal_plain_lines_are_written() -> None:
    out = io.StringIO()
    screen = screen_for(Console(file=out), out)
    assert isinstance(screen, PlainScreen)
    tell(screen)
    screen.close()
    assert "\x1b" not in out.getvalue()
    for words in (
        "Only Modem 1 …",
        "run 1 of 3",
        "on and on",
        "9.56 down, 9.56 up (40.0 s)",
        "chat: Jakarta",
        "isp2 is dead",
    ):
        assert words in out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 160])
def test_in_a_terminal_the_story_stays_on_the_screen(width: int) -> None:
    out = io.StringIO()
    screen = screen_for(Console(file=out, force_terminal=True, width=width, height=40, _environ={"TERM": "xterm"}), out)
    assert isinstance(screen, LiveScreen)
    tell(screen)
    screen.close()
    assert "Only Modem 1" in out.getvalue()
    assert "DC:2C:6E:81:CF:34" in out.getvalue()


def test_plain_lines_are_not_flooded_by_progress() -> None:
    out = io.StringIO()
    screen = PlainScreen(out)
    for number in range(50):
        screen.progress(f"step {number}")
    assert out.getvalue().count("\n") == 1


def test_a_narrow_terminal_gets_plain_lines() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=40, _environ={"TERM": "xterm"})
    assert isinstance(screen_for(console, out), PlainScreen)


def test_a_bar_is_never_longer_than_its_place() -> None:
    assert bar(0, 10, 4) == "····"
    assert bar(5, 10, 4) == "██··"
    assert bar(99, 10, 4) == "████"
    assert bar(1, 0, 4) == "····"


def test_a_trickle_shows_in_a_sparkline() -> None:
    assert sparkline([0, 0.2, 10, 20], 10) == " ▁██"
