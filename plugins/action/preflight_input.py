# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..plugin_utils.branch_run import BranchAction, Inputs


class ActionModule(BranchAction):
    """See the documentation of the module of the same name."""

    spec: ClassVar[Mapping[str, Any]] = {"connection": {"type": "bool", "default": True}}
    fault = "the variables can't be used"

    def answer(self, inputs: Inputs, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"changed": False}
