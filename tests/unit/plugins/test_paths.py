# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import paths
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.model import MODES, Branch, Uplink
from ansible_collections.multiwan.routeros.plugins.module_utils.slots import reduced
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch, branches, uplink


def parsed(count: int, metered: Iterable[int] = (), mode: str = "balance", **more: Any) -> Branch:
    """``count`` uplinks, those with the numbers in ``metered`` metered."""
    raw = branch(count, mode=mode, **more)
    raw["multiwan_uplinks"] = [uplink(n, metered=n in set(metered)) for n in range(1, count + 1)]
    return parse_branch(raw, name="jakarta")


def carrier(path: paths.Path, branch: Branch, dead: set[Uplink]) -> Uplink | None:
    """Who takes a new connection: the first of its path that lives, else ``main`` goes on by priority."""
    return next((line for line in (*path, *branch.by_priority) if line not in dead), None)


def deaths(branch: Branch) -> Iterator[set[Uplink]]:
    for size in range(len(branch.uplinks)):
        yield from (set(some) for some in combinations(branch.uplinks, size))


KINDS = [
    (count, metered)
    for count in range(2, 6)
    for size in range(1, count)
    for metered in combinations(range(1, count + 1), size)
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("count", "metered"), KINDS)
def test_a_metered_uplink_carries_only_when_nothing_else_lives(count: int, metered: tuple[int, ...], mode: str) -> None:
    made = parsed(count, metered, mode)
    for dead in deaths(made):
        others_live = any(not line.metered for line in made.uplinks if line not in dead)
        for path in paths.slot_paths(made):
            found = carrier(path, made, dead)
            assert found is not None
            assert found.metered == (not others_live)
            if not others_live:
                assert found == next(line for line in made.by_priority if line not in dead)


@pytest.mark.parametrize(("count", "metered"), KINDS)
def test_only_connections_of_the_dead_move(count: int, metered: tuple[int, ...]) -> None:
    made = parsed(count, metered)
    for dead in deaths(made):
        for path in paths.slot_paths(made):
            if path[0] not in dead:
                assert carrier(path, made, dead) == path[0]


@given(branches())
@settings(max_examples=50)
def test_shares_are_those_of_a_branch_without_its_metered_uplinks(raw: dict[str, Any]) -> None:
    made = parse_branch({**raw, "multiwan_mode": "balance"}, name="jakarta")
    sharing = [line for line in made.uplinks if not line.metered]
    chosen = paths.slot_paths(made)
    begun = Counter(path[0] for path in chosen)
    weights = reduced([line.weight for line in sharing])
    assert {line: Fraction(begun[line], len(chosen)) for line in sharing} == {
        line: Fraction(weight, sum(weights)) for line, weight in zip(sharing, weights, strict=True)
    }
    without = [item for item in raw["multiwan_uplinks"] if not item["metered"]]
    bare = {"multiwan_uplinks": without, "multiwan_mode": "balance"}
    alone = paths.slot_paths(parse_branch(bare, name="jakarta"))
    assert [path[0].name for path in chosen] == [path[0].name for path in alone]


@given(branches())
@settings(max_examples=50)
def test_no_path_names_an_uplink_twice_and_tables_are_one_for_each_path(raw: dict[str, Any]) -> None:
    every = paths.all_paths(parse_branch(raw, name="jakarta"))
    assert all(len(set(path)) == len(path) for path in every)
    assert len({paths.path_table(path) for path in every}) == len(every)


@given(branches(), st.data())
@settings(max_examples=50)
def test_a_pinned_path_begins_with_its_uplink_and_goes_on_by_priority(raw: dict[str, Any], data: st.DataObject) -> None:
    made = parse_branch(raw, name="jakarta")
    pinned = data.draw(st.sampled_from(made.uplinks))
    path = paths.pin_path(made, pinned.name)
    others = [line for line in made.by_priority if line != pinned]
    assert list(path) == [pinned, *others][: len(path)]
    assert len(path) == (len(made.uplinks) if len(made.uplinks) <= 4 else 2)


def test_a_pin_may_ask_for_a_metered_uplink() -> None:
    pins = [{"name": "bank", "uplink": "isp3", "dst_address": "203.0.113.200"}]
    made = parsed(3, {3}, pins=pins)
    assert [line.name for line in paths.all_paths(made)[-1]] == ["isp3", "isp1", "isp2"]


def test_one_uplink_beside_metered_ones_takes_everything_in_one_path() -> None:
    assert [[line.name for line in path] for path in paths.slot_paths(parsed(3, {1, 3}))] == [["isp2", "isp1", "isp3"]]


def test_with_more_than_four_uplinks_main_goes_on_to_the_metered_ones() -> None:
    made = parsed(6, {6})
    assert {len(path) for path in paths.slot_paths(made)} == {2}
    assert not any(line.metered for path in paths.slot_paths(made) for line in path)
    few = parsed(6, {3, 4, 5, 6})
    assert sorted([line.name for line in path] for path in paths.slot_paths(few)) == [
        ["isp1", "isp2"],
        ["isp2", "isp1"],
    ]
