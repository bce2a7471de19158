# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How carefully a commit goes about its work, and by whose clock."""

from __future__ import annotations

import datetime
import getpass
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Seconds of a dead man that can be asked for.
SHORTEST_S, LONGEST_S = 10, 3600


def _utc() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def operator() -> str:
    """Who runs this, for people: user, host and process; AWX gives its job a number."""
    job = os.environ.get("JOB_ID") or os.environ.get("AWX_JOB_ID")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        user = f"uid {os.getuid()}"
    where = f"{user}@{socket.gethostname()} process {os.getppid()}"
    return f"{where} job {job}" if job else where


@dataclass(frozen=True)
class Protection:
    """``dead_man_s``: seconds after which the router takes an unconfirmed change back; 0: it does not, and an undo
    needs a connection. ``reach``: addresses that the router must be able to ping as before; ``None``: the anchors of
    the plan. ``backup``: whether to save one before the change. ``operator``: who is named to others meanwhile.
    ``progress`` is told what takes long.
    """

    dead_man_s: int = 120
    reach: tuple[str, ...] | None = None
    backup: bool = True
    operator: str = ""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], str] = _utc
    progress: Callable[[str], None] = lambda _words: None

    @property
    def margin_s(self) -> float:
        """The end of the time limit in which nothing is written any more: no write may meet the undo."""
        return max(2.0, self.dead_man_s / 6)

    @property
    def lock_s(self) -> int:
        """After this a lock whose holder is gone ends; no commit takes longer."""
        return (self.dead_man_s or 300) + 60
