# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""This machine as the place where a commit is run: its clock, and who sits at it."""

from __future__ import annotations

import datetime
import getpass
import os
import socket
import time
from collections.abc import Callable

from ..module_utils.protection import Controller


def here(progress: Callable[[str], None]) -> Controller:
    """``progress`` is told what takes long."""
    return Controller(_operator(), time.monotonic, time.sleep, _utc, progress)


def _utc() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _operator() -> str:
    """User, host and process of the playbook, for people; AWX gives its job a number."""
    job = os.environ.get("JOB_ID") or os.environ.get("AWX_JOB_ID")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        user = f"uid {os.getuid()}"
    where = f"{user}@{socket.gethostname()} process {os.getppid()}"
    return f"{where} job {job}" if job else where
