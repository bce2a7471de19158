#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write every generated file anew, or with ``--check`` fail when one is stale (``./dev golden``)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Each writes its files when called plainly and only compares with --check.
GENERATORS: tuple[tuple[str, ...], ...] = (
    ("tools/golden.py",),
    ("-m", "lab.schema.coverage"),
)


def main() -> int:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / '.dev/collections'}"}
    code = 0
    for words in GENERATORS:
        code |= subprocess.run(
            [sys.executable, *words, *sys.argv[1:]], cwd=ROOT, env=environment, check=False
        ).returncode
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main())
