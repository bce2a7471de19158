# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads the variables of a host and reports all mistakes at once."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ..module_utils import preflight
from ..module_utils.branch import KNOWN_VARIABLES
from ..module_utils.problems import BranchError

_SPEC = {"connection": {"type": "bool", "default": True}}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core says no types
    """``multiwan.routeros.preflight_input``."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=_SPEC)
        all_variables = task_vars or {}
        name = str(all_variables.get("inventory_hostname", ""))
        variables, broken = self._fleet_variables(all_variables)
        values = {
            key: self._value(all_variables[key], key, broken)
            for key in preflight.CONNECTION_NAMES
            if key in all_variables
        }
        try:
            preflight.check(
                variables,
                name=name,
                names=all_variables,
                broken=broken,
                connection=bool(arguments["connection"]),
                connection_values=values,
            )
        except BranchError as error:
            problems = [{"host": name, **problem.to_json()} for problem in error.problems]
            return {"failed": True, "changed": False, "msg": str(error), "problems": problems}
        return {"changed": False}

    def _fleet_variables(self, all_variables: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Values of everything that begins with ``multiwan_``, and the paths of values that can't be templated."""
        variables: dict[str, Any] = {}
        broken: dict[str, str] = {}
        for variable, value in all_variables.items():
            if variable in KNOWN_VARIABLES:
                variables[variable] = self._value(value, variable, broken)
            elif variable.startswith("multiwan_"):
                variables[variable] = None
        return variables, broken

    def _value(self, value: Any, path: str, broken: dict[str, str]) -> Any:
        """The value; piece by piece when the whole fails, so that one bad piece does not hide mistakes in the rest."""
        try:
            return self._templar.template(value)
        except AnsibleError as error:
            if isinstance(value, dict):
                return {key: self._value(item, f"{path}.{key}", broken) for key, item in value.items()}
            if isinstance(value, list):
                return [self._value(item, f"{path}[{index}]", broken) for index, item in enumerate(value)]
            broken[path] = f"an expression that fails: {error.message}"
            return None
