# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..module_utils import branch_result, commit_arguments, commit_engine, uplink_state
from ..plugin_utils import run_state
from ..plugin_utils.branch_run import BranchAction, Inputs


class ActionModule(BranchAction):
    """See the documentation of the module of the same name."""

    spec: ClassVar[Mapping[str, Any]] = {
        "owners": {"type": "list", "elements": "str"},
        "verify": {"type": "bool", "default": False},
    }
    fault = "the router does not hold its plan"

    def answer(self, inputs: Inputs, arguments: Mapping[str, Any]) -> dict[str, Any]:
        with inputs.planned(arguments["owners"]) as (_plan, request, connect):
            if arguments["verify"]:
                outcome = commit_engine.inspect(request, connect, only_looks=True)
            elif self._task.check_mode:
                outcome = commit_engine.inspect(request, connect)
            else:
                outcome = commit_engine.commit(request, connect)
        result = commit_arguments.result(outcome, name=inputs.name, seconds=0.0)
        result["uplinks"] = uplink_state.alive(outcome.router, inputs.branch.uplinks)
        return branch_result.compared(result, outcome, name=inputs.name) if arguments["verify"] else result

    def ended(self, name: str, result: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        result = {**result, "seconds": round(seconds, 3)}
        run_state.finished(name, branch_result.record(name, result, check=bool(self._task.check_mode)))
        return result
