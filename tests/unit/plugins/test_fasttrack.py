# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastTrack rules of somebody else: what is taken of them, and that it is given back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Difference, Found, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row

from tests.unit.plugins.branches import branch

FILTER = "/ip/firewall/filter"
RULE = {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
OTHER = {"chain": "forward", "action": "accept", "connection-state": "established,related"}
WAYS = {
    "keep off marked connections": {"connection-mark": "no-mark"},
    "primary only": {"connection-mark": "mw-isp2"},
    "remove": {"disabled": "yes"},
}


def rows(way: str | None) -> list[Row]:
    raw = branch(2) | ({} if way is None else {"multiwan_fasttrack": way})
    raw["multiwan_uplinks"] = [{**one, "priority": 3 - number} for number, one in enumerate(raw["multiwan_uplinks"], 1)]
    return [row for row in assemble(raw, name="jakarta").rows if row.menu == FILTER]


def difference(way: str | None, *router: Mapping[str, str]) -> Difference:
    found = [Found(f"*{number}", dict(values)) for number, values in enumerate(router, start=1)]
    return compare(rows(way), {FILTER: found})


def test_without_a_word_of_the_branch_nothing_is_touched() -> None:
    assert rows(None) == []
    assert difference(None, RULE).operations == ()


@pytest.mark.parametrize("way", WAYS)
def test_every_rule_is_changed_and_no_other_row(way: str) -> None:
    found = difference(way, OTHER, RULE, {**RULE, "comment": "mine"}, {**RULE, "dynamic": "true"})
    assert [(item.verb, item.id) for item in found.operations] == [("set", "*2"), ("set", "*3")]
    for item in found.operations:
        assert {name: text for name, text in item.values.items() if name != "comment"} == WAYS[way]
    (name,) = WAYS[way]
    assert found.operations[1].values["comment"] == f"mine [multiwan:pcc:fasttrack:claimed:{name}]"
    assert found.conflicts == ()


@pytest.mark.parametrize("way", WAYS)
def test_there_may_be_none(way: str) -> None:
    assert difference(way, OTHER) == Difference(())


@pytest.mark.parametrize("way", WAYS)
def test_one_that_is_right_already_stays_somebody_elses(way: str) -> None:
    assert difference(way, {**RULE, **WAYS[way]}).operations == ()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("then", [None, *WAYS])
def test_what_was_taken_is_given_back_or_changed(way: str, then: str | None) -> None:
    (first,) = difference(way, RULE).operations
    values = {**RULE, **first.values}
    for item in difference(then, values).operations:
        values |= item.values
        if item.verb == "unset":
            del values[item.name]
    left = {name: text for name, text in values.items() if text not in ("", "no") and name != "comment"}
    assert left == {**RULE, **(WAYS[then] if then else {})}
    assert ("multiwan" in values["comment"]) is (then is not None)


def test_a_mark_by_hand_is_refused_with_words() -> None:
    (conflict,) = difference("keep off marked connections", {**RULE, "connection-mark": "voip"}).conflicts
    assert "connection-mark is 'voip', should be 'no-mark'" in conflict.words
