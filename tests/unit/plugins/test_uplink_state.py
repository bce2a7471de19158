# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which uplinks are alive and used, told from rows: beside what ``mw-failover`` itself made of the same probes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import BY_PATH
from ansible_collections.multiwan.routeros.plugins.module_utils.model import Branch
from ansible_collections.multiwan.routeros.plugins.module_utils.paths import slot_paths
from ansible_collections.multiwan.routeros.plugins.module_utils.uplink_state import State, alive, in_use, states
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch, branches
from tests.unit.plugins.fast_router import FastRouter

VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.22", "7.24"])
ROUTE = "/ip/route"


def gate(uplink: int, number: int, **flags: str) -> Found:
    return Found(f"*{uplink}{number}", {"comment": f"gate [multiwan:failover:isp{uplink}:gate{number}]", **flags})


def probe(uplink: int, number: int, status: str, **more: str) -> Found:
    comment = f"asks [multiwan:failover:isp{uplink}:probe{number}]"
    return Found(f"*{uplink}{number}", {"comment": comment, "status": status, **more})


def parsed(count: int = 2, **more: Any) -> Branch:
    return parse_branch(branch(count, **more), name="jakarta")


CONNECTED = Found("*F", {"active": "true", "dynamic": "true"})
UPLINKS = parsed().uplinks


# --- without the fast layer


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"active": "true"}, {"active": "true"}, True),
        ({"active": "true"}, {}, True),  # one anchor is enough
        ({"active": "yes"}, {"inactive": "true"}, True),
        ({"active": "false"}, {"active": "false"}, False),
        ({}, {"inactive": "true"}, False),
        ({"disabled": "true"}, {"active": "true"}, True),
    ],
)
def test_without_probes_an_active_gate_is_an_alive_uplink(
    first: dict[str, str], second: dict[str, str], expected: bool
) -> None:
    router = {ROUTE: [CONNECTED, gate(1, 1, **first), gate(1, 2, **second), gate(2, 1, active="true")]}
    assert alive(router, UPLINKS) == {"isp1": expected, "isp2": True}


def test_nothing_is_said_of_an_uplink_without_rows() -> None:
    assert alive({}, UPLINKS) == {"isp1": None, "isp2": None}
    assert alive({ROUTE: [CONNECTED]}, UPLINKS) == {"isp1": None, "isp2": None}


def test_nothing_is_said_when_nobody_asked_which_routes_are_active() -> None:
    router = {ROUTE: [gate(1, 1), gate(2, 1)]}
    assert alive(router, UPLINKS) == {"isp1": None, "isp2": None}


def test_a_gate_that_somebody_closed_says_nothing_of_the_line() -> None:
    router = {ROUTE: [CONNECTED, gate(1, 1, disabled="true"), gate(2, 1, active="true")]}
    assert states(router, UPLINKS)["isp1"] == State(alive=None, open=False)


def test_rows_that_the_router_made_or_others_wrote_do_not_count() -> None:
    theirs = [
        Found("*1", {"comment": "[multiwan:failover:isp1:gate1]", "dynamic": "true", "active": "true"}),
        Found("*2", {"comment": "[multiwan:failover:isp1:gate1] old", "active": "true"}),
    ]
    assert alive({ROUTE: [CONNECTED, *theirs]}, UPLINKS)["isp1"] is None


# --- with it


@pytest.mark.parametrize(
    ("quorum", "rows", "expected"),
    [
        (1, [("up", "10"), ("down", "0")], True),
        (1, [("down", "0"), ("down", "0")], False),
        (1, [("down", "0"), ("unknown", "0")], None),
        (2, [("up", "10"), ("down", "0")], False),
        (2, [("up", "10"), ("unknown", "0")], None),
        (1, [("down", "3"), ("down", "0")], True),  # an answer, too late or too rarely: poor
    ],
)
def test_probes_decide_by_the_quorum(quorum: int, rows: list[tuple[str, str]], expected: bool | None) -> None:
    probes = [probe(1, n, status, **{"response-count": count}) for n, (status, count) in enumerate(rows, start=1)]
    uplinks = parsed(probe={"quorum": quorum}).uplinks
    assert alive({"/tool/netwatch": probes}, uplinks)["isp1"] is expected


def test_probes_that_never_asked_leave_it_to_the_gate() -> None:
    probes = [probe(1, 1, "unknown"), probe(1, 2, "unknown"), probe(2, 1, "up", disabled="true")]
    router = {"/tool/netwatch": probes, ROUTE: [CONNECTED, gate(1, 1, active="true"), gate(2, 1)]}
    assert alive(router, UPLINKS) == {"isp1": True, "isp2": False}


def read(router: FastRouter, *, active: tuple[int, ...]) -> dict[str, list[Found]]:
    """As a comparison reads the little router; RouterOS holds the gates of ``active`` open."""
    found: dict[str, list[Found]] = {}
    version = Version(*(int(part) for part in router.version.split(".")))
    for menu in (ROUTE, "/tool/netwatch", "/ip/firewall/address-list"):
        shape = BY_PATH[menu]
        asked = {*shape.on(version), *shape.watched, "dynamic", "comment"}
        for row in router._alive(menu):
            values = {k: v for k, v in router._shown(row).items() if k in asked or not shape.sparse_print}
            if menu == ROUTE and values.get("disabled") != "true":
                number = values["comment"].partition(":gate")[0][-1]
                values["active"] = "true" if ":gate" not in values["comment"] or int(number) in active else "false"
            found.setdefault(menu, []).append(Found(row[".id"], values))
    return found


@VERSIONS
async def test_states_agree_with_the_script(version: str) -> None:
    router = FastRouter(3, version=version)
    router.pings = False
    uplinks = parsed(3).uplinks
    router.live(1, 2, 3)
    await router.run()
    assert states(read(router, active=(1, 2, 3)), uplinks) == {
        name: State(alive=True, open=True) for name in ("isp1", "isp2", "isp3")
    }
    router.live(2, 3)
    await router.run()
    router.now += 30
    assert router.closed() == {1}
    assert states(read(router, active=(2, 3)), uplinks)["isp1"] == State(alive=False, open=False, dead_s=30)
    await router.ticks(5)
    router.live(1, 2, 3)
    await router.ticks(5)  # alive again, and held back
    back = states(read(router, active=(1, 2, 3)), uplinks)["isp1"]
    assert back == State(alive=True, open=False, held=True, dead_s=40)
    await router.ticks(60)
    assert states(read(router, active=(1, 2, 3)), uplinks)["isp1"] == State(alive=True, open=True)


async def test_a_poor_line_is_alive_and_closed() -> None:
    def thresholds(raw: dict[str, Any]) -> None:
        raw["multiwan_probe"] = {"loss": 20, "latency": 300}

    router = FastRouter(change=thresholds)
    router.live(1, 2)
    await router.run()
    router.set_probes(1, "down", "down", answers=7)
    await router.run()
    found = states(read(router, active=(1, 2)), UPLINKS)["isp1"]
    assert found == State(alive=True, poor=True, open=False, dead_s=0)


# --- what new connections use


def gates(**opened: bool | None) -> dict[str, State]:
    return {name: State(alive=is_open, open=is_open) for name, is_open in opened.items()}


def test_balance_uses_every_open_uplink() -> None:
    used = in_use(gates(isp1=True, isp2=False, isp3=True), parsed(3))
    assert used == {"isp1": True, "isp2": False, "isp3": True}


def test_failover_uses_the_best_open_one() -> None:
    three = parsed(3, mode="failover")
    assert in_use(gates(isp1=False, isp2=True, isp3=True), three) == {"isp1": False, "isp2": True, "isp3": False}
    assert in_use(gates(isp1=None, isp2=True, isp3=True), three) == {"isp1": None, "isp2": None, "isp3": False}


def test_a_metered_uplink_carries_when_no_other_is_open() -> None:
    raw = branch(3)
    raw["multiwan_uplinks"][0]["metered"] = True
    three = parse_branch(raw, name="jakarta")
    assert in_use(gates(isp1=True, isp2=True, isp3=False), three) == {"isp1": False, "isp2": True, "isp3": False}
    assert in_use(gates(isp1=True, isp2=False, isp3=False), three) == {"isp1": True, "isp2": False, "isp3": False}


@given(branches(most=6), st.data())
def test_what_is_used_is_what_the_paths_lead_to(raw: dict[str, Any], data: st.DataObject) -> None:
    """The first open gate of each path, and behind it those of ``main`` by priority."""
    some = parse_branch(raw, name="jakarta")
    opened = {uplink.name: data.draw(st.booleans()) for uplink in some.uplinks}
    reached = {
        next((uplink.name for uplink in (*path, *some.by_priority) if opened[uplink.name]), None)
        for path in slot_paths(some)
    }
    used = in_use(gates(**opened), some)
    assert {name for name, is_used in used.items() if is_used} == reached - {None}
