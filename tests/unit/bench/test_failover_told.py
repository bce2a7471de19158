# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of a cell: which should have come, once each, and with a time that fits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.bench.failover_plan import FAULTS
from tests.bench.failover_told import Told, note, told

CUT = datetime(2026, 11, 21, 20, 30, 0, tzinfo=UTC).timestamp()
FAULT = {fault.key: fault for fault in FAULTS}
HEALED = 62.0


def clock(second: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return datetime.fromtimestamp(CUT + second, UTC).strftime(form)


def length(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def down(line: int = 1, raised: float = 3, at: float = 8) -> tuple[float, str]:
    return at, f"Branch jakarta: internet line Modem {line} is down\nRaised: {clock(raised)}"


def up(line: int = 1, raised: float = 84, lasted: int = 81, at: float = 90) -> tuple[float, str]:
    head = f"Branch jakarta: internet line Modem {line} is back"
    return at, f"{head}\nOutage: {length(lasted)}\nRaised: {clock(raised)}"


def judged(*said: tuple[float, str], fault: str = "upstream", uplinks: int = 2, healed: float = HEALED) -> Told:
    notes = [note({"at": CUT + at, "text": text}, CUT) for at, text in said]
    return told(notes, FAULT[fault], uplinks, healed=healed)


def test_down_and_up_once_each_is_what_a_dead_line_says() -> None:
    found = judged(down(), up())
    assert found.clean
    assert (found.expected, found.received, found.down_s, found.up_s) == (2, 2, (8.0,), (28.0,))


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ([down()], {"received": 1, "open_end": 1}),
        ([down(), down(), up()], {"received": 3, "twice": 1}),
        ([down(), down(raised=5), up()], {"received": 3, "twice": 1}),
        ([down(), up(), down(line=2)], {"received": 3, "stray": 1}),
        ([down(), up(), (95.0, "something else")], {"received": 3, "stray": 1}),
        ([down(raised=20, at=22), up()], {"wrong": 1}),
        ([down(raised=3, at=0.5), up()], {"wrong": 1}),
        ([down(), up(raised=30, lasted=27)], {"wrong": 1}),
        ([down(), up(lasted=10)], {"wrong": 1}),
        ([(8.0, "Branch x: internet line Modem 1 is down"), up()], {"wrong": 1}),
    ],
)
def test_everything_else_is_found(said: list[tuple[float, str]], what: dict[str, int]) -> None:
    found = judged(*said)
    assert not found.clean
    assert {name: getattr(found, name) for name in what} == what


def test_the_dates_of_older_versions_are_read() -> None:
    at, text = down()
    assert judged((at, text.replace(clock(3), clock(3, "%b/%d/%Y %H:%M:%S").lower())), up()).clean


def everything_dead(uplinks: int, *, since: float = 4, lasted: int = 117) -> list[tuple[float, str]]:
    downs = [down(n, at=125) for n in range(1, uplinks + 1)]
    text = f"Branch jakarta: all internet lines were down\nSince: {clock(since)}\nOutage: {length(lasted)}"
    ups = [
        up(n, raised=second, lasted=second - 3, at=150) for n, second in enumerate((122, 143, 143, 143)[:uplinks], 1)
    ]
    return [*downs, (126.0, f"{text}\nRaised: {clock(121)}"), *ups]


@pytest.mark.parametrize("uplinks", [2, 4])
def test_when_all_die_each_line_speaks_and_one_says_it_of_all(uplinks: int) -> None:
    found = judged(*everything_dead(uplinks), fault="all", uplinks=uplinks, healed=120.0)
    assert found.clean
    assert found.received == found.expected == 2 * uplinks + 1
    assert found.down_s == (), "nothing can be sent while all are dead"


def test_the_message_of_all_needs_the_right_time_and_length() -> None:
    assert judged(*everything_dead(2, since=60), fault="all", healed=120.0).wrong == 1
    assert judged(*everything_dead(2, lasted=30), fault="all", healed=120.0).wrong == 1


def test_a_flapping_line_may_say_nothing_or_both_but_never_the_same_twice() -> None:
    late = up(raised=80, lasted=60)
    assert judged(fault="flapping", healed=55.0).clean
    assert judged(down(), late, fault="flapping", healed=55.0).clean
    found = judged(down(), down(raised=23, at=30), late, fault="flapping", healed=55.0)
    assert (found.twice, found.clean) == (1, False)


def test_poor_and_good_again_belong_together() -> None:
    text = "Branch jakarta: internet line Modem 1 is slow or loses packets\nNot used for new connections"
    poor = (8.0, f"{text}\nRaised: {clock(3)}")
    good = f"Branch jakarta: internet line Modem 1 is good again\nIt was poor for: {length(75)}\nRaised: {clock(78)}"
    assert judged(poor, (80.0, good), fault="loss", healed=60.0).clean
    assert judged(poor, fault="loss", healed=60.0).open_end == 1


def test_a_reboot_is_no_news() -> None:
    assert judged(fault="reboot", healed=0.0).clean
    assert judged(down(), fault="reboot", healed=0.0).stray == 1
