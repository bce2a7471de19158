# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic of the failover benchmark: outages from attempts, gaps from silences, middles of repeats."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.failover_plan import FAULTS, Fault
from tests.bench.failover_sums import Flow, Gap, Moves, Seen, judge, outage, seen_from, shorter, summary, total

FAULT = {fault.key: fault for fault in FAULTS}
UPSTREAM = Fault("upstream", "", "upstream", 70.0)
ISP1, ISP2 = ((-2.0, "isp1"),), ((-2.0, "isp2"),)


def seen(**values: Any) -> Seen:
    nothing: dict[str, Any] = {"attempts": (), "udp": (), "tcp": (), "failures": (), "pollers": ()}
    nothing |= {"notes": (), "sends": False, "late": 0.0}
    return Seen(**{"healed": 70.0, "end": 85.0, **nothing, **values})


def test_an_outage_lasts_until_the_last_start_that_failed() -> None:
    assert outage([-0.5, 0.1, 4.0, 9.9, 12.3], 0.0, 36.0) == Gap(False, 12.3)
    assert outage([-0.5, 40.0], 0.0, 36.0) == Gap(False, 0.0), "before and after the window is not the fault's"


def test_a_lone_failure_is_no_outage_unless_it_is_at_the_beginning() -> None:
    assert outage([0.1, 20.0, 35.5], 0.0, 36.0) == Gap(False, 0.1)
    assert outage([0.1, 20.0, 21.0], 0.0, 36.0) == Gap(False, 21.0), "two are a second outage"
    assert outage([20.0], 0.0, 36.0) == Gap(False, 0.0)


def test_an_outage_that_fails_to_the_end_of_its_window_is_not_over() -> None:
    assert outage([0.1, 35.0, 35.5], 0.0, 36.0) == Gap(True, 36.0)


def test_an_outage_with_no_line_alive_counts_from_the_return() -> None:
    fault = next(fault for fault in FAULTS if fault.key == "all")
    tried = tuple((at / 10, at < 0 or at > 1230) for at in range(-20, 1800))
    found = judge(seen(healed=120.0, end=180.0, attempts=tried), fault, 2)
    assert found.new == Gap(False, 3.0)
    assert found.broken is None


def test_a_gap_is_the_part_of_a_silence_within_the_window() -> None:
    flow = Flow(ISP1, ((-1.0, 0.4), (2.0, 3.0), (60.0, 20.0)))
    assert flow.dark(0.0, 50.0) == Gap(False, 3.0)
    assert flow.dark(3.0, 50.0) == Gap(False, 2.0)
    assert flow.dark(0.0, 70.0) == Gap(True, 10.0)
    assert flow.dark(10.0, 50.0) == Gap(False, 0.0)


def test_the_worst_flow_of_the_dead_uplink_counts_and_no_other() -> None:
    udp = (Flow(ISP1, ((0.0, 2.0),)), Flow(ISP1, ((0.0, 5.0),)), Flow(ISP2, ((0.0, 9.0),)))
    assert judge(seen(udp=udp), UPSTREAM, 2).udp == Gap(False, 5.0)
    assert judge(seen(udp=udp[2:]), UPSTREAM, 2).udp is None, "nobody was there to suffer"


@pytest.mark.parametrize(
    "flow",
    [
        Flow((*ISP2, (5.0, "isp1")), ()),
        Flow(ISP2, ((5.0, 0.6),)),
        Flow(ISP2, (), (5.0,)),
    ],
)
def test_a_flow_of_a_healthy_uplink_is_disturbed_when_it_moves_breaks_or_is_silent(flow: Flow) -> None:
    assert judge(seen(tcp=(flow, Flow(ISP2, ((5.0, 0.3),)))), UPSTREAM, 2).disturbed == (1, 2)


def test_flows_of_the_dead_uplink_are_not_disturbed_but_hit() -> None:
    assert judge(seen(tcp=(Flow((*ISP1, (2.0, "isp2")), ((0.0, 2.0),)),)), UPSTREAM, 2).disturbed == (0, 0)


def test_stuck_is_who_is_silent_a_minute_after() -> None:
    flows = (Flow(ISP1, ((0.0, 75.0),)), Flow(ISP1, ((0.0, 59.0),)), Flow(ISP2, ()))
    assert judge(seen(udp=flows), UPSTREAM, 2).stuck == (1, 3)
    assert judge(seen(udp=flows, healed=36.0), UPSTREAM, 2).stuck is None, "the short form ends before"
    assert judge(seen(udp=flows), FAULT["loss"], 2).stuck is None, "a line that lives lets nobody hang"


def test_what_fails_of_the_mending_is_not_the_faults() -> None:
    late = tuple((second, False) for second in (69.3, 69.5, 69.9))
    found = judge(seen(attempts=((1.0, False), *late), failures=(68.2, 69.0)), FAULT["delay"], 2)
    assert (found.new, found.http) == (Gap(False, 1.0), Gap(False, 0.0))


def test_broken_at_return_is_who_lived_and_then_did_not() -> None:
    moved, back = (2.0, "isp2"), (71.0, "isp1")
    broken = Flow((*ISP1, moved, back), ((0.0, 2.0),))
    stays = Flow((*ISP1, moved), ((0.0, 2.0),))
    dead = Flow(ISP1, ((0.0, 71.0),))
    assert judge(seen(udp=(broken, stays, dead)), UPSTREAM, 2).broken == (1, 2), "who was silent has nothing to lose"


def test_a_message_that_nobody_can_send_is_not_a_lost_one() -> None:
    assert judge(seen(), UPSTREAM, 2).messages is None
    found = judge(seen(sends=True), UPSTREAM, 2).messages
    assert found is not None
    assert (found.expected, found.received, found.clean) == (2, 0, False)


def test_moves_are_those_of_new_connections_between_the_same_two() -> None:
    flaps = Flow((*ISP1, (6.0, "isp2"), (11.0, "isp1"), (15.0, "isp2"), (50.0, "isp1")), ())
    holds = Flow((*ISP1, (6.0, "isp2"), (27.0, "isp1"), (28.0, "isp2")), ())
    elsewhere = Flow((*ISP2, (3.0, "isp1"), (4.0, "isp2")), ())
    assert judge(seen(pollers=(flaps, elsewhere)), UPSTREAM, 2).moves == Moves(away=2, all=4)
    assert judge(seen(pollers=(holds,)), UPSTREAM, 2).moves == Moves(away=1, all=3), "22 s lie between both"
    assert judge(seen(pollers=(elsewhere,)), UPSTREAM, 2).moves == Moves(0, 0)


def test_control_is_what_happened_before_the_fault_and_how_late_the_machine_was() -> None:
    fell_silent = Flow(ISP2, ((-1.5, 0.4),))
    assert judge(seen(udp=(fell_silent,)), UPSTREAM, 2).control == 0.4
    assert judge(seen(udp=(Flow(ISP1, ((-0.1, 9.0),)),)), UPSTREAM, 2).control == 0.1, "the rest is the fault's"
    assert judge(seen(late=0.7, udp=(fell_silent,)), UPSTREAM, 2).control == 0.7
    assert judge(seen(attempts=((-2.0, False),)), UPSTREAM, 2).control == 1.0


def test_the_middle_of_the_repeats_is_one_of_them_and_an_endless_one_is_the_largest() -> None:
    gaps = [Gap(False, 3.0), Gap(True, 1.0), Gap(False, 2.0)]
    found = summary(gaps)
    assert found is not None
    assert (found.middle, found.low, found.high) == (Gap(False, 3.0), Gap(False, 2.0), Gap(True, 1.0))
    assert str(found) == "3.0 (2.0–> 1)"
    assert str(summary([Gap(True, 36.01), Gap(True, 36.02)])) == "> 36"
    assert summary([None]) is None
    even = summary([Gap(False, 2.0), Gap(False, 1.0)])
    assert even is not None
    assert even.middle == Gap(False, 2.0)


@given(st.lists(st.builds(Gap, st.booleans(), st.floats(0, 200)), min_size=1))
def test_the_middle_lies_between_least_and_most(gaps: list[Gap]) -> None:
    found = summary(gaps)
    assert found is not None
    assert found.low <= found.middle <= found.high
    assert {found.low, found.middle, found.high} <= set(gaps)


def test_how_many_times_shorter_is_said_only_when_it_is_known() -> None:
    slow, fast, endless, none = (
        summary([gap]) for gap in (Gap(False, 18.0), Gap(False, 3.0), Gap(True, 36.0), Gap(False, 0.0))
    )
    assert shorter(fast, slow) == "6.0 × shorter"
    assert shorter(slow, fast) == "6.0 × longer"
    assert shorter(fast, endless) == "more than 12.0 × shorter"
    assert shorter(endless, slow) == ""
    assert shorter(none, slow) == "no outage seen"
    assert shorter(fast, none) == ""


def test_counts_of_repeats_are_added_and_the_unknown_left_out() -> None:
    assert total([(1, 8), None, (0, 7)]) == (1, 15)
    assert total([None]) is None


def test_what_was_stored_is_read_relative_to_the_cut() -> None:
    flow = {"moves": [[0.5, "isp1"]], "silences": [[4.0, 2.0]], "breaks": [[5.0, "reset"]]}
    raw = {
        "cut_at": 104.0,
        "healed_at": 140.0,
        "ended_at": 150.0,
        "new": [[103.0, "isp1"], [105.0, ""]],
        "udp": {"began_at": 100.0, "flows": [flow]},
        "tcp": {"began_at": 101.0, "flows": [flow]},
        "http": {"began_at": 100.0, "pollers": [{"failures": [[5.0, "timeout"]], "moves": [[1.0, "isp2"]]}]},
        "messages": [{"at": 110.0, "text": "hello"}],
        "sends": False,
        "late": 0.03,
        "again": 1,
    }
    found = seen_from(raw)
    assert (found.healed, found.end) == (36.0, 46.0)
    assert found.attempts == ((-1.0, True), (1.0, False))
    assert found.udp[0].silences == ((0.0, 2.0),)
    assert found.tcp[0].breaks == (2.0,)
    assert found.failures == (1.0,)
    assert found.pollers[0].moves == ((-3.0, "isp2"),)
    assert found.notes[0].at == 6.0
    assert (found.late, found.again) == (0.03, True)
