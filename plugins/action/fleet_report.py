# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes the report of a fleet from what was read in this run. Runs in process, without a connection."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.utils.display import Display

from ..module_utils import branch_state, fleet_data
from ..module_utils.fleet_page_findings import findings
from ..plugin_utils import run_records
from ..plugin_utils.fleet_page_html import html
from ..plugin_utils.inside_action import InsideAction
from ..plugin_utils.written_file import written

_SPEC: dict[str, dict[str, Any]] = {
    "folder": {"type": "path", "default": "reports"},
    "title": {"type": "str", "default": ""},
    "language": {"type": "str", "choices": ["id", "en"], "default": "id"},
}
#: For everybody: there is no secret in them, and Prometheus' collector is somebody else.
_MODE = 0o644


class ActionModule(InsideAction):
    """``multiwan.routeros.fleet_report``."""

    spec = _SPEC

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        now = datetime.datetime.now(datetime.UTC)
        try:
            records = _records(variables, now)
            if not records:
                return _failed("nothing was read in this run: multiwan.routeros.branch_state comes first")
            found = fleet_data.report(
                records, made=now, title=str(arguments["title"]), language=str(arguments["language"])
            )
            return self._write(Path(str(arguments["folder"])), found)
        except OSError as error:
            return _failed(f"the report can't be written: {error}")

    def _write(self, folder: Path, found: Mapping[str, Any]) -> dict[str, Any]:
        files = {
            "page": ("report.html", html(found)),
            "data": ("report.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n"),
            "prometheus": ("multiwan.prom", fleet_data.prometheus(found)),
        }
        paths = {key: folder / name for key, (name, _text) in files.items()}
        for key, (_name, text) in files.items():
            written(paths[key], text, mode=_MODE, check=bool(self._task.check_mode))
        needy = [str(branch["name"]) for branch in found["branches"] if findings(branch, None)]
        whole = len(found["branches"])
        words = f"{len(needy)} of {whole} branches need attention" if needy else f"all {whole} branches are well"
        Display().display(f"{words}: {paths['page']}")
        # The files are the controller's; no router was changed, and that is what people look for in a recap.
        return {
            "changed": False,
            **{key: str(path) for key, path in paths.items()},
            "branches": whole,
            "attention": needy,
            "msg": words,
        }


def _records(variables: Mapping[str, Any], now: datetime.datetime) -> dict[str, dict[str, Any]]:
    """Of every branch of the play: one whose reading broke down without a word is told as such."""
    records = run_records.read_all(run_records.STATE)
    if not records:
        return {}
    missing = {str(name) for name in variables.get("ansible_play_hosts_all", ())} - set(records)
    for name in missing:
        records[name] = branch_state.unread(
            name,
            label=name,
            groups=[],
            place=None,
            reason="other",
            error="the task that reads the branch did not come to its end",
            at=now,
        )
    return records


def _failed(words: str) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": words}
