# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from ..module_utils import commit_engine
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router does not hold its plan"

    def work(self, request: commit_engine.Request, connect: commit_engine.Connect) -> commit_engine.Outcome:
        engine = commit_engine.inspect if self._task.check_mode else commit_engine.commit
        return engine(request, connect)
