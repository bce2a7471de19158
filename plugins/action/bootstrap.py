# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sets up the way in for everything else: the thin shell, inside the controller."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils import api_client
from ..module_utils.problems import BranchError
from ..module_utils.secrets_mask import Mask
from ..plugin_utils import bootstrap_input, bootstrap_run, fleet_ca, host_keys, ssh_console
from ..plugin_utils.inside_action import InsideAction

_SPEC: dict[str, dict[str, Any]] = {
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 22},
    "user": {"type": "str", "required": True},
    "password": {"type": "str", "default": "", "no_log": True},
    "private_key_file": {"type": "path"},
    "host_key": {"type": "str"},
    "known_hosts": {"type": "path", "required": True},
    "accept_host_key": {"type": "str"},
    "api_host": {"type": "str", "required": True},
    "api_port": {"type": "int", "default": 8729},
    "api_user": {"type": "str"},
    "api_password": {"type": "str", "no_log": True},
    "api_tls": {"type": "bool", "default": True},
    "api_ca_file": {"type": "path"},
    "management": {"type": "raw"},
    "close_services": {"type": "raw"},
    "ca_folder": {"type": "path", "required": True},
    "ca_passphrase": {"type": "str", "no_log": True},
    "certificate_days": {"type": "int", "default": 730},
    "timeout_s": {"type": "float", "default": 30.0},
}
_SECRETS = ("password", "api_password", "ca_passphrase")


class ActionModule(InsideAction):
    """``multiwan.routeros.bootstrap``."""

    spec = _SPEC

    def missing(self) -> str:
        return api_client.MISSING or ssh_console.MISSING or fleet_ca.MISSING

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        name = str(variables.get("inventory_hostname", arguments["host"]))
        mask = Mask(str(arguments[key]) for key in _SECRETS if arguments[key])
        try:
            order = bootstrap_input.read(arguments, name=name, variables=variables)
        except BranchError as error:
            return error.result()
        try:
            result = self._work(order, arguments)
        except (ssh_console.ConsoleError, host_keys.HostKeyError) as error:
            return _failure(name, mask, [str(error)], bootstrap_run.NOTHING_WRITTEN)
        except bootstrap_run.BootstrapError as error:
            return _failure(name, mask, error.faults, error.left)
        shown: dict[str, Any] = mask.data(result)
        return shown

    def _work(self, order: bootstrap_input.Order, arguments: Mapping[str, Any]) -> dict[str, Any]:
        check = bool(self._task.check_mode)
        door = _door(arguments, order.name)
        console, new_key = ssh_console.open_console(door)
        recorded = []
        with console:
            if new_key is not None:
                recorded = [f"record the host key {host_keys.fingerprint(new_key)} in {door.pins.known_hosts}"]
                if not check:
                    host_keys.record(door.pins, new_key)
            tools = _tools(order, arguments, console)
            outcome = bootstrap_run.bootstrap(order, tools, logged_in=door.user, check=check)
        changes = [*recorded, *outcome.changes]
        return {
            "changed": bool(changes),
            "changes": changes,
            "diff": [{"prepared": "".join(f"+ {change}\n" for change in changes)}] if changes else [],
            "warnings": [f"{order.name}: {note}" for note in (*outcome.notes, *_empty_password(door))],
            "version": outcome.version,
            "certificate": outcome.certificate,
            "proven": outcome.proven,
        }


def _door(arguments: Mapping[str, Any], name: str) -> ssh_console.Door:
    return ssh_console.Door(
        pins=bootstrap_input.pins(arguments, name=name),
        user=str(arguments["user"]),
        password=str(arguments["password"]),
        private_key_file=arguments["private_key_file"] or None,
        timeout_s=float(arguments["timeout_s"]),
    )


def _empty_password(door: ssh_console.Door) -> tuple[str, ...]:
    if door.password or door.private_key_file:
        return ()
    return (f"the user {door.user} has no password: everybody who reaches the router can log in. Set one",)


def _tools(
    order: bootstrap_input.Order, arguments: Mapping[str, Any], console: ssh_console.Console
) -> bootstrap_run.Tools:
    authority = fleet_ca.FleetAuthority(Path(arguments["ca_folder"]), arguments["ca_passphrase"] or None)
    target = api_client.Target(
        host=order.host,
        port=order.port,
        user=order.user,
        password=order.password,
        tls=True,
        ca_file=str(arguments["api_ca_file"] or authority.certificate_file),
        timeout_s=float(arguments["timeout_s"]),
    )
    connect = functools.partial(api_client.connect, target)
    return bootstrap_run.Tools(console, authority, connect, datetime.datetime.now(datetime.UTC))


def _failure(name: str, mask: Mask, faults: Any, left: str) -> dict[str, Any]:
    shown = [mask(fault) for fault in faults]
    lines = "\n".join(f"  {line}" for line in [*shown, mask(left)])
    msg = f"{name}: the router is not ready for the API\n{lines}"
    return {"failed": True, "changed": False, "msg": msg, "faults": shown}
