# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lab.router.services.timetable import Boot, next_run, parse_date
from lab.schema.snapshot import ConfigRow
from tests.unit.lab.services.rig import NOON, Rig

BOOT = Boot(NOON)


def due(*, added: float = NOON, now: float = NOON, **values: str) -> float | None:
    row = ConfigRow(1, {name.replace("_", "-"): text for name, text in values.items()})
    moment = next_run(row, boot=BOOT, added=added, now=now)
    return None if moment is None else moment - NOON


def test_without_a_start_the_first_run_is_one_interval_after_the_add() -> None:
    assert due(interval="1m", added=NOON + 7, now=NOON + 7) == 67


def test_startup_runs_once_three_seconds_after_boot() -> None:
    assert due(start_time="startup") == 3
    assert due(start_time="startup", now=NOON + 4) is None


def test_a_startup_row_added_later_waits_for_the_next_boot() -> None:
    assert due(start_time="startup", added=NOON + 60, now=NOON + 60) is None


def test_startup_with_an_interval_runs_first_after_the_interval() -> None:
    assert due(start_time="startup", interval="1m") == 60


def test_a_start_in_the_future_is_the_first_run() -> None:
    assert due(start_date="2027-01-01", start_time="12:00:30", interval="10s") == 30
    assert due(start_date="2027-01-01", start_time="12:00:30") == 30


def test_a_start_in_the_past_keeps_the_grid() -> None:
    assert due(start_date="2026-12-31", start_time="12:00:10", interval="1h") == 10
    assert due(start_date="2026-12-31", start_time="12:00:10", interval="1h", now=NOON + 10) == 3610


def test_a_start_in_the_past_without_interval_never_runs() -> None:
    assert due(start_date="2026-12-31", start_time="12:00:00") is None


def test_both_forms_of_a_date_are_read() -> None:
    assert parse_date("jan/31/2026") == parse_date("2026-01-31")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.services.start()
    yield rig
    await rig.services.stop()


async def pass_time(rig: Rig, seconds: float) -> None:
    rig.now += seconds
    rig.services.refresh(rig.store.snapshot())
    await rig.settle()


async def test_source_runs_at_each_interval_and_is_counted(rig: Rig) -> None:
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event=":log info tick")
    await pass_time(rig, 9)
    assert rig.messages == []
    await pass_time(rig, 1)
    await rig.logged(1)
    await pass_time(rig, 10)
    await rig.logged(2)
    row = (await rig.rows("/system/scheduler"))[0]
    assert (row["run-count"], row["next-run"], row["owner"]) == ("2", "2027-01-01 12:00:30", "admin")


async def test_a_disabled_row_does_not_run_and_an_enabled_one_starts_anew(rig: Rig) -> None:
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event=":log info tick", disabled="yes")
    await pass_time(rig, 15)
    assert rig.messages == []
    await rig.call("/system/scheduler", "set", **{".id": "t", "disabled": "no"})
    await pass_time(rig, 10)
    await rig.logged(1)


async def test_a_removed_row_does_not_run(rig: Rig) -> None:
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event=":log info tick")
    await rig.call("/system/scheduler", "remove", **{".id": "t"})
    await pass_time(rig, 15)
    assert rig.messages == []


async def test_a_named_script_runs_with_its_own_policies(rig: Rig) -> None:
    await rig.script("s", "/system/identity/set name=x", policy="read")
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event="s", policy="read,write")
    await pass_time(rig, 10)
    await rig.logged(2)
    assert rig.messages == [
        ("script,error", "executing script s from scheduler (t) failed, please check it manually"),
        ("script,error,debug", "not enough permissions (9) (/system/identity/set; line 1)"),
    ]


async def test_a_named_script_that_wants_more_than_the_row_is_refused(rig: Rig) -> None:
    await rig.script("s", ":log info ran")
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event="s", policy="read,write")
    await pass_time(rig, 10)
    await rig.logged(2)
    assert rig.messages[-1] == ("script,error,debug", "not enough permissions (9)")


async def test_runs_overlap(rig: Rig) -> None:
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event=":log info in; :delay 1h")
    await pass_time(rig, 10)
    await pass_time(rig, 10)
    await rig.logged(2)
    assert len(await rig.rows("/system/script/job")) == 2


async def test_globals_of_the_owner_live_from_run_to_run(rig: Rig) -> None:
    count = ':global n; :if ([:typeof $n] = "nothing") do={:set n 0}; :set n ($n + 1); :log info $n'
    await rig.call("/system/scheduler", "add", name="t", interval="10s", on_event=count)
    await pass_time(rig, 10)
    await rig.logged(1)
    await pass_time(rig, 10)
    await rig.logged(2)
    assert [message for _, message in rig.messages] == ["1", "2"]


async def test_a_startup_row_runs_although_the_clock_goes_on_while_the_router_boots() -> None:
    class Ticking(Rig):
        def clock(self) -> float:
            self.now += 0.001
            return self.now

    rig = Ticking()
    await rig.call("/system/scheduler", "add", name="boot", start_time="startup", on_event=":log info up")
    await rig.services.start()
    await pass_time(rig, 2.9)
    assert rig.messages == []
    await pass_time(rig, 0.3)
    await rig.logged(1)
    await pass_time(rig, 60)
    assert len(rig.messages) == 1
    await rig.services.stop()


async def test_an_interval_keeps_its_grid_over_a_boot() -> None:
    rig = Rig()
    await rig.services.start()
    await rig.call("/system/scheduler", "add", name="t", interval="1h", on_event=":log info x")
    await rig.services.stop()
    rig.now += 1800
    await rig.services.start()
    assert (await rig.rows("/system/scheduler"))[0]["next-run"] == "2027-01-01 13:00:00"
    await rig.services.stop()
