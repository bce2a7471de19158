# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The thin shell around one branch: from the variables of a host to its plan, its request and its router.

Whatever talks to a fleet does it in one action for a branch. All imports stand at the top: Ansible loads an action
plugin once and its forks inherit it.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.display import Display

from ..module_utils import api_client, branch_request, commit_arguments, commit_engine, preflight
from ..module_utils.commit_engine import CommitError, Connect, Request
from ..module_utils.model import Branch
from ..module_utils.plan import Plan
from ..module_utils.problems import BranchError
from ..module_utils.router_api import RouterError
from ..module_utils.versions import Version
from .controller import here
from .inside_action import InsideAction

_ARGUMENTS = ArgumentSpecValidator(
    {
        name: {key: value for key, value in entry.items() if key != "no_log"}
        for name, entry in commit_arguments.SPEC.items()
    }
)


@dataclass(frozen=True)
class Inputs:
    """Everything that the variables of the host ``name`` say. ``arguments``: of the module ``commit``, but plans and
    owners; holds secrets."""

    name: str
    values: Mapping[str, Any]
    branch: Branch
    arguments: Mapping[str, Any]

    @property
    def asks_version(self) -> bool:
        """Whether the router has to be asked before there can be a plan."""
        return not branch_request.says_version(self.values)

    def plan(self, version: Version | None = None) -> Plan:
        """What the branch should hold. ``version``: what the router says, where :attr:`asks_version`."""
        return branch_request.plan_of(self.values, self.branch, version=version)

    def request(self, plan: Plan, owners: list[str] | None = None) -> Request:
        """What to make of the router. ``owners``: roles whose rows count; ``None`` for all."""
        controller = here(lambda words: Display().display(f"{self.name}: {words}"))
        arguments = {**self.arguments, "plans": [], "owners": owners}
        return commit_arguments.request(arguments, name=self.name, controller=controller, plans=[plan])

    @property
    def connect(self) -> Connect:
        """Opens a connection to the router."""
        return functools.partial(api_client.connect, commit_arguments.target(self.arguments))

    @contextlib.contextmanager
    def planned(self, owners: list[str] | None = None) -> Iterator[tuple[Plan, Request, Connect]]:
        """The plan for this router. If it must be asked for its version, that connection is the first that the answer
        opens."""
        if not self.asks_version:
            plan = self.plan()
            yield plan, self.request(plan, owners), self.connect
            return
        with contextlib.ExitStack() as stack:
            api = stack.enter_context(self.connect())
            open_already = [api]

            def connect() -> Any:
                return contextlib.nullcontext(open_already.pop()) if open_already else self.connect()

            _text, version = commit_engine.ask_version(lambda: contextlib.nullcontext(api))
            plan = self.plan(version)
            yield plan, self.request(plan, owners), connect


class BranchAction(InsideAction):
    """Reads the variables of its host, all mistakes at once, and does its work with them. ``spec``: its own arguments.
    ``fault``: how a failure begins."""

    fault: str

    def missing(self) -> str:
        return api_client.MISSING

    def answer(self, inputs: Inputs, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a branch whose variables are right. May raise what the engine raises."""
        raise NotImplementedError

    def ended(self, name: str, result: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """The last look at a result, whatever became of it."""
        return result

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        name = str(variables.get("inventory_hostname", ""))
        inputs = None
        try:
            # unless it has a say in it, an action talks to the router, so that user and password must be there
            inputs = self.inputs(variables, name, talks=bool(arguments.get("connection", True)))
            result = self.answer(inputs, arguments)
        except BranchError as error:
            result = {**error.result(), "reason": "variables"}
        except (RouterError, CommitError, ValueError) as error:
            result = commit_arguments.failure(error, name=name, what=self.fault)
            if inputs is not None and isinstance(error, ValueError):
                result["reason"] = "other"  # not of the variables, which were read
        try:
            return self.ended(name, result, seconds=time.monotonic() - began)
        except OSError as error:
            # The router has what it has: a record that can't be kept makes no failure of it.
            warnings = [*result.get("warnings", ()), f"{name}: the summary will not know of it: {error}"]
            return {**result, "warnings": warnings}

    def inputs(self, task_vars: Mapping[str, Any], name: str, *, talks: bool) -> Inputs:
        """Raises :class:`BranchError` with every mistake."""
        broken: dict[str, str] = {}
        values = {
            variable: self._value(task_vars[variable], variable, broken)
            for variable in branch_request.wanted_variables(task_vars)
        }
        branch = preflight.check(
            branch_request.fleet_variables(values, task_vars),
            name=name,
            names=task_vars,
            broken=broken,
            connection=talks,
            connection_values={key: values[key] for key in preflight.CONNECTION_NAMES if key in values},
        )
        raw = branch_request.commit_arguments(values, name=name, fleet_ca=_fleet_ca(values, task_vars))
        checked = _ARGUMENTS.validate({**raw, "plans": []}) if talks else None
        if checked is not None and checked.error_messages:
            raise ValueError("; ".join(checked.error_messages))
        return Inputs(name, values, branch, checked.validated_parameters if checked is not None else raw)

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


def _fleet_ca(values: Mapping[str, Any], task_vars: Mapping[str, Any]) -> str | None:
    """Where bootstrap keeps the certificate of the fleet's authority, if it made one."""
    beside = task_vars.get("inventory_dir") or task_vars.get("playbook_dir") or "."
    folder = values.get("multiwan_ca_folder") or f"{beside}/fleet-ca"
    file = Path(str(folder)).expanduser() / "ca.pem"
    return str(file) if file.is_file() else None
