# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``galaxy-importer`` on the built tarball: what Galaxy would say of it. No container, and nothing from the network.

Its own ansible-test needs a container; :mod:`tools.quality.sanity` runs the same on the same files. Everything else is
on, flake8 included, which Galaxy leaves off.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from tools.quality import artifact
from tools.quality.environments import make, variables

_CONFIG = """[galaxy-importer]
log_level_main = INFO
check_changelog = true
check_required_tags = true
run_ansible_doc = true
run_ansible_lint = true
offline_ansible_lint = true
run_flake8 = true
run_ansible_test = false
"""
#: flake8 asks for what `ruff format` (and Black, and pycodestyle by default) do not do, and for nothing else:
#: E203 no space before a colon in slices, W503 no line break before an operator.
_STYLE = re.compile(r": (E203|W503) ")
_COMPLAINT = re.compile(r"^(WARNING|ERROR|CRITICAL)\b|^Traceback|Error:")
_DONE = "Importer processing completed successfully"


def run() -> list[str]:
    """What it complains of, empty when it is clean."""
    environment = make("quality", ("3.11", "3.12", "3.13"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tarball = artifact.build(folder)
        (folder / "galaxy-importer.cfg").write_text(_CONFIG, encoding="utf-8")
        more = {"GALAXY_IMPORTER_CONFIG": str(folder / "galaxy-importer.cfg"), "TMPDIR": name}
        done = subprocess.run(
            [environment / "bin" / "python", "-m", "galaxy_importer.main", str(tarball)],
            cwd=folder,
            env={**variables(environment, folder / "home"), **more},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return complaints(done.stdout, code=done.returncode)


def complaints(said: str, *, code: int) -> list[str]:
    found = [line for line in said.splitlines() if _COMPLAINT.search(line) and not _STYLE.search(line)]
    if code or _DONE not in said:
        found.append(f"galaxy-importer ended with {code}: {said[-2000:]}")
    return found
