# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-test sanity`` on what is shipped, with every test that it has for collections, and no ignore file.

ansible-test makes an environment for each test that needs one (``--venv``) from the versions that its release of
ansible-core pins. It would download the first pip of each from a site of its own; where that can't be reached it takes
the file from its cache, which is where the pip that comes with Python is put for it (``ensurepip``).
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.quality import artifact
from tools.quality.environments import ROOT, STATE, variables

#: ``tests/config.yml`` counts for ansible-test and is not shipped.
CONFIG = "tests/config.yml"
_FIRST_PIP = "import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n"
#: Tests that do nothing where a program is missing; ansible-test says so itself.
_NEEDS = {"pslint": "pwsh", "shellcheck": "shellcheck"}


def run(environment: Path, python: str, tests: list[str]) -> list[str]:
    """What it complains of. ``tests``: only these; empty for all. ``python``: release, such as ``3.11``."""
    home = STATE / "sanity"
    variables_ = variables(environment, home)
    _give_pip(environment, home)
    with tempfile.TemporaryDirectory() as name:
        folder = artifact.install(artifact.build(Path(name)), Path(name))
        (folder / CONFIG).parent.mkdir()
        shutil.copy(ROOT / CONFIG, folder / CONFIG)
        only = [word for test in tests for word in ("--test", test)]
        ansible_test = str(environment / "bin" / "ansible-test")
        command = [ansible_test, "sanity", "--venv", "--python", python, "--color", "no", *only]
        done = subprocess.run(
            command,
            cwd=folder,
            env=variables_,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    ran = [line for line in done.stdout.splitlines() if line.startswith("Running sanity test")]
    print(f"  {len(ran)} tests of ansible-test", *_not_really(), sep="\n  ", file=sys.stderr)
    found = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
    if done.returncode and not found:
        found = [done.stdout[-3000:]]
    return found if ran else ["ansible-test ran no test", *found]


def _not_really() -> list[str]:
    """Tests that looked at nothing, for want of a program; the collection has no file for either."""
    return [f"{test} is left out: no {program} here" for test, program in _NEEDS.items() if not shutil.which(program)]


def _give_pip(environment: Path, home: Path) -> None:
    """``~/.ansible/test/cache/get_pip_24_2.py``; which pip it wants differs with the release."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    source = next(environment.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py"))
    for version in sorted(_pip_versions(source)):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(_FIRST_PIP, encoding="utf-8")


def _pip_versions(source: Path) -> set[str]:
    """Every ``pip='24.2'`` in ansible-test's own table."""
    calls = (node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    values = (keyword.value for call in calls for keyword in call.keywords if keyword.arg == "pip")
    return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
