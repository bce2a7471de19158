# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..module_utils import branch_look, branch_state
from ..module_utils.branch import parse_place
from ..module_utils.model import Place
from ..plugin_utils import run_records
from ..plugin_utils.branch_run import BranchAction, Inputs


class ActionModule(BranchAction):
    """See the documentation of the module of the same name."""

    spec: ClassVar[Mapping[str, Any]] = {"unreadable": {"type": "dict"}}
    fault = "the branch could not be read"
    _groups: Sequence[str] = ()
    _label: str = ""
    _place: Place | None = None

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        variables = task_vars or {}
        self._groups = [str(name) for name in variables.get("group_names", ()) if name != "ungrouped"]
        unreadable = self._task.args.get("unreadable")
        if unreadable is not None:
            return self._without_variables(unreadable, variables.get("groups", {}))
        # Also of a branch whose other variables are wrong. Nothing of theirs is trusted that does not read well.
        broken: dict[str, str] = {}
        said = {name: self._value(variables.get(name), name, broken) for name in ("multiwan_label", "multiwan_place")}
        self._label = said["multiwan_label"] if isinstance(said["multiwan_label"], str) else ""
        self._place = parse_place(said["multiwan_place"])
        result: dict[str, Any] = super().run(tmp, task_vars)
        return result

    def _without_variables(self, unreadable: Mapping[str, str], groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Records of branches that Ansible itself can't read: they are hosts of no play."""
        for name, words in unreadable.items():
            member = [group for group, hosts in groups.items() if name in hosts and group not in ("all", "ungrouped")]
            self._groups = member
            self._keep(self._unread(name, "variables", str(words)))
        return {"changed": False}

    def answer(self, inputs: Inputs, arguments: Mapping[str, Any]) -> dict[str, Any]:
        with inputs.planned() as planned:
            _plan, request, connect = planned
            with connect() as api:
                found = branch_look.look(request, inputs.branch, api, _now)
        return {"changed": False, "state": branch_state.state(found, inputs.branch, groups=self._groups)}

    def ended(self, name: str, result: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """A branch that can't be reached is something to report, no failure of the report."""
        result = {**result, "changed": False, "seconds": round(seconds, 3)}
        if not result.get("failed"):
            self._keep(result["state"])
            return result
        faults = [str(fault) for fault in result.get("faults", ())] or [str(result.get("msg", ""))]
        reason = str(result.get("reason", "other"))
        state = self._unread(name, reason, "; ".join(faults))
        self._keep(state)
        if reason == "variables":
            return {**result, "state": state}
        msg = str(result.pop("msg", ""))
        return {**result, "failed": False, "state": state, "warnings": [msg]}

    def _unread(self, name: str, reason: str, error: str) -> dict[str, Any]:
        return branch_state.unread(
            name,
            label=self._label or name,
            groups=self._groups,
            place=self._place,
            reason=reason,
            error=" ".join(error.split()),
            at=_now(),
        )

    @staticmethod
    def _keep(state: Mapping[str, Any]) -> None:
        run_records.write(str(state["name"]), state, run_records.STATE)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
