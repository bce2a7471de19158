# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ..module_utils import commit_engine
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router could not be compared with its plan"

    def work(self, request: commit_engine.Request, connect: commit_engine.Connect) -> commit_engine.Outcome:
        return commit_engine.inspect(request, connect)

    def told(self, outcome: commit_engine.Outcome, result: dict[str, Any], *, name: str) -> dict[str, Any]:
        result = {**result, "changed": False}
        if not outcome.differences:
            return result
        count = len(outcome.differences)
        places = "1 place" if count == 1 else f"{count} places"
        lines = "\n".join(f"  {sentence}" for sentence in outcome.differences)
        return {**result, "failed": True, "msg": f"{name}: the router differs from its plan in {places}\n{lines}"}
