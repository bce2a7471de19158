# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looks at the fleet before anything is written. Runs in process, without a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ..module_utils import rollout, rollout_words, waves
from ..module_utils.problems import Problem, show
from ..plugin_utils import run_state
from ..plugin_utils.inside_action import InsideAction

_SPEC: dict[str, dict[str, Any]] = {
    "waves": {"type": "raw"},
    "canaries": {"type": "list", "elements": "str", "default": []},
}


class ActionModule(InsideAction):
    """``multiwan.routeros.fleet_start``."""

    spec = _SPEC

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        hosts = [str(name) for name in variables.get("ansible_play_hosts_all", ())]
        try:
            asked = waves.read(arguments["waves"]) if arguments["waves"] is not None else None
        except ValueError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        unreadable = _unreadable(hosts, variables.get("hostvars", {}))
        doubles = [name for name in unreadable if name in variables.get("groups", {})]
        if doubles:
            # a pattern that leaves such a branch out would leave out the members of the group
            words = "can't be read, and a group of the inventory has the same name, so that it can't be left out alone"
            faults = [f"{name}: {words}: {unreadable[name]}" for name in doubles]
            return {"failed": True, "changed": False, "msg": "\n".join(faults)}
        canaries, strangers = _members(arguments["canaries"], variables.get("groups", {}), hosts)
        order = waves.ordered([name for name in hosts if name not in unreadable], canaries)
        sizes = asked or waves.default(len([name for name in canaries if name in order]))
        planned = waves.sizes(sizes, len(order))
        run = rollout.begin((*order, *unreadable), unreadable, check=bool(self._task.check_mode))
        run_state.begin(run, len(planned))
        Display().display(rollout_words.announced(order, planned))
        # A pattern for the next play: those who go first, then everyone but those who can't be read.
        pattern = [*order[: len(canaries)], "all", *(f"!{name}" for name in unreadable)]
        result = {"changed": False, "hosts": pattern, "waves": list(sizes), "unreadable": unreadable}
        return {**result, "warnings": [*strangers, *(f"{name}: {words}" for name, words in unreadable.items())]}


def _members(
    wanted: Sequence[str], groups: Mapping[str, Sequence[str]], hosts: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The branches that are meant by names of branches and groups, those alone that take part in the run; and a
    sentence for each name that nothing has. No failure: a slice of AWX holds a part of the inventory."""
    found: list[str] = []
    strangers: list[str] = []
    for place, name in enumerate(wanted):
        if name in groups or name in groups.get("all", hosts):
            found += groups.get(name, [name])
        else:
            allowed = "the name of a branch or of a group of the inventory"
            strangers.append(str(Problem(f"multiwan_canaries[{place}]", show(name), allowed)))
    return [name for name in dict.fromkeys(found) if name in hosts], strangers


def _unreadable(hosts: Sequence[str], hostvars: Any) -> dict[str, str]:
    """Branches whose variables can't be read at all, such as those with a mistake in the YAML of their file.

    Ansible ends the whole run when it comes to one of them (ansible-core 2.19, ``StrategyModule.run`` asks for the
    variables of each host in the main process), with branches in the middle of their changes. So they are left out.
    """
    found: dict[str, str] = {}
    for name in hosts:
        try:
            hostvars.raw_get(name)
        except AnsibleError as error:
            found[name] = f"{_place(error) or f'host_vars/{name} or a group: '}{' '.join(str(error).split())}"
    return found


def _place(error: BaseException) -> str:
    """File and line, where Ansible knows them: the origin of the first error that names one (ansible-core 2.19; what
    reads the files of a host wraps the error of what reads YAML)."""
    cause: BaseException | None = error
    while cause is not None:
        origin = getattr(cause, "obj", None)
        path, line = getattr(origin, "path", None), getattr(origin, "line_num", None)
        if path and line:
            return f"{path}:{line}: "
        cause = cause.__cause__ or cause.__context__
    return ""
