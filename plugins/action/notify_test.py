# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

from ..module_utils import notify_test
from ..module_utils.commit_engine import Connect
from ..module_utils.protection import Waiting
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the router could not be given a test message"
    takes_plans = False
    more: ClassVar[Mapping[str, Any]] = {
        "language": {"type": "str", "choices": ["id", "en"], "default": "id"},
        "wait_s": {"type": "float", "default": 60.0},
    }

    def answer(self, arguments: Mapping[str, Any], connect: Connect, *, name: str) -> dict[str, Any]:
        if self._task.check_mode:
            return {"changed": False, "skipped": True, "msg": f"{name}: a test message would be sent"}
        started = time.monotonic()
        waiting = Waiting(float(arguments["wait_s"]), time.monotonic, time.sleep)
        told = notify_test.send(connect, branch=name, language=str(arguments["language"]), waiting=waiting)
        seconds = round(time.monotonic() - started, 1)
        words = f"{name}: {told.state}" + (f": {told.reason}" if told.reason else f" after {seconds} s")
        result = {"changed": True, "state": told.state, "reason": told.reason, "seconds": seconds, "msg": words}
        return result if told.state == "sent" else {**result, "failed": True}
