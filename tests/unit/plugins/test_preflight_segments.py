# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holes in the isolation of segments, and clients that are told to ask a router which answers nobody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.plugins.looked_at import GOOD, Menus, holding, joined, look, plan_of

GUESTS: dict[str, Any] = {"name": "guests", "interface": "bridge", "address": "192.168.10.1/24", "isolated": True}
PLAN = plan_of(multiwan_segments=[GUESTS])
ACCEPT = {"chain": "prerouting", "action": "accept"}


def told(check: str, *menus: Menus, plan: Any = PLAN) -> list[tuple[str, str]]:
    return [(item.severity, item.words) for item in look(joined(GOOD, *menus), plan) if item.check == check]


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        (ACCEPT, "error"),
        (ACCEPT | {"in-interface": "bridge"}, "error"),
        (ACCEPT | {"in-interface-list": "mw-isolated"}, "error"),
        ({"chain": "prerouting"}, "error"),
        (ACCEPT | {"dst-address": "192.168.77.5"}, "warning"),
        (ACCEPT | {"protocol": "icmp"}, "warning"),
    ],
)
def test_a_row_that_accepts_before_ours_is_a_hole(row: dict[str, str], severity: str) -> None:
    ((seen, words),) = told("isolation", {"/ip/firewall/raw": [row]})
    assert seen == severity
    assert "Disable it for this change" in words


@pytest.mark.parametrize(
    "row",
    [
        ACCEPT | {"in-interface": "wg0"},
        ACCEPT | {"in-interface-list": "!mw-isolated"},
        ACCEPT | {"disabled": "true"},
        {"chain": "prerouting", "action": "drop"},
        {"chain": "output", "action": "accept"},
    ],
)
def test_a_row_that_is_about_something_else_is_none(row: dict[str, str]) -> None:
    assert told("isolation", {"/ip/firewall/raw": [row]}) == []


def test_a_row_behind_ours_is_none() -> None:
    ours = holding(PLAN)
    assert told("isolation", ours, {"/ip/firewall/raw": [ACCEPT]}) == []
    assert told("isolation", {"/ip/firewall/raw": [ACCEPT]}, ours) != []


def test_without_isolated_segments_raw_rows_are_not_looked_at() -> None:
    plan = plan_of(multiwan_segments=[GUESTS | {"isolated": False}])
    assert told("isolation", {"/ip/firewall/raw": [ACCEPT]}, plan=plan) == []


@pytest.mark.parametrize(
    ("answers", "dns", "speaks"), [("no", [], True), ("yes", [], False), ("no", ["9.9.9.9"], False)]
)
def test_clients_that_ask_a_router_which_answers_nobody(answers: str, dns: list[str], speaks: bool) -> None:
    dhcp = {"pool": "192.168.10.10-192.168.10.20", **({"dns": dns} if dns else {})}
    plan = plan_of(multiwan_segments=[GUESTS | {"dhcp": dhcp}])
    settings: Menus = {"/ip/dns": [{"servers": "9.9.9.9", "allow-remote-requests": answers}]}
    found = told("resolver", settings, plan=plan)
    assert bool(found) == speaks
    assert not speaks or "clients of guests are told to ask the router for names" in found[0][1]
