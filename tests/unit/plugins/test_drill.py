# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal on the lab's control plane: what it measures, what it refuses, and that no line stays out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import commit_lock, dead_man, drill, drill_guard
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import CommitError, Request, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.drill_plan import Drill
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from tests.unit.plugins.branches import TOKEN, branch
from tests.unit.plugins.drill_router import RAW, ROUTE, DrillRouter
from tests.unit.plugins.guarded_router import LISTS, ControllerDied

#: The longest a line stays out when nobody says that all is well.
BACK_S = drill_guard.LIMIT_S + 2 * dead_man.tick_s(drill_guard.LIMIT_S) + 1
VERSIONS = ("6.49", "7.9", "7.22")
KINDS = ("killed", "cut", "rebooted")
LABELS = {"isp1": "Modem 1", "isp2": "Modem 2"}


def plan(version: str = "7.22", uplinks: int = 2, **more: Any) -> tuple[Row, ...]:
    return assemble({**branch(uplinks, **more), "multiwan_routeros_version": version}, name="jakarta").rows


def request(rows: tuple[Row, ...], address: str = "") -> Request:
    return Request("jakarta", rows, None, {"telegram_bot_token": TOKEN}, user="multiwan", address=address)


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return plan()


@pytest.fixture
def router(rows: tuple[Row, ...]) -> Iterator[DrillRouter]:
    made = DrillRouter(rows)
    yield made
    made.close()


def state(router: DrillRouter) -> list[str]:
    return sorted(router.export().splitlines())


def own(router: DrillRouter) -> list[str]:
    """What a rehearsal and its guard have on the router."""
    left = [line for line in router.export().splitlines() if "multiwan:drill" in line or "multiwan:commit" in line]
    return left + [name for name in router.lists() if name in (dead_man.MARK, commit_lock.LOCK, dead_man.RUNNING)]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_uplink_is_taken_out_measured_and_put_back(version: str) -> None:
    wanted = plan(version)
    router = DrillRouter(wanted, version)
    before = state(router)
    outcome = drill.run(request(wanted), Drill(labels=LABELS), router.place())
    assert outcome.ok
    assert [(item.uplink, item.carrier) for item in outcome.rehearsals] == [("isp1", "isp2"), ("isp2", "isp1")]
    for item in outcome.rehearsals:
        assert item.noticed_s is not None
        assert item.without_s is not None
        assert 3 <= item.noticed_s <= 5
        assert 3 <= item.without_s <= 5
        assert item.used_again_s is not None
        assert 20 <= item.used_again_s <= 22
        assert item.lost == sum(sample.rtt_ms is None for sample in item.samples) > 0
    assert state(router) == before
    assert own(router) == []
    router.close()


def test_one_uplink_can_be_named(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    outcome = drill.run(request(rows), Drill(uplinks=("isp2",), seconds=30), router.place())
    (item,) = outcome.rehearsals
    assert (item.uplink, item.label) == ("isp2", "isp2")
    assert item.out_s >= 30


def test_a_line_is_put_back_as_soon_as_another_has_carried_for_a_while(
    router: DrillRouter, rows: tuple[Row, ...]
) -> None:
    (item,) = drill.run(request(rows), Drill(uplinks=("isp1",)), router.place()).rehearsals
    assert item.without_s is not None
    assert item.without_s + 5 <= item.out_s <= item.without_s + 8


def test_the_chat_is_told_before_and_after(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    outcome = drill.run(request(rows), Drill(labels=LABELS), router.place("en"))
    waiting = [str(row["comment"]) for row in router._do(router.rig.rows(LISTS)) if row["list"] == "mw-outbox"]
    assert outcome.told
    assert "failover%20rehearsal%20begins%0ALines%3A%20Modem%201%2C%20Modem%202" in waiting[0]
    assert "rehearsal%20is%20over" in waiting[1]


def test_no_failover_is_a_failure_and_the_next_line_is_left_alone(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.close_s = None
    before = state(router)
    outcome = drill.run(request(rows), Drill(labels=LABELS), router.place())
    assert not outcome.ok
    (item,) = outcome.rehearsals
    assert (item.noticed_s, item.without_s, item.failed_over) == (None, None, False)
    assert outcome.left_out == ("isp2",)
    assert "NO FAILOVER" in outcome.words()[0]
    assert state(router) == before


def test_a_line_that_is_not_used_again_is_a_failure(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.open_s = None
    outcome = drill.run(request(rows), Drill(), router.place())
    (item,) = outcome.rehearsals
    assert (item.failed_over, item.came_back, outcome.ok) == (True, False, False)
    assert own(router) == []


# --- nothing is left out


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_ends_a_rehearsal_the_line_comes_back(rows: tuple[Row, ...], kind: str) -> None:
    """After every sixth write of the rehearsal of one line, each kind from another beginning."""
    right = DrillRouter(rows)
    right.open_s = 4.0
    before = state(right)
    drill.run(request(rows), Drill(uplinks=("isp1",)), right.place())
    writes = right.writes
    right.close()
    assert writes > 12
    for number in range(1 + 2 * KINDS.index(kind), writes + 1, 2 * len(KINDS)):
        router = DrillRouter(rows)
        router.open_s = 4.0
        router.cut_after, router.dies, router.reboots = number, kind == "killed", kind == "rebooted"
        router.away_s = 12.0 if kind == "cut" else 40.0
        with contextlib.suppress(CommitError, RouterError, ControllerDied):
            drill.run(request(rows), Drill(uplinks=("isp1",)), router.place())
        router.cut_after = 0
        router.sleep(BACK_S)
        assert not router.out("isp1"), f"write {number}"
        assert state(router) == before, f"write {number}"
        router.back_at = 0.0
        router.sleep(600)  # the lock of one that was killed before it could arm
        assert own(router) == [], f"write {number}"
        router.close()


def test_a_lost_connection_is_told_with_what_became_of_the_line(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    def lose(words: str) -> None:
        if "is taken out" in words:
            router.cut_after, router.away_s = router.writes + 12, 10.0

    place = router.place()
    with pytest.raises(CommitError) as lost:
        drill.run(request(rows), Drill(), replace(place, controller=replace(place.controller, progress=lose)))
    assert "The router has put the line back." in str(lost.value)
    assert own(router) == []


def test_the_mark_never_runs_out_while_the_controller_lives(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    outcome = drill.run(request(rows), Drill(uplinks=("isp1",), seconds=60), router.place())
    assert outcome.ok
    assert outcome.rehearsals[0].out_s >= 60 > drill_guard.LIMIT_S


def test_a_commit_and_a_rehearsal_keep_each_other_out(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    commit_lock.take(router, "Ani since then", seconds=60)
    before = state(router)
    with pytest.raises(CommitError, match="another commit is under way: Ani since then"):
        drill.run(request(rows), Drill(), router.place())
    assert state(router) == before


def test_rows_that_an_earlier_rehearsal_left_go_first(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    way = {"dst-address": "8.8.8.8/32", "gateway": str(router.gate("isp1")), "distance": "1"}
    router.add(ROUTE, {**way, "comment": "x [multiwan:drill:isp1:way1]"})
    assert drill.run(request(rows), Drill(uplinks=("isp2",)), router.place()).ok
    assert own(router) == []


# --- refused, all reasons at once, nothing written


def refused(router: DrillRouter, rows: tuple[Row, ...], wanted: Drill = Drill(), address: str = "") -> tuple[str, ...]:  # noqa: B008
    before, writes = state(router), router.writes
    with pytest.raises(CommitError) as error:
        drill.run(request(rows, address), wanted, router.place())
    assert (state(router), router.writes) == (before, writes)
    return error.value.faults


def test_drift_is_refused(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    row = next(row for row in router.rows(ROUTE) if row.tag == "multiwan:failover:isp1:default")
    router.set(ROUTE, row.id, {"distance": "7"})
    (fault,) = refused(router, rows)
    assert "differs from its plan in 1 place" in fault
    assert "run site.yml first" in fault


def test_a_dead_line_and_the_last_one_are_refused(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.lost.add("isp2")
    router.sleep(10)
    first, second = refused(router, rows)
    assert first.startswith("isp1 is the only line that lives")
    assert second.startswith("isp2 is not in use now")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Drill(uplinks=("isp3",)), "drill_uplinks[0] is 'isp3'; allowed are isp1, isp2"),
        (Drill(uplinks=("isp1", "isp1")), "drill_uplinks[1] is 'isp1', which stands there twice"),
        (Drill(seconds=4), "drill_seconds is 4; allowed are 5 to 600 seconds"),
        (Drill(seconds=601), "drill_seconds is 601; allowed are 5 to 600 seconds"),
        (Drill(targets=("203.0.113.1",)), "drill_targets[0] is 203.0.113.1, an anchor of isp1"),
        (Drill(targets=("dns.example",)), "drill_targets[0] is 'dns.example'; an IPv4 address is allowed"),
        (Drill(targets=()), "drill_targets is empty"),
    ],
)
def test_what_was_asked_wrongly_is_told(router: DrillRouter, rows: tuple[Row, ...], wanted: Drill, words: str) -> None:
    (fault,) = refused(router, rows, wanted)
    assert fault.startswith(words)


def test_one_uplink_alone_is_refused() -> None:
    rows = plan(uplinks=1)
    router = DrillRouter(rows)
    assert "one uplink" in refused(router, rows)[0]
    router.close()


def test_a_slow_probe_needs_more_time_than_was_given() -> None:
    rows = plan(probe={"interval": "20s"})
    router = DrillRouter(rows)
    (fault,) = refused(router, rows, Drill(seconds=10))
    assert fault.startswith("drill_seconds is 10; allowed are 23 to 600 seconds")
    router.close()


@pytest.mark.parametrize("beside", [False, True])
def test_the_line_by_which_the_controller_comes_is_refused(
    router: DrillRouter, rows: tuple[Row, ...], beside: bool
) -> None:
    router.ports_beside = beside
    router.sessions = [{"name": "multiwan", "address": "192.0.2.77", "via": "api"}]
    router.mark = "mw-isp1"
    (fault,) = refused(router, rows)
    assert fault.startswith("the controller comes from 192.0.2.77 by isp1")
    assert "drill_uplinks: [isp2]" in fault
    assert drill.run(request(rows), Drill(uplinks=("isp2",)), router.place()).ok


def test_without_a_mark_every_line_is_refused_by_which_it_may_come(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.sessions = [{"name": "multiwan", "address": "192.0.2.77", "via": "api"}]
    assert len(refused(router, rows)) == 2
    (fault,) = refused(router, rows, address="172.16.2.2")
    assert "by isp2" in fault


def test_a_controller_in_a_segment_is_in_nobodys_way(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.sessions = [{"name": "multiwan", "address": "192.168.10.5", "via": "api"}]
    assert drill.ready(request(rows), Drill(), router.place()).chosen


def test_looking_writes_nothing_and_says_what_would_be_done(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    before = state(router)
    wanted = Drill(labels=LABELS)
    words = drill.ready(request(rows), wanted, router.place()).words(wanted)
    assert len(words) == 2
    assert words[0].startswith("Modem 1 (isp1, ether1) would be taken out for at most 23 s")
    assert state(router) == before
    assert router.writes == 0


def test_the_rows_of_a_rehearsal_are_no_drift(router: DrillRouter, rows: tuple[Row, ...]) -> None:
    router.add(RAW, {"chain": "prerouting", "action": "drop", "comment": "x [multiwan:drill:isp1:out]"})
    owners = frozenset({"wan", "lan", "notify", "failover", "pcc", "dhcp_alert"})
    asked = Request("jakarta", rows, owners, {"telegram_bot_token": TOKEN})
    assert inspect(asked, router).differences == ()
