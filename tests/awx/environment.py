# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment without a container engine: a virtual environment from the files that the image is made of.

``ansible-builder`` reads ``execution-environment.yml`` and writes the context that an engine would build: the packages
that pip installs are taken from there, with what the collections of the image ask for by themselves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".dev"
DEFINITION = ROOT / "execution-environment.yml"
LOCK = ROOT / "requirements" / "awx.txt"
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


@dataclass(frozen=True)
class Environment:
    """``folder``: the virtual environment. ``collections``: a path with the collections of the image and no others.
    ``context``: what ansible-builder gives to an engine."""

    folder: Path
    collections: Path
    context: Path

    def variables(self, home: Path, **more: str) -> dict[str, str]:
        """What a container has: nothing of the checkout's environment."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", **more}

    def run(self, *command: str, cwd: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=self.variables(home, **more),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )


def definition() -> dict[str, Any]:
    return dict(yaml.safe_load(DEFINITION.read_text(encoding="utf-8")))


def image_collections() -> dict[str, str]:
    """Name to version, of the file that the definition names."""
    file = ROOT / definition()["dependencies"]["galaxy"]
    return {entry["name"]: entry["version"] for entry in yaml.safe_load(file.read_text())["collections"]}


def make() -> Environment:
    """Made once; again when one of the files has changed. Workers of one run wait for one another."""
    dependencies = definition()["dependencies"]
    files = [DEFINITION, LOCK, *(ROOT / dependencies[kind] for kind in ("galaxy", "python", "system"))]
    wanted = hashlib.sha256(b"\0".join(file.read_bytes() for file in [*files, Path(__file__)])).hexdigest()
    made = Environment(STATE / "ee" / "venv", STATE / "ee" / "collections", STATE / "ee" / "context")
    with _alone():
        stamp = STATE / "ee" / "stamp"
        if not (stamp.is_file() and stamp.read_text() == wanted and (made.folder / "bin" / "python").exists()):
            shutil.rmtree(STATE / "ee", ignore_errors=True)
            _build(made)
            stamp.write_text(wanted)
    return made


@contextmanager
def _alone() -> Iterator[None]:
    with (STATE / "ee.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(made: Environment) -> None:
    builder = _builder()
    for name in image_collections():
        # what Galaxy would give; the version is compared by a test
        link = made.collections / "ansible_collections" / name.replace(".", "/")
        link.parent.mkdir(parents=True)
        link.symlink_to(STATE / "collections" / "ansible_collections" / name.replace(".", "/"))
    words = ("--context", str(made.context), "--output-filename", "Containerfile")
    _do(builder, "create", "--file", str(DEFINITION), *words)
    asked = [f"--user-pip={made.context / '_build/requirements.txt'}", f"--write-pip={made.context / 'pip.txt'}"]
    _do(builder, "introspect", str(made.collections), *asked)
    _do(Path(sys.executable), "-m", "venv", str(made.folder))
    # the words of `pip install` in the Containerfile, and the list of its builder stage
    first = re.search(r'^ARG ANSIBLE_INSTALL_REFS="(.*)"$', (made.context / "Containerfile").read_text(), re.MULTILINE)
    assert first is not None
    python = made.folder / "bin" / "python"
    _do(python, *PIP, "install", "--no-compile", *first[1].split(), "-r", str(made.context / "pip.txt"))


def _builder() -> Path:
    folder = STATE / "awx"
    stamp = folder / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        _do(Path(sys.executable), "-m", "venv", str(folder))
        locked = ("--no-deps", "--no-compile", "--require-hashes", "-r", str(LOCK))
        _do(folder / "bin" / "python", *PIP, "install", *locked)
        stamp.write_text(wanted)
    return folder / "bin" / "ansible-builder"


def _do(program: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(program), *arguments], cwd=ROOT, env=environment, text=True, capture_output=True, timeout=900, check=False
    )
    assert done.returncode == 0, f"{program.name} {' '.join(arguments)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"


def project(folder: Path) -> Path:
    """A checkout as AWX makes it: what git knows, and nothing that ``./dev`` installs."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        # the collection, and what AWX reads beside it
        if (ROOT / name).is_file() and not name.startswith(("tests/", "lab/", "docs/", "molecule/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder
