# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every ``ns_*.py`` of this folder in namespaces of its own; they end with them, whatever a test leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
UNSHARE = [
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
]
PRIVATE_RUN = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$@"'

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module", autouse=True)
def _namespaces() -> None:
    done = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no unprivileged user namespaces here: {done.stderr.strip()}")


@pytest.mark.parametrize("script", sorted(path.name for path in HERE.glob("ns_*.py")))
def test_in_namespaces(script: str) -> None:
    pytest_run = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(HERE / script)]
    done = subprocess.run(
        [*UNSHARE, "sh", "-c", PRIVATE_RUN, "sh", *pytest_run],
        cwd=ROOT,
        env={**os.environ, "LAB_INSIDE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
