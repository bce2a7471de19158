# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a stream, from what its receiver saw."""

from __future__ import annotations

from typing import Any

from lab.world.traffic.stream import _Heard, summary

SENT = [number * 0.01 for number in range(100)]


def heard(numbers: list[int], line: str = "isp1") -> _Heard:
    return _Heard(numbers, [number * 0.01 + 0.005 for number in numbers], [line] * len(numbers))


def said(numbers: list[int]) -> dict[str, Any]:
    return summary(SENT, heard(numbers), 1250)


def test_nothing_lost_is_said_so() -> None:
    found = said(list(range(100)))
    assert (found["sent"], found["received"], found["lost"], found["losses"]) == (100, 100, 0, [])
    assert found["goodput_mbit"] == 1.01


def test_losses_in_a_row_are_one_entry() -> None:
    found = said([number for number in range(100) if number not in (7, 50, 51, 52, 99)])
    assert found["lost"] == 5
    assert found["losses"] == [[7, 0.07, 1], [50, 0.5, 3], [99, 0.99, 1]]


def test_twice_and_late_are_no_losses() -> None:
    found = said([0, 2, 1, 2, *range(3, 100)])
    assert (found["lost"], found["twice"], found["late"]) == (0, 1, 1)


def test_a_move_is_told_with_its_time() -> None:
    seen = heard(list(range(100)))
    seen.lines[60:] = ["isp2"] * 40
    found = summary(SENT, seen, 1250)
    assert [line for _, line in found["moves"]] == ["isp1", "isp2"]
    assert found["moves"][1][0] == 0.605


def test_nobody_heard_anything() -> None:
    found = said([])
    assert (found["lost"], found["moves"]) == (100, [])
