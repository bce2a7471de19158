# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a ``*_rules`` action does, without Ansible: arguments and variable names in, plan out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .assemble import ROLES
from .branch import KNOWN_VARIABLES, parse_branch
from .plan import Plan
from .rules_spec import VARIABLES


def raw_variables(arguments: Mapping[str, Any], variable_names: Collection[str]) -> dict[str, Any]:
    """Fleet variables as the parser wants them. Names nobody knows come along, so that they are reported."""
    given = {variable: arguments.get(name) for name, variable in VARIABLES.items()}
    strangers = {name: None for name in variable_names if name.startswith("multiwan_") and name not in KNOWN_VARIABLES}
    # Its value is not among the arguments; preflight_input, which has it, looks at forwards of that port.
    management = {"multiwan_api_port": 0} if "multiwan_api_port" in variable_names else {}
    return {**{name: value for name, value in given.items() if value is not None}, **strangers, **management}


def extend_plan(role: str, arguments: Mapping[str, Any], *, name: str, variable_names: Collection[str] = ()) -> Plan:
    """The plan so far with the rows of ``role`` at its end, in place of those it had.

    Raises ``BranchError`` with all mistakes of the variables, ``ValueError`` for a plan of another branch or format.
    """
    given = arguments.get("plan")
    plan = Plan.from_json(given) if given else Plan(name)
    if plan.branch != name:
        raise ValueError(f"the plan is of {plan.branch}, not of {name}")
    rows = tuple(row for row in plan.rows if not row.tag.startswith(f"multiwan:{role}:"))
    if arguments.get("state") == "absent":
        return Plan(name, rows, plan.version)
    branch = parse_branch(raw_variables(arguments, variable_names), name=name)
    version = str(branch.version)
    if rows and plan.version not in ("", version):
        raise ValueError(f"the plan is for RouterOS {plan.version}, the rows of {role} are for {version}")
    return Plan(name, rows, version).with_rows(ROLES[role](branch, branch.version))
