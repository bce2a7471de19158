# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sums up a wave, and the run after the last. Runs in process, without a connection."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.utils.display import Display

from ..module_utils import rollout as runs
from ..module_utils import rollout_words as words
from ..module_utils.rollout import Rollout
from ..plugin_utils import run_records, run_state
from ..plugin_utils.inside_action import InsideAction
from ..plugin_utils.written_file import written

_SPEC: dict[str, dict[str, Any]] = {
    "canary": {"type": "bool", "default": True},
    "file": {"type": "path"},
    "title": {"type": "str", "default": ""},
}


class ActionModule(InsideAction):
    """``multiwan.routeros.fleet_summary``."""

    spec = _SPEC

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        began = run_state.started()
        rollout = _one_wave_later(variables, check=bool(self._task.check_mode))
        stopped = runs.stop(rollout, canary=bool(arguments["canary"]))
        over = bool(stopped) or not rollout.left
        seconds = time.time() - float(began["began"]) if began else None
        _show(rollout, int(began.get("waves", 0)), over=over, seconds=seconds, stopped=stopped)
        document = runs.document(rollout, title=str(arguments["title"]), made=_now(), seconds=seconds, stopped=stopped)
        result = _keep(document, arguments["file"], over=over)
        if over:
            run_state.end()
        else:
            run_state.keep(rollout)
        return {**result, **_told(document, over=over), **_failed(rollout, over=over)}


def _one_wave_later(variables: Mapping[str, Any], *, check: bool) -> Rollout:
    everyone = [str(name) for name in variables.get("ansible_play_hosts_all", ())]
    fine = {str(name) for name in variables.get("ansible_play_hosts", ())}
    rollout = run_state.kept() or runs.begin(everyone, {}, check=check)
    return runs.after_wave(
        rollout,
        run_records.take_all(),
        batch=[str(name) for name in variables.get("ansible_play_batch", ())],
        fallen=[name for name in everyone if name not in fine],
        taken_in=everyone,
    )


def _show(rollout: Rollout, planned: int, *, over: bool, seconds: float | None, stopped: str) -> None:
    """The table of the wave; the one of the whole run instead, when it is over."""
    text = words.whole(rollout, seconds=seconds, stopped=stopped) if over else words.wave(rollout, planned)
    failed = ("failed: ", "not begun: ", "The run was stopped: ")
    for line in text.splitlines():
        Display().display(line, color=constants.COLOR_ERROR if line.startswith(failed) else None)


def _keep(document: Mapping[str, Any], file: str | None, *, over: bool) -> dict[str, Any]:
    """Writes the JSON and, beside it, the names that another run has to see to, for ``--limit @FILE``."""
    if not file:
        return {}
    path = Path(file).expanduser()
    if document["check"]:
        path = path.with_name(f"{path.stem}-check{path.suffix}")
    again = path.with_suffix(".retry")
    try:
        written(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n", mode=0o644, check=False)
        names = _still(again, document)
        if names:
            written(again, "".join(f"{name}\n" for name in names), mode=0o644, check=False)
        else:
            again.unlink(missing_ok=True)
    except OSError as error:
        # The routers have what they have: a summary that can't be kept is no reason to stop.
        return {"warnings": [f"the summary can't be written: {error}"]}
    if over:
        Display().display(f"The same as JSON: {path}")
        if document["again"]:
            Display().display(f"Only what is left: --limit @{again}")
    return {"file": str(path)}


def _still(file: Path, document: Mapping[str, Any]) -> list[str]:
    """Whom this run left, and whom an earlier one did that this one was not asked about (``--limit``)."""
    asked = {str(record["branch"]) for record in document["branches"]} | set(document["left"])
    earlier = file.read_text(encoding="utf-8").split() if file.is_file() else []
    return [*document["again"], *(name for name in earlier if name not in asked)]


def _told(document: Mapping[str, Any], *, over: bool) -> dict[str, Any]:
    result = {
        "changed": False,
        "stop": bool(document["stopped"]),
        "over": over,
        "stopped": document["stopped"],
        "counts": document["counts"],
        "again": document["again"],
    }
    # What ansible.builtin.set_stats returns; AWX shows it as the artifacts of a job.
    stats = {"data": {"fleet_rollout": dict(document)}, "per_host": False, "aggregate": False}
    return {**result, "ansible_stats": stats}


def _failed(rollout: Rollout, *, over: bool) -> dict[str, Any]:
    """Branches without readable variables are no hosts of the play, so that their failure is told here, if by nobody
    else. The same for a wave that nobody worked on."""
    unread = runs.only_unread(rollout) if over else ()
    newest = rollout.of_wave(rollout.waves)
    skipped = [record for record in newest if record["reason"] == runs.SKIPPED]
    if newest and len(skipped) == len(newest):
        return {"failed": True, "msg": "no task was run for any branch of this wave"}
    if skipped:
        return {"failed": True, "msg": "\n".join(f"{record['branch']}: {record['words']}" for record in skipped)}
    if not unread:
        return {}
    faults = [f"{name}: {rollout.branches[name]['words']}" for name in unread]
    return {"failed": True, "msg": "\n".join(["everyone else is done, but these could not be read", *faults])}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
