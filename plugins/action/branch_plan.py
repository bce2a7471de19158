# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..module_utils import commit_engine
from ..plugin_utils.branch_run import BranchAction, Inputs


class ActionModule(BranchAction):
    """See the documentation of the module of the same name."""

    spec: ClassVar[Mapping[str, Any]] = {"connection": {"type": "bool", "default": False}}
    fault = "the router could not be asked for its version"

    def answer(self, inputs: Inputs, arguments: Mapping[str, Any]) -> dict[str, Any]:
        version = None
        if inputs.asks_version and arguments["connection"]:
            _text, version = commit_engine.ask_version(inputs.connect)
        return {"changed": False, "plan": inputs.plan(version).to_json()}
