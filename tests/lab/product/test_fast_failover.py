# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outages of one line, of all, and over a reboot, on one router. Each is played once; the tests ask what was seen.

The tests of this file run in order.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab.product import sockets
from tests.lab.product.conftest import Branch, Played, Start
from tests.lab.product.flows import carried_by
from tests.lab.product.lines import uplinks
from tests.lab.product.outages import (
    ROUNDING_S,
    TELLS_WITHIN_S,
    Message,
    Ticking,
    closed,
    connections,
    cut,
    heal,
    logged_at,
    marks,
    messages,
    probes,
    restart,
    silence,
    told,
    unsilence,
    until,
    until_all_answer,
    until_closed,
    wait_until_booted,
)

pytestmark = pytest.mark.lab

HOLD_S = 8
QUICK: Mapping[str, Any] = {"multiwan_probe": {"interval": "1s", "good_checks": HOLD_S}}
#: RouterOS' own check believes the second silence. The administrator lets it ask so rarely that it needs longer.
NATIVE_INTERVAL, BEFORE_NATIVE_S = "1m", 60.0
ALL_DEAD_S = 22.0
#: A flow that nothing happened to may be silent for as long as a busy machine makes it.
SILENT_S = 5.0
PORT, CLIENT = 8080, "192.168.10.10"
LINES = ("isp1", "isp2")
LABEL = "Modem satu"
#: The same branch; only what people call the first line differs.
RELABELLED = {
    **QUICK,
    "multiwan_uplinks": [
        {**line, **more} for line, more in zip(uplinks((10, 10)), ({"label": LABEL}, {}), strict=True)
    ],
}


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("fast")
    played = branch.play("site", variables=QUICK)
    assert played.code == 0, played.output
    asyncio.run(branch.lab.chat(limits={"per_second": 0, "per_minute": 0}))
    branch.call("/routing/settings", "set", check_gateway_ping_interval=NATIVE_INTERVAL)
    until_all_answer(branch)
    return branch


# --- one line dies and comes back


@dataclass(frozen=True)
class Death:
    """What was seen while the internet behind isp1 was away. Moments are on the wall clock.

    ``closed``, ``opened``: when the router wrote so.
    """

    died: float
    closed: float
    returned: float
    opened: float
    began: float
    flows: list[Mapping[str, Any]]
    marks_while_dead: set[str]
    forwards_while_dead: dict[str, list[str]]
    session_while_dead: list[str]
    session_afterwards: str
    log: list[str]
    told: list[Message]


@pytest.fixture(scope="module")
def death(branch: Branch) -> Death:
    forward = {"chain": "dstnat", "action": "dst-nat", "protocol": "tcp", "to_addresses": CLIENT}
    branch.call("/ip/firewall/nat", "add", dst_port=str(PORT), in_interface_list="mw-wan", **forward)
    forwards = sockets.inward(branch, ["isp1", "isp2"], PORT, CLIENT)
    assert all(one.works() for one in forwards.values())
    session = sockets.Session(branch, "isp1", "192.168.1.2")
    assert len(tuple(session.api("/system/identity/print"))) == 1
    assert marks(branch, forwards["isp1"].source, session.source) == ["mw-isp1", "mw-isp1"]
    ticking = Ticking(branch, flows=16)
    try:
        died = cut(branch, "isp1")
        until_closed(branch, "isp1")
        asyncio.run(carried_by(branch, "isp2"))
        until(lambda: not marks(branch, forwards["isp1"].source), "the forwarded connection is removed")
        # the last look before the line is back
        udp = {
            one.mark for one in connections(branch) if one.protocol == "udp" and one.source.startswith("192.168.10.")
        }
        forwarded = {name: marks(branch, one.source) for name, one in forwards.items()}
        administrators = marks(branch, session.source)
    finally:
        returned = heal(branch, "isp1")
    until_closed(branch)
    (identity,) = session.api("/system/identity/print")
    time.sleep(SILENT_S + 1)  # so that one that was cut would be silent for so long
    began, flows = ticking.seen()
    assert forwards["isp2"].works()
    told(branch, "up")
    session.close()
    for one in forwards.values():
        one.close()
    return Death(
        died,
        logged_at(branch, "multiwan: Modem 1 is not used now"),
        returned,
        logged_at(branch, "multiwan: Modem 1 is used again"),
        began,
        flows,
        udp,
        forwarded,
        administrators,
        identity["name"],
        branch.logged(),
        messages(branch),
    )


def test_the_gate_is_closed_before_the_routers_own_check_could(death: Death) -> None:
    assert death.closed - death.died < BEFORE_NATIVE_S
    assert death.log.count("multiwan: Modem 1 is not used now") == 1
    assert "multiwan: Modem 2 is not used now" not in death.log


def test_running_flows_of_the_dead_line_go_on_over_the_other(death: Death) -> None:
    moved = [flow for flow in death.flows if flow["moves"][0][1] == "isp1"]
    assert moved, "no flow used isp1"
    assert {tuple(flow["uplinks"]) for flow in moved} == {("isp1", "isp2")}, "nor do they go back when it is alive"
    for flow in moved:
        at = death.began + flow["moves"][1][0]
        assert death.died < at < death.died + BEFORE_NATIVE_S + 2, f"{flow['moves']}"
    assert death.marks_while_dead == {"mw-isp2"}


def test_flows_of_the_other_line_are_neither_moved_nor_silent(death: Death) -> None:
    others = [flow for flow in death.flows if flow["moves"][0][1] == "isp2"]
    assert others, "no flow used isp2"
    assert {tuple(flow["uplinks"]) for flow in others} == {("isp2",)}
    assert max(flow["max_gap_s"] for flow in others) < SILENT_S


def test_an_administrators_session_by_the_dead_line_is_not_removed_and_goes_on(death: Death) -> None:
    assert death.session_while_dead == ["mw-isp1"]
    assert death.session_afterwards == "jakarta"


def test_of_forwarded_connections_only_those_by_the_dead_line_are_removed(death: Death) -> None:
    assert death.forwards_while_dead == {"isp1": [], "isp2": ["mw-isp2"]}


def test_the_gate_opens_after_the_hold_down(death: Death) -> None:
    assert death.opened - death.returned > HOLD_S - 2
    assert death.log.count("multiwan: Modem 1 is used again") == 1


def test_one_message_of_the_death_and_one_of_the_return_with_its_length(death: Death) -> None:
    assert [one.kind for one in death.told] == ["down", "up"]
    down, up = death.told
    assert all("Modem 1" in one.text for one in death.told)
    assert down.raised is not None
    assert death.died - ROUNDING_S < down.raised < death.died + TELLS_WITHIN_S
    assert up.raised is not None
    assert abs(up.raised - death.opened) <= ROUNDING_S
    assert up.length is not None
    assert abs(up.length - (death.opened - death.closed)) <= ROUNDING_S


# --- all lines die, and one comes back


@dataclass(frozen=True)
class Blackout:
    """``kept``: marks of idle connections of each line, once isp2 is back."""

    first_died: float
    died: float
    over: float
    opened_at: float
    plays: dict[str, Played]
    closed_after: dict[str, set[str]]
    sent_meanwhile: int
    kept_while_dead: list[str]
    kept: dict[str, list[str]]
    works: list[bool]
    told: list[Message]


@pytest.fixture(scope="module")
def blackout(branch: Branch, death: Death) -> Blackout:
    """isp1 dies, then isp2; isp2 comes back, isp1 stays dead. Deploys run in each part."""
    branch.call("/routing/settings", "set", check_gateway_ping_interval="10s")
    until_all_answer(branch)
    plays, gates = {}, {}

    def play(name: str, playbook: str, variables: Mapping[str, Any]) -> None:
        plays[name] = branch.play(playbook, variables=variables)
        gates[name] = closed(branch)

    idle = sockets.outward(branch, 16)
    sources = [one.source for one in idle]
    marked = marks(branch, *sources)
    of = {line: [one for one, mark in zip(idle, marked, strict=True) if mark == f"mw-{line}"] for line in LINES}
    assert all(of.values()), "one line carries none"
    first = cut(branch, "isp1")
    try:
        until_closed(branch, "isp1")
        died = cut(branch, "isp2")
        until_closed(branch, *LINES)
        sent = len(messages(branch))
        play("all dead", "site", QUICK)
        until(lambda: time.time() - died > ALL_DEAD_S, "dead for long")
        kept_while_dead = marks(branch, *(one.source for one in of["isp2"]))
        sent = len(messages(branch)) - sent
    finally:
        over = heal(branch, "isp2")
    until_closed(branch, "isp1")
    kept = {line: marks(branch, *(one.source for one in some)) for line, some in of.items()}
    works = [one.works() for one in of["isp2"]]
    for one in idle:
        one.close()
    play("one dead", "site", QUICK)
    play("verify", "verify", QUICK)
    play("label", "site", RELABELLED)
    told(branch, "all-down")
    told(branch, "up", "Modem 2")
    opened_at = logged_at(branch, "multiwan: Modem 2 is used again")
    return Blackout(
        first,
        died,
        over,
        opened_at,
        plays,
        gates,
        sent,
        kept_while_dead,
        kept,
        works,
        messages(branch)[len(death.told) :],
    )


def test_connections_are_not_removed_while_no_line_lives_and_go_on_when_theirs_returns(blackout: Blackout) -> None:
    assert blackout.works
    assert all(blackout.works)
    assert blackout.kept_while_dead == blackout.kept["isp2"] == ["mw-isp2"] * len(blackout.works)
    assert blackout.kept["isp1"] == []


def test_a_deploy_in_an_outage_changes_nothing_and_finds_no_drift(blackout: Blackout) -> None:
    for name in ("all dead", "one dead", "verify"):
        played = blackout.plays[name]
        assert (played.code, played.changed) == (0, 0), played.output
    assert blackout.closed_after["all dead"] == {"isp1", "isp2"}
    assert blackout.closed_after["one dead"] == blackout.closed_after["verify"] == {"isp1"}


def test_a_deploy_of_something_else_leaves_a_closed_gate_closed(blackout: Blackout) -> None:
    played = blackout.plays["label"]
    assert (played.code, played.changed) == (0, 1), played.output
    assert blackout.closed_after["label"] == {"isp1"}


def test_what_happened_while_all_were_dead_is_told_afterwards_and_once(blackout: Blackout) -> None:
    assert blackout.sent_meanwhile == 0
    kinds = sorted((one.kind, "Modem 1" in one.text) for one in blackout.told)
    assert kinds == [("all-down", False), ("down", False), ("down", True), ("up", False)]
    for one in blackout.told:
        assert one.raised is not None
        dead = blackout.first_died if "Modem 1" in one.text else blackout.died
        begin = dead if one.kind == "down" else blackout.over
        assert -ROUNDING_S < one.raised - begin < TELLS_WITHIN_S, one.text


def test_the_message_about_all_lines_has_begin_and_length(blackout: Blackout) -> None:
    (whole,) = [one for one in blackout.told if one.kind == "all-down"]
    assert whole.since is not None
    assert -ROUNDING_S < whole.since - blackout.died < TELLS_WITHIN_S
    assert whole.length is not None
    assert abs(whole.since + whole.length - blackout.opened_at) <= ROUNDING_S


# --- the router restarts during an outage


def test_a_reboot_while_the_line_is_dead_keeps_or_closes_its_gate(branch: Branch, blackout: Blackout) -> None:
    """The first look may find no probe that knows anything yet."""
    del blackout
    restart(branch)
    wait_until_booted(branch)
    until(lambda: "down" in probes(branch).get("isp1", set()), "a probe has found the line dead again")
    until_closed(branch, "isp1")
    asyncio.run(carried_by(branch, "isp2"))


def test_a_line_that_came_back_during_a_reboot_is_used_again(branch: Branch, blackout: Blackout) -> None:
    told_before = len(messages(branch))
    restart(branch)
    heal(branch, "isp1")
    wait_until_booted(branch)
    until_closed(branch)
    until_all_answer(branch)
    told(branch, "up", LABEL)
    del blackout
    new = messages(branch)[told_before:]
    assert [one.kind for one in new] == ["up"], new
    assert "tidak diketahui" in new[0].text, "the router has forgotten when the line died, and says so"


# --- more than one anchor must answer


def test_with_a_quorum_of_two_one_dead_anchor_closes_the_gate(branch: Branch) -> None:
    both = {**RELABELLED, "multiwan_probe": {"interval": "1s", "good_checks": 2, "quorum": 2}}
    played = branch.play("site", variables=both)
    assert played.code == 0, played.output
    until_all_answer(branch)
    silence(branch, "9.9.9.10")
    until_closed(branch, "isp1")
    unsilence(branch)
    until_closed(branch)
