# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..module_utils import commit_arguments, drill, drill_page, drill_plan
from ..module_utils.commit_engine import Connect
from ..plugin_utils.controller import here
from ..plugin_utils.router_action import RouterAction


class ActionModule(RouterAction):
    """See the documentation of the module of the same name."""

    fault = "the failure of its uplinks was not rehearsed"
    more: ClassVar[Mapping[str, Any]] = {
        "uplinks": {"type": "list", "elements": "str", "default": []},
        "seconds": {"type": "int"},
        "targets": {"type": "list", "elements": "str", "default": list(drill_plan.TARGETS)},
        "labels": {"type": "dict", "default": {}},
        "language": {"type": "str", "choices": ["id", "en"], "default": "id"},
    }

    def answer(self, arguments: Mapping[str, Any], connect: Connect, *, name: str) -> dict[str, Any]:
        controller = here(functools.partial(_tell, name))
        request = commit_arguments.request(arguments, name=name, controller=controller)
        if request.protection is not None:
            controller = request.protection.controller  # with the operator that was named
        wanted = drill_plan.asked(arguments)
        place = drill.Place(connect, controller, str(arguments["language"]))
        if self._task.check_mode:
            would = drill.ready(request, wanted, place).words(wanted)
            return {"changed": False, "would": list(would), "msg": "\n".join(f"{name}: {words}" for words in would)}
        began = datetime.datetime.now(datetime.UTC)
        outcome = drill.run(request, wanted, place)
        report = drill_page.report(outcome, branch=name, began=began.strftime("%Y-%m-%d %H:%M UTC"))
        result = {
            "changed": True,
            "ok": outcome.ok,
            "uplinks": [{key: value for key, value in line.items() if key != "samples"} for line in report["uplinks"]],
            "left_out": list(outcome.left_out),
            "report": report,
            "page": drill_page.page(outcome, report, str(arguments["language"])),
            "stamp": began.strftime("%Y-%m-%d-%H%M%S"),
            "msg": "\n".join(f"{name}: {words}" for words in outcome.words()),
        }
        return result if outcome.ok else {**result, "failed": True}


def _tell(name: str, words: str) -> None:
    Display().display(f"{name}: {words}")
