# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection plans is what a router takes, and what it shows then means the same: a second run is silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import menus

from lab.store import Store
from lab.verbs import SYSTEM, Engine

PLANS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))["rows"]
    for path in sorted((Path(__file__).parents[1] / "golden" / "plans").glob("*/plan.json"))
}
PORTS = 8
VLANS = (20, *range(100, 116))


def branch_router() -> Engine:
    """What stands before the first run: ports, a LAN bridge, VLANs, a dialled line."""
    store = Store("7.22")
    store.load([("/interface/ethernet", {"name": f"ether{number}"}) for number in range(1, PORTS + 1)])
    store.load([("/interface/bridge", {"name": name}) for name in ("bridge", "bridge-lan")])
    for number in VLANS:
        store.load([("/interface/vlan", {"name": f"vlan{number}", "interface": "ether1", "vlan-id": str(number)})])
    store.load([("/interface/pppoe-client", {"name": "pppoe-out1", "interface": "ether1"})])
    return Engine(store, clock=lambda: 0.0)


def sent(value: Any) -> str:
    """What the commit fills in from the router (a MAC) or the vault (a token) gets a stand-in."""
    if isinstance(value, list):
        return ",".join(sent(item) for item in value)
    if isinstance(value, dict):
        return str(value["$text"]) if "$text" in value else "02:00:00:00:00:01"
    return str(value)


async def write(engine: Engine, menu: str, values: dict[str, str]) -> dict[str, str]:
    """Write one row and read it back."""
    queries = []
    if engine.store.menu(menu).menu.singleton:
        await engine.call(menu, "set", values, caller=SYSTEM)
    else:
        queries = [f"?.id={(await engine.call(menu, 'add', values, caller=SYSTEM)).ret}"]
    (shown,) = (await engine.call(menu, "print", {}, queries=queries, caller=SYSTEM)).rows
    return dict(shown)


@pytest.mark.parametrize("name", PLANS)
async def test_a_planned_row_is_taken_and_means_the_same_when_read_back(name: str) -> None:
    engine = branch_router()
    assert PLANS[name]
    for row in PLANS[name]:
        values = {key: sent(value) for key, value in row["values"].items()}
        shown = await write(engine, row["menu"], values)
        menu = menus.menu(row["menu"])
        want, have = menus.canonical(menu, values), menus.canonical(menu, shown)
        assert {key: have.get(key, "") for key in want} == want, row["tag"]


def test_there_are_plans() -> None:
    assert len(PLANS) > 10
