# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab leaves on disk while it runs: one private folder, ``build/lab/<name>/``. And who its processes are.

A process is known by its id *and* its start time, so that a recycled id is never taken for the lab's.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASE = Path(os.environ.get("MULTIWAN_LAB_DIR", ROOT / "build" / "lab"))
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class LabError(Exception):
    """Something a person should read: one sentence, with the remedy when there is one."""


@dataclass(frozen=True)
class ProcessId:
    """``started``: field 22 of /proc/PID/stat (clock ticks since boot, proc(5)); ``boot``: the kernel's boot id."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> ProcessId | None:
        stat = _stat(pid)
        return None if stat is None else cls(pid, int(stat[19]), _boot_id())

    @property
    def alive(self) -> bool:
        stat = _stat(self.pid)
        return stat is not None and stat[0] not in "ZX" and int(stat[19]) == self.started and self.boot == _boot_id()

    def kill(self, timeout_s: float = 10.0) -> None:
        """SIGKILL, and wait until it is gone. The process is held by a pidfd, so no other can be hit."""
        try:
            fd = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            if not self.alive:
                return
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            self.wait_gone(timeout_s)
        finally:
            os.close(fd)

    def wait_gone(self, timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        while self.alive:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)  # our own child when the caller is who started the lab
        return True


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on; the name before it may hold blanks and brackets."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class State:
    """What ``up`` wrote. ``outer`` is the unshare process: when it dies, the kernel kills everything in the lab."""

    outer: ProcessId
    api_port: int
    api_ssl_port: int
    inner: ProcessId | None = None  # the daemon, pid 1 inside; unknown until it is ready
    ssh_port: int = 0
    #: with ``manage_from`` only: ports whose connections pass through the world
    managed_port: int = 0
    managed_ssh_port: int = 0

    def dump(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def parse(cls, text: str) -> State:
        """The inverse of ``dump``; ValueError, KeyError or TypeError for anything else."""
        data: dict[str, Any] = json.loads(text)
        if not isinstance(data, dict):
            raise TypeError("an object is expected")
        inner = data.pop("inner")
        return cls(**{**data, "outer": ProcessId(**data["outer"]), "inner": ProcessId(**inner) if inner else None})


@dataclass(frozen=True)
class Folder:
    """The files of one lab. ``base`` holds the folders of all labs; it is what it was when this object was made."""

    name: str
    base: Path = field(default_factory=lambda: BASE)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise LabError(f"lab name {self.name!r}: 1 to 32 lower case letters, digits, - and _ are allowed")

    @property
    def path(self) -> Path:
        return self.base / self.name

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def log(self) -> Path:
        return self.path / "lab.log"

    @property
    def inventory(self) -> Path:
        return self.path / "inventory.yml"

    @property
    def ca(self) -> Path:
        return self.path / "ca.pem"

    @property
    def known_hosts(self) -> Path:
        return self.path / "known_hosts"

    @property
    def socket(self) -> Path:
        return self.path / "control.sock"

    def read(self) -> State | None:
        """None when there is no lab of this name, or only the rest of one that was killed while it began."""
        try:
            return State.parse(self.state_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return None

    def write(self, state: State) -> None:
        write_private(self.state_file, state.dump())

    def running(self) -> State | None:
        state = self.read()
        return state if state is not None and state.outer.alive else None

    def empty(self) -> None:
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One ``up`` or ``down`` at a time. The lock is on the folder itself, so it leaves no file of its own."""
        while True:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            try:
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise LabError(f"another command is starting or stopping lab {self.name!r}; try again") from None
                if _same(fd, self.path):
                    yield
                    return
            finally:
                os.close(fd)


def _same(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def write_private(path: Path, text: str) -> None:
    """Mode 0600, replaced in one step, so that a reader never sees half of it."""
    part = path.with_name(f".{path.name}.new")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(path)


def names() -> list[str]:
    """Labs with a folder, running or not."""
    if not BASE.is_dir():
        return []
    return sorted(entry.name for entry in BASE.iterdir() if entry.is_dir() and _NAME.fullmatch(entry.name))
