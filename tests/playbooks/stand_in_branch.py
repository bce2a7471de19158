# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""In place of plugins/action/branch.py: does what the variable ``becomes`` of the host says, and notes its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..module_utils import branch_result
from ..plugin_utils import run_state


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        name, becomes = variables["inventory_hostname"], variables.get("becomes", "changed")
        with Path(variables["worked_on"]).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        if becomes == "breaks":
            raise AnsibleActionFail("nobody saw this coming")
        result: dict[str, Any] = {"changed": becomes == "changed", "seconds": 0.25}
        if becomes in ("changed", "unchanged"):
            result |= {"version": "7.22.3 (stable)", "uplinks": {"isp1": True, "isp2": False}}
            result["writes"] = {"/ip/route": 7} if becomes == "changed" else {}
        else:
            fault = f"{name} says it is {becomes}"
            result |= {"failed": True, "msg": fault, "faults": [fault], "reason": becomes}
        run_state.finished(name, branch_result.record(name, result, check=bool(self._task.check_mode)))
        return result
