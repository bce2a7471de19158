# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a fleet, as a company would keep it: groups by region, one file of variables for each branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.world.factory import API_USER
from lab.world.fleet_branch import Branch
from lab.world.state import write_private

_HEAD = "---\n"


def write_inventory(folder: Path, branches: Sequence[Branch], ports: Mapping[str, int], password: str) -> None:
    """``folder/inventory``: hosts.yml, group_vars/all/connection.yml, host_vars/<branch>.yml. Overwrites its own."""
    root = folder / "inventory"
    for path in (root / "group_vars" / "all", root / "host_vars"):
        path.mkdir(parents=True, exist_ok=True)
    _write(root / "hosts.yml", _hosts(branches, ports))
    _write(root / "group_vars" / "all" / "connection.yml", _connection(folder, password))
    for branch in branches:
        _write(root / "host_vars" / f"{branch.name}.yml", branch.variables())


def _hosts(branches: Sequence[Branch], ports: Mapping[str, int]) -> dict[str, Any]:
    groups = dict.fromkeys(branch.group for branch in branches)
    children = {
        group: {"hosts": {one.name: {"multiwan_api_port": ports[one.name]} for one in branches if one.group == group}}
        for group in groups
    }
    return {"all": {"children": {"indonesia": {"children": children}}}}


def _connection(folder: Path, password: str) -> dict[str, Any]:
    return {
        "ansible_host": "127.0.0.1",
        "multiwan_api_user": API_USER,
        "multiwan_api_password": password,
        "multiwan_api_ca_file": str(folder / "ca.pem"),
        "multiwan_telegram": {
            "bot_token": "110201543:LAB-ONLY-not-a-token-000000000000000",
            "chat_id": "-1001234567890",
            "language": "id",
        },
    }


def _write(path: Path, data: Mapping[str, Any]) -> None:
    write_private(path, _HEAD + yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True))
