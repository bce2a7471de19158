#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put community.routeros with its dependencies, and awx.awx, below a folder, without Galaxy.

The ``ansible`` package of PyPI carries released collections. It is downloaded with the hash of
``requirements/collections.txt`` and only the named folders are unpacked (the whole package is 500 MB and 40,000 files).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WANTED = ("community/routeros", "ansible/netcommon", "ansible/utils", "awx/awx")
LOCK = Path(__file__).parent.parent / "requirements" / "collections.txt"


def download(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    locked = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(LOCK)]
    subprocess.run([*pip, "download", *locked, "-d", str(folder)], check=True)
    return next(folder.glob("ansible-*.whl"))


def unpack(wheel: Path, target: Path) -> None:
    prefixes = tuple(f"ansible_collections/{name}/" for name in WANTED)
    for name in WANTED:
        shutil.rmtree(target / "ansible_collections" / name, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        members = [m for m in archive.namelist() if m.startswith(prefixes) and "/tests/" not in m]
        archive.extractall(target, members)


def main() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        unpack(download(Path(folder)), target)
    for name in WANTED:
        if not (target / "ansible_collections" / name / "MANIFEST.json").exists():
            sys.exit(f"collections: {name} is not in the locked ansible package")


if __name__ == "__main__":
    main()
