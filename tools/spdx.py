#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source file of the repository names its licence in its first lines (`./dev quality reuse` looks at all)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKED = {".py", ".sh", ".yml", ".yaml", ".toml", ".cfg", ".in", ".md", ".j2", ".css", ".js"}
# REUSE-IgnoreStart
MARK = "SPDX-License-Identifier:"
# REUSE-IgnoreEnd
#: Data that is compared byte by byte, or whose format has no room for a comment at the top; REUSE.toml speaks for it.
EXEMPT = ("tests/golden/", "changelogs/fragments/", "changelogs/changelog.yaml")


def main() -> int:
    names = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split("\n")
    missing = []
    for name in names:
        path = Path(name)
        if path.suffix not in CHECKED or name.startswith(EXEMPT) or not path.exists() or path.stat().st_size == 0:
            continue
        if MARK not in path.read_text(encoding="utf-8")[:600]:
            missing.append(name)
    for name in missing:
        print(f"{name}: no {MARK} in the first lines")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
