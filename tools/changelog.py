#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changelog as a release of today would have it, written to ``build/CHANGELOG.md`` (`./dev lint`, `./dev docs`).

A release is made once in months; what keeps it from being made (two summaries, say) is found here each time. The
repository is left as it is: fragments go only when somebody really runs ``antsibull-changelog release``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("changelogs", "galaxy.yml", "meta", "plugins", "roles", "playbooks")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ansible_collections" / "multiwan" / "routeros"
        copy.mkdir(parents=True)
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / part, copy / part)
        for words in (("lint",), ("release",), ("lint-changelog-yaml", "changelogs/changelog.yaml")):
            done = subprocess.run(
                ["antsibull-changelog", *words], cwd=copy, capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(done.stdout + done.stderr, end="", file=sys.stderr)
                print(f"antsibull-changelog {words[0]} fails", file=sys.stderr)
                return 1
        (ROOT / "build").mkdir(exist_ok=True)
        shutil.copyfile(copy / "CHANGELOG.md", ROOT / "build" / "CHANGELOG.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
