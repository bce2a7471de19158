# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What segments get of limits and guarantees while all want everything, beside pasted queues, also after a failover.

Writes ``build/bench/bandwidth.json``. Nothing passes or fails here.
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
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from lab.demo.play import PlayFailed, play
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_uplinks, parse_vlans
from tests.bench import bandwidth_docs as docs
from tests.bench.bandwidth_plan import CELLS, CONTENDERS, LINES, STATES, VLANS, Cell, Contender, figures, variables

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
BRANCH = "jakarta"
#: After the fault, until the other line carries and every script has seen it.
PATIENCE_S, REST_S = 90.0, 6.0


class NotMeasured(Exception):
    """Something of the benchmark itself went wrong; the text says what."""


@contextlib.asynccontextmanager
async def lab_for(who: Contender, folder: Path) -> AsyncIterator[LabClient]:
    """A router with the contender's queues; it dies with this process."""
    lab = LabClient(f"bandwidth-{who.key}")
    await lab.down()
    topology = Topology(
        uplinks=parse_uplinks(",".join(f"{speed}M/{speed}M" for speed in LINES.values())),
        clients=4,
        version=who.version,
        branch=BRANCH,
        vlans=parse_vlans(",".join(f"{name}={number}" for name, number in VLANS.items())),
    )
    try:
        paths = await lab.up(Options(topology, 0, 0, hold=True))
        await _deploy(lab, who, paths, folder)
        await asyncio.sleep(REST_S)
        yield lab
    finally:
        await lab.down()


def _extra(who: Contender, paths: Mapping[str, Any], folder: Path) -> Path:
    """The branch of this contender, for the lines that the lab has."""
    overlay = yaml.safe_load(Path(paths["inventory"]).read_text(encoding="utf-8"))["all"]["hosts"][BRANCH]
    extra = folder / f"{who.key}.yml"
    extra.write_text(yaml.safe_dump(variables(who, overlay["lab_uplinks"])), encoding="utf-8")
    return extra


async def _deploy(lab: LabClient, who: Contender, paths: Mapping[str, Any], folder: Path) -> None:
    extra = _extra(who, paths, folder)
    words = ["-i", "inventory", "-i", str(paths["inventory"]), "playbooks/site.yml", "--limit", BRANCH]
    try:
        await play(
            [*words, "-e", f"@{extra}"], host=BRANCH, root=ROOT, log=extra.with_suffix(".log"), task=lambda _task: None
        )
    except PlayFailed as error:
        raise NotMeasured(f"{who.words}: site.yml failed: {error}") from None
    if who.recipe:
        text = (Path(__file__).parent / "recipes" / who.recipe).read_text(encoding="utf-8")
        said = await lab.console("\n".join(line for line in text.splitlines() if not line.startswith("#")))
        if said.strip():
            raise NotMeasured(f"the router did not take {who.recipe}: {said.strip()}")


async def fail_over(lab: LabClient) -> None:
    """The internet behind the first line dies; until new connections of the segments go by the other one."""
    await lab.cut("isp1", "upstream")
    end = time.monotonic() + PATIENCE_S
    while True:
        seen = await lab.measure("connections", segment="crew", count=40, timeout=2.0)
        if not seen["failed"] and not seen["split"]["isp1"]:
            break
        if time.monotonic() > end:
            raise NotMeasured(f"connections went {seen['split']} after the fault, {seen['failed']} failed")
        await asyncio.sleep(1)
    await asyncio.sleep(REST_S)


async def measure_one(
    who: Contender, cells: Sequence[Cell], options: argparse.Namespace, folder: Path, console: Console
) -> dict[tuple[str, str], dict[str, Any]]:
    """(state, cell) to its figures."""
    found = {}
    async with lab_for(who, folder) as lab:
        for state in STATES:
            if state == "backup":
                await fail_over(lab)
            for cell in cells:
                seen = await lab.measure("shares", groups=cell.groups, seconds=options.seconds, warmup=options.warmup)
                found[state, cell.key] = figures(cell, seen)
                shown = ", ".join(f"{place} {one['mbit']:.2f}" for place, one in found[state, cell.key].items())
                console.print(f"{who.words}; {STATES[state]}; {cell.words}: {shown}", markup=False)
    return found


async def measure_all(options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """One entry for each contender, state and cell; contenders take turns, so that a busy moment hits everybody."""
    console = Console(stderr=True)
    seen: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for _ in range(options.repeats):
        for who in CONTENDERS:
            if who.key not in options.contenders:
                continue
            for (state, cell), one in (await measure_one(who, CELLS, options, folder, console)).items():
                seen.setdefault((who.key, state, cell), []).append(one)
    return [
        {"contender": who, "state": state, "cell": cell, "repeats": len(runs), "places": _middle(runs)}
        for (who, state, cell), runs in seen.items()
    ]


def _middle(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        place: {name: round(median(run[place][name] for run in runs), 3) for name in runs[0][place]}
        for place in runs[0]
    }


def table(found: Sequence[Mapping[str, Any]], title: str) -> Table:
    shown = Table(title=title, title_justify="left")
    for name in docs.COLUMNS:
        shown.add_column(name)
    for state in STATES:
        shown.add_section()
        for cells in docs.lines(found, state):
            shown.add_row(*cells)
    return shown


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench bandwidth", description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="measured in each cell")
    parser.add_argument("--warmup", type=float, default=6.0, help="seconds of traffic before that")
    keys = [who.key for who in CONTENDERS]
    parser.add_argument("--contenders", nargs="*", choices=keys, default=keys, metavar="|".join(keys))
    parser.add_argument("--docs", action="store_true", help="write docs/bandwidth-results.md, too")
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=options.out) as folder:
            found = asyncio.run(measure_all(options, Path(folder)))
    except (NotMeasured, LabError) as error:
        print(f"bench bandwidth: {error}", file=sys.stderr)
        return 2
    kernel = ".".join(platform.release().split(".")[:2])
    data = {
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Linux {kernel}",
        "repeats": options.repeats,
        "seconds": options.seconds,
        "entries": found,
    }
    Console(width=170).print(table(found, f"Limits and guarantees ({data['machine']})"))
    (options.out / "bandwidth.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if options.docs:
        docs.write(ROOT / "docs", data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
