# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches that print takes in some menus only."""

from __future__ import annotations

from lab.verbs.args import PRINT_ARGS_OF, chosen

ROWS = [
    (1, {"chain": "input", "dynamic": "true"}),
    (2, {"chain": "forward"}),
    (3, {"chain": "forward", "dynamic": "false", "status": "bound"}),
]


def ids(**args: str) -> list[int]:
    return [row_id for row_id, _ in chosen(args, ROWS)]


def test_rows_by_switch() -> None:
    assert ids(all="") == [1, 2, 3]
    assert ids(dynamic="") == [1]
    assert ids(static="") == [2, 3]
    assert ids(chain="forward") == [2, 3]
    assert ids(active="") == [3]


def test_each_belongs_to_its_menu() -> None:
    assert "active" in PRINT_ARGS_OF["/ip/dhcp-server/lease"]
    assert "active" not in PRINT_ARGS_OF["/ip/firewall/nat"]
