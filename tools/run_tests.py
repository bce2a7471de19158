#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev test``: every test, in the order in which a failure is cheapest to find, and the time each part took.

The parts run one after the other: lab tests wait for probes and packets, which busy cores slow down. Even work at the
lowest priority beside them does (tried: the lab took half as long again). Only the last two parts share the time.
A lab test that fails while five labs share the cores is run once more with its file alone: the data plane runs in real
time, and a machine that is too slow for five tells nothing of the router. Both results are printed. What fails
alone, too, is a failure; so are more than a few files.

At the end the machine is compared with what it was before: processes, namespaces, links and files outside ``build/``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
MARK = "MULTIWAN_TEST_RUN"
LAB = "lab"
OTHERS = "clients of others, AWX, report, real routers"
#: Runs beside the others, which wait as much as it does.
ASIDE = "molecule"
#: More files than this that fail are no accident.
MOST_AGAIN = 3
REPORT = ROOT / "build" / "tests" / "lab.xml"
WORDS = ROOT / "build" / "tests" / "molecule.txt"

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "unit, golden, versions, conformance",
        (
            "-n",
            "2",
            *(
                f"tests/{part}"
                for part in ["unit", "golden", "versions", "conformance", "fuzz", "playbooks", "collection"]
            ),
        ),
    ),
    # five files at a time: a file keeps its lab, and mostly waits; in the order of tests/conftest.py
    (LAB, ("-n", "5", "--dist", "loadfile", "--no-loadscope-reorder", "tests/lab", "tests/bench")),
    (
        OTHERS,
        ("-n", "2", "--dist", "loadfile", *(f"tests/{part}" for part in ["clients", "awx", "report", "real"])),
    ),
    (ASIDE, ("tests/molecule",)),
)


@dataclass(frozen=True)
class Machine:
    """What a test run must leave as it found it."""

    namespaces: frozenset[str]
    links: frozenset[str]
    processes: frozenset[str]

    @classmethod
    def look(cls) -> Machine:
        run = Path("/run/netns")
        namespaces = frozenset(p.name for p in run.iterdir()) if run.exists() else frozenset()
        links = frozenset(p.name for p in Path("/sys/class/net").iterdir())
        return cls(namespaces, links, frozenset(_marked_processes()))


def _marked_processes() -> list[str]:
    """Processes that a test of this run started and that still live: their environment carries the mark of the run."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            words = (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if f"{MARK}={os.getpid()}".encode() in environment:
            found.append(f"{entry.name} {words[:120]}")
    return found


def left_behind(before: Machine, after: Machine) -> list[str]:
    words = []
    for what in ("namespaces", "links", "processes"):
        extra = getattr(after, what) - getattr(before, what)
        words += [f"{what} {name}" for name in sorted(extra)]
    return words


class Aside:
    """The part that runs beside another; its words are printed when it has ended."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._began = time.monotonic()
        WORDS.parent.mkdir(parents=True, exist_ok=True)
        print(f"\n== {ASIDE}, beside the next: pytest {' '.join(arguments)} > {WORDS.relative_to(ROOT)}", flush=True)
        with WORDS.open("wb") as words:
            self._process = subprocess.Popen(
                _command(arguments),
                cwd=ROOT,
                env=_marked(),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
            )

    def ended(self) -> tuple[int, float]:
        """Waits for it."""
        code = self._process.wait()
        print(f"\n== {ASIDE}", flush=True)
        print(WORDS.read_text(encoding="utf-8", errors="replace"), flush=True)
        return code, time.monotonic() - self._began

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def run_part(title: str, arguments: tuple[str, ...]) -> tuple[int, float]:
    began = time.monotonic()
    if title != LAB:
        return _pytest(title, arguments), time.monotonic() - began
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    code = _pytest(title, (*arguments, f"--junitxml={REPORT}", "-o", "junit_family=xunit1"))
    if code == 1:
        files = _failed_files()
        if 0 < len(files) <= MOST_AGAIN:
            print(f"\n{len(files)} files failed while others ran beside them; once more, alone: {', '.join(files)}")
            code = _pytest(f"{title}, alone", tuple(files))
    return code, time.monotonic() - began


def _failed_files() -> list[str]:
    cases = ElementTree.parse(REPORT).iter("testcase")
    # not its "file", which is the one that a test was imported from
    failed = {case.get("classname", "") for case in cases if {part.tag for part in case} & {"failure", "error"}}
    return sorted({_file(name) for name in failed})


def _file(classname: str) -> str:
    """``tests.lab.test_x`` or ``tests.lab.test_x.TestClass`` to its file."""
    path = ROOT.joinpath(*classname.split("."))
    while path != ROOT and not path.with_suffix(".py").is_file():
        path = path.parent
    return str(path.with_suffix(".py").relative_to(ROOT)) if path != ROOT else classname


def _pytest(title: str, arguments: tuple[str, ...]) -> int:
    print(f"\n== {title}: pytest {' '.join(arguments)}", flush=True)
    return subprocess.run(_command(arguments), cwd=ROOT, env=_marked(), check=False).returncode


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *arguments]


def _marked() -> dict[str, str]:
    return {**os.environ, MARK: str(os.getpid())}


def main() -> int:
    before = Machine.look()
    parts = dict(PARTS)
    last, molecule = parts.pop(OTHERS), parts.pop(ASIDE)
    results = [(title, *run_part(title, arguments)) for title, arguments in parts.items()]
    aside = Aside(molecule)
    try:
        results += [(OTHERS, *run_part(OTHERS, last)), (ASIDE, *aside.ended())]
    finally:
        aside.stop()
    print()
    for title, code, seconds in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'} {seconds:6.1f} s  {title}")
    left = left_behind(before, Machine.look())
    for words in left:
        print(f"FAILED left behind: {words}")
    failed = [title for title, code, _ in results if code] + (["left behind"] if left else [])
    print(f"{len(results) + 1 - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
