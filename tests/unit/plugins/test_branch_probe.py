# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.model import Branch, Probe
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.branches import PROBES, branch, uplink

MEASURED = st.fixed_dictionaries({}, optional={"loss": st.integers(1, 99), "latency": st.integers(10, 5000)})
WHOLE = st.builds(lambda one, other: {**one, **other}, PROBES, MEASURED)
DEFAULTS = Probe(interval_s=1, good_checks=20, quorum=1, loss=None, latency_ms=None)


def parsed(*own: dict[str, Any] | None, **more: Any) -> Branch:
    """A branch whose uplinks have ``own`` probes, beside one that says nothing."""
    raw = branch(1, **more)
    raw["multiwan_uplinks"] = [uplink(1), *(uplink(n, probe=probe) for n, probe in enumerate(own, start=2))]
    return parse_branch(raw, name="jakarta")


def probe(said: dict[str, Any]) -> Probe:
    return parsed(probe=said).uplinks[0].probe


def paths(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(BranchError) as caught:
        parse_branch(raw, name="jakarta")
    return [problem.path for problem in caught.value.problems]


def test_a_branch_that_says_nothing_is_watched_every_two_seconds_and_comes_back_after_ten_checks() -> None:
    assert probe({}) == DEFAULTS
    assert parsed().fast


def test_the_fast_layer_can_be_left_out() -> None:
    assert not parsed(fast_failover=False).fast


@pytest.mark.parametrize(
    ("written", "seconds"), [(2, 2), ("2", 2), ("2s", 2), ("1m", 60), ("5000ms", 5), ("0.5m", 30), ("1.0s", 1)]
)
def test_the_interval_is_read_in_any_unit(written: Any, seconds: int) -> None:
    assert probe({"interval": written}).interval_s == seconds


@pytest.mark.parametrize("written", [300, "300", "300ms", "0.3s", "0.005m", "300.0"])
def test_the_latency_is_read_in_any_unit(written: Any) -> None:
    assert probe({"latency": written}).latency_ms == 300


@pytest.mark.parametrize("written", [20, "20", "20%"])
def test_the_loss_is_per_cent_with_or_without_the_sign(written: Any) -> None:
    assert probe({"loss": written}).loss == 20


@pytest.mark.parametrize("key", ["interval", "good_checks", "quorum", "loss", "latency"])
@pytest.mark.parametrize("value", [0, -1, True, [], {}, 1.5, "", "x", "1e3", "٢", "2 s", "2s ", "1m30s", 10**9])
def test_what_is_out_of_range_or_no_number_is_told_with_its_path(key: str, value: Any) -> None:
    assert paths({**branch(2), "multiwan_probe": {key: value}})[0] == f"multiwan_probe.{key}"
    raw = {**branch(2), "multiwan_uplinks": [uplink(1), uplink(2, probe={key: value})]}
    assert paths(raw) == [f"multiwan_uplinks[1].probe.{key}"]


@given(WHOLE, WHOLE)
def test_an_uplink_overrides_single_keys(common: dict[str, Any], own: dict[str, Any]) -> None:
    one, other = parsed(own, probe=common).uplinks
    assert one.probe == probe(common)
    assert other.probe == probe({**common, **own})


@pytest.mark.parametrize(
    ("common", "own", "seconds"),
    [({}, {}, 10), ({"interval": 1}, {}, 10), ({"interval": 30}, {}, 30), ({"interval": 30}, {"interval": 3}, 3)],
)
def test_a_metered_uplink_is_checked_every_ten_seconds_at_most_unless_it_says(
    common: dict[str, Any], own: dict[str, Any], seconds: int
) -> None:
    raw = branch(1, probe=common)
    raw["multiwan_uplinks"].append(uplink(2, metered=True, probe=own))
    assert parse_branch(raw, name="jakarta").uplinks[1].probe.interval_s == seconds


def test_a_quorum_needs_as_many_anchors_on_every_uplink() -> None:
    raw = branch(3, probe={"quorum": 2})
    raw["multiwan_uplinks"][1]["anchors"] = ["203.0.113.2"]
    raw["multiwan_uplinks"][2]["probe"] = {"quorum": 3}
    assert sorted(paths(raw)) == ["multiwan_probe.quorum", "multiwan_uplinks[2].probe.quorum"]
    raw["multiwan_uplinks"][1]["probe"] = {"quorum": 1}
    raw["multiwan_uplinks"][2]["probe"] = {"quorum": 2}
    assert [line.probe.quorum for line in parse_branch(raw, name="jakarta").uplinks] == [2, 1, 2]


@pytest.mark.parametrize("anchors", [None, [], "8.8.4.4", {}])
def test_missing_anchors_are_told_once_and_not_as_a_wrong_quorum(anchors: Any) -> None:
    raw = branch(2, probe={"quorum": 2})
    raw["multiwan_uplinks"][1]["anchors"] = anchors
    assert paths(raw) == ["multiwan_uplinks[1].anchors"]


@pytest.mark.parametrize("key", ["loss", "latency"])
def test_routeros_six_measures_neither_loss_nor_latency(key: str) -> None:
    six = branch(1, routeros_version="6.49", probe={key: 20})
    six["multiwan_uplinks"].append(uplink(2, probe={key: 20}))
    with pytest.raises(BranchError, match="netwatch tells up from down and measures nothing"):
        parse_branch(six, name="jakarta")
    assert paths(six) == [f"multiwan_uplinks[1].probe.{key}", f"multiwan_probe.{key}"]
    assert parse_branch({**six, "multiwan_routeros_version": "7.9"}, name="jakarta").version.major == 7


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_at_least_one_uplink_is_not_metered(metered: list[bool]) -> None:
    raw = branch(1)
    raw["multiwan_uplinks"] = [uplink(n, metered=flag) for n, flag in enumerate(metered, start=1)]
    if all(metered):
        assert paths(raw) == ["multiwan_uplinks"]
    else:
        assert [line.metered for line in parse_branch(raw, name="jakarta").uplinks] == metered


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), min_size=1, max_size=6))
def test_metered_uplinks_come_last_whatever_their_priority(lines: list[tuple[bool, int]]) -> None:
    raw = branch(1)
    raw["multiwan_uplinks"][0]["priority"] = 3
    raw["multiwan_uplinks"] += [
        uplink(n, metered=metered, priority=priority) for n, (metered, priority) in enumerate(lines, start=2)
    ]
    ranks = [(line.metered, line.priority, line.position) for line in parse_branch(raw, name="jakarta").by_priority]
    assert ranks == sorted(ranks)
