# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ..module_utils import branch_result, commit_engine
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router could not be compared with its plan"

    def work(self, request: commit_engine.Request, connect: commit_engine.Connect) -> commit_engine.Outcome:
        return commit_engine.inspect(request, connect, only_looks=True)

    def told(self, outcome: commit_engine.Outcome, result: dict[str, Any], *, name: str) -> dict[str, Any]:
        return branch_result.compared(result, outcome, name=name)
