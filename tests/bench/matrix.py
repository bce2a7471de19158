# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of lines × modes × versions × faults: does every line carry, is it left when it dies, is it used again?

Each cell runs in the lab, with the branch deployed by ``playbooks/site.yml``. Writes ``build/matrix.json``; cells are
kept in ``build/matrix/``, so that a run goes on where it was broken off. Exit code 1: a cell is neither green nor
refused with a reason.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from lab.world.client import LabError
from tests.bench import matrix_docs as docs
from tests.bench.matrix_cell import NotMade, Refused, hit, lab_for
from tests.bench.matrix_plan import (
    FAULTS,
    FORMAT,
    GROUPS,
    MODES,
    VERSIONS,
    Cell,
    Fault,
    Setting,
    cells,
    digest,
    settings,
)

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench matrix", description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="7.22, balance, cable and upstream")
    for name, known in (
        ("groups", [group.key for group in GROUPS]),
        ("modes", list(MODES)),
        ("versions", list(VERSIONS)),
        ("faults", [fault.key for fault in FAULTS]),
    ):
        parser.add_argument(f"--{name}", default="", metavar="A,B", help=", ".join(known))
    parser.add_argument("--jobs", type=int, default=max(1, min(8, 2 * (os.cpu_count() or 1))), help="labs at once")
    parser.add_argument("--minutes", type=float, default=0.0, metavar="N", help="begin nothing new after N minutes")
    parser.add_argument("--fresh", action="store_true", help="measure again what has been measured")
    parser.add_argument("--report", action="store_true", help="measure nothing, only show what there is")
    parser.add_argument("--docs", action="store_true", help="write docs/matrix.md, too")
    return parser.parse_args(argv)


def chosen(options: argparse.Namespace) -> tuple[list[Setting], list[Fault]]:
    """Raises KeyError for a word that names nothing."""
    groups = {group.key: group for group in GROUPS}
    faults = {fault.key: fault for fault in FAULTS}

    def words(text: str, known: Sequence[str], short: Sequence[str]) -> list[str]:
        found = [word for word in text.split(",") if word] or list(short if options.short else known)
        for word in found:
            if word not in known:
                raise KeyError(word)
        return found

    wanted = settings(
        [groups[key] for key in words(options.groups, list(groups), list(groups))],
        words(options.modes, MODES, ("balance",)),
        words(options.versions, VERSIONS, ("7.22",)),
    )
    return wanted, [faults[key] for key in words(options.faults, list(faults), ("upstream", "cable"))]


@dataclass
class Run:
    """What is under way. ``doing``: lab -> what it does now."""

    options: argparse.Namespace
    faults: list[Fault]
    cells: list[Cell]
    folder: Path
    console: Console = field(default_factory=lambda: Console(stderr=True))
    began: float = field(default_factory=time.monotonic)
    doing: dict[str, str] = field(default_factory=dict)
    waiting: deque[Setting] = field(default_factory=deque)
    deploying: asyncio.Lock = field(default_factory=asyncio.Lock)

    def path(self, cell: Cell) -> Path:
        return self.folder / f"{cell.key}.json"

    def stored(self, cell: Cell) -> dict[str, Any] | None:
        path = self.path(cell)
        if not path.exists():
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kept if kept.get("format") == FORMAT else None

    def keep(self, cell: Cell, result: Mapping[str, Any]) -> None:
        kept = {"format": FORMAT, "at": time.time(), "digest": digest(ROOT, cell.setting), **result}
        part = self.path(cell).with_suffix(".new")
        part.write_text(json.dumps(kept, separators=(",", ":")), encoding="utf-8")
        part.replace(self.path(cell))

    def todo(self, setting: Setting, fault: Fault) -> list[Cell]:
        """Cells without a result, and those that failed before."""
        found = [cell for cell in self.cells if (cell.setting, cell.fault) == (setting, fault)]
        return [cell for cell in found if verdict(self.stored(cell)) not in ("green", "refused")]

    def out_of_time(self) -> bool:
        minutes: float = self.options.minutes
        return bool(minutes) and time.monotonic() - self.began >= 60 * minutes

    def progress(self) -> Table:
        shown = Table(box=None, show_header=False, padding=(0, 1))
        done = sum(self.stored(cell) is not None for cell in self.cells)
        shown.add_row("matrix", f"{done} of {len(self.cells)} cells, {int(time.monotonic() - self.began)} s")
        for name, words in sorted(self.doing.items()):
            shown.add_row(name, words)
        return shown


def verdict(kept: Mapping[str, Any] | None) -> str:
    """green, refused, red, or nothing yet."""
    if kept is None:
        return ""
    if "refused" in kept:
        return "refused"
    return "red" if "error" in kept else "green"


async def measure_all(run: Run, wanted: Sequence[Setting]) -> None:
    run.waiting.extend(setting for setting in wanted if any(run.todo(setting, fault) for fault in run.faults))
    async with asyncio.TaskGroup() as group:
        for number in range(1, run.options.jobs + 1):
            group.create_task(_work(run, f"matrix{number:02d}"))


async def _work(run: Run, name: str) -> None:
    while run.waiting and not run.out_of_time():
        setting = run.waiting.popleft()
        try:
            await _visit(run, setting, name)
        except (NotMade, Refused, LabError) as error:
            key = "refused" if isinstance(error, Refused) else "error"
            _say(run, setting, f"{key}: {error}")
            for fault in run.faults:
                for cell in run.todo(setting, fault):
                    run.keep(cell, {key: str(error)})
    run.doing.pop(name, None)


async def _visit(run: Run, setting: Setting, name: str) -> None:
    """One lab: with thresholds where the version can have them; what needs them is refused where it can't."""

    def say(words: str) -> None:
        run.doing[name] = f"{setting.key}: {words}"

    open_lab = partial(lab_for, setting, name, run.folder, deploying=run.deploying, say=say)
    try:
        async with open_lab(thresholds=True) as lab:
            await _faults(run, setting, lab, run.faults)
    except Refused as refused:
        needing = [fault for fault in run.faults if fault.needs]
        for fault in needing:
            for cell in run.todo(setting, fault):
                run.keep(cell, {"refused": str(refused)})
        async with open_lab(thresholds=False) as lab:
            await _faults(run, setting, lab, [fault for fault in run.faults if not fault.needs])


async def _faults(run: Run, setting: Setting, lab: Any, faults: Sequence[Fault]) -> None:
    names = {kind.key: name for kind, name in zip(setting.group.kinds, lab.names, strict=True)}
    for fault in faults:
        todo = run.todo(setting, fault)
        if not todo or run.out_of_time():
            continue
        found = await hit(lab, fault, [names[cell.kind.key] for cell in todo])
        for cell in todo:
            result = found[names[cell.kind.key]]
            run.keep(cell, result)
            _say(run, setting, f"{cell.kind.key} {fault.key}: {result.get('error') or result}")


def _say(run: Run, setting: Setting, words: str) -> None:
    run.console.print(f"{setting.key}: {words.splitlines()[0]}", markup=False, soft_wrap=True)


def report(run: Run) -> int:
    """Writes the table; the number of cells that are neither green nor refused."""
    found = {cell: kept for cell in run.cells if (kept := run.stored(cell)) is not None}
    made = {cell: verdict(kept) for cell, kept in found.items()}
    counts = {word: sum(one == word for one in made.values()) for word in ("green", "refused", "red")}
    missing = len(run.cells) - len(found)
    now = {setting: digest(ROOT, setting) for setting in {cell.setting for cell in found}}
    data = {
        "format": FORMAT,
        "cells": len(run.cells),
        **counts,
        "not_measured": missing,
        "made_by_an_earlier_state": sum(kept["digest"] != now[cell.setting] for cell, kept in found.items()),
        "table": [
            {
                "kind": cell.kind.key,
                "mode": cell.setting.mode,
                "version": cell.setting.version,
                "fault": cell.fault.key,
                "verdict": made[cell],
                **{name: kept[name] for name in ("left_s", "back_s", "refused", "error") if name in kept},
            }
            for cell, kept in found.items()
        ],
    }
    (BUILD / "matrix.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    written = [BUILD / "matrix.json"]
    if run.options.docs:
        written.append(docs.write(ROOT / "docs", data))
    words = ", ".join(f"{count} {word}" for word, count in counts.items())
    print(f"{len(run.cells)} cells: {words}, {missing} not measured. {', '.join(map(str, written))}")
    for cell, word in made.items():
        if word == "red":
            print(f"  {cell.key}: {found[cell]['error'].splitlines()[0]}")
    return counts["red"]


@contextlib.contextmanager
def only_one() -> Iterator[bool]:
    """Labs have names: one run of a checkout at a time. The kernel drops the lock with the process."""
    (BUILD / "matrix").mkdir(parents=True, exist_ok=True)
    fd = os.open(BUILD / "matrix", os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)


async def _run(run: Run, wanted: Sequence[Setting]) -> None:
    with contextlib.ExitStack() as stack:
        if run.console.is_terminal:
            stack.enter_context(Live(console=run.console, get_renderable=run.progress, refresh_per_second=2))
        await measure_all(run, wanted)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    try:
        wanted, faults = chosen(options)
    except KeyError as error:
        print(f"bench matrix: there is no {error.args[0]!r} here; see --help", file=sys.stderr)
        return 2
    with only_one() as alone:
        run = Run(options, faults, list(cells(wanted, faults)), BUILD / "matrix")
        if options.report:
            return 1 if report(run) else 0
        if not alone:
            print("bench matrix: another run of this checkout is under way", file=sys.stderr)
            return 2
        if options.fresh:
            for cell in run.cells:
                run.path(cell).unlink(missing_ok=True)
        interrupted = False
        try:
            asyncio.run(_run(run, wanted))
        except KeyboardInterrupt:
            interrupted = True
        red = report(run)
        return 130 if interrupted else 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
