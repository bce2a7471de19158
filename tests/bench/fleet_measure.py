# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program and says what it and all that it starts have cost: seconds, CPU, memory at its highest."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
#: how often is looked: at first, and when it goes on for longer than that takes
_AT_ONCE_S, _EACH_S, _LATER_S = 0.1, 0.2, 0.5
_AT_FIRST_S = 5.0


@dataclass(frozen=True)
class Cost:
    """``cpu_s``: user and system of the whole tree. Memory in MB, its highest sum over the tree: ``pss_mb`` counts what
    processes share once, ``rss_mb`` as often as there are processes."""

    seconds: float
    cpu_s: float
    pss_mb: float
    rss_mb: float
    code: int
    output: str


def adopt_orphans() -> None:
    """Processes whose parent has ended become ours, so that their CPU is counted when we reap them (prctl(2))."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def run(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], output: Path) -> Cost:
    """Never raises for what the program does; ``output`` gets both its streams."""
    before, began = _spent(), time.monotonic()
    with output.open("wb") as file:
        child = subprocess.Popen(
            command, cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    with Watch(child.pid) as watch:
        code = child.wait()
        seconds = time.monotonic() - began
    _reap()
    text = output.read_text(encoding="utf-8", errors="replace")
    return Cost(seconds, _spent() - before, watch.pss_kb / 1024, watch.rss_kb / 1024, code, text)


class Watch:
    """Looks at a process and its descendants two to five times each second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.pss_kb = 0
        self.rss_kb = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        began = time.monotonic()
        each_s = _AT_ONCE_S
        while not self._over.wait(each_s):
            each_s = _EACH_S if time.monotonic() - began < _AT_FIRST_S else _LATER_S
            found = [memory for pid in tree(self._pid) if (memory := _memory(pid)) is not None]
            self.pss_kb = max(self.pss_kb, sum(pss for pss, _ in found))
            self.rss_kb = max(self.rss_kb, sum(rss for _, rss in found))


def tree(pid: int) -> Iterator[int]:
    """A process and all below it, as far as they are still there."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                for child in (task / "children").read_text(encoding="ascii").split():
                    yield from tree(int(child))


def _memory(pid: int) -> tuple[int, int] | None:
    """(PSS, RSS) in KiB; None for a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    found = dict(re.findall(r"^(Pss|Rss):\s+(\d+) kB", text, re.MULTILINE))
    return (int(found["Pss"]), int(found["Rss"])) if len(found) == 2 else None


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
