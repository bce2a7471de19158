# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of bootstrap that depend on what is there: the firewall, the group, the user, services of others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils import bootstrap_state, bootstrap_steps
from ansible_collections.multiwan.routeros.plugins.plugin_utils.bootstrap_state import Entry, Rule, Service, State
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.bootstrap_router import order

OWN = "tcp 8729 mw-management"
API_SSL = Service("*7", "api-ssl", "8729", False, "", frozenset())


def rule(number: int, action: str, chain: str = "input", *, jump: str = "", disabled: bool = False) -> Rule:
    return Rule(f"*{number}", chain, action, jump, disabled, False, False, "")


def own(number: int, matches: str = OWN) -> Rule:
    return Rule(f"*{number}", "input", "accept", "", False, False, True, matches)


def state(rules: Sequence[Rule] = (), entries: Sequence[Entry] = (), services: Sequence[Service] = (API_SSL,)) -> State:
    return State("7.22", None, tuple(services), (), None, (), tuple(rules), tuple(entries), frozenset())


def commands(found: State) -> list[str]:
    return [step.command for step in bootstrap_steps.firewall(found, order())]


ENTRIES = (Entry("*A", "10.0.0.0/8", True), Entry("*B", "192.168.88.7", True))


def test_nothing_drops_nothing_is_accepted() -> None:
    assert commands(state([rule(1, "accept"), rule(2, "drop", "forward"), rule(3, "drop", disabled=True)])) == []


@pytest.mark.parametrize("action", ["drop", "reject", "tarpit"])
def test_one_row_before_the_first_that_drops(action: str) -> None:
    *lists, accept = commands(state([rule(1, "accept"), rule(2, action), rule(3, "drop")]))
    assert len(lists) == 2
    assert accept.endswith("place-before=*2")
    assert "dst-port=8729" in accept
    assert 'src-address-list="mw-management"' in accept


def test_a_jump_to_rows_that_drop_counts_as_one() -> None:
    rules = [rule(1, "jump", jump="guard"), rule(2, "drop"), rule(3, "accept", "guard"), rule(4, "drop", "guard")]
    assert commands(state(rules))[-1].endswith("place-before=*1")
    harmless = [rule(1, "jump", jump="guard"), rule(2, "drop"), rule(3, "accept", "guard")]
    assert commands(state(harmless))[-1].endswith("place-before=*2")
    assert commands(state([rule(1, "jump", jump="loop"), rule(2, "jump", "loop", jump="loop")])) == []


def test_what_is_right_is_left() -> None:
    assert commands(state([own(9), rule(2, "drop")], ENTRIES)) == []


def test_a_row_that_came_behind_is_moved_and_a_wrong_one_replaced() -> None:
    assert commands(state([rule(2, "drop"), own(9)], ENTRIES)) == ["/ip firewall filter move *9 destination=*2"]
    removed, added = commands(state([own(9, "tcp 8728 mw-management"), rule(2, "drop")], ENTRIES))
    assert removed == "/ip firewall filter remove *9"
    assert "place-before=*2" in added


def test_networks_that_are_no_longer_named_leave_the_list_but_not_those_of_others() -> None:
    entries = (*ENTRIES, Entry("*C", "172.16.0.0/12", True), Entry("*D", "192.0.2.0/24", False))
    assert commands(state([own(9), rule(2, "drop")], entries)) == ["/ip firewall address-list remove *C"]


_RULES = st.builds(
    Rule,
    id=st.integers(1, 99).map("*{:X}".format),
    chain=st.sampled_from(["input", "forward", "guard"]),
    action=st.sampled_from(["accept", "drop", "jump", "log", "reject"]),
    jump_target=st.sampled_from(["guard", "other"]),
    disabled=st.booleans(),
    dynamic=st.booleans(),
    own=st.just(False),
    matches=st.just(""),
)


@given(st.lists(_RULES, max_size=8, unique_by=lambda one: one.id))
def test_once_the_row_stands_there_nothing_is_left_to_do(rules: list[Rule]) -> None:
    found = state(rules, ENTRIES)
    blocking = found.first_blocking()
    if blocking is None:
        assert commands(found) == []
        return
    (command,) = commands(found)
    assert command.endswith(f"place-before={blocking.id}")
    place = rules.index(blocking)
    assert commands(state([*rules[:place], own(0x100), *rules[place:]], ENTRIES)) == []


def test_services_that_are_closed_already_or_missing_are_left() -> None:
    services = (API_SSL, Service("*6", "api", "8728", True, "", frozenset()))
    assert bootstrap_steps.closing(state(services=services), order()) == ()


def test_api_ssl_of_somebody_else_is_given_back_as_it_was() -> None:
    theirs = Service("*7", "api-ssl", "8729", True, "their own", frozenset({"172.16.0.0/12", "10.0.0.1"}))
    assert bootstrap_steps.service_as_before(state(services=(theirs,))).command == (
        '/ip service set *7 certificate="their own" address="10.0.0.1,172.16.0.0/12" disabled=yes'
    )


def test_secrets_of_a_step_are_not_shown() -> None:
    (step,) = bootstrap_steps.user(state(), order())
    assert order().password not in repr(step)
    assert "password=" in step.command


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11-21", "2026-11-21"), ("nov/21/2026", "2026-11-21"), ("1970-13-01", None), ("", None)]
)
def test_both_forms_of_a_date(text: str, day: str | None) -> None:
    found = bootstrap_state.parse_day(text)
    assert (found.isoformat() if found else None) == day
