# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The shell around the commit engine: runs inside the controller, one connection per branch.

All imports stand at the top: Ansible loads an action plugin once and its forks inherit it.
"""

from __future__ import annotations

import functools
import time
from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils import api_client, commit_arguments, commit_engine
from ..module_utils.router_api import RouterError


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core says no types
    """``multiwan.routeros.commit``."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=commit_arguments.SPEC)
        name = str((task_vars or {}).get("inventory_hostname", arguments["host"]))
        started = time.monotonic()
        try:
            request = commit_arguments.request(arguments, name=name)
            connect = functools.partial(api_client.connect, commit_arguments.target(arguments))
            engine = commit_engine.inspect if self._task.check_mode else commit_engine.commit
            outcome = engine(request, connect)
        except (RouterError, commit_engine.CommitError, ValueError) as error:
            return commit_arguments.failure(error, name=name, what="the router does not hold its plan")
        return commit_arguments.result(outcome, seconds=time.monotonic() - started)
