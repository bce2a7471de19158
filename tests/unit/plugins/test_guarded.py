# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A commit that loses its connection, its controller or its router at any write, on the lab's control plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import dead_man
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Outcome,
    Request,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError, RouterTrap

from tests.unit.plugins.branches import TOKEN, branch
from tests.unit.plugins.guarded_router import LIMIT_S, LISTS, ControllerDied, GuardedRouter

Rows = tuple[Row, ...]
#: What a technician left in the menus that are written, also between own rows.
BY_HAND = (
    ("/ip/firewall/mangle", {"chain": "prerouting", "action": "accept", "comment": "teknisi: VoIP"}),
    ("/ip/firewall/nat", {"chain": "srcnat", "action": "accept", "comment": "teknisi: VPN"}),
    ("/ip/firewall/address-list", {"list": "banks", "address": "203.0.113.7"}),
    ("/system/script", {"name": "teknisi", "source": ':log info "halo"'}),
)
#: The longest a router takes to be as before: its time limit, then a few ticks.
SETTLED_S = LIMIT_S + 5 * dead_man.tick_s(LIMIT_S)
#: A lock whose holder died before he could arm ends later.
LOCKED_S = LIMIT_S + 61
#: On 7.22 the three kinds take every third write each, from another beginning; the chaos bench takes them all.
EVERY = {"6.49": 13, "7.9": 17, "7.22": 3}
KINDS = ("cut", "killed", "rebooted")


def rows(uplinks: int, version: str, **more: Any) -> Rows:
    return assemble({**branch(uplinks, **more), "multiwan_routeros_version": version}, name="jakarta").rows


def changes(version: str) -> dict[str, tuple[Rows, Rows]]:
    two, three = rows(2, version), rows(3, version)
    return {
        "deploy": ((), two),
        "third-uplink": (two, three),
        "mode": (two, rows(2, version, mode="failover")),
        "removal": (three, ()),
    }


def request(router: GuardedRouter, wanted: Rows, **protection: Any) -> Request:
    guard = router.protection(**protection)
    return Request("jakarta", wanted, None, {"telegram_bot_token": TOKEN}, protection=guard)


def state(router: GuardedRouter) -> list[str]:
    """Sorted, because most menus have no order; that of mangle and NAT is looked at by ``ordered``."""
    return sorted(router.export().splitlines())


def ordered(router: GuardedRouter) -> list[str]:
    return [line for line in router.export().splitlines() if "chain=" in line]


def prepared(version: str, start: Rows) -> GuardedRouter:
    router = GuardedRouter(version, rows=BY_HAND)
    if start:
        commit(request(router, start), router)
    router.writes = 0
    return router


def lost(router: GuardedRouter, wanted: Rows) -> str:
    try:
        commit(request(router, wanted), router)
    except (CommitError, RouterError) as error:
        return str(error)
    except ControllerDied:
        return "died"
    return ""


def losses(version: str, name: str, kind: str) -> Iterator[tuple[GuardedRouter, str, list[str], list[str]]]:
    """For every write (or every so many): a router that lost its connection after it, and what it was and should be."""
    start, end = changes(version)[name]
    right = prepared(version, start)
    old = [*state(right), *ordered(right)]
    commit(request(right, end), right)
    new = [*state(right), *ordered(right)]
    for number in sorted({*range(1 + KINDS.index(kind), right.writes + 1, EVERY[version]), right.writes}):
        router = prepared(version, start)
        router.cut_after, router.away_s = number, LIMIT_S / 2
        router.dies, router.reboots = kind == "killed", kind == "rebooted"
        said = lost(router, end)
        router.cut_after = 0
        router.sleep(SETTLED_S)
        yield router, said, old, new
        assert [*state(router), *ordered(router)] in (old, new), f"write {number}: {said}"
        assert not [name for name in router.lists() if name != "mw-bypass"] or number <= 4
        router.sleep(LOCKED_S)
        commit(request(router, end), router)
        assert [*state(router), *ordered(router)] == new, f"write {number}, second run"
        assert inspect(request(router, end), router).differences == ()
        router.close()
    right.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["deploy", "third-uplink", "mode", "removal"])
@pytest.mark.parametrize("version", sorted(EVERY))
def test_whatever_ends_a_change_leaves_the_old_state_or_the_new(version: str, name: str, kind: str) -> None:
    ends = set()
    for router, said, old, _ in losses(version, name, kind):
        ends.add([*state(router), *ordered(router)] == old)
        assert ("died" in said) == (kind == "killed")
    assert ends == {True, False}


def test_a_change_that_is_confirmed_is_never_taken_back() -> None:
    router = prepared("7.22", ())
    assert commit(request(router, rows(2, "7.22")), router).changed
    held = router.export()
    router.sleep(10 * LIMIT_S)
    assert router.export() == held
    assert not [line for line in router.logged() if "taken back" in line]


def test_a_router_that_holds_the_plan_gets_no_write_and_no_lock() -> None:
    router = prepared("7.22", rows(2, "7.22"))
    assert not commit(request(router, rows(2, "7.22")), router).changed
    assert router.writes == 0


def test_the_operator_learns_that_the_router_has_taken_the_change_back() -> None:
    router = prepared("7.22", ())
    router.cut_after, router.away_s = 30, 20
    told: list[str] = []
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22"), progress=told.append), router)
    assert "the connection broke" in caught.value.faults[0]
    assert caught.value.undone == "The router has taken the change back: it holds what it held before."
    assert "waiting for it, at most" in told[0]


def test_a_router_that_stays_away_is_told_to_bring_itself_back() -> None:
    router = prepared("7.22", ())
    router.cut_after, router.away_s = 30, 10_000
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert "takes the change back by itself 60 s after it began" in caught.value.undone


def test_a_refused_write_is_taken_back_by_the_next_tick() -> None:
    router = prepared("7.22", ())
    old, began = state(router), router.rig.now
    router.refuse = {"/ip/firewall/mangle/add": "failure: no more room"}
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert "failure: no more room" in caught.value.faults[0]
    assert state(router) == old
    assert router.rig.now - began <= dead_man.tick_s(LIMIT_S) + 1


def test_a_branch_that_loses_the_internet_by_the_change_gets_it_back() -> None:
    router = prepared("7.22", ())
    old = state(router)
    seen: list[str] = []

    def answering(address: str) -> bool:
        seen.append(address)
        return len(seen) == 1

    router.answering = answering
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert "no longer reaches the internet: before, 203.0.113.1 answered" in caught.value.faults[0]
    assert state(router) == old


def test_a_branch_that_never_reached_the_internet_is_not_asked_to() -> None:
    router = prepared("7.22", ())
    router.answering = lambda _address: False
    assert commit(request(router, rows(2, "7.22")), router).changed


def test_of_two_operators_one_is_told_who_the_other_is() -> None:
    router = prepared("7.22", ())
    values = {"list": "mw-commit", "address": "240.0.0.250", "timeout": "3m", "comment": "budi@awx since 09:59:00 UTC"}
    router.add(LISTS, values)
    router.writes = 0
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert "another commit is under way: budi@awx since 09:59:00 UTC (ends within 3m)" in caught.value.faults[0]
    assert router.writes == 0
    router.sleep(181)
    assert commit(request(router, rows(2, "7.22")), router).changed


def test_a_run_after_a_killed_one_waits_for_the_router_and_goes_on() -> None:
    router = prepared("7.22", ())
    router.cut_after, router.away_s, router.dies = 40, 0, True
    with pytest.raises(ControllerDied):
        commit(request(router, rows(2, "7.22")), router)
    router.cut_after = 0
    router.power_cycle()  # the lock is gone, the half of a change is there
    assert commit(request(router, rows(2, "7.22")), router).changed
    assert not inspect(request(router, rows(2, "7.22")), router).differences


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_an_undo_that_is_cut_off_by_a_reboot_is_run_again(version: str) -> None:
    """The scripts end somewhere; what they have done is not done twice."""
    router = prepared(version, rows(3, version))
    old = [*state(router), *ordered(router)]
    router.cut_after, router.dies, router.away_s = 60, True, 0
    with pytest.raises(ControllerDied):
        commit(request(router, ()), router)
    router.power_cycle()
    calls = 0
    engine = router.rig.engine
    call = engine.call

    async def failing(menu: str, command: str, *args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += command in ("add", "set", "remove")
        if calls == 25:
            calls = 1000
            raise ControllerDied
        return await call(menu, command, *args, **named)

    engine.call = failing  # type: ignore[method-assign]
    with pytest.raises(ControllerDied):
        router.sleep(SETTLED_S)
    router.power_cycle()
    router.sleep(SETTLED_S)
    assert [*state(router), *ordered(router)] == old


def test_without_a_dead_man_the_lock_and_the_proof_stay() -> None:
    router = prepared("7.22", ())
    outcome: Outcome = commit(request(router, rows(2, "7.22"), dead_man_s=0), router)
    assert outcome.changed
    assert router.writes == sum(outcome.writes.values()) + 2  # the lock comes and goes
    assert "mw-dead-man" not in router.names("/system/script")


def test_a_guard_that_cannot_be_written_stops_before_the_first_write() -> None:
    router = prepared("7.22", ())
    old = state(router)
    router.refuse = {"/system/scheduler/add": "not enough permissions (9)"}
    with pytest.raises(CommitError, match=r"the change could not be guarded: .*not enough permissions"):
        commit(request(router, rows(2, "7.22")), router)
    assert state(router) == old
    assert router.lists() == []


def in_order(letters: str, *lists: str) -> Rows:
    """Mangle rows of one chain in this order, and address lists."""
    mangle = [
        Row(
            "/ip/firewall/mangle",
            f"multiwan:pcc:{letter}",
            {"chain": "mw-x", "action": "accept", "dscp": "1", "comment": f"{letter} [multiwan:pcc:{letter}]"},
        )
        for letter in letters
    ]
    made = [
        Row(LISTS, f"multiwan:pcc:{name}", {"list": name, "address": "10.9.9.9", "comment": f"[multiwan:pcc:{name}]"})
        for name in lists
    ]
    return (*mangle, *made)


@pytest.mark.parametrize("dead_man_s", [LIMIT_S, 0])
@pytest.mark.parametrize(("start", "end"), [("abc", "cba"), ("xfgh", "ghf"), ("abcde", "edbn"), ("xaybz", "bza")])
def test_rows_that_were_moved_come_back_at_their_places(start: str, end: str, dead_man_s: int) -> None:
    router = prepared("7.22", in_order(start, "last"))
    old = ordered(router)
    router.refuse = {f"{LISTS}/remove": "failure: not today"}
    with pytest.raises(CommitError, match="not today"):
        commit(request(router, in_order(end), dead_man_s=dead_man_s, reach=()), router)
    assert ordered(router) == old


def test_who_comes_back_late_leaves_the_dead_man_of_the_next_alone() -> None:
    """The router took the first change back long ago, and a second operator is in the middle of his own."""
    router = prepared("7.22", ())
    router.cut_after, router.away_s = 30, LIMIT_S + 30
    held: list[str] = []
    asleep = router.sleep

    def sleep(seconds: float) -> None:
        asleep(seconds)
        if router.rig.now >= router.back_at and not held:
            router.cut_after, router.dies, router.away_s = router.writes + 40, True, 0
            with pytest.raises(ControllerDied):
                commit(request(router, rows(2, "7.22", mode="failover"), operator="budi@awx"), router)
            held.append(router.export())

    router.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert "By now another commit is under way: budi@awx since" in caught.value.undone
    assert router.export() == held[0]
    assert {"mw-commit", "mw-armed"} <= set(router.lists())


def test_a_run_that_waits_for_an_undo_keeps_its_lock() -> None:
    router = prepared("7.22", ())
    router.cut_after, router.away_s, router.dies = 40, 0, True
    with pytest.raises(ControllerDied):
        commit(request(router, rows(2, "7.22")), router)
    router.cut_after = 0
    router.power_cycle()
    third = {"list": "mw-commit", "address": "240.0.0.250", "timeout": "3m", "comment": "citra since today"}
    asleep = router.sleep

    def sleep(seconds: float) -> None:
        asleep(seconds)
        if third and "mw-dead-man" not in router.names("/system/scheduler"):
            with pytest.raises(RouterTrap, match="already have"):
                router.add(LISTS, third)
            third.clear()

    router.sleep = sleep  # type: ignore[method-assign]
    assert commit(request(router, rows(2, "7.22"), operator="budi@awx"), router).changed
    assert not third
    assert router.lists() == ["mw-bypass"] * len(router.lists())


def test_a_change_that_somebody_takes_back_by_hand_during_its_proof_is_no_success() -> None:
    router = prepared("7.22", ())
    old, run = state(router), router.run
    pings: list[str] = []

    def running(command: str, values: Any) -> Any:
        done = run(command, values)
        pings.append(command)
        if pings.count("/ping") == 2:
            pings.clear()
            for row in router.rows(LISTS, ("list",)):
                if row.values["list"] == "mw-armed":
                    router.remove(LISTS, row.id)
            router.sleep(12)
        return done

    router.run = running  # type: ignore[method-assign]
    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), router)
    assert caught.value.undone == "The router has taken the change back: it holds what it held before."
    assert state(router) == old


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_a_confirmation_that_comes_in_during_the_undo_does_not_stop_it(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was sent in time, and a slow line brought it late."""
    router = prepared(version, rows(3, version))
    old = [*state(router), *ordered(router)]
    late: list[dead_man.Armed] = []

    def disarm(_api: Any, armed: dead_man.Armed) -> None:
        late.append(armed)
        raise ControllerDied

    monkeypatch.setattr(dead_man, "disarm", disarm)
    with pytest.raises(ControllerDied):
        commit(request(router, ()), router)
    script = next(row.id for row in router.rows("/system/script", ("name",)) if row.values["name"] == dead_man.NAME)
    engine, calls = router.rig.engine, 0
    call = engine.call

    async def slow(menu: str, command: str, *args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += command in ("add", "set", "remove")
        if calls == 25:
            calls = 1000
            caller = named["caller"]
            words = {".id": script, "source": dead_man.confirmed_source(late[0])}
            await call("/system/script", "set", words, caller=caller)
            await call("/system/script", "run", {".id": script}, caller=caller)
        return await call(menu, command, *args, **named)

    engine.call = slow  # type: ignore[method-assign]
    router.sleep(SETTLED_S)
    assert calls >= 1000
    assert [*state(router), *ordered(router)] == old
    assert "mw-armed" not in router.lists()


def test_a_late_confirmation_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark was gone when it came in: the router may have begun to go back."""
    router = prepared("7.22", ())
    old, change = state(router), router.set

    def slow(menu: str, row_id: str, values: Any) -> None:
        if menu == "/system/script":
            router.sleep(LIMIT_S + 1)
        change(menu, row_id, values)

    monkeypatch.setattr(router, "set", slow)
    with pytest.raises(CommitError, match="has taken the change back: it holds what it held before"):
        commit(request(router, rows(2, "7.22")), router)
    assert state(router) == old


def test_nothing_is_written_without_the_lock() -> None:
    """What comes before the first write took so long that the lock ends before the dead man's time."""
    router = prepared("7.22", ())
    old, run = state(router), router.run

    def slow(command: str, values: Any) -> Any:
        if command == "/system/backup/save":
            router.sleep(LIMIT_S + 55)
        return run(command, values)

    router.run = slow  # type: ignore[method-assign]
    with pytest.raises(CommitError, match="time limit of the change is near"):
        commit(request(router, rows(2, "7.22")), router)
    assert state(router) == old


def test_a_role_that_goes_alone_leaves_the_state_of_the_others() -> None:
    router = prepared("7.22", rows(2, "7.22"))
    assert any(":dhcp_alert:" in line for line in state(router))
    router.add(LISTS, {"list": "mw-outbox", "address": "240.0.0.1", "timeout": "1h", "comment": "isp1 down"})
    assert commit(replace(request(router, ()), owners=frozenset({"dhcp_alert"})), router).changed
    assert not any(":dhcp_alert:" in line for line in state(router))
    assert "mw-outbox" in router.lists()


def test_a_role_alone_must_not_take_the_internet_away_either() -> None:
    """Its plan has no anchors; the router has."""
    router = prepared("7.22", rows(2, "7.22"))
    old, seen = state(router), []

    def answering(address: str) -> bool:
        seen.append(address)
        return len(seen) == 1

    router.answering = answering
    pcc = tuple(row for row in rows(2, "7.22", mode="failover") if row.tag.startswith("multiwan:pcc:"))
    with pytest.raises(CommitError, match="no longer reaches the internet"):
        commit(replace(request(router, pcc), owners=frozenset({"pcc"})), router)
    assert state(router) == old


def test_a_proof_that_cannot_be_made_takes_the_change_back() -> None:
    router = prepared("7.22", ())
    old, call = state(router), router.__class__.__call__
    connections: list[int] = []

    def connect() -> GuardedRouter:
        connections.append(1)
        router.version = "garbage" if len(connections) == 2 else "7.22"
        return call(router)

    with pytest.raises(CommitError) as caught:
        commit(request(router, rows(2, "7.22")), connect)
    assert caught.value.undone == "The router has taken the change back: it holds what it held before."
    assert state(router) == old
