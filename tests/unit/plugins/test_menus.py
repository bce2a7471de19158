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
from hypothesis import given, settings

from tests.unit.plugins.branches import branches

COMMAND_TREE = Path(__file__).parents[4] / "shared/routeros/schema/7.22.3.json"


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
    assert unwritable(assemble(raw, name="branch").rows) == []


@pytest.mark.skipif(not COMMAND_TREE.exists(), reason="the command tree of RouterOS 7.22.3 is not here")
@pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.path)
def test_properties_and_commands_are_those_of_routeros(menu: Menu) -> None:
    commands = json.loads(COMMAND_TREE.read_text(encoding="utf-8"))["menus"][menu.path]
    arguments = set(commands["add"].get("args", commands["add"])) | set(commands["set"].get("args", commands["set"]))
    assert set(menu.properties) <= arguments
    assert menu.unsettable == ("unset" in commands)
    assert menu.ordered == ("move" in commands)
