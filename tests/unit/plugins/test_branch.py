# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import (
    CONNECTION_VARIABLES,
    RULE_VARIABLES,
    parse_branch,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import TOKEN, branch, branches, uplink

WORDS = st.sampled_from(
    ["name", "interface", "address", "gateway", "anchors", "weight", "dhcp", "pool", "uplink", "bot_token", "chat_id"]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.ip_addresses().map(str)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, st.text()), inner, max_size=5)
    ),
    max_leaves=20,
)


def problems(raw: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(BranchError) as caught:
        parse_branch(raw, name="jakarta")
    return [(problem.path, problem.allowed) for problem in caught.value.problems]


def told(raw: dict[str, Any]) -> list[str] | None:
    """Paths of the mistakes, ``None`` without any. Lets every other exception through."""
    try:
        parse_branch(raw, name="jakarta")
    except BranchError as error:
        return [problem.path for problem in error.problems]
    return None


def with_uplink(index: int, **more: Any) -> dict[str, Any]:
    raw = branch(3)
    raw["multiwan_uplinks"][index].update(more)
    return raw


@given(branches())
@settings(max_examples=20)
def test_a_right_branch_is_read(raw: dict[str, Any]) -> None:
    parsed = parse_branch(raw, name="jakarta")
    assert [uplink.name for uplink in parsed.uplinks] == [item["name"] for item in raw["multiwan_uplinks"]]
    assert [uplink.position for uplink in parsed.uplinks] == list(range(1, len(parsed.uplinks) + 1))


@given(branches())
@settings(max_examples=20)
def test_reading_changes_nothing(raw: dict[str, Any]) -> None:
    before = copy.deepcopy(raw)
    parse_branch(raw, name="jakarta")
    assert raw == before


@given(st.dictionaries(st.sampled_from(RULE_VARIABLES), JSON))
def test_whatever_is_written_only_a_branch_error_comes_out(raw: dict[str, Any]) -> None:
    assert told(raw) != []


@given(st.sampled_from(RULE_VARIABLES), JSON)
def test_one_wrong_variable_is_told_under_its_own_name(variable: str, value: Any) -> None:
    paths = {path.split("[")[0].split(".")[0] for path in told({**branch(2), variable: value}) or []}
    # An uplink may have become what overlaps a segment.
    assert paths <= {variable, "multiwan_segments"}


def test_every_mistake_is_found_in_one_go() -> None:
    raw = with_uplink(1, gateway="10.0.0.1", weight=0, anchors=["203.0.113.1"])
    raw.update(multiwan_mode="both", multiwan_colour="red")
    paths = [path for path, _ in problems(raw)]
    assert paths == [
        "multiwan_colour",
        "multiwan_uplinks[0].weight",
        "multiwan_uplinks[1].weight",
        "multiwan_uplinks[1].gateway",
        "multiwan_uplinks[1].anchors[0]",
        "multiwan_uplinks[2].weight",
        "multiwan_mode",
    ]


def test_names_of_others_are_not_ours_to_judge() -> None:
    parse_branch({**branch(), "ansible_host": "192.0.2.7", "my_multiwan": 1}, name="jakarta")


@pytest.mark.parametrize("variable", CONNECTION_VARIABLES)
def test_variables_of_the_connection_are_known(variable: str) -> None:
    parse_branch({**branch(), variable: "anything"}, name="jakarta")


def test_gates_follow_the_position_and_not_the_priority() -> None:
    parsed = parse_branch(with_uplink(0, priority=9), name="jakarta")
    assert [str(uplink.gate) for uplink in parsed.uplinks] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert [uplink.name for uplink in parsed.by_priority] == ["isp2", "isp3", "isp1"]


def test_weights_follow_the_download_speed() -> None:
    raw = branch()
    raw["multiwan_uplinks"] = [uplink(1, download="10M"), uplink(2, download="50M", upload="5M")]
    assert [line.weight for line in parse_branch(raw, name="jakarta").uplinks] == [10_000_000, 50_000_000]


def test_a_given_weight_beats_the_speed() -> None:
    raw = branch()
    raw["multiwan_uplinks"] = [uplink(1, download="10M", weight=3), uplink(2, download="10M", weight="1")]
    assert [line.weight for line in parse_branch(raw, name="jakarta").uplinks] == [3, 1]


def test_without_speed_and_weight_all_are_equal() -> None:
    assert {line.weight for line in parse_branch(branch(3), name="jakarta").uplinks} == {1}


def test_two_modems_may_have_one_gateway_address() -> None:
    raw = branch()
    raw["multiwan_uplinks"] = [
        uplink(1, address="192.168.1.2/24", gateway="192.168.1.1"),
        uplink(2, address="192.168.1.3/24", gateway="192.168.1.1"),
    ]
    hops = [(str(line.gateway), line.interface) for line in parse_branch(raw, name="jakarta").uplinks]
    assert hops == [("192.168.1.1", "ether1"), ("192.168.1.1", "ether2")]


@pytest.mark.parametrize("digits", ["٣", "３", "1_0", " 7", "+7", "0x7"])
def test_only_plain_digits_are_numbers(digits: str) -> None:
    assert "multiwan_uplinks[1].priority" in [path for path, _ in problems(with_uplink(1, priority=digits))]


@pytest.mark.parametrize("address", ["172.16.2.2/255.255.255.0", "172.16.2.2/0.0.0.255", "172.16.2.2/024"])
def test_only_a_prefix_length_is_a_prefix(address: str) -> None:
    assert "multiwan_uplinks[1].address" in [path for path, _ in problems(with_uplink(1, address=address))]


@pytest.mark.parametrize(
    "telegram",
    [
        TOKEN,
        [TOKEN],
        {"bot_token": TOKEN + "!"},
        {"chat_id": TOKEN},
        {"api_url": "https://x.example/bot" + TOKEN},
        {TOKEN: 1},
    ],
)
def test_no_mistake_shows_the_token(telegram: Any) -> None:
    with pytest.raises(BranchError) as caught:
        parse_branch({**branch(), "multiwan_telegram": telegram}, name="jakarta")
    assert TOKEN not in str(caught.value)


def test_a_branch_does_not_print_its_token() -> None:
    assert TOKEN not in repr(parse_branch(branch(), name="jakarta"))
