# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the variables of one host ask for: its plan, and how its router is reached. The way of the fleet's playbooks.

The roles' own entry points say the same with Jinja in their defaults; a test compares both. Here it is one call for a
branch, because a task for each role costs a fleet more than everything else together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .assemble import ROLES
from .branch import KNOWN_VARIABLES, RULE_VARIABLES, parse_branch
from .model import Branch
from .plan import Plan
from .role_parameters import ROLE_PARAMETERS
from .rules_spec import VARIABLES
from .versions import Version

VERSION = "multiwan_routeros_version"
#: Argument of the commit to the fleet variable that gives it, and what it is without one. Secrets have no default.
_ARGUMENTS: Mapping[str, tuple[str, Any]] = {
    "port": ("multiwan_api_port", 8729),
    "user": ("multiwan_api_user", None),
    "password": ("multiwan_api_password", None),
    "tls": ("multiwan_api_tls", True),
    "ca_file": ("multiwan_api_ca_file", None),
    "timeout_s": ("multiwan_api_timeout_s", 10),
    "dead_man_s": ("multiwan_dead_man_s", 120),
    "reach": ("multiwan_reach", None),
    "backup": ("multiwan_backup", True),
    "force": ("multiwan_force", []),
    "adopt": ("multiwan_adopt", False),
    "operator": ("multiwan_operator", None),
}
#: Not taken from the inventory: what the playbook works out itself.
_OWN = ("commit_plans", "commit_owners")


def wanted_variables(names: Collection[str]) -> tuple[str, ...]:
    """Which variables of a host must be known with their values, out of the ``names`` of all that it has."""
    parameters = {
        parameter for role in (*ROLES, "commit") for parameter in ROLE_PARAMETERS[role] if parameter not in _OWN
    }
    ours = (*KNOWN_VARIABLES, *sorted(parameters), "ansible_host")
    return tuple(name for name in ours if name in names)


def fleet_variables(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """What :func:`branch.parse_branch` takes. Names that nobody knows come along, so that they are reported."""
    known = {name: value for name, value in values.items() if name in KNOWN_VARIABLES}
    return known | {name: None for name in names if name.startswith("multiwan_") and name not in KNOWN_VARIABLES}


def says_version(values: Mapping[str, Any]) -> bool:
    """Whether the branch says which RouterOS it has; else its router is asked."""
    return values.get(VERSION) is not None


def plan_of(values: Mapping[str, Any], branch: Branch, *, version: Version | None = None) -> Plan:
    """What the branch should hold when every role is used. ``branch``: as ``values`` were read. ``version``: what its
    router says, for a branch that does not say it.

    A parameter of a role (``pcc_mode``) wins over the fleet variable for that role alone. Raises
    :class:`problems.BranchError` with all mistakes.
    """
    fleet = {variable: values[variable] for variable in RULE_VARIABLES if values.get(variable) is not None}
    if version is not None and version != branch.version:
        fleet[VERSION] = str(version)
        # some things are allowed on some versions only
        branch = parse_branch(fleet, name=branch.name)
    plan = Plan(branch.name, version=str(branch.version))
    for role, rules in ROLES.items():
        seen = _branch_of(role, fleet, values, branch)
        plan = plan.with_rows(rules(seen, seen.version))
    return plan


def _branch_of(role: str, fleet: Mapping[str, Any], values: Mapping[str, Any], shared: Branch) -> Branch:
    """The branch as one role sees it: that of all, unless the inventory sets parameters of the role."""
    given = {variable: values.get(f"{role}_{suffix}") for suffix, variable in VARIABLES.items()}
    own = {variable: value for variable, value in given.items() if value is not None}
    return parse_branch({VERSION: str(shared.version), **fleet, **own}, name=shared.name) if own else shared


def commit_arguments(values: Mapping[str, Any], *, name: str, fleet_ca: str | None) -> dict[str, Any]:
    """Arguments of the module ``commit`` but its plans and owners, as the role ``commit`` has them by default.

    ``fleet_ca``: the certificate of the fleet's authority, if bootstrap made one.
    """
    found = {
        argument: values.get(f"commit_{argument}", values.get(at, rest)) for argument, (at, rest) in _ARGUMENTS.items()
    }
    found["host"] = values.get("commit_host") or values.get("multiwan_api_host") or values.get("ansible_host") or name
    if found["ca_file"] is None:
        found["ca_file"] = fleet_ca
    found["secrets"] = values.get("commit_secrets") or _secrets(values)
    return found


def _secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    telegram, uplinks = values.get("multiwan_telegram"), values.get("multiwan_uplinks")
    token = telegram.get("bot_token", "") if isinstance(telegram, Mapping) else ""
    passwords = {
        uplink["name"]: uplink["password"]
        for uplink in (uplinks if isinstance(uplinks, (list, tuple)) else ())
        if isinstance(uplink, Mapping) and "password" in uplink and "name" in uplink
    }
    return {"telegram_bot_token": token, "pppoe_password": passwords}
