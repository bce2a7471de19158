# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outages of users when a line dies: pasted recipe, manual's recipe and ours, on the same lab with the same traffic.

Writes ``build/bench/failover.json`` and ``failover.html``. Every cell is kept in ``build/bench/failover/``, so a
long run goes on where it was interrupted. Nothing passes or fails here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import platform
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from lab.world.client import LabError
from tests.bench import failover_docs as docs
from tests.bench._pulse import Pulse, pulse
from tests.bench.failover_cell import NotMeasured, lab_for, measure
from tests.bench.failover_claims import claims
from tests.bench.failover_page import render
from tests.bench.failover_plan import (
    CONTENDERS,
    FAULTS,
    FORMAT,
    LEAD_S,
    MODES,
    SHORT_FAULTS,
    Cell,
    cells,
    digest,
    phase_s,
    visits,
)
from tests.bench.failover_show import as_json, headlines, in_a_line, rows, table
from tests.bench.failover_sums import CONTROL_S, Outcome, judge, seen_from

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
#: Labs at once for each processor; measured, see README.md. More of them distort, and cells are measured twice.
JOBS_PER_CPU = 4
MAX_JOBS = 16
#: Columns of the table at least, also where it is written to a file.
WIDTH = 230


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench failover", description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="upstream and cable, 2 uplinks, (a) to (d); anew")
    parser.add_argument("--contenders", default="", metavar="abc", help="which of (a) to (f)")
    parser.add_argument("--faults", default="", metavar="A,B", help=", ".join(fault.key for fault in FAULTS))
    parser.add_argument("--modes", default="", metavar="A,B", help=", ".join(MODES))
    parser.add_argument("--uplinks", default="", metavar="N,M", help="2 and 4 unless given")
    parser.add_argument("--repeats", type=int, default=0, help="5, or 3 with --short")
    jobs = max(1, min(MAX_JOBS, JOBS_PER_CPU * (os.cpu_count() or 1)))
    parser.add_argument(
        "--jobs", type=int, default=jobs, help=f"labs at once (here {jobs}, {JOBS_PER_CPU} a processor)"
    )
    parser.add_argument("--minutes", type=float, default=0.0, metavar="N", help="begin nothing new after N minutes")
    parser.add_argument("--fresh", action="store_true", help="measure again what has been measured")
    parser.add_argument("--resume", action="store_true", help="with --short: keep what the last short run measured")
    parser.add_argument("--report", action="store_true", help="measure nothing, only show what there is")
    parser.add_argument("--docs", action="store_true", help="write docs/failover-results.md and its picture, too")
    parser.add_argument("--plain", action="store_true", help="lines instead of the live picture")
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR", help="where to write (default build/bench)")
    options = parser.parse_args(argv)
    options.jobs = max(1, min(MAX_JOBS, options.jobs))
    return options


def chosen(options: argparse.Namespace) -> list[Cell]:
    """The cells of this run. Raises ``NotMeasured`` for a word that names nothing."""
    faults = {fault.key: fault for fault in (SHORT_FAULTS if options.short else FAULTS)}
    contenders = {contender.key: contender for contender in CONTENDERS}
    try:
        return cells(
            [contenders[key] for key in options.contenders or ("abcd" if options.short else "".join(contenders))],
            _words(options.modes, ("balance",) if options.short else MODES, MODES),
            [int(word) for word in _words(options.uplinks, ("2",) if options.short else ("2", "4"), ("2", "3", "4"))],
            [faults[key] for key in _words(options.faults, tuple(faults), tuple(faults))],
            options.repeats or (3 if options.short else 5),
        )
    except KeyError as error:
        raise NotMeasured(f"there is no {error.args[0]!r} here; see --help") from None


def _words(text: str, default: Sequence[str], allowed: Sequence[str]) -> Sequence[str]:
    words = [word for word in text.split(",") if word] or default
    for word in words:
        if word not in allowed:
            raise KeyError(word)
    return words


@dataclass
class Run:
    """What is under way. ``doing``: lab -> what it does now; ``waiting``: cells of one lab each, by urgency."""

    options: argparse.Namespace
    cells: list[Cell]
    console: Console
    folder: Path
    digests: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    doing: dict[str, str] = field(default_factory=dict)
    waiting: deque[list[Cell]] = field(default_factory=deque)
    left: int = 0
    deploying: asyncio.Lock = field(default_factory=asyncio.Lock)

    def path(self, cell: Cell) -> Path:
        return self.folder / f"{cell.key}.json"

    def stored(self, cell: Cell) -> dict[str, Any] | None:
        """The kept result of the cell, if it was made by what there is now."""
        path = self.path(cell)
        if not path.exists():
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if kept.get("format") != FORMAT or kept["lasts_s"] != cell.fault.lasts_s:
            return None
        return kept if kept["digest"] == self.digests[cell.setting.key] or self.options.report else None

    def keep(self, cell: Cell, raw: Mapping[str, Any]) -> None:
        belongs = {"format": FORMAT, "digest": self.digests[cell.setting.key], "lasts_s": cell.fault.lasts_s}
        part = self.path(cell).with_suffix(".new")
        kept = {**belongs, "load": os.getloadavg(), **raw}
        part.write_text(json.dumps(kept, separators=(",", ":")), encoding="utf-8")
        part.replace(self.path(cell))

    def say(self, name: str, what: str, words: str) -> None:
        self.doing[name] = f"{what}: {words}"

    def out_of_time(self) -> bool:
        minutes: float = self.options.minutes
        return bool(minutes) and time.monotonic() - self.began >= 60 * minutes

    def progress(self) -> Table:
        shown = Table(box=None, show_header=False, padding=(0, 1))
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        shown.add_row("failover", f"{minutes}:{seconds:02d}, {self.left} of {len(self.cells)} cells to go")
        for name, words in sorted(self.doing.items()):
            shown.add_row(name, words)
        return shown


async def measure_all(run: Run) -> None:
    """Every cell that has no result yet; one that failed before is tried again."""
    todo = [cell for cell in run.cells if "error" in (run.stored(cell) or {"error": ""})]
    run.waiting.extend(visits(todo))
    run.left = len(todo)
    async with pulse() as felt, asyncio.TaskGroup() as group:
        for number in range(1, run.options.jobs + 1):
            group.create_task(_work(run, f"bench{number:02d}", felt))


async def _work(run: Run, name: str, felt: Pulse) -> None:
    """One lab after the other, until nothing is left or the time is over."""
    while run.waiting and not run.out_of_time():
        await _visit(run, run.waiting.popleft(), name, felt)
    run.doing.pop(name, None)


async def _visit(run: Run, wanted: list[Cell], name: str, felt: Pulse) -> None:
    setting, queue = wanted[0].setting, deque(wanted)
    say = partial(run.say, name, setting.key)
    try:
        async with lab_for(setting, name, run.folder, deploying=run.deploying, say=say) as lab:
            while queue and not run.out_of_time():
                await _one(run, queue.popleft(), lab, name, felt)
                run.left -= 1
    except (NotMeasured, LabError) as error:
        run.console.print(f"{setting.key}: {str(error).splitlines()[0]}", style="red", markup=False)
        for cell in queue:
            run.keep(cell, {"error": str(error)})


async def _one(run: Run, cell: Cell, lab: Any, name: str, felt: Pulse) -> None:
    """One cell; once more when the machine was too busy to believe it."""
    for again in (0, 1):
        raw: dict[str, Any] = {}
        try:
            say = partial(run.say, name, cell.key)
            raw = await measure(lab, cell.setting, cell.fault, say, phase=phase_s(cell))
        except* (NotMeasured, LabError) as group:
            words = str(group.exceptions[0])
            run.console.print(f"{cell.key}: {words.splitlines()[0]}", style="red", markup=False)
            run.keep(cell, {"error": words})
        if not raw:
            return
        raw |= {"late": felt.worst(raw["cut_at"] - LEAD_S, raw["ended_at"]), "again": again}
        run.keep(cell, raw)
        outcome = judge(seen_from(raw), cell.fault, cell.setting.uplinks)
        run.console.print(f"{cell.key}: {in_a_line(outcome)}", markup=False)
        if outcome.control <= CONTROL_S or run.out_of_time():
            return


def judged(run: Run) -> dict[Cell, Outcome | str]:
    found: dict[Cell, Outcome | str] = {}
    for cell in run.cells:
        kept = run.stored(cell)
        if kept is not None:
            error = kept.get("error")
            found[cell] = str(error) if error else judge(seen_from(kept), cell.fault, cell.setting.uplinks)
    return found


def load(run: Run, cells_: Iterable[Cell]) -> float:
    """The highest load average of a minute that any cell ended with."""
    return max((float(kept["load"][0]) for cell in cells_ if (kept := run.stored(cell)) is not None), default=0.0)


def last_measured(run: Run, cells_: Iterable[Cell]) -> str:
    """When the latest of the cells was kept, UTC; empty when there is none."""
    times = [run.path(cell).stat().st_mtime for cell in cells_]
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(times))) if times else ""


def report(run: Run) -> None:
    found = judged(run)
    made = rows(found)
    kernel = ".".join(platform.release().split(".")[:2])
    machine = f"{os.cpu_count()} cores, load up to {load(run, found):.1f}, Linux {kernel}"
    title = f"Failover, {'short form, ' if run.options.short else ''}{len(found)} of {len(run.cells)} cells ({machine})"
    said, held, measured_at = headlines(made), claims(made), last_measured(run, found)
    Console(width=max(WIDTH, run.console.width)).print(table(made, title))
    for line in said:
        print(line)
    print("Claims:")
    for claim in held:
        print(f"  {claim}")
    again = sum(row.again for row in made)
    if again:
        print(
            f"{again} cells were measured a second time, since the machine was too busy (control above {CONTROL_S} s)"
        )
    data = {
        "format": FORMAT,
        "short": run.options.short,
        "measured": measured_at,
        "machine": machine,
        "cells": len(found),
        "rows": as_json(made),
        "headlines": said,
        "claims": [{"claim": claim.words, "holds": claim.holds, "figures": claim.figures} for claim in held],
    }
    out: Path = run.options.out
    (out / "failover.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "failover.html").write_text(render(made, title, said, held), encoding="utf-8")
    written = [out / "failover.html", out / "failover.json"]
    if run.options.docs:
        written += docs.write(ROOT / "docs", made, held, measured=measured_at, machine=machine)
    print(", ".join(map(str, written)))


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One run of a checkout at a time, since labs have names; the kernel drops the lock with the process."""
    BUILD.mkdir(parents=True, exist_ok=True)
    fd = os.open(BUILD, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotMeasured("another run of this checkout is under way") from None
        yield
    finally:
        os.close(fd)


async def _run(run: Run) -> None:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.ExitStack() as stack:
        if not run.options.plain and run.console.is_terminal:
            live = Live(console=run.console, get_renderable=run.progress, refresh_per_second=2)
            stack.enter_context(live)
        await measure_all(run)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    try:
        wanted = chosen(options)
        if options.report:
            report(prepared(options, wanted))
            return 0
        with only_one():
            return measured(options, wanted)
    except NotMeasured as error:
        print(f"bench failover: {error}", file=sys.stderr)
        return 2


def prepared(options: argparse.Namespace, wanted: list[Cell]) -> Run:
    folder = options.out / "failover" / ("short" if options.short else "long")
    folder.mkdir(parents=True, exist_ok=True)
    settings = {cell.setting.key: cell.setting for cell in wanted}
    digests = {key: digest(ROOT, setting) for key, setting in settings.items()}
    return Run(options, wanted, Console(stderr=True), folder, digests)


def measured(options: argparse.Namespace, wanted: list[Cell]) -> int:
    """The exit code: 130 when it was interrupted, with a report of what there is in either case."""
    run = prepared(options, wanted)
    if options.fresh or (options.short and not options.resume):
        for cell in wanted:
            run.path(cell).unlink(missing_ok=True)
    code = 0
    try:
        asyncio.run(_run(run))
    except (KeyboardInterrupt, asyncio.CancelledError):
        again = "with --resume it goes on" if options.short else "the same command goes on"
        print(f"bench failover: interrupted; {again} from here", file=sys.stderr)
        code = 130
    report(run)
    return code


if __name__ == "__main__":
    sys.exit(main())
