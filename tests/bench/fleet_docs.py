# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/fleet-results.md`` and its picture: what a run of ``./dev bench fleet`` has found."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from lab.demo.charts import Scale, Tick
from tests.bench.failover_page import environment
from tests.bench.fleet_plan import ASYNCIO, BY_KEY, CONTENDERS, FIRST, ONE_ROLE, PER_MENU, SAME, SITE, STEPS, Found

PAGE, PICTURE = "fleet-results.md", "fleet-results.svg"
WIDTH, LEFT, PANEL, GAP = 1040, 60.0, 200.0, 64.0
_COLUMNS = ("seconds", "a branch", "CPU, s", "memory, MB", "routers' CPU, s", "beside ours")
HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `./dev bench fleet --docs`; don't edit.
-->
# What a fleet costs the controller

Branches with two or three lines each, on emulated routers that have a control plane only (no packet passes; see
[lab/FIDELITY.md](../lab/FIDELITY.md)), over API-SSL with the certificate checked: a first deploy, then runs that find
nothing to do. All contenders bring the routers to the same rows; each begins on fresh ones.
"""
MEANS = """\
- *site.yml*: this collection, all protections on (lock, backup, dead man with its undo, read back over a second
  connection, the router's pings), in its usual waves: one canary, a tenth, the rest.
- *(a)*: community.routeros' `api_modify`, one task for each menu of the plan; *(b)*: the same module in one role, whose
  one task loops over the menus. Both have the rows ready as variables: they compute no plan. They add and compare rows,
  without lock, backup, way back or check, and without `/ip/dhcp-server/alert`, which the module does not know.
- *(c)*: one asyncio process that sends the API calls that *site.yml* was seen to send, to all routers at once, and
  understands no answer: the floor of these calls, not a tool. Its memory is mostly the calls' text.
- *seconds*: wall time of the whole program, with its start. *CPU*: user and system of the controller's whole process
  tree. *memory*: the highest sum of proportional set sizes of that tree, looked at two to five times each second.
  *routers' CPU* is spent by the emulated routers, in processes of their own on the same machine: it is in nobody's CPU,
  but it takes part of the cores. Routers run no scripts of their own during the run.
- *delay*: every round trip takes so much longer, through a relay that is part of the routers' processes; so does the
  first answer after a connection is made.
- ≈: not measured, but drawn on in a straight line from the two largest fleets that were. A line from 1 and 10 branches
  is too kind: one branch leaves cores idle. Memory is not drawn on: it depends on how many branches are worked at
  at once. –: not known, or over before it was looked at.
- Ratios are of one run on one machine; the seconds say nothing of a MikroTik, whose processor and flash are slower.
"""
_COLOURS = {SITE: 0, PER_MENU: 1, ONE_ROLE: 3, ASYNCIO: 2}


def entries(data: Mapping[str, Any]) -> list[Found]:
    names = {field.name for field in dataclasses.fields(Found)}
    return [Found(**{name: value for name, value in one.items() if name in names}) for one in data["entries"]]


def _ordered(found: Sequence[Found], delay: float, step: str) -> Iterator[Found]:
    chosen = [one for one in found if (one.delay_ms, one.step) == (delay, step)]
    order = [contender.key for contender in CONTENDERS]
    yield from sorted(chosen, key=lambda one: (one.branches, order.index(one.contender)))


def _cells(one: Found, ours: Found | None) -> list[str]:
    about = "" if one.measured else "≈ "
    ratio = "" if ours is None or one.contender == SITE else f"×{one.seconds / ours.seconds:.{_digits(one, ours)}f}"
    return [
        f"{about}{one.seconds:.2f}" if one.seconds < 100 else f"{about}{one.seconds:.0f}",
        f"{about}{one.each:.3f}",
        f"{about}{one.cpu_s:.1f}",
        f"{one.pss_mb:.0f}" if one.measured and one.pss_mb else "–",
        f"{about}{one.routers_cpu_s:.1f}",
        about + ratio if ratio else "",
    ]


def _digits(one: Found, ours: Found) -> int:
    return 2 if one.seconds < ours.seconds else 1


def _same_size(found: Sequence[Found], one: Found) -> Found | None:
    wanted = (SITE, one.branches, one.delay_ms, one.step)
    return next((f for f in found if (f.contender, f.branches, f.delay_ms, f.step) == wanted), None)


def _name(one: Found) -> str:
    contender = BY_KEY[one.contender]
    return contender.words if contender.letter == "ours" else f"({contender.letter}) {contender.words}"


def growth(found: Sequence[Found]) -> Iterator[str]:
    """From the second largest fleet to the largest, of who was measured on both."""
    for key in BY_KEY:
        for delay in sorted({one.delay_ms for one in found}):
            for step, words in STEPS.items():
                mine = [f for f in found if (f.contender, f.delay_ms, f.step) == (key, delay, step) and f.measured]
                mine.sort(key=lambda one: one.branches)
                if len(mine) < 2 or mine[-2].branches < 10:
                    continue
                small, large = mine[-2], mine[-1]
                more_mb = (large.pss_mb - small.pss_mb) / (large.branches - small.branches)
                yield (
                    f"{_name(large)}, {words}, {delay:g} ms: {small.branches} → {large.branches} branches cost "
                    f"×{large.seconds / small.seconds:.2f} seconds, ×{large.cpu_s / small.cpu_s:.2f} CPU, "
                    f"{more_mb:+.2f} MB for each further branch"
                )


def show(console: Console, data: Mapping[str, Any]) -> None:
    found = entries(data)
    for delay in sorted({one.delay_ms for one in found}):
        for step, words in STEPS.items():
            table = Table(title=f"{words}, {delay:g} ms of delay", title_justify="left")
            table.add_column("n", justify="right")
            table.add_column("who", no_wrap=True)
            for column in _COLUMNS:
                table.add_column(column, justify="right")
            for one in _ordered(found, delay, step):
                table.add_row(str(one.branches), BY_KEY[one.contender].letter, *_cells(one, _same_size(found, one)))
            console.print(table)
    for contender in CONTENDERS:
        console.print(f"{contender.letter}: {contender.words}", markup=False, highlight=False)
    for line in growth(found):
        console.print(line, markup=False, highlight=False)


def write(folder: Path, data: Mapping[str, Any]) -> list[Path]:
    page, drawing = folder / PAGE, folder / PICTURE
    page.write_text(markdown(data), encoding="utf-8")
    drawing.write_text(picture(entries(data)), encoding="utf-8")
    return [page, drawing]


def markdown(data: Mapping[str, Any]) -> str:
    found, choice = entries(data), data["choice"]
    ways = ("without delay", "with delay")[: 1 + any(choice["delays"])]
    slow = ", ".join(f"{n} {way}" for n, way in zip(choice["slow_branches"], ways, strict=False))
    parts = [
        HEAD,
        f"Measured {data['measured']}: {data['machine']}, load {data['load_before']} before; {choice['forks']} forks; "
        f"runs with nothing to do: middle of {choice['repeats']} (of (a) and (b): one). (a) and (b) were measured on "
        f"at most {slow}.\n",
        f"![Seconds by the number of branches]({PICTURE})\n",
    ]
    for delay in sorted({one.delay_ms for one in found}):
        for step, words in STEPS.items():
            parts.append(f"## {words[0].upper()}{words[1:]}, {delay:g} ms of delay\n")
            parts.append(f"| branches | who | {' | '.join(_COLUMNS)} |\n|---:|---|{'---:|' * len(_COLUMNS)}")
            lines = [
                f"| {one.branches} | {_name(one)} | {' | '.join(_cells(one, _same_size(found, one)))} |"
                for one in _ordered(found, delay, step)
            ]
            parts.append("\n".join(lines) + "\n")
    parts.append("## Growth\n")
    parts.append("\n".join(f"- {line}" for line in growth(found)) + "\n")
    parts.append("## What the words mean\n")
    parts.append(MEANS)
    return "\n".join(parts)


# --- the picture: seconds upwards, branches to the right, both logarithmic


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    words: str
    measured: bool


@dataclass(frozen=True)
class Curve:
    number: int
    dots: list[Dot]
    path: str
    guess: str


@dataclass(frozen=True)
class Panel:
    title: str
    top: float
    bottom: float
    curves: list[Curve]
    across: list[Tick]
    up: list[Tick]


def picture(found: Sequence[Found]) -> str:
    panels: list[Panel] = []
    for delay in sorted({one.delay_ms for one in found}):
        for step in (FIRST, SAME):
            rows = [one for one in found if (one.delay_ms, one.step) == (delay, step)]
            if rows:
                title = f"{STEPS[step]}, {delay:g} ms of delay: seconds"
                panels.append(_panel(title, rows, 40 + len(panels) * (PANEL + GAP)))
    kinds = [(_COLOURS[one.key], _name_of(one.key)) for one in CONTENDERS if any(f.contender == one.key for f in found)]
    template = environment().get_template("fleet.svg.j2")
    height = 40 + len(panels) * (PANEL + GAP)
    return template.render(panels=panels, kinds=kinds, width=WIDTH, left=LEFT, height=height) + "\n"


def _name_of(key: str) -> str:
    one = BY_KEY[key]
    return one.words if one.letter == "ours" else f"({one.letter}) {one.words}"


def _panel(title: str, rows: Sequence[Found], top: float) -> Panel:
    counts = sorted({one.branches for one in rows})
    seconds = [one.seconds for one in rows]
    low, high = math.log10(min(seconds)) - 0.15, math.log10(max(seconds)) + 0.15
    x = Scale(math.log10(counts[0]) - 0.05, math.log10(counts[-1]) + 0.05, LEFT, WIDTH)
    y = Scale(low, high, PANEL, 24.0)
    curves = []
    for contender in CONTENDERS:
        mine = sorted((one for one in rows if one.contender == contender.key), key=lambda one: one.branches)
        if mine:
            curves.append(_curve(contender.key, mine, x, y))
    ticks = [(10.0**power) * n for power in range(-3, 5) for n in (1, 3)]
    up = [Tick(y(math.log10(t)), f"{t:g} s") for t in ticks if low <= math.log10(t) <= high]
    return Panel(title, top, PANEL, curves, [Tick(x(math.log10(n)), str(n)) for n in counts], up)


def _curve(key: str, mine: Sequence[Found], x: Scale, y: Scale) -> Curve:
    dots = [
        Dot(
            round(x(math.log10(one.branches)), 1),
            round(y(math.log10(one.seconds)), 1),
            f"{_name(one)}: {one.branches} branches, {'' if one.measured else 'about '}{one.seconds:.2f} s",
            one.measured,
        )
        for one in mine
    ]
    known = [dot for dot in dots if dot.measured]
    guessed = [known[-1], *(dot for dot in dots if not dot.measured)] if known else dots
    return Curve(_COLOURS[key], dots, _path(known), _path(guessed) if len(guessed) > 1 else "")


def _path(dots: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)
