# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The shell around the reading half of the commit engine: compares, never writes."""

from __future__ import annotations

import functools
import time
from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils import api_client, commit_arguments, commit_engine
from ..module_utils.router_api import RouterError


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core says no types
    """``multiwan.routeros.verify``."""

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
            outcome = commit_engine.inspect(request, connect)
        except (RouterError, commit_engine.CommitError, ValueError) as error:
            return commit_arguments.failure(error, name=name, what="the router could not be compared with its plan")
        result = commit_arguments.result(outcome, seconds=time.monotonic() - started)
        result["changed"] = False
        if outcome.differences:
            lines = "\n".join(f"  {sentence}" for sentence in outcome.differences)
            count = len(outcome.differences)
            result.update(failed=True, msg=f"{name}: the router differs from its plan in {count} places\n{lines}")
        return result
