# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab router of one version without doors and data plane, as the commit's connection."""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Mapping, Sequence
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import RESOURCE
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from lab.script.engine_tree import EngineTree
from lab.store import Store
from lab.verbs import SYSTEM, Caller, Engine, Reply, Trap
from lab.verbs.export import export

PORTS = 8
VLANS = (20, *range(100, 116))


class InProcess:
    """``api()`` opens a session. ``asked``: menu to the properties that were asked for by name. ``without``: interfaces
    that the plan is to make."""

    def __init__(self, version: str, *, without: Collection[str] = ()) -> None:
        self.version = version
        self.store = Store(version, clock=lambda: 0.0)
        self.store.load([("/interface/ethernet", {"name": f"ether{number}"}) for number in range(1, PORTS + 1)])
        for name in ("bridge", "bridge-lan"):
            self.store.load([("/interface/bridge", {"name": name, "mac-address": "48:A9:8A:00:00:01"})])
        for number in (vlan for vlan in VLANS if f"vlan{vlan}" not in without):
            self.store.load(
                [("/interface/vlan", {"name": f"vlan{number}", "interface": "ether8", "vlan-id": f"{number}"})]
            )
        self.store.load([("/interface/pppoe-client", {"name": "pppoe-out1", "interface": "ether1"})])
        self.store.load([("/interface/lte", {"name": name}) for name in ("lte1", "lte2")])
        self.store.journal.clear()
        self.engine = Engine(self.store, clock=lambda: 0.0)
        self.engine._arm = _never  # time stands still: what has a timeout stays
        self.engine.actions["/", "ping"] = _no_ping  # a command of the tree; nothing here runs scripts
        self.tree = EngineTree(self.engine)
        self.asked: dict[str, set[str]] = {}

    def __call__(self) -> InProcess:
        return self

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_exc: object) -> None:
        pass

    def export(self) -> str:
        return export(self.store)

    def writes(self) -> int:
        return len(self.store.journal)

    # --- what the commit asks

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        if menu == RESOURCE:
            return [Found("*0", {"version": f"{self.version} (stable)"})]
        self.asked.setdefault(menu, set()).update(properties)
        words = {"proplist": ",".join({".id", "comment", "dynamic", *properties})} if properties else {}
        shown = [dict(row) for row in self._call(menu, "print", words).rows]
        if menu == "/interface":  # what a VLAN takes from its parent is worked out by the data plane
            made = {row["name"]: row.get("admin-mac", "") for row in self._call("/interface/bridge", "print", {}).rows}
            shown = [{"mac-address": made.get(row["name"]) or "48:A9:8A:00:00:02", **row} for row in shown]
        return [Found(row.pop(".id", ""), row) for row in shown]

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        return str(self._call(menu, "add", {**values, **({"place-before": before} if before else {})}).ret)

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        self._call(menu, "set", {".id": row_id, **values})

    def unset(self, menu: str, row_id: str, name: str) -> None:
        self._call(menu, "unset", {".id": row_id, "value-name": name})

    def move(self, menu: str, row_id: str, before: str | None) -> None:
        self._call(menu, "move", {"numbers": row_id, **({"destination": before} if before else {})})

    def remove(self, menu: str, row_id: str) -> None:
        self._call(menu, "remove", {".id": row_id})

    def _call(self, menu: str, command: str, words: Mapping[str, str]) -> Any:
        try:
            return _finished(self.engine.call(menu, command, words, caller=SYSTEM))
        except Trap as trap:
            raise RouterError(f"{menu}/{command}: the router says: {trap}", trap=str(trap)) from None


def _finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """A call that waits for nothing needs no event loop, and there are a hundred thousand of them."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the engine waits for something")


def _never() -> None:
    pass


async def _no_ping(_args: Mapping[str, str], _caller: Caller) -> Reply:
    raise NotImplementedError
