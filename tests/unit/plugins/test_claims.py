# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that may exist already: what is taken of them, what is left, and what is given back."""

from __future__ import annotations

from ansible_collections.multiwan.routeros.plugins.module_utils import claims
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Difference, Found, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row
from ansible_collections.multiwan.routeros.plugins.module_utils.tags import owned

FILTER = "/ip/firewall/mangle"
TAG = "multiwan:pcc:example"
MARKED = f"teknisi [{TAG}:claimed:connection-mark]"


def wanted(absent: str = "nothing", **values: str) -> Row:
    return owned(
        FILTER,
        TAG,
        "Example",
        {"chain": "forward", "action": "accept", **values},
        claims=("chain", "action"),
        absent=absent,  # type: ignore[arg-type]
    )


def theirs(row_id: str = "*1", **values: str) -> Found:
    return Found(row_id, {"chain": "forward", "action": "accept", "comment": "teknisi", **values})


def difference(plan: list[Row], *found: Found) -> Difference:
    return compare(plan, {FILTER: list(found)})


def test_only_what_differs_is_set_and_said_in_the_comment() -> None:
    (write,) = difference([wanted(**{"connection-mark": "no-mark"})], theirs(protocol="tcp")).operations
    assert (write.verb, write.id) == ("set", "*1")
    assert write.values == {"connection-mark": "no-mark", "comment": MARKED}


def test_a_claim_that_holds_writes_nothing() -> None:
    held = theirs(comment=MARKED, **{"connection-mark": "no-mark"})
    assert difference([wanted(**{"connection-mark": "no-mark"})], held).operations == ()


def test_a_row_that_says_everything_is_left_without_a_mark() -> None:
    same = theirs(**{"connection-mark": "no-mark"})
    assert difference([wanted(**{"connection-mark": "no-mark"})], same) == Difference(())


def test_what_people_set_otherwise_is_a_conflict() -> None:
    found = difference([wanted(**{"connection-mark": "no-mark"})], theirs(**{"connection-mark": "voip"}))
    assert found.operations == ()
    assert "connection-mark is 'voip', should be 'no-mark'" in found.conflicts[0].words


def test_what_was_claimed_and_changed_by_hand_is_set_again() -> None:
    changed = theirs(comment=MARKED, **{"connection-mark": "voip"})
    (write,) = difference([wanted(**{"connection-mark": "no-mark"})], changed).operations
    assert write.values == {"connection-mark": "no-mark"}


def test_every_row_that_matches_is_claimed() -> None:
    rows = (theirs("*1"), theirs("*2", comment=""), theirs("*3", chain="input"))
    found = difference([wanted(**{"connection-mark": "no-mark"})], *rows)
    assert [write.id for write in found.operations] == ["*1", "*2"]
    assert found.operations[1].values["comment"] == f"[{TAG}:claimed:connection-mark]"


def test_an_empty_plan_gives_back_and_takes_the_mark_off() -> None:
    held = theirs(comment=MARKED, protocol="tcp", **{"connection-mark": "no-mark"})
    unset, comment = difference([], held).operations
    assert (unset.verb, unset.name) == ("unset", "connection-mark")
    assert comment.values == {"comment": "teknisi"}


def test_a_property_that_is_asked_for_no_more_is_given_back() -> None:
    held = theirs(comment=MARKED, **{"connection-mark": "no-mark"})
    unset, write = difference([wanted(disabled="yes")], held).operations
    assert unset.name == "connection-mark"
    assert write.values == {"disabled": "yes", "comment": f"teknisi [{TAG}:claimed:disabled]"}


def test_a_property_with_a_default_is_given_back_as_a_value() -> None:
    held = theirs(comment=f"teknisi [{TAG}:claimed:disabled]", disabled="true")
    (write,) = difference([], held).operations
    assert write.values == {"disabled": "no", "comment": "teknisi"}


def test_without_a_match_the_row_is_made_refused_or_left_out() -> None:
    made = difference([wanted("add")])
    assert [write.verb for write in made.operations] == ["add"]
    assert difference([wanted("nothing")]) == Difference(())
    refused = difference([wanted("refuse")])
    assert refused.operations == ()
    assert "no row with chain=forward action=accept" in refused.conflicts[0].words


def test_dynamic_rows_are_never_claimed() -> None:
    assert difference([wanted(disabled="yes")], theirs(dynamic="true")) == Difference(())


def test_a_row_made_here_is_ours_and_not_claimed() -> None:
    own = Found("*1", {"chain": "forward", "action": "accept", "comment": f"Example [{TAG}]"})
    (write,) = difference([wanted("add", disabled="yes")], own).operations
    assert write.values == {"disabled": "yes"}
    (gone,) = difference([], own).operations
    assert gone.verb == "remove"


def test_taken_back_means_as_it_was() -> None:
    before = {FILTER: [theirs()]}
    (write,) = claims.differing(before, {FILTER: [theirs(comment=MARKED, **{"connection-mark": "no-mark"})]})
    assert write.values == {"comment": "teknisi", "connection-mark": ""}
    assert claims.differing(before, before) == []


def test_a_leader_yields_to_a_row_with_its_key_and_takes_its_followers_along() -> None:
    leader = owned("/interface/list", "multiwan:lan:a", "A", {"name": "guests"}, yields=True)
    follower = owned("/interface/list", "multiwan:lan:b", "B", {"name": "more"}, follows=leader.tag)
    foreign = Found("*1", {"name": "guests", "include": "all", "comment": "teknisi"})
    kept, notes = claims.left_to_others([leader, follower], {"/interface/list": [foreign]})
    assert kept == ()
    assert "*1 (guests)" in notes[0]
    assert compare([leader, follower], {"/interface/list": [foreign]}) == Difference(())


def test_a_leader_of_ours_stays_with_its_followers() -> None:
    leader = owned("/interface/list", "multiwan:lan:a", "A", {"name": "guests"}, yields=True)
    follower = owned("/interface/list", "multiwan:lan:b", "B", {"name": "more"}, follows=leader.tag)
    own = Found("*1", {"name": "guests", "comment": f"A [{leader.tag}]"})
    kept, notes = claims.left_to_others([leader, follower], {"/interface/list": [own]})
    assert kept == (leader, follower)
    assert notes == ()


def test_a_plan_says_claims_and_comes_back_the_same() -> None:
    leader = owned("/interface/list", "multiwan:lan:a", "A", {"name": "guests"}, yields=True)
    plan = Plan(
        "jakarta",
        (wanted("refuse"), leader, owned("/interface/list", "multiwan:lan:b", "B", {"name": "c"}, follows=leader.tag)),
    )
    assert Plan.from_json(plan.to_json()) == plan
