# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``mw-failover``, run by the interpreter of the lab: which gates it opens and closes, what it removes and says.

That traffic follows is shown in ``tests/lab/product``; that a real router reads the script alike is not proved.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.fast_router import FastRouter

VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.22"])
HOLD_S = 20


def thresholds(raw: dict[str, Any]) -> None:
    raw["multiwan_probe"] = {"loss": 20, "latency": 300}


def metered(*numbers: int, poor: bool = False) -> Any:
    def change(raw: dict[str, Any]) -> None:
        for number in numbers:
            raw["multiwan_uplinks"][number - 1]["metered"] = True
        if poor:
            thresholds(raw)

    return change


async def died(router: FastRouter, *living: int) -> FastRouter:
    """All lived, then only these."""
    router.live(*range(1, router.uplinks + 1))
    await router.run()
    router.live(*living)
    await router.run()
    return router


# --- gates


@VERSIONS
async def test_a_healthy_branch_costs_three_commands(version: str) -> None:
    router = FastRouter(version=version)
    router.live(1, 2)
    await router.run()
    await router.run()
    assert router.commands == 3
    assert router.closed() == set()


@VERSIONS
async def test_a_dead_line_is_closed_and_opened_after_the_hold_down(version: str) -> None:
    router = FastRouter(version=version)
    router.pings = False
    await died(router, 2)
    assert router.closed() == {1}
    await router.ticks(60)
    router.live(1, 2)
    await router.ticks(HOLD_S - 5)
    assert router.closed() == {1}
    await router.ticks(10)
    assert router.closed() == set()
    assert router.rows("mw-state") == []


async def test_a_line_that_flaps_stays_closed() -> None:
    router = await died(FastRouter(), 2)
    for _ in range(12):
        router.live(1, 2)
        await router.ticks(5)
        router.live(2)
        await router.ticks(5)
        assert router.closed() == {1}


async def test_one_anchor_of_two_is_enough_unless_the_quorum_says_otherwise() -> None:
    def quorum(raw: dict[str, Any]) -> None:
        raw["multiwan_probe"] = {"quorum": 2}

    for change, closed in ((lambda _: None, set()), (quorum, {1})):
        router = FastRouter(change=change)
        router.live(1, 2)
        router.set_probes(1, "up", "down")
        await router.run()
        assert router.closed() == closed


async def test_what_is_not_known_changes_nothing() -> None:
    router = await died(FastRouter(3), 2, 3)
    for uplink in (1, 2, 3):
        router.set_probes(uplink, "unknown", "unknown")
    await router.ticks(60)
    assert router.closed() == {1}


async def test_a_gate_that_is_closed_by_halves_is_closed_as_a_whole() -> None:
    """A deploy during the outage adds an anchor, and its row is open."""
    router = await died(FastRouter(), 2)
    gate = next(row for row in router.menus["/ip/route"] if ":failover:isp1:gate2" in row["comment"])
    gate["disabled"] = "no"
    await router.run()
    assert router.closed() == {1}


async def test_state_belongs_to_a_name_and_goes_with_it() -> None:
    """A line that is dead for days is taken out of the file."""

    def only_the_second(raw: dict[str, Any]) -> None:
        raw["multiwan_uplinks"] = raw["multiwan_uplinks"][1:]

    router = await died(FastRouter(3), 2, 3)
    after = FastRouter(3, change=only_the_second)
    after.uplinks = 3
    state = router.menus["/ip/firewall/address-list"]
    after.menus["/ip/firewall/address-list"] = [row for row in state if row["list"] == "mw-state"]
    for row in after.menus["/tool/netwatch"]:
        row["status"] = "up"
    await after.run()
    await after.run()
    assert after.commands == 3
    assert after.messages() == []
    for row in after.menus["/tool/netwatch"][:2]:
        row["status"], row["response-count"] = "down", "0"
    await after.ticks(20)
    assert len(after.messages()) == 1
    for row in after.menus["/tool/netwatch"]:
        row["status"] = "up"
    await after.ticks(HOLD_S - 5)
    assert after.closed_gates() == 2


@pytest.mark.parametrize("why", ["device-mode", "switched off", "taken away"])
async def test_nobody_closes_a_gate_when_nobody_comes_to_open_it(why: str) -> None:
    router = await died(FastRouter(), 2)
    (row,) = (row for row in router.menus["/system/scheduler"] if row["name"] == "mw-failover")
    if why == "device-mode":
        row["run-count"] = "0"
    elif why == "switched off":
        row["disabled"] = "yes"
    else:
        router.menus["/system/scheduler"].remove(row)
    await router.event()
    assert router.closed() == set()


async def test_with_no_line_alive_the_first_that_answers_opens_at_once() -> None:
    router = await died(FastRouter(3))
    assert router.closed() == {1, 2, 3}
    router.live(3)
    await router.run()
    assert router.closed() == {1, 2}
    router.live(1, 3)
    await router.run()
    assert router.closed() == {1, 2}, "another one carries, so the hold-down counts"


async def test_after_a_reboot_a_line_that_answers_opens_without_its_state() -> None:
    router = await died(FastRouter(), 2)
    router.forget()
    router.live(1, 2)
    await router.run()
    assert router.closed() == set()


async def test_on_routeros_6_one_lost_packet_is_no_death() -> None:
    router = FastRouter(version="6.49")
    router.pings = True
    await died(router, 2)
    assert router.closed() == set()
    router.pings = False
    await router.run()
    assert router.closed() == {1}


@pytest.mark.parametrize("number", [1, 2])
async def test_on_routeros_6_the_anchor_that_is_asked_again_is_one_that_was_silent(number: int) -> None:
    def quorum(raw: dict[str, Any]) -> None:
        raw["multiwan_probe"] = {"quorum": 2}

    router = FastRouter(version="6.49", change=quorum)
    router.live(1, 2)
    await router.run()
    router.set_probes(1, *("down" if place == number else "up" for place in (1, 2)))
    await router.run()
    assert router.closed() == set(), "one lost packet"
    router.silent = {["203.0.113.1", "198.51.100.1"][number - 1]}
    await router.run()
    assert router.closed() == {1}


@VERSIONS
@pytest.mark.parametrize("hold", [3, 7, 20])
async def test_a_hold_down_is_never_shorter_than_its_checks(version: str, hold: int) -> None:
    """The last look at a dead line may be five seconds old when it answers again."""

    def short(raw: dict[str, Any]) -> None:
        raw["multiwan_probe"] = {"interval": "1s", "good_checks": hold}

    router = FastRouter(version=version, change=short)
    router.pings = False
    await died(router, 2)
    router.now += 4
    router.live(1, 2)
    await router.run()  # the event
    assert router.closed() == {1}
    router.now += hold - 1
    await router.run()
    assert router.closed() == {1}
    await router.ticks(10)
    assert router.closed() == set()


# --- poor and metered lines


async def test_a_poor_line_is_closed_keeps_its_connections_and_is_better_than_none() -> None:
    router = FastRouter(change=thresholds)
    router.live(1, 2)
    await router.run()
    router.connect(1)
    router.set_probes(1, "down", "down", answers=7)
    await router.run()
    assert router.closed() == {1}
    assert len(router.connections()) == 1
    router.set_probes(2, "down", "down")
    await router.run()
    assert router.closed() == {2}
    assert [text.splitlines()[0] for text in router.messages()] == [
        "Branch jakarta: internet line isp1 is slow or loses packets",
        "Branch jakarta: internet line isp2 is down",
    ]


async def test_a_poor_line_that_dies_is_cleaned_up() -> None:
    router = FastRouter(change=thresholds)
    router.live(1, 2)
    router.connect(1)
    router.set_probes(1, "down", "down", answers=7)
    await router.run()
    router.set_probes(1, "down", "down")
    await router.run()
    assert router.connections() == []


async def test_a_metered_line_is_left_at_once_and_its_connections_with_it() -> None:
    router = await died(FastRouter(3, change=metered(3)), 3)
    assert router.closed() == {1, 2}
    router.connect(3)
    router.live(1, 3)
    await router.run()
    assert router.closed() == {2}
    assert router.connections() == []
    router.connect(3)  # a pin's
    await router.ticks(60)
    assert len(router.connections()) == 1


async def test_a_poor_line_is_better_than_a_metered_one() -> None:
    router = FastRouter(2, change=metered(2, poor=True))
    router.live(2)
    router.set_probes(1, "down", "down", answers=5)
    await router.run()
    assert router.closed() == set()


# --- connections


@VERSIONS
async def test_only_connections_of_the_dead_line_go_and_never_the_administrators(version: str) -> None:
    router = FastRouter(3, version=version)
    router.pings = False
    router.connect(1)
    router.connect(1, "192.168.10.20:8080")  # came in through a port forward
    router.connect(1, "172.16.1.2:8729")  # to the router itself
    router.connect(1, "172.16.1.2")
    router.connect(1, "172.16.1.20:443")
    router.connect(2)
    await died(router, 2, 3)
    assert sorted(router.connections()) == [
        ("mw-isp1", "172.16.1.2"),
        ("mw-isp1", "172.16.1.2:8729"),
        ("mw-isp2", "198.51.100.1:443"),
    ]


async def test_none_goes_while_no_line_lives_and_those_of_the_line_that_returns_stay() -> None:
    router = FastRouter()
    router.connect(1)
    router.connect(2)
    await died(router)
    await router.ticks(30)
    assert len(router.connections()) == 2
    router.live(2)
    await router.run()
    assert [mark for mark, _ in router.connections()] == ["mw-isp2"]


async def test_one_that_slips_in_while_the_gate_closes_goes_with_the_next_run_and_later_ones_stay() -> None:
    router = await died(FastRouter(), 2)
    router.connect(1)
    await router.ticks(5)
    assert router.connections() == []
    router.connect(1)  # of a pin without fallback: it would be removed for ever
    await router.ticks(60)
    assert len(router.connections()) == 1


async def test_what_goes_by_the_last_resort_while_nothing_lives_is_removed_later() -> None:
    router = await died(FastRouter(), 2)
    await router.ticks(10)
    assert any(row["comment"] == "clean isp1" for row in router.rows("mw-state"))
    router.live()
    await router.ticks(10)
    router.connect(1)
    router.live(2)
    await router.ticks(10)
    assert router.connections() == []


async def test_the_routers_own_connections_over_the_dead_line_go_too() -> None:
    """A tunnel has no mark; each of its packets would keep the entry with the dead line's address."""
    router = FastRouter()
    router.connect(1, "198.51.100.7:51820", marked=False, reply_to="172.16.1.2:13231")
    router.connect(2, "198.51.100.7:51820", marked=False, reply_to="172.16.2.2:13231")
    router.connect(1, "172.16.1.2:8729", marked=False, reply_to="198.51.100.9:40000")  # to the router itself
    await died(router, 2)
    assert [source for _, source in router.connections()] == ["198.51.100.7:51820", "172.16.1.2:8729"]


async def test_thousands_go_in_pieces_and_all_go() -> None:
    router = FastRouter()
    for _ in range(1300):
        router.connect(1)
    router.live(1, 2)
    await router.run()
    router.live(2)
    await router.run()
    assert router.connections() == []


# --- messages


async def test_death_and_return_are_told_once_with_times() -> None:
    router = FastRouter()
    router.now = 3600
    await died(router, 2)
    await router.ticks(90)
    router.live(1, 2)
    await router.ticks(60)
    assert router.messages() == [
        "Branch jakarta: internet line isp1 is down\nRaised: 2026-11-21 01:00:00",
        "Branch jakarta: internet line isp1 is back\nOutage: 00:01:55\nRaised: 2026-11-21 01:01:55",
    ]


async def test_all_dead_is_told_when_it_is_over() -> None:
    router = await died(FastRouter())
    await router.ticks(120)
    assert [text.splitlines()[0] for text in router.messages()] == [
        "Branch jakarta: internet line isp1 is down",
        "Branch jakarta: internet line isp2 is down",
    ]
    router.live(1)
    await router.run()
    assert router.messages()[2:] == [
        "Branch jakarta: all internet lines were down\n"
        "Since: 2026-11-21 00:00:00\nOutage: 00:02:00\nRaised: 2026-11-21 00:02:00",
        "Branch jakarta: internet line isp1 is back\nOutage: 00:02:00\nRaised: 2026-11-21 00:02:00",
    ]


@pytest.mark.parametrize("event_first", [False, True])
async def test_a_reboot_while_a_line_is_dead_tells_nothing_twice(event_first: bool) -> None:
    """The closed gate is in the configuration and outlives the state: the chat knows already."""
    router = await died(FastRouter(), 2)
    router.forget()
    router.set_probes(1, "unknown", "unknown")
    if event_first:
        (row,) = (row for row in router.menus["/system/scheduler"] if row["name"] == "mw-failover")
        row["run-count"] = "0"
        await router.event()
        row["run-count"] = "1"
        router.live(2)
    await router.run()
    router.live(2)
    await router.ticks(30)
    assert router.closed() == {1}
    assert router.messages() == []
    router.live(1, 2)
    await router.ticks(60)
    (text,) = router.messages()
    assert text.startswith("Branch jakarta: internet line isp1 is back\nOutage: ")
    assert ("unknown" in text) is not event_first
    router.live(2)
    await router.run()
    assert "is down" in router.messages()[-1]


async def test_a_storm_ends_with_a_word_about_it_and_the_state_is_told_when_there_is_room() -> None:
    router = FastRouter()
    router.live(1, 2)
    for _ in range(9):
        router.live(2)
        await router.ticks(5)
        router.live(1, 2)
        await router.ticks(30)
    told = router.messages()
    assert len([text for text in told if "is down" in text]) == 6
    assert len([text for text in told if "is back" in text]) == 6
    assert [index for index, text in enumerate(told) if "6 messages within an hour" in text] == [10]
    router.live(2)
    await router.ticks(5)
    assert router.closed() == {1}
    for _ in range(3):  # within the hour; most of it has no run
        router.now += 900
        await router.ticks(10)
        assert len(router.messages()) == 12
    router.now += 800
    await router.ticks(60)
    assert "is down" in router.messages()[-1]
    assert len(router.messages()) == 13


async def test_without_a_chat_it_works_and_says_nothing() -> None:
    router = FastRouter(change=lambda raw: raw.pop("multiwan_telegram"))
    await died(router, 2)
    router.live(1, 2)
    await router.ticks(60)
    assert router.closed() == set()
    assert router.messages() == []
    assert len(router.log) == 2


# --- whatever happens, the next run ends right


async def scene(name: str, version: str) -> FastRouter:
    """A router in which the next run has something to do."""
    router = FastRouter(3, version=version)
    router.pings = False
    for uplink in (1, 2, 3):
        router.connect(uplink)
    if name == "death":
        router.live(1, 2, 3)
        await router.run()
        router.live(2, 3)
    elif name == "return":
        await died(router, 2, 3)
        router.live(1, 2, 3)
        await router.ticks(HOLD_S - 5)
        router.now += 10
    elif name == "all-dead-is-over":
        await died(router)
        await router.ticks(30)
        router.live(2)
    return router


def what_matters(router: FastRouter) -> tuple[set[int], list[str], list[str], list[str]]:
    kept = sorted(mark for mark, _ in router.connections())
    state = sorted(row["comment"] for row in router.rows("mw-state"))
    return router.closed(), kept, state, sorted(router.messages())


@pytest.mark.parametrize(
    ("name", "version"), [("death", "7.22"), ("return", "7.22"), ("all-dead-is-over", "7.22"), ("death", "6.49")]
)
async def test_a_run_that_ends_before_any_command_is_made_good_by_the_next(name: str, version: str) -> None:
    """The lock of the killed run ends by itself; then the router is as if nothing had happened, and so is the chat.
    A run that ended behind a command left the same router as one that ended before the next."""
    before = await scene(name, version)
    whole = before.copy()
    await whole.run()
    whole.now += 35
    await whole.run()
    boundaries = 0
    for at in range(1, 400):
        router = before.copy()
        if not await router.killed_run(at):
            break
        boundaries += 1
        router.now += 35
        await router.run()
        await router.run()
        closed, kept, state, told = what_matters(router)
        assert (closed, kept) == what_matters(whole)[:2], f"killed at command {at}"
        assert {line.split(" 2026")[0] for line in state} >= {
            line.split(" 2026")[0] for line in what_matters(whole)[2] if not line.startswith("hold")
        }, f"killed at command {at}"
        firsts = [text.splitlines()[0] for text in told]
        assert len(firsts) == len(set(firsts)), f"killed at command {at}: told twice"
        assert set(firsts) <= {text.splitlines()[0] for text in what_matters(whole)[3]}
    assert boundaries > 25


@pytest.mark.parametrize("name", ["death", "return", "all-dead-is-over"])
async def test_two_runs_at_once_do_what_one_does(name: str) -> None:
    whole = await scene(name, "7.22")
    await whole.run()
    router = await scene(name, "7.22")
    router.turns = True
    await asyncio.gather(router.run(), router.run(), router.run())
    assert what_matters(router)[0] == what_matters(whole)[0]
    assert sorted(router.messages()) == sorted(whole.messages())
    assert router.rows("mw-lock") == []


async def test_an_event_during_a_run_is_not_lost() -> None:
    """The second run finds the lock and leaves; the first one looks again."""
    router = FastRouter()
    router.live(1, 2)
    await router.run()
    router.set_probes(1, "down", "up")
    router.turns = True
    first = asyncio.ensure_future(router.run())
    for _ in range(60):  # the lock is taken and the lines have been looked at
        await asyncio.sleep(0)
    assert router.rows("mw-lock")
    router.set_probes(1, "down", "down")
    await asyncio.gather(first, router.run())
    assert router.closed() == {1}


def should_be_open(alive: set[int], poor: set[int], metered_ones: set[int]) -> set[int]:
    """The rule in one place, for lines whose state lasts."""
    if alive - metered_ones:
        return alive
    if poor - metered_ones:
        return (poor - metered_ones) | (alive & metered_ones)
    return (alive or poor) & metered_ones


STATES = st.sampled_from(["up", "down", "poor", "unknown"])
STEP = st.one_of(
    st.tuples(st.just("lines"), st.lists(STATES, min_size=4, max_size=4)),
    st.tuples(st.just("time"), st.integers(1, 8)),
    st.tuples(st.just("kill"), st.integers(1, 120)),
    st.tuples(st.just("lose"), st.integers(0, 5)),
    st.tuples(st.just("twice"), st.just(0)),
    st.tuples(st.just("reboot"), st.just(0)),
)


@settings(max_examples=25)
@given(st.lists(STEP, max_size=12), st.lists(st.sampled_from(["up", "down", "poor"]), min_size=4, max_size=4))
def test_whatever_happened_the_end_is_what_the_lines_say(steps: list[tuple[str, Any]], last: list[str]) -> None:
    asyncio.run(_whatever(steps, last))


async def _whatever(steps: list[tuple[str, Any]], last: list[str]) -> None:
    router = FastRouter(4, change=metered(4, poor=True))

    def lines(states: list[str]) -> None:
        for uplink, state in enumerate(states, start=1):
            status, answers = ("down", 5) if state == "poor" else (state, 0)
            router.set_probes(uplink, status, status, answers=answers)

    for kind, value in steps:
        if kind == "lines":
            lines(value)
            await router.run()
        elif kind == "time":
            await router.ticks(5 * value)
        elif kind == "kill":
            await router.killed_run(value)
        elif kind == "lose":
            rows = router.rows("mw-state")
            for row in rows[value : value + 1]:
                router.menus["/ip/firewall/address-list"].remove(row)
        elif kind == "twice":
            router.turns = True
            await asyncio.gather(router.run(), router.run())
            router.turns = False
        else:
            router.forget()
    lines(last)
    for uplink in range(1, 5):
        router.connect(uplink)
    await router.ticks(110)  # a metered line is asked every 10 s, so its hold-down is 100 s
    named = {state: {uplink for uplink, one in enumerate(last, start=1) if one == state} for state in ("up", "poor")}
    is_open = should_be_open(named["up"], named["poor"], {4})
    assert {1, 2, 3, 4} - router.closed() == is_open
    dead = {uplink for uplink, one in enumerate(last, start=1) if one == "down"}
    if is_open and not any(row["comment"].startswith("clean") for row in router.rows("mw-state")):
        assert not dead & {int(mark[-1]) for mark, _ in router.connections()}
    assert router.rows("mw-lock") == []
