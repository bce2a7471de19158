# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router in memory under the preflight: rows by menu, the plan of a branch, the writes that it would take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, Operation, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_preflight import Finding, Options, findings
from ansible_collections.multiwan.routeros.plugins.module_utils.router_values import resolved
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import TELEGRAM_BOT_TOKEN
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.branches import TOKEN, branch
from tests.unit.plugins.memory_api import MemoryApi

Menus = Mapping[str, Sequence[Mapping[str, str]]]

#: A router that can take the plan of ``branch(2)``.
GOOD: Menus = {
    "/interface": [
        {"name": name, "running": "true", "disabled": "false", "slave": "false"}
        for name in ("ether1", "ether2", "ether3", "lte1", "bridge", "wg0")
    ],
    "/ip/address": [{"address": "192.168.10.1/24", "interface": "bridge"}],
    "/system/resource": [
        {"version": "7.22", "free-hdd-space": "67108864", "build-time": "2026-01-01 00:00:00"},
    ],
    "/system/clock": [{"date": "2026-11-21", "time": "10:00:00"}],
    "/certificate": [{"name": "root", "trusted": "true"}],
}


def plan_of(version: str = "7.22", **more: Any) -> tuple[Row, ...]:
    """What two lines and an office want, with plain texts."""
    rows = assemble({**branch(2), "multiwan_routeros_version": version, **more}, name="jakarta").rows
    bridge = [Found("*1", {"name": "bridge", "mac-address": "02:00:00:00:00:01"})]
    return resolved(rows, {"/interface/bridge": bridge}, {TELEGRAM_BOT_TOKEN: TOKEN})


def found(rows: Iterable[Mapping[str, str]]) -> list[Found]:
    return [
        Found(row.get(".id", f"*{number}"), {name: text for name, text in row.items() if name != ".id"})
        for number, row in enumerate(rows, start=1)
    ]


def holding(rows: Sequence[Row]) -> dict[str, list[Mapping[str, str]]]:
    """The rows as a router would hold them after a deploy."""
    menus: dict[str, list[Mapping[str, str]]] = {}
    for number, row in enumerate(rows, start=1):
        menus.setdefault(row.menu, []).append({".id": f"*D{number}", **row.values})
    return menus


def joined(*sets: Menus) -> dict[str, list[Mapping[str, str]]]:
    """Rows of several sets, menu by menu."""
    menus: dict[str, list[Mapping[str, str]]] = {}
    for one in sets:
        for menu, rows in one.items():
            menus.setdefault(menu, []).extend({".id": f"*{len(menus[menu]) + n}", **r} for n, r in enumerate(rows, 1))
    return menus


def look(
    menus: Menus,
    plan: Sequence[Row],
    *,
    version: str = "7.22",
    options: Options | None = None,
    writes: Sequence[Operation] | str | None = "compared",
) -> tuple[Finding, ...]:
    """``writes``: those that a comparison gives, unless said otherwise."""
    on = parse_version(version)
    api = MemoryApi({menu: found(rows) for menu, rows in menus.items()})
    if "/system/resource" in menus:
        api.menus["/system/resource"] = found(menus["/system/resource"])
    router = {menu.path: found(menus.get(menu.path, ())) for menu in MENUS if menu.on(on)}
    operations = compare(plan, router).operations if isinstance(writes, str) else writes
    seen = findings(api, on, plan, router, operations=operations, options=options or Options())
    assert api.writes == []
    return seen


def kinds(seen: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(item.check, item.severity) for item in seen]
