# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that is sent to Galaxy: built from the checkout as it stands."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

from tools.quality.environments import ROOT, variables

VENV = Path(sys.prefix)
#: The only folders and files that are shipped; what is made by the build itself comes on top.
SHIPPED = frozenset({"changelogs", "docs", "LICENSES", "meta", "playbooks", "plugins", "roles"})
SHIPPED_FILES = frozenset({"CONTRIBUTING.md", "LICENSE", "README.id.md", "README.md", "SECURITY.md"})
MADE = frozenset({"FILES.json", "MANIFEST.json"})


def build(folder: Path) -> Path:
    """The tarball, in ``folder``."""
    _galaxy("build", "--force", "--output-path", str(folder), str(ROOT), home=folder / "home")
    return next(folder.glob("multiwan-routeros-*.tar.gz"))


def install(tarball: Path, collections: Path) -> Path:
    """Put it below ``collections``, without Galaxy; the collection's folder."""
    home = collections / ".home"
    _galaxy("install", "--no-deps", "--offline", "-p", str(collections), str(tarball), home=home)
    return collections / "ansible_collections" / "multiwan" / "routeros"


def files(tarball: Path) -> frozenset[str]:
    with tarfile.open(tarball) as archive:
        return frozenset(member.name for member in archive.getmembers() if member.isfile())


def wanted_files() -> frozenset[str]:
    """Whatever git tracks, or would track, in the places that are shipped."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout.splitlines()
    shipped = (name for name in listed if name.split("/")[0] in SHIPPED or name in SHIPPED_FILES)
    return frozenset(name for name in shipped if (ROOT / name).is_file()) | MADE


def _galaxy(*arguments: str, home: Path) -> None:
    command = [str(VENV / "bin" / "ansible-galaxy"), "collection", *arguments]
    environment = {**variables(VENV, home), "ANSIBLE_HOME": str(home / ".ansible")}
    done = subprocess.run(
        command, cwd=home, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}")
