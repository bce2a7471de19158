# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults planted into what the collection writes (``planted_faults.yml``) are refused; the same without them is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import has_secrets, masked

from lab.script import ScriptError
from lab.script.engine_tree import EngineTree
from lab.store import Trap
from lab.verbs import SYSTEM
from tests.unit.lab.services.rig import ADMIN, Rig

HERE = Path(__file__).parent
FAULTS: list[dict[str, Any]] = yaml.safe_load((HERE / "planted_faults.yml").read_text(encoding="utf-8"))["faults"]
KINDS = {"misspelt command", "wrong argument", "wrong value", "unbalanced bracket", "missing required argument"}
JAKARTA = yaml.safe_load((HERE.parent / "golden/plans/jakarta/vars.yml").read_text(encoding="utf-8"))
MAC = "02:00:00:00:00:01"

Values = dict[str, str]


@cache
def planned(version: str) -> Plan:
    return assemble({**JAKARTA, "multiwan_routeros_version": version}, name="jakarta")


def text(value: Any) -> str:
    """What the commit fills in from the router or the vault gets a stand-in."""
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    if isinstance(value, Mapping):
        return masked(value) if has_secrets(value) else MAC
    return str(value)


def row(fault: Mapping[str, Any]) -> tuple[str, Values]:
    """Menu and values without the fault."""
    if "values" in fault:
        return fault["menu"], dict(fault["values"])
    rows = planned(fault.get("planned", fault.get("version", "7.22"))).rows
    menu = fault.get("menu", "")
    found = [
        r for r in rows if r.tag == f"multiwan:{fault['row']}" and (r.menu == menu or "in" not in fault or not menu)
    ]
    if "in" in fault:
        found = [r for r in found if fault["in"] in r.values]
    elif any(r.menu == menu for r in found):
        found = [r for r in found if r.menu == menu]
    return found[0].menu, {key: text(value) for key, value in found[0].values.items()}


def planted(fault: Mapping[str, Any], values: Values) -> Values:
    changed = {**values, **fault.get("set", {})}
    for name in fault.get("drop", ()):
        del changed[name]
    if "replace" in fault:
        before, after = fault["replace"]
        assert before in changed[fault["in"]]
        changed[fault["in"]] = changed[fault["in"]].replace(before, after, 1)
    return changed


class Branch(Rig):
    """A router that holds the jakarta plan for its version, apart from the menus that a fault is planted in."""

    async def begin(self) -> Branch:
        ports = [("/interface/ethernet", {"name": f"ether{number}", "mac-address": MAC}) for number in (1, 2)]
        self.store.load([*ports, ("/interface/bridge", {"name": "bridge"})])
        self.services.interpreter.use_tree(EngineTree(self.engine))
        for one in planned(self.spec.version).rows:
            if one.menu in ("/routing/table", "/interface/list"):
                await self.add(one.menu, {key: text(value) for key, value in one.values.items()})
        return self

    async def add(self, menu: str, values: Values, command: str = "add") -> str:
        """What the router says against it."""
        try:
            reply = await self.engine.call(menu, command, values, caller=SYSTEM)
        except Trap as trap:
            return str(trap)
        self.made = reply.ret
        return ""

    async def run(self, source: str) -> str:
        try:
            await self.services.interpreter.run(source, caller=ADMIN)
        except ScriptError as error:
            return error.message
        return ""

    async def run_stored(self, menu: str, values: Values, name: str) -> str:
        """Store the row, which must work, and let it run: a script by name, an event's text as shown."""
        assert await self.add(menu, values) == ""
        if menu == "/system/script":
            return await self.run(f'/system script run "{values["name"]}"')
        (shown,) = [r for r in (await self.call(menu, "print")).rows if r[".id"] == self.made]
        return await self.run(shown[name])


async def answer(fault: Mapping[str, Any]) -> str:
    router = await Branch(fault.get("version", "7.22")).begin()
    if fault["at"] == "console":
        return await router.run(fault["text"])
    menu, values = row(fault)
    if fault["at"] == "run":
        return await router.run_stored(menu, planted(fault, values), fault["in"])
    other_menu = fault.get("menu", menu) if menu != fault.get("menu") else menu
    return await router.add(other_menu, planted(fault, values), fault.get("command", "add"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["name"])
async def test_a_planted_fault_is_refused_in_the_routers_words(fault: dict[str, Any]) -> None:
    said = await answer(fault)
    assert said
    assert ("says" in fault) != ("unsure" in fault)
    if "says" in fault:
        assert said == fault["says"]


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault["at"] == "api" and "planned" not in fault and "row" in fault],
    ids=lambda fault: fault["name"],
)  # fmt: skip
async def test_the_same_row_without_the_fault_is_taken(fault: dict[str, Any]) -> None:
    router = await Branch(fault.get("version", "7.22")).begin()
    menu, values = row(fault)
    assert await router.add(menu, values) == ""


def test_every_kind_is_planted_and_nested_in_every_kind_of_script() -> None:
    assert len(FAULTS) >= 25
    assert len({fault["name"] for fault in FAULTS}) == len(FAULTS)
    assert set(Counter(fault["kind"] for fault in FAULTS)) == KINDS
    nested = {(fault["kind"], fault["in"]) for fault in FAULTS if fault["at"] == "run"}
    assert {place for _, place in nested} == {"source", "on-event", "on-alert", "up-script", "down-script"}
    assert {kind for kind, _ in nested} == KINDS
