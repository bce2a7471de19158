# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of the lab import only what the design allows; the product and the lab do not know each other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BELOW_ROUTER = {"values", "schema", "store", "verbs", "script", "doors", "derive", "actuate", "observe"}
#: room -> rooms it may import. Modules named here are allowed besides: they hold the types that pass between rooms.
ROOMS: dict[str, set[str]] = {
    "values": set(),
    "schema": {"values"},
    "store": {"values", "schema"},
    "verbs": {"store", "schema", "values"},
    "script": {"values", "verbs"},
    "doors": {"verbs", "script", "values"},
    "derive": {"values", "schema"},
    "actuate": set(),
    "observe": {"values"},
    "router": BELOW_ROUTER,
    "world": {"router"},
}
TYPES: dict[str, set[str]] = {
    "actuate": {"lab.derive.plan", "lab.derive.observations", "lab.derive.queues.numbers"},
    "observe": {"lab.derive.observations", "lab.derive.plan", "lab.schema.snapshot"},
    # what a provider's end of a line, or a client's, speaks is what the router's end speaks
    "world": {
        f"lab.observe.{name}"
        for name in (
            *("dhcp_packets", "modem_wire", "netlink", "ppp", "ppp_device", "ppp_packets", "ppp_pump", "tasks"),
            "wire_filter",
        )
    },
}
ROOM_NAMES = {f"lab.{room}" for room in ROOMS}
ANYWHERE = {"lab.netns"}
FOREIGN_TO_LAB = {"ansible", "ansible_collections", "librouteros"}
#: below plugins/module_utils: no Ansible, socket, subprocess, clock, randomness (api_client is the one door)
IMPURE = {"ansible", "socket", "ssl", "subprocess", "time", "random", "os", "librouteros"}
#: Moments are values like others; what asks a clock for one is not.
CLOCKS = {"now", "utcnow", "today"}
SHELLS = {"api_client.py"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "lab" or node.module in ROOM_NAMES:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    bad = []
    for path in python_files(f"lab/{room}"):
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != "lab" or name in ANYWHERE or len(parts) < 2:
                continue
            if parts[1] == room or parts[1] in ROOMS[room]:
                continue
            if any(name == allowed or name.startswith(allowed + ".") for allowed in TYPES.get(room, ())):
                continue
            bad.append(f"{path.relative_to(ROOT)}: {name}")
    assert not bad


def test_every_room_of_the_lab_has_a_rule() -> None:
    rooms = {p.name for p in (ROOT / "lab").iterdir() if p.is_dir() and not p.name.startswith(("_", "."))}
    assert rooms - {"demo"} == set(ROOMS)


def test_the_lab_knows_nothing_of_the_product() -> None:
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("lab")
        for name in imports(path)
        if name.split(".")[0] in FOREIGN_TO_LAB | {"plugins"}
    ]
    assert not bad


def test_the_product_knows_nothing_of_the_lab() -> None:
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("plugins")
        for name in imports(path)
        if name.split(".")[0] == "lab"
    ]
    assert not bad


def test_the_core_is_pure() -> None:
    bad = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("plugins/module_utils")
        if path.name not in SHELLS
        for name in imports(path)
        if name.split(".")[0] in IMPURE
    ]
    assert not bad


def asked_clocks(path: Path) -> Iterator[str]:
    """``datetime.now()`` in any spelling. A function that is handed in under a name of its own is the caller's."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            owner = ast.unparse(node.value)
            if owner.split(".")[-1] in ("datetime", "date"):
                yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "datetime":
            yield "from datetime import: write datetime.datetime, so that its clocks are seen"


def test_the_core_asks_no_clock() -> None:
    core = [path for path in python_files("plugins/module_utils") if path.name not in SHELLS]
    assert not [f"{path.relative_to(ROOT)}: {what}" for path in core for what in asked_clocks(path)]
    shell = ROOT / "plugins" / "action" / "branch_state.py"
    assert list(asked_clocks(shell)) == ["datetime.datetime.now"], "the rule sees one where there is one"


def test_the_core_needs_only_the_standard_library() -> None:
    known = sys.stdlib_module_names | {"ansible_collections", "librouteros"}
    bad = {
        name
        for path in python_files("plugins/module_utils")
        for name in imports(path)
        if name.split(".")[0] not in known
    }
    assert not bad
