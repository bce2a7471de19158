# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from ..module_utils import commit_engine, drift_words
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router could not be compared with its plan"

    def work(self, request: commit_engine.Request, connect: commit_engine.Connect) -> commit_engine.Outcome:
        return commit_engine.inspect(request, connect, only_looks=True)

    def told(self, outcome: commit_engine.Outcome, result: dict[str, Any], *, name: str) -> dict[str, Any]:
        result = {**result, "changed": False, "drift": [row.to_json() for row in outcome.drift]}
        result["notes"] = list(outcome.notes)
        if not outcome.drift:
            return result
        head = f"{name}: the router differs from its plan in {drift_words.counted(outcome.drift)}"
        return {**result, "failed": True, "msg": f"{head}\n{drift_words.report(outcome.drift)}"}
