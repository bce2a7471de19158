# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet costs the controller: 1 to 300 branches by site.yml, by api_modify in two ways, and by bare API calls.

Writes ``build/bench/fleet.json``. Nothing passes or fails here.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from lab.demo.play import command, last_words
from lab.world.fleet import Fleet, Options
from tests.bench import fleet_docs as docs
from tests.bench import fleet_others as others
from tests.bench.fleet_measure import Cost, adopt_orphans, run
from tests.bench.fleet_plan import ASYNCIO, BY_KEY, FIRST, ONE_ROLE, SAME, SITE, Cell, Choice, Found, cells, drawn_on

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
console = Console(stderr=True, highlight=False)


class NotMeasured(Exception):
    """Something of the benchmark itself went wrong; the text says what."""


class Bench:
    """``folder`` is for everything that contenders need. What ours is seen to do is kept for the others."""

    def __init__(self, folder: Path, choice: Choice) -> None:
        self._folder = folder
        self._choice = choice
        self._rows: dict[str, others.Rows] = {}
        self._calls: dict[str, dict[str, Any]] = {FIRST: {}, SAME: {}}
        self._held: dict[str, int] = {}

    def measure(self, cell: Cell) -> list[Found]:
        with self._fleet(cell.branches, cell.delay_ms) as fleet:
            self._check_known(cell, fleet)
            learns = cell.contender == SITE and not self._calls[SAME].keys() >= set(fleet.names)
            if learns:
                for name in fleet.names:
                    fleet.do("record", name)
            first = self._once(cell, FIRST, fleet)
            if learns:
                self._learn(FIRST, fleet)
            self._judge(cell, fleet)
            same = [self._once(cell, SAME, fleet)]
            if learns:
                self._learn(SAME, fleet)
                self._keep_rows(fleet)
            again = 0 if BY_KEY[cell.contender].slow else self._choice.repeats - 1
            same += [self._once(cell, SAME, fleet) for _ in range(again)]
        return [first, _middle(same)]

    def learn(self, count: int) -> None:
        """What other contenders need of ours, when ours is not measured on so many branches itself."""
        with self._fleet(count, 0.0) as fleet:
            cell = Cell(SITE, count, 0.0)
            for name in fleet.names:
                fleet.do("record", name)
            for step in (FIRST, SAME):
                self._once(cell, step, fleet)
                self._learn(step, fleet)
            self._keep_rows(fleet)
            self._judge(cell, fleet)

    @contextlib.contextmanager
    def _fleet(self, count: int, delay_ms: float) -> Iterator[Fleet]:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            options = Options(branches=count, alive=False, delay_ms=delay_ms, processes=min(2, count))
            with Fleet.start(Path(folder, "fleet"), options) as fleet:
                yield fleet

    def _check_known(self, cell: Cell, fleet: Fleet) -> None:
        if cell.contender != SITE and not self._calls[SAME].keys() >= set(fleet.names):
            raise NotMeasured("the other contenders need what ours has done; leave --contenders site in")

    def _learn(self, step: str, fleet: Fleet) -> None:
        for name in fleet.names:
            self._calls[step][name] = fleet.do("recorded", name)

    def _keep_rows(self, fleet: Fleet) -> None:
        """For those contenders that want them, on as many branches as they are measured on."""
        if any(BY_KEY[key].slow for key in self._choice.contenders):
            for name in fleet.names[: max(self._choice.slow_branches)]:
                self._rows[name] = others.rows_of(fleet, name)

    def _judge(self, cell: Cell, fleet: Fleet) -> None:
        """Every router holds what it holds after ours; api_modify does not know one menu, which may be missing."""
        missing = len(others.UNKNOWN) if BY_KEY[cell.contender].slow else 0
        for name in fleet.names:
            held = others.held(fleet, name)
            if cell.contender == SITE:
                self._held[name] = held
            if held + missing < self._held[name]:
                raise NotMeasured(f"{cell}: {name} holds {held} rows, not {self._held[name]}")

    def _once(self, cell: Cell, step: str, fleet: Fleet) -> Found:
        words = self._words(cell, step, fleet)
        before = sum(one["cpu_s"] for one in fleet.usage())
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_ROLES_PATH": str(self._folder / "roles"),
            "ANSIBLE_HOME": str(ROOT / ".dev" / "ansible"),
        }
        cost = run(words, cwd=ROOT, environment=environment, output=self._folder / "output.txt")
        if cost.code != 0:
            raise NotMeasured(f"{cell}, {step}: exit code {cost.code}\n{last_words(cost.output)}")
        if step == SAME and (again := re.search(r"^.* changed=[1-9].*$", cost.output, re.MULTILINE)):
            raise NotMeasured(f"{cell}: there was something to do again: {again[0]}")
        used = sum(one["cpu_s"] for one in fleet.usage()) - before
        console.print(f"{_named(cell, step)}: {cost.seconds:.2f} s, CPU {cost.cpu_s:.2f} s, {cost.pss_mb:.0f} MB")
        return _found(cell, step, cost, used)

    def _words(self, cell: Cell, step: str, fleet: Fleet) -> list[str]:
        if cell.contender == ASYNCIO:
            file = others.write_calls(self._folder / "calls.json", fleet, self._calls[step])
            return [sys.executable, "-m", "tests.bench._fleet_asyncio", str(file)]
        words = ["-i", str(fleet.inventory), "-f", str(self._choice.forks)]
        if cell.contender == SITE:
            report = ["-e", f"multiwan_rollout_folder={self._folder / 'rollout'}"]
            return command([*words, *report, "playbooks/site.yml"])
        rows = {name: self._rows[name] for name in fleet.names}
        if step == FIRST:
            others.write_rows(self._folder, rows)
        menus = list(dict.fromkeys(menu for found in rows.values() for menu in found))
        play = others.one_role(self._folder) if cell.contender == ONE_ROLE else others.per_menu(self._folder, menus)
        return command([*words, "-i", str(self._folder / "inventory"), str(play)])


def _named(cell: Cell, step: str) -> str:
    return f"{cell.branches} branches, {cell.delay_ms:g} ms, {BY_KEY[cell.contender].words}, {step}"


def _found(cell: Cell, step: str, cost: Cost, routers_s: float) -> Found:
    return Found(
        cell.contender,
        cell.branches,
        cell.delay_ms,
        step,
        cost.seconds,
        cost.cpu_s,
        routers_s,
        cost.pss_mb,
        cost.rss_mb,
    )


def _middle(runs: Sequence[Found]) -> Found:
    names = ("seconds", "cpu_s", "routers_cpu_s", "pss_mb", "rss_mb")
    values = {name: median(getattr(one, name) for one in runs) for name in names}
    return dataclasses.replace(runs[0], **values, repeats=len(runs))


def measure_all(choice: Choice, folder: Path) -> Iterator[list[Found]]:
    """What was found so far, after each fleet."""
    bench = Bench(folder, choice)
    found: list[Found] = []
    if SITE not in choice.contenders:
        bench.learn(max(cell.branches for cell in cells(choice)))
    for cell in cells(choice):
        found += bench.measure(cell)
        yield found


def parse(argv: Sequence[str]) -> argparse.Namespace:
    usual = Choice()
    parser = argparse.ArgumentParser(prog="./dev bench fleet", description=__doc__.partition("\n")[0])
    parser.add_argument("--branches", type=int, nargs="+", default=list(usual.branches), metavar="N")
    parser.add_argument("--delays", type=float, nargs="+", default=list(usual.delays), metavar="MS")
    parser.add_argument("--contenders", nargs="+", choices=list(BY_KEY), default=list(BY_KEY))
    parser.add_argument(
        "--slow-branches",
        type=int,
        nargs=2,
        default=list(usual.slow_branches),
        metavar="N",
        help="the most that contenders over api_modify are measured on: without delay, with delay (default: 100 10)",
    )
    parser.add_argument("--forks", type=int, default=usual.forks)
    parser.add_argument("--repeats", type=int, default=usual.repeats, help="of runs with nothing to do, of quick ones")
    parser.add_argument("--docs", action="store_true", help="write docs/fleet-results.md and its picture, too")
    parser.add_argument("--report", action="store_true", help="measure nothing: show what the last run has found")
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR")
    return parser.parse_args(argv)


def _choice(options: argparse.Namespace) -> Choice:
    return Choice(
        tuple(sorted(set(options.branches))),
        tuple(options.delays),
        tuple(options.contenders),
        (options.slow_branches[0], options.slow_branches[1]),
        options.forks,
        options.repeats,
    )


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "fleet.json"
    if not options.report:
        choice, load = _choice(options), os.getloadavg()[0]
        adopt_orphans()
        with tempfile.TemporaryDirectory() as folder:
            try:
                for found in measure_all(choice, Path(folder)):
                    data = _data(choice, [*found, *drawn_on(found, choice)], load)
                    file.write_text(json.dumps(data, indent=1), encoding="utf-8")
            except NotMeasured as error:
                console.print(f"bench: {error}", markup=False)
                return 1
    kept: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    docs.show(Console(), kept)
    if options.docs:
        for page in docs.write(ROOT / "docs", kept):
            console.print(f"written: {page}")
    return 0


def _data(choice: Choice, found: Sequence[Found], load: float) -> dict[str, Any]:
    return {
        "measured": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": f"{os.cpu_count()} cores, Linux {platform.release().partition('-')[0]}, Python "
        f"{platform.python_version()}",
        "load_before": round(load, 1),
        "choice": dataclasses.asdict(choice),
        "entries": [dataclasses.asdict(one) for one in found],
    }


if __name__ == "__main__":
    sys.exit(main())
