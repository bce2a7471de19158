# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch, branches, uplink
from tests.unit.plugins.mangle_walk import Packet, walk


def plan_of(raw: dict[str, Any]) -> Plan:
    return assemble(raw, name="jakarta")


def slots(plan: Plan) -> list[tuple[int, int]]:
    written = [row.values.get("per-connection-classifier") for row in plan.of("/ip/firewall/mangle")]
    pairs = [str(text).split(":")[1].split("/") for text in written if text]
    return [(int(denominator), int(remainder)) for denominator, remainder in pairs]


def path_of(plan: Plan, mark: str) -> list[str]:
    """The gates of a table, nearest first."""
    routes = [
        row.values for row in plan.of("/ip/route") if row.values["routing-table"] == mark and "gateway" in row.values
    ]
    return [str(route["gateway"]) for route in sorted(routes, key=lambda route: int(route["distance"]))]


@given(branches(least=2))
@settings(max_examples=20)
def test_every_remainder_is_used_once(raw: dict[str, Any]) -> None:
    pairs = slots(plan_of({**raw, "multiwan_mode": "balance"}))
    denominator = len(pairs)
    assert denominator >= 2
    assert sorted(pairs) == [(denominator, remainder) for remainder in range(denominator)]


@given(st.lists(st.integers(1, 12), min_size=2, max_size=4))
@settings(max_examples=20)
def test_the_rows_themselves_share_by_weight_before_and_after_any_death(weights: list[int]) -> None:
    """From the rows alone: hash to mark, mark to table, table to the first open gate."""
    raw = branch(len(weights))
    for item, weight in zip(raw["multiwan_uplinks"], weights, strict=True):
        item["weight"] = weight
    plan = plan_of(raw)
    gates = [f"192.0.2.{number}@main" for number in range(1, len(weights) + 1)]
    count = len(slots(plan))
    marks = [walk(plan, "prerouting", Packet(in_interface="bridge", hash=h)).packet.routing_mark for h in range(count)]
    ways = [path_of(plan, mark) for mark in marks]
    for dead in (set(some) for size in range(len(gates)) for some in combinations(gates, size)):
        used = Counter(next(gate for gate in way if gate not in dead) for way in ways)
        living = {gate: weight for gate, weight in zip(gates, weights, strict=True) if gate not in dead}
        for gate, weight in living.items():
            off = abs(Fraction(used[gate], count) - Fraction(weight, sum(living.values())))
            assert off <= (Fraction(3, 100) if dead else 0)


@given(branches())
@settings(max_examples=20)
def test_marks_and_tables_exist_before_they_are_named(raw: dict[str, Any]) -> None:
    plan = plan_of(raw)
    tables = {row.values["name"] for row in plan.of("/routing/table")}
    assert {
        row.values["new-routing-mark"] for row in plan.of("/ip/firewall/mangle") if "new-routing-mark" in row.values
    } <= tables
    assert {row.values["routing-table"] for row in plan.of("/ip/route")} <= tables | {"main"}
    chains = {row.values["chain"] for row in plan.of("/ip/firewall/mangle")}
    assert {
        row.values["jump-target"] for row in plan.of("/ip/firewall/mangle") if "jump-target" in row.values
    } <= chains


@given(branches(), st.data())
@settings(max_examples=20)
def test_a_running_lan_connection_meets_at_most_n_plus_3_rows(raw: dict[str, Any], data: st.DataObject) -> None:
    raw = {**raw, "multiwan_segments": [{"name": "office", "interface": "bridge", "address": "192.168.200.1/24"}]}
    raw["multiwan_pins"] = []
    plan, names = plan_of(raw), [item["name"] for item in raw["multiwan_uplinks"]]
    name = data.draw(st.sampled_from(names))
    packet = Packet(in_interface="bridge", out_interface="ether1", state="established", connection_mark=f"mw-{name}")
    routed = walk(plan, "prerouting", packet)
    assert routed.packet.routing_mark == f"mw-{name}"
    assert routed.met + walk(plan, "forward", packet).met <= len(names) + 3


def test_the_most_rows_are_met_by_the_last_uplink() -> None:
    plan = plan_of(branch(16))
    packet = Packet(in_interface="bridge", out_interface="ether16", state="established", connection_mark="mw-isp16")
    assert walk(plan, "prerouting", packet).met + walk(plan, "forward", packet).met == 19


@given(st.integers(0, 2**32 - 1))
def test_a_new_connection_gets_the_path_of_its_slot_and_no_mark_yet(hashed: int) -> None:
    plan = plan_of(branch(3))
    packet = walk(plan, "prerouting", Packet(in_interface="bridge", hash=hashed)).packet
    assert packet.connection_mark == "no-mark"
    assert sorted(path_of(plan, packet.routing_mark)) == ["192.0.2.1@main", "192.0.2.2@main", "192.0.2.3@main"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_new_connection_remembers_the_uplink_that_it_leaves_by(number: int) -> None:
    packet = Packet(in_interface="bridge", out_interface=f"ether{number}", routing_mark="mw-path-isp1_isp2_isp3")
    assert walk(plan_of(branch(3)), "forward", packet).packet.connection_mark == f"mw-isp{number}"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_connection_from_the_internet_is_answered_by_its_uplink(number: int) -> None:
    plan = plan_of(branch(3))
    came_in = walk(plan, "prerouting", Packet(in_interface=f"ether{number}", kind="local")).packet
    assert (came_in.connection_mark, came_in.routing_mark) == (f"mw-isp{number}", "")
    answer = Packet(out_interface="ether1", state="established", connection_mark=came_in.connection_mark)
    assert walk(plan, "output", answer).packet.routing_mark == f"mw-isp{number}"


def test_an_error_of_the_router_about_a_marked_connection_stays_in_the_lan() -> None:
    packet = Packet(out_interface="bridge", state="related", connection_mark="mw-isp2")
    assert walk(plan_of(branch(3)), "output", packet).packet.routing_mark == ""


def test_a_connection_that_ran_before_the_first_deploy_is_remembered_with_its_line() -> None:
    packet = Packet(in_interface="bridge", out_interface="ether2", state="established")
    assert walk(plan_of(branch(3)), "forward", packet).packet.connection_mark == "mw-isp2"


@pytest.mark.parametrize("destination", ["10.1.2.3", "172.20.0.1", "192.168.77.5", "100.64.1.1"])
def test_private_networks_that_nobody_named_are_not_balanced(destination: str) -> None:
    packet = Packet(in_interface="bridge", destination=destination)
    assert walk(plan_of(branch(2)), "prerouting", packet).packet.routing_mark == ""


def test_answers_of_a_forwarded_port_take_the_uplink_of_the_question() -> None:
    packet = Packet(in_interface="bridge", state="established", connection_mark="mw-isp2")
    assert walk(plan_of(branch(3)), "prerouting", packet).packet.routing_mark == "mw-isp2"


@pytest.mark.parametrize(
    "packet",
    [
        Packet(in_interface="bridge", destination="192.168.10.1", kind="local"),
        Packet(in_interface="bridge", destination="172.16.2.2", kind="local"),
        Packet(in_interface="bridge", destination="255.255.255.255", kind="broadcast"),
        Packet(in_interface="bridge", destination="224.0.0.251", kind="multicast"),
        Packet(in_interface="bridge", destination="172.16.2.1"),
        Packet(in_interface="bridge", destination="192.168.10.77", out_interface="bridge"),
        Packet(in_interface="bridge", destination="10.99.0.1", out_interface="wg0"),
        Packet(in_interface="bridge", destination="10.99.0.1", out_interface="ether1"),
        Packet(in_interface="wg0"),
        Packet(in_interface="ether1", state="established"),
    ],
)
def test_inside_bypass_local_and_foreign_packets_are_never_marked(packet: Packet) -> None:
    plan = plan_of(branch(2, bypass=["10.0.0.0/8"]))
    for chain in ("prerouting", "forward"):
        after = walk(plan, chain, packet).packet
        assert (after.connection_mark, after.routing_mark) == (packet.connection_mark, packet.routing_mark)


def test_failover_is_one_path_by_priority_without_a_hash() -> None:
    raw = branch(3, mode="failover")
    raw["multiwan_uplinks"][0]["priority"] = 7
    plan = plan_of(raw)
    assert slots(plan) == []
    mark = walk(plan, "prerouting", Packet(in_interface="bridge")).packet.routing_mark
    assert path_of(plan, mark) == ["192.0.2.2@main", "192.0.2.3@main", "192.0.2.1@main"]


def test_one_uplink_needs_no_hash() -> None:
    assert slots(plan_of(branch(1))) == []


def test_pins_come_before_the_hash_and_begin_with_their_uplink() -> None:
    pins = [
        {"name": "bank", "uplink": "isp2", "dst_address": "203.0.113.200"},
        {"name": "only", "uplink": "isp3", "dst_address": "203.0.113.201", "fallback": False},
    ]
    plan = plan_of(branch(3, pins=pins))
    rows = [row for row in plan.of("/ip/firewall/mangle") if row.tag.endswith(":pin")]
    assert [row.values["dst-address"] for row in rows] == ["203.0.113.200/32", "203.0.113.201/32"]
    assert path_of(plan, str(rows[0].values["new-routing-mark"])) == [
        "192.0.2.2@main",
        "192.0.2.1@main",
        "192.0.2.3@main",
    ]
    assert rows[1].values["new-routing-mark"] == "mw-isp3"
    order = [row.tag for row in plan.of("/ip/firewall/mangle")]
    assert order.index(rows[-1].tag) < min(
        order.index(row.tag) for row in plan.rows if "per-connection-classifier" in row.values
    )


def test_a_segment_with_an_uplink_begins_there() -> None:
    raw = branch(2)
    raw["multiwan_segments"].append(
        {"name": "guests", "interface": "vlan20", "address": "192.168.20.1/24", "uplink": "isp2"}
    )
    plan = plan_of(raw)
    for hashed in range(4):
        mark = walk(plan, "prerouting", Packet(in_interface="vlan20", hash=hashed)).packet.routing_mark
        assert path_of(plan, mark) == ["192.0.2.2@main", "192.0.2.1@main"]


@given(
    st.lists(st.sampled_from(["a", "b", "a-b", "b-a", "a-b-a", "path", "b-path"]), min_size=2, max_size=4, unique=True)
)
def test_tables_of_paths_never_share_a_name(names: list[str]) -> None:
    raw = branch(len(names))
    raw["multiwan_uplinks"] = [uplink(index + 1, name=name) for index, name in enumerate(names)]
    tables = [str(row.values["name"]) for row in plan_of(raw).of("/routing/table")]
    assert len(tables) == len(set(tables))


def test_the_bypass_list_is_collapsed_and_sorted() -> None:
    plan = plan_of(branch(2, bypass=["172.16.0.0/12", "10.0.0.0/8", "172.16.5.0/24"]))
    listed = [row.values["address"] for row in plan.of("/ip/firewall/address-list")]
    assert listed == ["10.0.0.0/8", "172.16.0.0/12", "192.168.10.0/24"]
