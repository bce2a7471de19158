# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments beside the checkout's own, each from its hash-locked file in ``requirements/``.

They live in ``.dev/quality/<name>``, are made when they are first asked for, and made anew when the file changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".dev" / "quality"
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")
_LOCKED = ("--no-deps", "--no-compile", "--require-hashes")


class Missing(Exception):
    """This machine has no such Python."""


def python(releases: Sequence[str]) -> Path:
    """The first of these releases (``3.12``) that this machine has. Raises :class:`Missing`."""
    for release in releases:
        for path in _candidates(release):
            if _is(path, release):
                return path
    raise Missing(f"no Python {' or '.join(releases)} on this machine (looked in PATH and in pyenv's versions)")


def _candidates(release: str) -> Iterator[Path]:
    yield Path(sys.executable)
    if found := shutil.which(f"python{release}"):
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{release}.*/bin/python3"))


def _is(path: Path, release: str) -> bool:
    """Whether it runs and can make environments: pyenv has a ``python3.12`` in PATH also when it is not installed."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == release


def make(name: str, releases: Sequence[str]) -> Path:
    """The folder of the environment ``name``. Raises :class:`Missing`. Processes wait for one another."""
    folder = STATE / name
    lock = ROOT / "requirements" / f"{name}.txt"
    STATE.mkdir(parents=True, exist_ok=True)
    with _alone(STATE / f"{name}.lock"):
        interpreter = python(releases)
        wanted = hashlib.sha256(f"{interpreter}\n{lock.read_text(encoding='utf-8')}".encode()).hexdigest()
        stamp = STATE / f"{name}.stamp"
        if stamp.is_file() and stamp.read_text() == wanted and (folder / "bin" / "python").exists():
            return folder
        print(f"installing the locked {name} into {folder.relative_to(ROOT)}", file=sys.stderr, flush=True)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "python", *_PIP, "install", *_LOCKED, "-r", lock], check=True)
        stamp.write_text(wanted)
    return folder


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def variables(folder: Path, home: Path) -> dict[str, str]:
    """What programs of an environment get: nothing of the checkout's, a home of their own, and the way to PyPI."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "http", "HTTP"))}
    path = f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    return {**kept, "PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
