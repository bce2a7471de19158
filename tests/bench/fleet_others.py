# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other contenders' files: playbooks over api_modify with the rows that our deploy left, and recorded API calls."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.world.fleet import Fleet
from tests.bench.commit_others import UNKNOWN, typed

ROOT = Path(__file__).parents[2]
_COLLECTIONS = str(ROOT / ".dev" / "collections")
if _COLLECTIONS not in sys.path:
    sys.path.append(_COLLECTIONS)
_assemble = importlib.import_module("ansible_collections.multiwan.routeros.plugins.module_utils.assemble").assemble

#: menu -> rows as api_modify wants them
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def rows_of(fleet: Fleet, name: str) -> Rows:
    """What the router holds of its plan, with the properties that the plan gives, in the words of librouteros."""
    plan: dict[str, list[Mapping[str, Any]]] = {}
    for row in _assemble(variables(fleet, name), name=name).rows:
        plan.setdefault(row.menu, []).append(row.values)
    found: dict[str, list[Mapping[str, Any]]] = {}
    for menu, wanted in plan.items():
        if menu not in UNKNOWN:
            held = {row.get("comment", ""): row for row in fleet.do("rows", name, menu=menu)}
            rows = [(values, held[values["comment"]]) for values in wanted if values["comment"] in held]
            found[menu] = [{key: typed(row[key]) for key in values if key in row} for values, row in rows]
    return found


def variables(fleet: Fleet, name: str) -> dict[str, Any]:
    files = (fleet.inventory / "group_vars" / "all" / "connection.yml", fleet.inventory / "host_vars" / f"{name}.yml")
    return {key: value for file in files for key, value in yaml.safe_load(file.read_text(encoding="utf-8")).items()}


def held(fleet: Fleet, name: str) -> int:
    """How many rows of a router carry an owner's tag."""
    return str(fleet.do("export", name)).count("[multiwan:")


# -- (a) and (b)


def _play(tasks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    defaults = {
        "hostname": "{{ ansible_host }}",
        "port": "{{ multiwan_api_port }}",
        "username": "{{ multiwan_api_user }}",
        "password": "{{ multiwan_api_password }}",
        "tls": True,
        "validate_certs": True,
        "validate_cert_hostname": True,
        "ca_path": "{{ multiwan_api_ca_file }}",
        "encoding": "UTF-8",
    }
    return {
        "name": "The same rows",
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": {"group/community.routeros.api": defaults},
        "tasks": tasks,
        **more,
    }


def _modify(path: str, data: str) -> dict[str, Any]:
    return {
        "path": path,
        "handle_absent_entries": "ignore",
        "handle_entries_content": "ignore",
        "data": data,
    }


def per_menu(folder: Path, menus: Sequence[str]) -> Path:
    """(a): one task for each menu, as one would write it by hand."""
    tasks = [
        {
            "name": f"Rows of {menu}",
            "community.routeros.api_modify": _modify(_path(menu), f"{{{{ bench_rows[{menu!r}] | default([]) }}}}"),
        }
        for menu in menus
    ]
    return _written(folder / "per_menu.yml", [_play(tasks)])


def one_role(folder: Path) -> Path:
    """(b): a role whose only task goes through all menus of the branch."""
    tasks = folder / "roles" / "rows" / "tasks"
    tasks.mkdir(parents=True, exist_ok=True)
    task = {
        "name": "Rows of each menu",
        "community.routeros.api_modify": _modify("{{ item.path }}", "{{ item.data }}"),
        "loop": "{{ bench_menus }}",
        "loop_control": {"label": "{{ item.path }}"},
    }
    _written(tasks / "main.yml", [task])
    return _written(folder / "one_role.yml", [_play([{"ansible.builtin.import_role": {"name": "rows"}}])])


def write_rows(folder: Path, rows: Mapping[str, Rows]) -> None:
    """``folder/inventory``, for a second ``-i``: the rows as variables of each host, as JSON, which is read quickly."""
    inventory = folder / "inventory"
    (inventory / "host_vars").mkdir(parents=True, exist_ok=True)
    _written(inventory / "hosts.yml", {"all": {"hosts": {name: {} for name in rows}}})
    for name, menus in rows.items():
        data = {
            "bench_rows": menus,
            "bench_menus": [{"path": _path(menu), "data": found} for menu, found in menus.items()],
        }
        (inventory / "host_vars" / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")


def _path(menu: str) -> str:
    return menu.strip("/").replace("/", " ")


def _written(file: Path, data: Any) -> Path:
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


# -- (c)


def write_calls(file: Path, fleet: Fleet, calls: Mapping[str, Any]) -> Path:
    """``calls``: name -> sessions, as ``recorded`` of a fleet gives them."""
    order = {
        "ca": str(fleet.ca_file),
        "user": "multiwan",
        "password": fleet.password,
        "routers": [{"port": port, "sessions": calls[name]} for name, port in fleet.ports.items()],
    }
    file.write_text(json.dumps(order), encoding="utf-8")
    return file
