# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router for bootstrap: the lab's store, services and console without a network, reached as SSH and as the API."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError
from ansible_collections.multiwan.routeros.plugins.plugin_utils import (
    bootstrap_input,
    bootstrap_run,
    bootstrap_steps,
    fleet_ca,
    ssh_console,
)

from lab.router.accounts import Accounts
from lab.store import Trap
from lab.verbs import Caller
from tests.unit.lab.services.rig import ADMIN, NOON, Rig

NOW = datetime.datetime.fromtimestamp(NOON, datetime.UTC)
PASSWORD = 'fleet "pass$word\\ 9 ?ü'


class RigConsole(ssh_console.Console):
    """The console behind SSH, without SSH. ``broken``: commands that hold it fail."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.commands: list[str] = []
        self.broken = ""

    def _exec(self, command: str) -> str:
        self.commands.append(command)
        if self.broken and self.broken in command:
            return "failure: broken for a test"
        return asyncio.run(self.rig.services.console(command, ADMIN))

    def put(self, name: str, data: bytes) -> None:
        self.rig.engine.write_file(name, data.decode())


class RigApi:
    """API-SSL as the user: what the service and the user are set to decides, as on a router."""

    def __init__(self, router: Router, caller: Caller) -> None:
        self.router = router
        self.caller = caller

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        reply = self._call(menu, "print", {})
        return [Found(str(row.get(".id", "")), dict(row)) for row in reply]

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        reply = asyncio.run(self.router.rig.engine.call(menu, "add", values, caller=self.caller))
        return str(reply.ret)

    def remove(self, menu: str, row_id: str) -> None:
        self._call(menu, "remove", {".id": row_id})

    def _call(self, menu: str, command: str, args: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        try:
            return asyncio.run(self.router.rig.engine.call(menu, command, args, caller=self.caller)).rows
        except Trap as trap:
            raise RouterError(trap.message, trap=trap.message) from None


class Router:
    """``unreachable``: somebody before the API drops everything. ``peer``: the controller's address."""

    def __init__(self, folder: Path, version: str = "7.22", *, passphrase: str | None = None) -> None:
        self.rig = Rig(version)
        self.console = RigConsole(self.rig)
        self.authority = fleet_ca.FleetAuthority(folder / "ca", passphrase)
        self.unreachable = False
        self.peer = "10.0.0.9"
        self.slept = 0.0
        self.call("/user", "add", name="admin2", group="full", password="x")

    def call(self, menu: str, command: str, **args: str) -> list[Mapping[str, str]]:
        return list(asyncio.run(self.rig.call(menu, command, **args)).rows)

    def row(self, menu: str, name: str) -> Mapping[str, str]:
        return next(row for row in self.call(menu, "print") if row.get("name") == name)

    def writes(self) -> int:
        return len(self.rig.store.journal)

    def run(self, order: bootstrap_input.Order, *, check: bool = False) -> bootstrap_run.Outcome:
        @contextmanager
        def connect() -> Iterator[RigApi]:
            yield RigApi(self, self._log_in(order))

        def sleep(seconds: float) -> None:
            self.slept += seconds

        tools = bootstrap_run.Tools(
            self.console, self.authority, connect, NOW, sleep=sleep, monotonic=lambda: self.slept
        )
        return bootstrap_run.bootstrap(order, tools, logged_in="admin", check=check)

    def _log_in(self, order: bootstrap_input.Order) -> Caller:
        service = self.row("/ip/service", bootstrap_steps.SERVICE)
        if self.unreachable or service["disabled"] == "true":
            raise RouterError("no connection to 10.1.2.3:8729: Connection refused")
        certificate = next(
            (row for row in self.call("/certificate", "print") if row["name"] == service["certificate"]), None
        )
        if certificate is None or certificate.get("private-key") != "true":
            raise RouterError("no TLS with 10.1.2.3:8729")
        caller = Accounts(self.rig.store, {}).door("api")(order.user, order.password, self.peer)
        if caller is None:
            raise RouterError("10.1.2.3:8729 refused the login of user multiwan: invalid user name or password (6)")
        return caller


def arguments(**changes: object) -> dict[str, object]:
    """Right arguments of the module."""
    return {
        "host": "192.168.88.1",
        "port": 22,
        "user": "admin",
        "password": "",
        "known_hosts": "/nonexistent/known_hosts",
        "api_host": "10.1.2.3",
        "api_port": 8729,
        "api_user": "multiwan",
        "api_password": PASSWORD,
        "api_tls": True,
        "management": ["10.0.0.0/8", "192.168.88.7"],
        "close_services": ["api", "telnet"],
        "certificate_days": 730,
        **changes,
    }


def order(**changes: object) -> bootstrap_input.Order:
    return bootstrap_input.read(arguments(**changes), name="jakarta", variables=())
