# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each branch of a run came to, as small files that all forks of one ``ansible-playbook`` share.

They lie in the folder that Ansible makes for a run and removes at its end (``C.DEFAULT_LOCAL_TMP``; ansible-core 2.19,
``TempPathType`` of ``ansible.config.manager``). So whoever sums up needs no hostvars of 300 hosts, and nothing is left
behind. Records hold no secrets.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ansible import constants

from .written_file import written

#: Kinds of records that several actions of one run may write about the same branch.
BRANCH, STATE = "branch", "state"


def folder(kind: str = BRANCH) -> Path:
    """Where the records of this run lie. It may not exist yet."""
    return Path(str(constants.DEFAULT_LOCAL_TMP)) / "multiwan" / kind


def write(name: str, record: Mapping[str, Any], kind: str = BRANCH) -> int:
    """Keeps the record of a branch. Returns how many branches of the run are done with it, this one included: each
    caller gets a number of its own. A branch that is written again (another play) counts again. Raises ``OSError``."""
    path = folder(kind) / f"{quote(name, safe='')}.json"
    written(path, json.dumps(record, sort_keys=True), mode=0o600, check=False)
    return _count(path.parent / "done")


def read_all(kind: str = BRANCH) -> dict[str, dict[str, Any]]:
    """Name of the branch to its record, sorted by name; empty when nothing was written. Raises ``OSError``."""
    found = {unquote(path.stem): path for path in folder(kind).glob("*.json")}
    return {name: json.loads(found[name].read_text(encoding="utf-8")) for name in sorted(found)}


def take_all(kind: str = BRANCH) -> dict[str, dict[str, Any]]:
    """The same, and they are gone: what comes next is another wave's."""
    records = read_all(kind)
    for name in records:
        (folder(kind) / f"{quote(name, safe='')}.json").unlink()
    return records


def _count(path: Path) -> int:
    """One byte for each caller. Appending moves to the end in the same step, so no two callers get one number."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, b".")
        return os.lseek(descriptor, 0, os.SEEK_CUR)
    finally:
        os.close(descriptor)
