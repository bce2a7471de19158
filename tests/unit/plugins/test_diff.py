# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import (
    Difference,
    Found,
    compare,
    longest_increasing,
    own_rows,
    unwritable,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS, canonical
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import menu as menu_at
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.simulated import Simulated

MANGLE = "/ip/firewall/mangle"
NAMES = st.sampled_from([f"n{number}" for number in range(9)])
CHAINS = st.sampled_from(["prerouting", "forward", "mw-classify"])


def row(menu: str, name: str, /, **values: str) -> Row:
    tag = f"multiwan:pcc:{name}"
    return Row(menu, tag, {**{key.replace("_", "-"): text for key, text in values.items()}, "comment": f"x [{tag}]"})


def found(row_id: str, name: str | None, /, **values: str) -> Found:
    comment = {} if name is None else {"comment": f"x [multiwan:pcc:{name}]"}
    return Found(row_id, {**{key.replace("_", "-"): text for key, text in values.items()}, **comment})


def words(plan: list[Row], router: dict[str, list[Found]]) -> list[str]:
    return [f"{op.verb} {op.tag.split(':')[-1]}" for op in compare(plan, router).operations]


# --- properties

mangle_values = st.fixed_dictionaries(
    {"chain": CHAINS, "action": st.sampled_from(["return", "jump"])},
    optional={
        "src-address": st.sampled_from(["10.0.0.1", "10.0.0.1/32", "10.0.0.0/8"]),
        "passthrough": st.sampled_from(["yes", "no", "true", "false"]),
        "log": st.sampled_from(["true", "no"]),
        "dst-address-type": st.sampled_from(["!local", "local,unicast", "unicast,local"]),
    },
)
mangle_plan = st.lists(st.tuples(NAMES, mangle_values), max_size=7, unique_by=lambda item: item[0]).map(
    lambda items: [Row(MANGLE, f"multiwan:pcc:{n}", {**v, "comment": f"[multiwan:pcc:{n}]"}) for n, v in items]
)
mangle_rows = st.lists(st.tuples(st.none() | NAMES, mangle_values), max_size=12).map(
    lambda items: {
        MANGLE: [
            Found(f"*{i}", v if n is None else {**v, "comment": f"by hand [multiwan:pcc:{n}]"})
            for i, (n, v) in enumerate(items)
        ]
    }
)


def chains(rows: list[Row] | list[Found]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for item in rows:
        if item.tag:
            result.setdefault(item.values["chain"], []).append(item.tag)
    return result


@settings(max_examples=300, deadline=None)
@given(mangle_plan, mangle_rows)
def test_applied_operations_give_the_plan(plan: list[Row], router: dict[str, list[Found]]) -> None:
    simulated = Simulated(router)
    simulated.apply(compare(plan, router).operations)
    own = own_rows(simulated.rows[MANGLE], None) if MANGLE in simulated.rows else []
    assert chains(own) == chains(plan)
    menu = menu_at(MANGLE)
    want = {item.tag: canonical(menu, item.values) for item in plan}
    assert {item.tag: canonical(menu, item.values) for item in own} == want
    assert compare(plan, simulated.rows).operations == ()


@settings(max_examples=300, deadline=None)
@given(mangle_plan, mangle_rows)
def test_foreign_rows_keep_their_text_and_order(plan: list[Row], router: dict[str, list[Found]]) -> None:
    simulated = Simulated(router)
    simulated.apply(compare(plan, router).operations)
    assert [r for r in simulated.rows[MANGLE] if not r.tag] == [r for r in router[MANGLE] if not r.tag]


@settings(max_examples=100, deadline=None)
@given(mangle_plan, mangle_rows)
def test_an_empty_plan_leaves_only_foreign_rows(plan: list[Row], router: dict[str, list[Found]]) -> None:
    simulated = Simulated(router)
    simulated.apply(compare(plan, router).operations)
    simulated.apply(compare([], simulated.rows).operations)
    assert simulated.rows[MANGLE] == [r for r in router[MANGLE] if not r.tag]


addresses = st.sampled_from(["10.0.0.1/24", "10.0.1.1/24", "10.0.2.1/24"])
address_plan = st.lists(st.tuples(NAMES, addresses), max_size=3, unique_by=(lambda i: i[0], lambda i: i[1])).map(
    lambda items: [row("/ip/address", n, address=a, interface="ether1") for n, a in items]
)


@settings(max_examples=200, deadline=None)
@given(address_plan, address_plan)
def test_a_unique_key_is_never_held_twice_on_the_way(before: list[Row], after: list[Row]) -> None:
    """RouterOS refuses a second row with the same key, so renames and swaps must pass without one."""
    simulated = Simulated({"/ip/address": []})
    simulated.apply(compare(before, {}).operations)
    for operation in compare(after, simulated.rows).operations:
        simulated.apply([operation])
        held = [(r.values["address"], r.values["interface"]) for r in simulated.rows["/ip/address"]]
        assert len(held) == len(set(held))
    assert compare(after, simulated.rows).operations == ()


@given(st.permutations(range(8)))
def test_longest_increasing_run_is_increasing_and_longest(numbers: list[int]) -> None:
    run = [numbers[index] for index in longest_increasing(numbers)]
    assert run == sorted(run)
    best = [1] * 8
    for i in range(8):
        best[i] = 1 + max((best[j] for j in range(i) if numbers[j] < numbers[i]), default=0)
    assert len(run) == max(best)


# --- single rules


def test_equal_rows_need_no_write() -> None:
    plan = [row("/ip/route", "a", dst_address="8.8.4.4/32", gateway="192.168.1.1%ether1", scope="11")]
    printed = found(
        "*80000001", "a", dst_address="8.8.4.4/32", gateway="192.168.1.1%ether1", scope="11", distance="1",
        target_scope="10", routing_table="main", disabled="false", active="true", static="true",
        immediate_gw="192.168.1.1%ether1",
    )  # fmt: skip
    assert words(plan, {"/ip/route": [printed]}) == []


def test_one_row_in_the_wrong_place_is_one_move() -> None:
    plan = [row(MANGLE, name, chain="mw-classify", action="return") for name in "abcd"]
    router = {MANGLE: [found(f"*{name}", name, chain="mw-classify", action="return") for name in "dabc"]}
    assert words(plan, router) == ["move d"]


def test_new_rows_go_before_their_successor() -> None:
    plan = [row(MANGLE, name, chain="mw-classify", action="return") for name in "abcd"]
    router = {MANGLE: [found(f"*{name}", name, chain="mw-classify", action="return") for name in "ad"]}
    operations = compare(plan, router).operations
    assert [(op.verb, op.tag, op.before) for op in operations] == [
        ("add", "multiwan:pcc:b", "multiwan:pcc:d"),
        ("add", "multiwan:pcc:c", "multiwan:pcc:d"),
    ]


def test_rows_of_different_chains_have_no_order() -> None:
    plan = [row(MANGLE, "a", chain="prerouting"), row(MANGLE, "b", chain="output")]
    router = {MANGLE: [found("*2", "b", chain="output"), found("*1", "a", chain="prerouting")]}
    assert words(plan, router) == []


def test_the_second_row_of_one_tag_is_removed() -> None:
    router = {MANGLE: [found(f"*{i}", "a", chain="prerouting", action="return") for i in (1, 2, 3)]}
    operations = compare([row(MANGLE, "a", chain="prerouting", action="return")], router).operations
    assert [(op.verb, op.id) for op in operations] == [("remove", "*3"), ("remove", "*2")]
    assert operations[0].words == "a second row with the same tag"


def test_a_matcher_added_by_hand_is_unset() -> None:
    router = {MANGLE: [found("*1", "a", chain="prerouting", action="return", src_address="10.9.9.9")]}
    (operation,) = compare([row(MANGLE, "a", chain="prerouting", action="return")], router).operations
    assert (operation.verb, operation.name) == ("unset", "src-address")
    assert operation.words == "src-address is '10.9.9.9', should be not set"


def test_a_changed_script_is_told_by_its_length() -> None:
    plan = [row("/system/script", "a", name="mw-a", source=":put secret")]
    (operation,) = compare(plan, {"/system/script": [found("*1", "a", name="mw-a", source=":put 1")]}).operations
    assert operation.words == "source is another text (6 characters, should be 11)"


def test_a_disabled_row_is_enabled() -> None:
    router = {MANGLE: [found("*1", "a", chain="prerouting", disabled="true")]}
    (operation,) = compare([row(MANGLE, "a", chain="prerouting")], router).operations
    assert (operation.verb, dict(operation.values)) == ("set", {"disabled": "no"})


def test_a_menu_without_unset_gets_empty_text() -> None:
    plan = [row("/ip/dhcp-server/alert", "a", interface="bridge")]
    router = {"/ip/dhcp-server/alert": [found("*1", "a", interface="bridge", valid_server="AA:BB:CC:00:11:22")]}
    (operation,) = compare(plan, router).operations
    assert (operation.verb, dict(operation.values)) == ("set", {"valid-server": ""})


@pytest.mark.parametrize("printed", ["", "false", "no", "true"])
def test_a_switch_is_on_when_it_is_there(printed: str) -> None:
    plan = [row("/ip/route", "a", dst_address="8.8.4.4/32", blackhole="", distance="250")]
    there = found("*1", "a", dst_address="8.8.4.4/32", blackhole=printed, distance="250")
    assert words(plan, {"/ip/route": [there]}) == []


def test_a_switch_that_should_be_off_is_unset() -> None:
    plan = [row("/ip/route", "a", dst_address="8.8.4.4/32", gateway="10.0.0.1")]
    there = found("*1", "a", dst_address="8.8.4.4/32", gateway="10.0.0.1", blackhole="no")
    assert [(op.verb, op.name) for op in compare(plan, {"/ip/route": [there]}).operations] == [("unset", "blackhole")]


def test_run_time_state_is_no_difference() -> None:
    plan = [row("/ip/dhcp-server/alert", "a", interface="bridge", alert_timeout="1h")]
    there = found("*1", "a", interface="bridge", alert_timeout="1h", invalid="false",
                  unknown_server="DC:2C:6E:81:CF:34")  # fmt: skip
    assert words(plan, {"/ip/dhcp-server/alert": [there]}) == []


def test_tables_come_first_and_jumps_last_and_removal_is_the_reverse() -> None:
    plan = [
        row(MANGLE, "jump", chain="prerouting", action="jump", jump_target="mw-classify"),
        row(MANGLE, "remember", chain="forward", action="jump", jump_target="mw-memory"),
        row(MANGLE, "body", chain="mw-classify", action="return"),
        row("/ip/firewall/nat", "nat", chain="srcnat", action="masquerade"),
        row("/ip/route", "default", gateway="10.0.0.1"),
        row("/ip/route", "route", dst_address="8.8.4.4/32", gateway="10.0.0.1"),
        row("/ip/address", "address", address="10.0.0.2/24", interface="ether1"),
        row("/routing/table", "table", name="mw-isp1", fib=""),
    ]
    order = ["table", "address", "nat", "route", "body", "remember", "jump", "default"]
    assert words(plan, {}) == [f"add {name}" for name in order]
    simulated = Simulated({})
    simulated.apply(compare(plan, {}).operations)
    assert words([], simulated.rows) == [f"remove {name}" for name in reversed(order)]


def test_a_foreign_row_in_the_way_is_a_conflict_not_an_operation_on_it() -> None:
    plan = [row("/ip/address", "a", address="10.0.0.2/24", interface="ether1")]
    there = found("*7", None, address="10.0.0.2/24", interface="ether1", disabled="yes")
    result = compare(plan, {"/ip/address": [there]})
    assert [(conflict.menu, conflict.tag) for conflict in result.conflicts] == [("/ip/address", "multiwan:pcc:a")]
    assert "*7" in result.conflicts[0].words
    assert all(operation.id != "*7" for operation in result.operations)


def test_a_foreign_row_that_is_what_the_plan_wants_is_left_to_its_owner() -> None:
    plan = [row("/ip/address", "a", address="10.0.0.2/24", interface="ether1")]
    there = {"/ip/address": [found("*7", None, address="10.0.0.2/24", interface="ether1", network="10.0.0.0")]}
    assert compare(plan, there) == Difference(())
    assert words([], there) == []


def test_a_row_that_the_router_made_itself_is_no_substitute_for_ours() -> None:
    plan = [row("/ip/address", "a", address="10.0.0.2/24", interface="ether1")]
    there = found("*7", None, address="10.0.0.2/24", interface="ether1", dynamic="true")
    assert compare(plan, {"/ip/address": [there]}).conflicts


def test_a_renamed_uplink_changes_comments_only() -> None:
    router = {"/ip/address": [found("*1", "old", address="10.0.0.2/24", interface="ether1")]}
    plan = [row("/ip/address", "new", address="10.0.0.2/24", interface="ether1")]
    (operation,) = compare(plan, router).operations
    assert (operation.verb, dict(operation.values)) == ("set", {"comment": "x [multiwan:pcc:new]"})


def test_rows_of_other_roles_are_left_alone_when_only_some_were_planned() -> None:
    router = {"/ip/route": [Found("*1", {"comment": "[multiwan:failover:isp1]"}), found("*2", "old")]}
    operations = compare([], router, owners={"pcc"}).operations
    assert [operation.id for operation in operations] == ["*2"]


def test_a_dynamic_row_with_our_comment_belongs_to_the_router() -> None:
    router = {"/ip/firewall/address-list": [found("*1", "a", list="mw-bypass", address="1.1.1.1", dynamic="true")]}
    assert words([], router) == []


def test_a_tag_in_the_middle_of_a_comment_is_no_tag() -> None:
    assert Found("*1", {"comment": "see [multiwan:pcc:isp1] for why"}).tag is None
    assert Found("*1", {"comment": "Modem 1 [multiwan:pcc:isp1:0]"}).tag == "multiwan:pcc:isp1:0"


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (Row("/ip/nat", "multiwan:pcc:a", {"comment": "[multiwan:pcc:a]"}), "does not write the menu"),
        (row(MANGLE, "a", chian="x"), "RouterOS 7.22 has no chian there"),
        (Row(MANGLE, "multiwan:pcc:a", {"chain": "x"}), "does not end in the tag"),
    ],
)
def test_what_cannot_be_written_is_named(bad: Row, fault: str) -> None:
    (sentence,) = unwritable([bad], Version(7, 22))
    assert fault in sentence


@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("routing-table", Version(7, 9), True),
        ("routing-table", Version(6, 49), False),
        ("routing-mark", Version(6, 49, 19), True),
        ("routing-mark", Version(7, 9), False),
    ],
)
def test_a_property_of_another_version_cannot_be_written(name: str, version: Version, known: bool) -> None:
    faults = unwritable([row("/ip/route", "a", **{name: "mw-isp1"})], version)
    assert faults == ([] if known else [f"/ip/route [multiwan:pcc:a]: RouterOS {version} has no {name} there"])


def test_a_tag_that_occurs_twice_is_named() -> None:
    assert "occurs twice" in unwritable([row(MANGLE, "a", chain="x"), row(MANGLE, "a", chain="y")], Version(7, 22))[0]


def test_every_menu_has_its_own_stage() -> None:
    stages = [menu.stage for menu in MENUS]
    assert len(set(stages)) == len(stages)
    assert stages == sorted(stages)


def test_what_scripts_on_the_router_change_is_left_alone_and_not_shown() -> None:
    plan = [replace(row("/ip/route", "gate1", gateway="8.8.4.4"), runtime=("disabled",))]
    closed = [found("*1", "gate1", gateway="8.8.4.4", disabled="true")]
    assert compare(plan, {"/ip/route": closed}).operations == ()
    (operation,) = compare(plan, {"/ip/route": [found("*1", "gate1", gateway="9.9.9.9", disabled="true")]}).operations
    assert operation.values == {"gateway": "8.8.4.4"}
    (added,) = compare(plan, {}).operations
    assert "disabled" not in added.values
