# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that are broken off after every write (connection, controller, power), and what becomes of the branch.

Writes ``build/bench/chaos.json``. Every case is kept in ``build/bench/chaos/``, so a long run goes on where it was
interrupted. Nothing passes or fails here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import platform
import random
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.live import Live
from rich.table import Table

from lab.world.client import LabError
from tests.bench import chaos_docs as docs
from tests.bench._pulse import Pulse, pulse
from tests.bench.chaos_case import tried
from tests.bench.chaos_lab import NotTried, Site, site
from tests.bench.chaos_plan import (
    DEAD_MAN_S,
    FAULTS,
    FORMAT,
    NONE,
    SCENARIOS,
    SEED,
    Case,
    Choice,
    cases,
    controls,
    digest,
)
from tests.bench.chaos_sums import COLUMNS, Row, as_json, result, rows, stays, words

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
#: Labs at once for each processor: most of a case is waiting for the dead man.
JOBS_PER_CPU = 5
MAX_JOBS = 24
#: Labs that start at once; what starts disturbs what is measured.
STARTS = 2


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--scenarios", default="", metavar="A,B", help=", ".join(one.key for one in SCENARIOS))
    parser.add_argument("--faults", default="", metavar="A,B", help=", ".join(one.key for one in FAULTS))
    parser.add_argument("--k", default="", metavar="N,M", help="only after these writes")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only after each N-th write")
    parser.add_argument("--reboots", type=int, default=Choice.reboots, help="of each scenario (default %(default)s)")
    parser.add_argument("--controls", type=int, default=Choice.controls, help="undisturbed changes of each scenario")
    parser.add_argument("--playbooks", type=int, default=Choice.playbooks, help="cuts and kills of ansible-playbook")
    parser.add_argument("--version", default="7.22", help="RouterOS version (default %(default)s)")
    jobs = max(1, min(MAX_JOBS, JOBS_PER_CPU * (os.cpu_count() or 1)))
    parser.add_argument("--jobs", type=int, default=jobs, help=f"labs at once (here {jobs})")
    parser.add_argument("--minutes", type=float, default=0.0, metavar="N", help="begin nothing new after N minutes")
    parser.add_argument("--fresh", action="store_true", help="try again what has been tried")
    parser.add_argument("--keep", action="store_true", help="keep what was tried with other code, too")
    parser.add_argument("--report", action="store_true", help="try nothing, only show what there is, all versions")
    parser.add_argument("--docs", action="store_true", help="write docs/chaos-results.md and its picture, too")
    parser.add_argument("--plain", action="store_true", help="lines instead of the live picture")
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR", help="where to write (default build/bench)")
    options = parser.parse_args(argv)
    options.jobs = max(1, min(MAX_JOBS, options.jobs))
    return options


def chosen(options: argparse.Namespace) -> Choice:
    """Raises :class:`NotTried` for a word that names nothing."""
    return Choice(
        _named(options.scenarios, {one.key: one for one in SCENARIOS}),
        _named(options.faults, {one.key: one for one in FAULTS}),
        version=options.version,
        every=options.every,
        reboots=options.reboots,
        controls=options.controls,
        playbooks=options.playbooks,
        only_k=[int(word) for word in options.k.split(",") if word],
    )


def _named(text: str, known: Mapping[str, T]) -> list[T]:
    keys = [word for word in text.split(",") if word] or list(known)
    for key in keys:
        if key not in known:
            raise NotTried(f"there is no {key!r} here; see --help")
    return [known[key] for key in keys]


@dataclass
class Run:
    """What is under way. ``doing``: lab -> what it does now; ``waiting``: cases that nobody has begun."""

    options: argparse.Namespace
    choice: Choice
    console: Console
    folder: Path
    digest: str
    began: float = field(default_factory=time.monotonic)
    doing: dict[str, str] = field(default_factory=dict)
    waiting: deque[Case] = field(default_factory=deque)
    total: int = 0
    #: undisturbed changes that are not through
    under_way: int = 0
    faults_began: bool = False
    starting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STARTS))

    def path(self, case: Case) -> Path:
        return self.folder / f"{case.key}.json"

    def stored(self, case: Case) -> dict[str, Any] | None:
        """What was kept of a case, if it belongs to what there is now."""
        path = self.path(case)
        if not path.exists():
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        same = kept["digest"] == self.digest or self.options.report or self.options.keep
        return kept if same and kept.get("format") == FORMAT else None

    def keep(self, case: Case, raw: Mapping[str, Any]) -> None:
        part = self.path(case).with_suffix(".new")
        kept = {"format": FORMAT, "digest": self.digest, "dead_man_s": DEAD_MAN_S, "load": os.getloadavg(), **raw}
        part.write_text(json.dumps(kept, separators=(",", ":")), encoding="utf-8")
        part.replace(self.path(case))

    def todo(self, wanted: Sequence[Case]) -> list[Case]:
        """Those without a result; what could not be tried before is tried again."""
        return [case for case in wanted if "error" in (self.stored(case) or {"error": ""})]

    def out_of_time(self) -> bool:
        minutes: float = self.options.minutes
        return bool(minutes) and time.monotonic() - self.began >= 60 * minutes

    def say(self, name: str, case: Case | None, said: str) -> None:
        self.doing[name] = f"{case.key if case else ''}: {said}"

    def progress(self) -> Table:
        shown = Table(box=None, show_header=False, padding=(0, 1))
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        shown.add_row("chaos", f"{minutes}:{seconds:02d}, {len(self.waiting)} of {self.total} cases to go")
        for name, said in sorted(self.doing.items()):
            shown.add_row(name, said)
        return shown


def writes(run: Run, choice: Choice) -> dict[str, int]:
    """Scenario to the number of writes of its undisturbed change."""
    found: dict[str, int] = {}
    for case in controls(choice):
        kept = run.stored(case)
        if kept is not None and "error" not in kept:
            found[case.scenario.key] = max(found.get(case.scenario.key, 0), int(kept["writes"]))
    return found


async def try_all(run: Run) -> None:
    """The undisturbed changes first: they say after how many writes something can go wrong."""
    run.waiting = deque(run.todo(controls(run.choice)))
    run.total = run.under_way = len(run.waiting)
    if not run.waiting:
        _begin_faults(run)
    async with pulse() as felt, asyncio.TaskGroup() as group:
        for number in range(1, run.options.jobs + 1):
            group.create_task(_work(run, f"chaos{number:02d}", felt))


def _begin_faults(run: Run) -> None:
    run.faults_began = True
    todo = run.todo(cases(run.choice, writes(run, run.choice)))
    random.Random(SEED).shuffle(todo)  # so that a run that ends early has something of everything
    run.waiting = deque(todo)
    run.total = len(run.waiting)


async def _more(run: Run) -> bool:
    """Whether there is something to do; waits for the last of the undisturbed changes."""
    while not run.waiting and not run.faults_began and not run.out_of_time():
        if not run.under_way:
            _begin_faults(run)
        await asyncio.sleep(0.5)
    return bool(run.waiting) and not run.out_of_time()


async def _work(run: Run, name: str, felt: Pulse) -> None:
    """One lab, and another when a case has spoilt it, until nothing is left or the time is over."""
    while await _more(run):
        say = partial(run.say, name, None)
        try:
            async with site(name, run.choice.version, run.folder, starting=run.starting, say=say) as made:
                while await _more(run) and await _one(run, made, name, felt):
                    pass
        except (NotTried, LabError) as error:
            run.console.print(f"{name}: {str(error).splitlines()[0]}", style="red", markup=False)
            await asyncio.sleep(1)
    run.doing.pop(name, None)


def _next(run: Run, made: Site) -> Case:
    """One that begins where the router is, so that nothing has to be brought back first."""
    for number, case in enumerate(run.waiting):
        if case.scenario.before is made.holds:
            del run.waiting[number]
            return case
    return run.waiting.popleft()


async def _one(run: Run, made: Site, name: str, felt: Pulse) -> bool:
    """Whether the lab can be used again."""
    case = _next(run, made)
    try:
        return await _case(run, case, made, name, felt)
    finally:
        run.under_way -= case.fault is NONE


async def _case(run: Run, case: Case, made: Site, name: str, felt: Pulse) -> bool:
    began = time.time()
    try:
        raw = await tried(made, case, partial(run.say, name, case), dead_man_s=DEAD_MAN_S)
    except (NotTried, LabError, ConnectionError, TimeoutError) as error:
        said = f"{type(error).__name__}: {error}"
        run.console.print(f"{case.key}: {said.splitlines()[0]}", style="red", markup=False)
        run.keep(case, {"error": said})
        return False
    if raw is None:
        run.keep(case, {"past": True})
        return True
    raw["late_s"] = felt.worst(began, time.time())
    run.keep(case, raw)
    seen = result(case, raw, stays(case.scenario))
    verdict = "survived" if not seen.faults else "; ".join(seen.faults)
    style = None if not seen.faults else "red"
    silence = f"silence {seen.silence.longest:.2f} s, late {seen.late_s:.2f} s"
    run.console.print(f"{case.key} ({seen.last}): {seen.ended}, {verdict}, {silence}", style=style, markup=False)
    return made.holds is not None


def found(run: Run, choice: Choice) -> dict[Case, Mapping[str, Any] | str]:
    """What there is of a choice."""
    kept = {case: run.stored(case) for case in (*controls(choice), *cases(choice, writes(run, choice)))}
    return {
        case: str(raw["error"]) if "error" in raw else raw
        for case, raw in kept.items()
        if raw is not None and "past" not in raw
    }


def report(run: Run) -> None:
    """Of the version that was asked for, and of others what there is."""
    expected = len([*controls(run.choice), *cases(run.choice, writes(run, run.choice))])
    others = {path.name.partition("-")[0] for path in run.folder.glob("*.json")} - {run.choice.version}
    asked = found(run, run.choice)
    seen = dict(asked)
    for version in sorted(others):
        seen |= found(run, replace(run.choice, version=version))
    made = rows(seen)
    load = max((float((run.stored(case) or {"load": [0.0]})["load"][0]) for case in seen), default=0.0)
    kernel = ".".join(platform.release().split(".")[:2])
    times = [run.path(case).stat().st_mtime for case in seen]
    data = {
        "format": FORMAT,
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(times))) if times else "",
        "machine": f"{os.cpu_count()} cores, load up to {load:.1f}, Linux {kernel}",
        "dead_man_s": DEAD_MAN_S,
        "codes": len({(run.stored(case) or {}).get("digest") for case in seen}),
        "cases": len(asked),
        "expected": expected,
        "rows": [as_json(row) for row in made],
    }
    out: Path = run.options.out
    (out / "chaos.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    written = [out / "chaos.json"]
    if run.options.docs:
        written += docs.write(ROOT / "docs", made, data, choice=run.choice)
    _show(run, made, data)
    print(", ".join(map(str, written)))


def _show(run: Run, made: Sequence[Row], data: Mapping[str, Any]) -> None:
    title = "Chaos, {cases} of {expected} cases, dead man's time {dead_man_s} s ({machine})".format(**data)
    table = Table(title=title, title_justify="left")
    for name in ("scenario", "fault", *COLUMNS):
        table.add_column(name, justify="left" if name in ("scenario", "fault") else "right")
    for row in made:
        table.add_row(f"{row.version}: {row.scenario.words}", row.fault.words, *words(row))
    Console(width=max(200, run.console.width)).print(table)
    for row in made:
        for line in (f"{one.case.key} ({one.last}): {fault}" for one in row.results for fault in one.faults):
            print(line)
        for line in row.missing:
            print(line)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One run of a checkout at a time, since labs have names; the kernel drops the lock with the process."""
    own = BUILD / "chaos"
    own.mkdir(parents=True, exist_ok=True)
    fd = os.open(own, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotTried("another run of this checkout is under way") from None
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
        await try_all(run)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 130 when it was interrupted, with a report of what there is in either case."""
    options = parse(sys.argv[1:] if argv is None else argv)
    folder = options.out / "chaos"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        run = Run(options, chosen(options), Console(stderr=True), folder, digest(ROOT))
        if options.report:
            report(run)
            return 0
        with only_one():
            return _measured(run)
    except NotTried as error:
        print(f"bench chaos: {error}", file=sys.stderr)
        return 2


def _measured(run: Run) -> int:
    if run.options.fresh:
        for path in run.folder.glob(f"{run.choice.version}-*.json"):
            path.unlink()
    code = 0
    try:
        asyncio.run(_run(run))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("bench chaos: interrupted; the same command goes on from here", file=sys.stderr)
        code = 130
    report(run)
    return code


if __name__ == "__main__":
    sys.exit(main())
