# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils import commit_engine
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router could not be asked for its version"
    takes_plans = False

    def answer(self, arguments: Mapping[str, Any], connect: commit_engine.Connect, *, name: str) -> dict[str, Any]:
        said, version = commit_engine.ask_version(connect)
        return {"changed": False, "said": said, "version": str(version)}
