# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The thin shell around the rules: Ansible in, Ansible out. Runs in process, without a connection."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_run import extend_plan
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_spec import ARGUMENTS


class RulesAction(ActionBase):
    """Adds the rows of ``role`` to the plan. Never changes anything, so check mode is the same."""

    role: str
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, variables)
        _validation, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        name = str(arguments["name"] or variables.get("inventory_hostname", ""))
        try:
            plan = extend_plan(self.role, arguments, name=name, variable_names=variables)
        except BranchError as error:
            return {**result, **error.result()}
        except ValueError as error:
            return {**result, "failed": True, "changed": False, "msg": f"{name}: {error}", "problems": []}
        return {**result, "changed": False, "plan": plan.to_json()}
