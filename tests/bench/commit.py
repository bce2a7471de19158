# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a commit costs, with its protection and without, beside api_modify and a bare loop with the same rows.

Writes ``build/bench/commit.json``. Nothing passes or fails here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology
from tests.bench import commit_docs as docs
from tests.bench.chaos_controller import Answer, Light, Order, Playbook, plan_rows
from tests.bench.chaos_plan import BRANCH
from tests.bench.commit_others import Rows, loop, playbook, rows_on
from tests.bench.commit_way import Way, way_to

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
NEVER = 1_000_000
DEAD_MAN_S = 120
UNPROTECTED: Mapping[str, Any] = {"dead_man_s": 0, "backup": False, "reach": []}
#: A change of one row.
SMALL: Mapping[str, Any] = {"multiwan_bypass": ["10.99.0.0/16"]}
STEPS = (("first", "first deploy"), ("small", "small change"), ("same", "nothing to do"))


@dataclass(frozen=True)
class Contender:
    """``by``: commit, loop, site or api_modify."""

    key: str
    words: str
    by: str
    protected: bool = True


CONTENDERS = (
    Contender("commit", "commit, protected", "commit"),
    Contender("commit-bare", "commit, unprotected", "commit", protected=False),
    Contender("loop", "bare librouteros loop", "loop"),
    Contender("site", "site.yml, protected", "site"),
    Contender("site-bare", "site.yml, unprotected", "site", protected=False),
    Contender("api-modify", "api_modify, a task for each menu", "api_modify"),
)


class NotMeasured(Exception):
    """Something of the benchmark itself went wrong; the text says what."""


@dataclass
class Bench:
    """One lab, whose router is as it came from its technician or as a contender left it."""

    lab: LabClient
    paths: Mapping[str, Any]
    folder: Path
    overlay: Mapping[str, Any]
    rows: dict[str, Rows] = field(default_factory=dict)

    def variables(self, step: str) -> dict[str, Any]:
        text = (ROOT / "inventory" / "host_vars" / f"{BRANCH}.yml").read_text(encoding="utf-8")
        own = {"multiwan_telegram": self.overlay["multiwan_telegram"]}
        return {**yaml.safe_load(text), **own, **(SMALL if step != "first" else {})}

    def arguments(self, port: int, more: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": port,
            "user": self.overlay["multiwan_api_user"],
            "password": self.overlay["multiwan_api_password"],
            "ca_file": self.paths["ca_file"],
            "secrets": {"telegram_bot_token": self.overlay["lab_telegram_token"]},
            "dead_man_s": DEAD_MAN_S,
            **more,
        }

    async def clean(self) -> None:
        order = Order("commit", None, self.arguments(self.paths["api_ssl_port"], UNPROTECTED))
        answer = await Light(order).ended()
        if answer.error or answer.killed:
            raise NotMeasured(f"could not be cleaned: {answer.error}")

    async def learn(self) -> None:
        """The rows of both plans as the router says them."""
        for step in ("first", "small"):
            order = Order("commit", self.variables(step), self.arguments(self.paths["api_ssl_port"], UNPROTECTED))
            answer = await Light(order).ended()
            if answer.error or answer.killed:
                raise NotMeasured(f"could not be deployed: {answer.error}")
            self.rows[step] = await rows_on(self.lab, plan_rows(self.variables(step)))
        self.rows["same"] = self.rows["small"]

    async def run(self, who: Contender, step: str, way: Way) -> Answer:
        more = {} if who.protected else UNPROTECTED
        arguments = self.arguments(way.port, more)
        if who.by == "commit":
            return await Light(Order("commit", self.variables(step), arguments)).ended()
        if who.by == "loop":
            return await Light(Order("commit", self.rows[step], arguments), loop).ended()
        if who.by == "api_modify":
            file = playbook(self.rows[step], arguments, self.folder)
            return await (await Playbook.start(str(file), self.paths["inventory"], {}, self.folder)).ended()
        extra = {**(SMALL if step != "first" else {}), "multiwan_api_port": way.port}
        if not who.protected:
            extra |= {"multiwan_dead_man_s": 0, "multiwan_backup": False, "multiwan_reach": []}
        return await (await Playbook.start("site", self.paths["inventory"], extra, self.folder)).ended()


async def measure(bench: Bench, who: Contender, way: Way, *, count: str) -> dict[str, dict[str, float]]:
    """Step to seconds, connections, and commands that the router has done (``count``: all or writes)."""
    await bench.clean()
    found = {}
    for step, _ in STEPS:
        before = way.connections
        await bench.lab.hold_api(NEVER, only="all" if count == "all" else "writes")
        answer = await bench.run(who, step, way)
        done = (await bench.lab.held(0.01))["writes"]
        await bench.lab.release_api()
        if answer.error or answer.killed or answer.changed is not (step != "same"):
            raise NotMeasured(f"{who.words}, {step}: changed is {answer.changed}; {answer.error[-1500:]}")
        found[step] = {"seconds": answer.seconds, "connections": way.connections - before, count: done}
    return found


@contextlib.asynccontextmanager
async def lab_for(name: str, folder: Path) -> AsyncIterator[Bench]:
    lab = LabClient(name)
    await lab.down()
    try:
        paths = await lab.up(Options(Topology(clients=4, branch=BRANCH), 0, 0, hold=True))
        made = Bench(lab, paths, folder, _overlay(paths["inventory"]))
        await made.learn()
        yield made
    finally:
        await lab.down()


def _overlay(inventory: str) -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(inventory).read_text(encoding="utf-8"))["all"]["hosts"][BRANCH]
    return found


async def measure_all(options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """One entry for each contender and delay; contenders take turns, so that a busy moment hits everybody."""
    console = Console(stderr=True)
    seen: dict[tuple[str, float], list[dict[str, dict[str, float]]]] = {}
    async with lab_for("benchcommit", folder) as bench:
        for repeat in range(options.repeats):
            for rtt_ms in options.rtt:
                for who in CONTENDERS:
                    async with way_to(int(bench.paths["api_ssl_port"]), rtt_s=rtt_ms / 1000) as way:
                        got = await measure(bench, who, way, count="writes" if repeat % 2 else "all")
                    seen.setdefault((who.key, rtt_ms), []).append(got)
                    seconds = ", ".join(f"{step} {got[step]['seconds']:.2f} s" for step, _ in STEPS)
                    console.print(f"{rtt_ms:g} ms, {who.words}: {seconds}", markup=False)
        rows = sum(len(rows) for rows in bench.rows["first"].values())
    return [
        {"contender": key, "rtt_ms": rtt, "rows": rows, "steps": {step: _sum(runs, step) for step, _ in STEPS}}
        for (key, rtt), runs in seen.items()
    ]


def _sum(runs: Sequence[Mapping[str, Mapping[str, float]]], step: str) -> dict[str, Any]:
    """The middle of the repeats; counts of commands come from those that counted them."""
    return {
        name: round(median(values), 3)
        for name in ("seconds", "connections", "all", "writes")
        if (values := [run[step][name] for run in runs if name in run[step]])
    }


def table(found: Sequence[Mapping[str, Any]], title: str) -> Table:
    shown = Table(title=title, title_justify="left")
    shown.add_column("who")
    for _, words in STEPS:
        shown.add_column(words, justify="right")
    for rtt in sorted({entry["rtt_ms"] for entry in found}):
        shown.add_section()
        for who, cells in docs.lines(found, rtt):
            shown.add_row(f"{rtt:g} ms: {who}", *cells)
    return shown


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench commit", description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, help="at least 2, since commands are counted in two ways")
    parser.add_argument("--rtt", type=float, nargs="*", default=[0.0, 20.0], metavar="MS", help="round trips, ms")
    parser.add_argument("--docs", action="store_true", help="write docs/commit-cost.md, too")
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=options.out) as folder:
            found = asyncio.run(measure_all(options, Path(folder)))
    except (NotMeasured, LabError) as error:
        print(f"bench commit: {error}", file=sys.stderr)
        return 2
    kernel = ".".join(platform.release().split(".")[:2])
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Linux {kernel}"
    data = {
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine,
        "repeats": options.repeats,
        "entries": found,
    }
    Console(width=150).print(table(found, f"Cost of a commit ({machine})"))
    (options.out / "commit.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if options.docs:
        docs.write(ROOT / "docs", data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
