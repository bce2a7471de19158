# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_values import (
    RouterPath,
    parse_path,
    resolved,
    unresolved,
    wanted_paths,
)

MAC = {"$router": "/interface/bridge/mac-address"}
ROUTER = {"/interface": [Found("*1", {"name": "bridge", "mac-address": "48:A9:8A:00:00:01"})]}


def test_a_path_is_menu_name_and_property() -> None:
    assert parse_path("/interface/bridge/mac-address") == RouterPath("/interface", "bridge", "mac-address")


@pytest.mark.parametrize("text", ["", "bridge/mac-address", "/interface/mac-address", "/interface/bridge/", "//x"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not <menu>/<row name>/<property>"):
        parse_path(text)


def test_a_menu_is_read_once_for_all_rows() -> None:
    rows = [Row("/x", f"t{number}", {"valid-server": [MAC, "AA"]}) for number in range(3)]
    assert wanted_paths(rows) == [RouterPath("/interface", "bridge", "mac-address")]


def test_lists_become_comma_lists_and_plain_values_text() -> None:
    (row,) = resolved([Row("/x", "t", {"a": [MAC, "AA:00:00:00:00:02"], "b": MAC, "c": 5})], ROUTER, {})
    assert row.values == {"a": "48:A9:8A:00:00:01,AA:00:00:00:00:02", "b": "48:A9:8A:00:00:01", "c": "5"}


def test_a_mapping_nobody_knows_is_a_fault_not_text() -> None:
    assert "neither text nor a value" in unresolved([Row("/x", "t", {"a": {"$file": "x"}})], {}, {})[0]


def test_nothing_is_missing_when_all_is_there() -> None:
    assert unresolved([Row("/x", "t", {"a": [MAC], "b": "text"})], ROUTER, {}) == []
