# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a test file in namespaces of its own; they end with it, whatever a test leaves behind.

Each folder of namespace tests keeps its ``ns_*.py`` beside a ``test_in_namespaces.py`` that calls this.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.world import launcher, state

ROOT = Path(__file__).resolve().parents[2]
_PRIVATE_RUN = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$@"'


def scripts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("ns_*.py"))


def run(script: Path) -> None:
    """Fails with all that pytest said; skips where namespaces are not allowed."""
    try:
        flags = launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [
            "unshare",
            *flags,
            "sh",
            "-c",
            _PRIVATE_RUN,
            "sh",
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            script,
        ],
        cwd=ROOT,
        env={**os.environ, "LAB_INSIDE": "1"},
        capture_output=True,
        text=True,
        timeout=900,  # against a hang only: a slow machine is no fault
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
