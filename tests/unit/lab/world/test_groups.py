# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of clients as text, and what they got."""

from __future__ import annotations

import pytest

from lab.world.traffic.groups import Group, GroupError, parse_groups, summary, totals


def test_groups_are_read_with_their_options() -> None:
    assert parse_groups("crew:down:clients=10:flows=2, guests:up:clients=4:flood=20M,lan:up") == (
        Group("crew", "down", 10, 2),
        Group("guests", "up", 4, 1, 20_000_000),
        Group("lan", "up"),
    )


@pytest.mark.parametrize(
    "text",
    ["", "crew:sideways", "crew:up:clients=0", "crew:up:clients=x", "crew:up:flood=fast", "crew:up:speed=1", "C:up"],
)
def test_what_can_not_be_read_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(GroupError, match="expected"):
        parse_groups(text)


def test_a_share_is_counted_by_client_and_by_place() -> None:
    got = summary(Group("crew", "down", 2, 2), [("a", 500_000), ("a", 500_000), ("b", 1_000_000)], 8.0)
    assert got["clients"] == {"a": 1.0, "b": 1.0}
    assert (got["goodput_mbit"], got["fairness"], got["kind"]) == (2.0, 1.0, "tcp")
    flood = summary(Group("crew", "down", flood=1), [("c", 1_000_000)], 8.0)
    assert totals([got, flood]) == {"crew": {"down": 3.0}}
