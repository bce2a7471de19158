# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same rows by other means: a loop over librouteros, and a playbook with a task of api_modify for each menu."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import librouteros
import yaml

from lab.world.client import LabClient
from tests.bench.chaos_controller import Answer, Order
from tests.bench.chaos_plan import BRANCH

Rows = Mapping[str, Sequence[Mapping[str, str]]]
#: Menus of a plan that api_modify does not know (community.routeros 3.14).
UNKNOWN = ("/ip/dhcp-server/alert",)


async def rows_on(lab: LabClient, plan: Mapping[str, Sequence[Mapping[str, Any]]]) -> Rows:
    """What the router holds of a plan, as it says it itself: menu to rows with the properties that the plan gives."""
    found: dict[str, list[dict[str, str]]] = {}
    for menu, wanted in plan.items():
        held = {row.get("comment", ""): row for row in (await lab.router_call(menu, "print"))["rows"]}
        rows = [(values, held[values["comment"]]) for values in wanted if values["comment"] in held]
        found[menu] = [{name: row[name] for name in values if name in row} for values, row in rows]
    return found


def loop(order: Order) -> Answer:
    """For each menu: read it, add what no comment names. No order, no change, no removal, no way back.

    ``order.variables`` are the rows, menu by menu.
    """
    began, writes = time.monotonic(), 0
    where = order.arguments
    context = ssl.create_default_context(cafile=where["ca_file"])
    api = librouteros.connect(
        host=where["host"],
        port=where["port"],
        username=where["user"],
        password=where["password"],
        encoding="utf-8",
        ssl_wrapper=lambda sock: context.wrap_socket(sock, server_hostname=where["host"]),
    )
    for menu, rows in (order.variables or {}).items():
        path = api.path(*menu.strip("/").split("/"))
        held = {row.get("comment", "") for row in path}
        for row in rows:
            if row["comment"] not in held:
                path.add(**row)
                writes += 1
    api.close()
    return Answer(bool(writes), writes, time.monotonic() - began)


def typed(text: str) -> str | int | bool:
    """As librouteros turns words of the router into values, which api_modify compares with those of a playbook."""
    if text in ("true", "yes", "false", "no"):
        return text in ("true", "yes")
    return int(text) if text.isdecimal() else text


def playbook(rows: Rows, where: Mapping[str, Any], folder: Path) -> Path:
    """One task for each menu, as one would write it by hand. ``where``: arguments of the action."""
    tasks = [
        {
            "name": f"Rows of {menu}",
            "community.routeros.api_modify": {
                "path": menu.strip("/").replace("/", " "),
                "handle_absent_entries": "ignore",
                "handle_entries_content": "ignore",
                "data": [{name: typed(text) for name, text in row.items()} for row in data],
            },
        }
        for menu, data in rows.items()
        if menu not in UNKNOWN
    ]
    defaults = {
        "hostname": where["host"],
        "port": where["port"],
        "username": where["user"],
        "password": where["password"],
        "tls": True,
        "validate_certs": True,
        "validate_cert_hostname": True,
        "ca_path": where["ca_file"],
        "encoding": "UTF-8",
    }
    play = {
        "name": "The same rows",
        "hosts": BRANCH,
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": {"group/community.routeros.api": defaults},
        "tasks": tasks,
    }
    file = folder / "api_modify.yml"
    file.write_text(yaml.safe_dump([play], allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file
