# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""200 random branches among random rows of somebody else: deployed, changed, removed, broken off; his rows stay."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = tuple(f"tests/versions/test_{name}.py" for name in ("hand_made_rows", "undo_any_text", "render"))
VERSIONS = 2


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench branches", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="branches in all, shared by RouterOS 6.49 and 7.22")
    options = parser.parse_args(argv)
    environment = {**os.environ, "MULTIWAN_BRANCHES": str(-(-options.count // VERSIONS))}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--durations=0", *TESTS]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
