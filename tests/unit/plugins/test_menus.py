# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import value_forms as forms
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import unwritable
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS, Menu, canonical
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version, parse_version
from hypothesis import given, settings

from tests.unit.plugins.branches import branches

#: Menus that no command tree at hand has.
WITHOUT_TREE = {"/ppp/profile", "/interface/lte", "/interface/lte/apn"}
COMMAND_TREES = sorted((Path(__file__).parents[4] / "shared/routeros/schema").glob("*.json"))


@pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.path)
def test_a_row_of_defaults_is_an_empty_row(menu: Menu) -> None:
    assert canonical(menu, menu.defaults) == {}


@pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.path)
def test_what_only_the_router_knows_of_a_row_is_not_compared(menu: Menu) -> None:
    state = {".id": "*1", "bytes": "5", "packets": "1", "invalid": "true", "active": "true", "run-count": "3"}
    assert canonical(menu, state) == {}


def test_a_menu_cannot_name_a_property_that_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="gatewy is not among the properties"):
        Menu("/x", stage=1, properties={"gateway": forms.text}, defaults={"gatewy": ""})


def test_a_switch_cannot_have_a_default() -> None:
    with pytest.raises(ValueError, match="off when absent"):
        Menu("/x", stage=1, properties={"fib": forms.text}, defaults={"fib": ""}, switches=frozenset({"fib"}))


@settings(max_examples=50, deadline=None)
@given(branches())
def test_every_row_of_every_plan_can_be_written(raw: dict[str, object]) -> None:
    assert unwritable(assemble(raw, name="branch").rows, Version(7, 22)) == []


@pytest.mark.parametrize("tree", COMMAND_TREES, ids=lambda path: path.stem)
@pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.path)
def test_properties_and_commands_are_those_of_routeros(menu: Menu, tree: Path) -> None:
    menus = json.loads(tree.read_text(encoding="utf-8"))["menus"]
    assert (menu.path in menus) == (menu.path not in WITHOUT_TREE)
    if menu.path in WITHOUT_TREE:
        return
    commands = menus[menu.path]
    arguments = set(commands["add"].get("args", commands["add"])) | set(commands["set"].get("args", commands["set"]))
    assert set(menu.on(parse_version(tree.stem))) <= arguments
    # 7.24 can unset in more menus; what the oldest can't, is set to its default everywhere
    assert not menu.unsettable or "unset" in commands
    # the place of a bridge port means nothing
    assert menu.ordered == ("move" in commands and menu.path != "/interface/bridge/port")


def test_routes_are_marked_in_routeros_6_and_in_tables_in_7() -> None:
    (route,) = (menu for menu in MENUS if menu.path == "/ip/route")
    six, seven = set(route.on(Version(6, 49))), set(route.on(Version(7, 9)))
    assert six - seven == {"routing-mark", "type"}
    assert seven - six == {"routing-table", "blackhole", "vrf-interface"}


def test_a_menu_that_a_version_lacks_has_no_properties_there() -> None:
    (table,) = (menu for menu in MENUS if menu.path == "/routing/table")
    assert table.on(Version(6, 49, 19)) == ()
    assert set(table.on(Version(7, 9))) == set(table.properties)
