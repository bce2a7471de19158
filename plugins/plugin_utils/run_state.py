# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run over many branches knows from its first task to its last, in the folder that its forks share.

``fleet_start`` begins it, each branch that is done moves it on, ``fleet_summary`` ends it. A branch that is dealt with
outside of such a run leaves only its record.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.utils.display import Display

from ..module_utils import rollout_words
from ..module_utils.rollout import Rollout
from . import run_records
from .written_file import written


def begin(rollout: Rollout, waves: int) -> None:
    """A new run; what an earlier play left is forgotten. ``waves``: how many are planned. Raises ``OSError``."""
    shutil.rmtree(run_records.folder(), ignore_errors=True)
    began = {"total": len(rollout.left), "waves": waves, "began": time.time()}
    written(_file("start"), json.dumps(began), mode=0o600, check=False)
    keep(rollout)


def started() -> Mapping[str, Any]:
    """``total`` branches, planned ``waves``, time when it ``began``; nothing outside of a run."""
    try:
        data: dict[str, Any] = json.loads(_file("start").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return data


def kept() -> Rollout | None:
    """What the waves so far came to."""
    try:
        return Rollout.from_json(json.loads(_file("rollout").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def keep(rollout: Rollout) -> None:
    """For the next wave. Raises ``OSError``."""
    written(_file("rollout"), json.dumps(rollout.to_json()), mode=0o600, check=False)


def end() -> None:
    """The run is over: another play of the same command begins its own."""
    for name in ("start", "rollout"):
        _file(name).unlink(missing_ok=True)
    shutil.rmtree(run_records.folder(), ignore_errors=True)


def finished(name: str, record: Mapping[str, Any]) -> None:
    """Keeps the record of a branch and, within a run, tells who watches how far it is. Raises ``OSError``."""
    number = run_records.write(name, record)
    run = started()
    if run:
        gone_s = time.time() - _first(run_records.folder() / "first")
        Display().display(rollout_words.progress(number, int(run["total"]), record, gone_s=gone_s))


def _file(name: str) -> Path:
    return run_records.folder().parent / f"{name}.json"


def _first(path: Path) -> float:
    """When the first branch was done."""
    try:
        with path.open("x"):
            pass
    except FileExistsError:
        pass
    return path.stat().st_mtime
