# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-up order of v7 and numbers that keep their meaning (facts 2.2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.derive.derive import derive
from lab.derive.observations import Observations
from lab.derive.plan import KernelPlan, RulePlan
from tests.unit.lab.derive.snapshots import Config, branch, plain

MASK = 0xFFFF


def _plan(config: Config) -> KernelPlan:
    return derive(config.snapshot(), Observations(), 0.0).kernel


def test_marks_come_before_the_routers_own_addresses_and_main_comes_last() -> None:
    rules = _plan(branch()).rules
    assert [rule.priority for rule in rules] == [100, 100, 100, 100, 1000, 32766]
    assert [rule.table for rule in rules[-2:]] == [255, 254]
    assert sorted(rule.mark for rule in rules if rule.mark is not None) == [1, 2, 3, 4]


def test_the_order_follows_policy_rules() -> None:
    config = branch()
    config.add("/routing/settings", policy_rules="vrf-lookup,vrf-unreach,local,user,mangle,main")
    config.add("/routing/rule", action="lookup", src_address="10.0.0.0/8", table="mw-isp1")
    rules = _plan(config).rules
    assert [(rule.priority, rule.table) for rule in rules[:2]] == [(100, 255), (1000, 1001)]
    assert {rule.priority for rule in rules if rule.mark} == {2000}


def test_user_rules_keep_their_order_and_their_actions() -> None:
    config = branch()
    for action, more in (
        ("lookup", {"table": "mw-isp1", "src_address": "10.0.0.0/8"}),
        ("lookup-only-in-table", {"table": "mw-isp2", "interface": "bridge"}),
        ("drop", {"dst_address": "10.9.0.0/16"}),
        ("lookup", {"table": "main", "min_prefix": "0", "routing_mark": "mw-isp1"}),
    ):
        config.add("/routing/rule", action=action, **more)
    user = [rule for rule in _plan(config).rules if 2000 <= rule.priority < 3000]
    assert user == [
        RulePlan(2000, 1001, source="10.0.0.0/8"),
        RulePlan(2002, 1002, interface="bridge"),
        RulePlan(2003, 0, interface="bridge", action="unreachable"),
        RulePlan(2004, 0, destination="10.9.0.0/16", action="blackhole"),
        RulePlan(2006, 254, mark=1, mask=MASK, suppress_prefix=0),
    ]


def test_a_rule_that_can_not_be_enacted_is_inactive_and_noted() -> None:
    config = plain()
    row = config.add("/routing/rule", action="lookup", table="gone")
    derived = derive(config.snapshot(), Observations(), 0.0)
    assert derived.status["/routing/rule", row] == {"inactive": "true"}
    assert [note.text for note in derived.notes] == ["no table gone with fib"]


def test_table_numbers_do_not_depend_on_the_order_or_on_other_rows() -> None:
    config = branch()
    before = {rule.table for rule in _plan(config).rules}
    config.menus["/routing/table"].reverse()
    config.remove("/routing/table", config.find("/routing/table", name="mw-isp1"))
    after = {rule.table for rule in _plan(config).rules}
    assert before - after == {1001}
    assert after < before


@given(st.sets(st.text("abcdef-", min_size=1, max_size=6), min_size=1, max_size=30))
def test_connection_marks_keep_their_numbers_when_others_go(names: set[str]) -> None:
    def numbers(of: set[str]) -> dict[str, int]:
        config = Config()
        for name in of:
            config.add("/ip/firewall/mangle", chain="forward", action="mark-connection", new_connection_mark=name)
        return {name: number for number, name in _plan(config).connection_marks.items()}

    every = numbers(names)
    assert set(every) == names
    assert len(set(every.values())) == len(names)
    assert all(number > MASK for number in every.values())
    fewer = numbers(set(sorted(names)[::2]))
    assert all(every[name] == number for name, number in fewer.items())
