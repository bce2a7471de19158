# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``build/bench/failover.html``: one file without network or scripts; for each fault a panel, all beside each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.demo.charts import Scale, Tick
from tests.bench.failover_claims import Claim
from tests.bench.failover_show import CAPTION, COLUMNS, OUTAGES, Row, count_words, words
from tests.bench.failover_sums import Gap, Summary

HERE = Path(__file__).parent
WIDTH, LEFT, RIGHT = 1080, 250.0, 930.0
#: Seconds; everything shorter stands at the left edge. Logarithmic, since the answers lie between 0.1 and 100.
LEAST, MOST = 0.05, 200.0
TICKS = (0.1, 0.3, 1, 3, 10, 30, 100)
BAR, GROUP = 15, 34


@dataclass(frozen=True)
class Bar:
    """One kind of traffic of one contender: a dot at the middle, a line from least to most; ``still``: it goes on."""

    kind: str
    number: int
    top: float
    low: float
    middle: float
    high: float
    still: bool
    words: str


@dataclass(frozen=True)
class Group:
    title: str
    note: str
    top: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Panel:
    title: str
    height: float
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]


AXIS = Scale(math.log10(LEAST), math.log10(MOST), LEFT, RIGHT)


def at(gap: Gap) -> float:
    """Pixels from the left."""
    return AXIS(math.log10(min(MOST, max(LEAST, gap.seconds))))


def bar(kind: str, number: int, top: float, one: Summary | None) -> Bar | None:
    if one is None:
        return None
    return Bar(kind, number, top, at(one.low), at(one.middle), at(one.high), one.high.still, f"{one} s")


def panel(title: str, members: Iterable[Row]) -> Panel:
    top, groups = 30.0, []
    for row in members:
        made = [bar(name, n, top + n * BAR, row.outages[key]) for n, (key, name) in enumerate(OUTAGES)]
        groups.append(Group(row.setting.contender.title, _note(row), top, tuple(one for one in made if one)))
        top += len(OUTAGES) * BAR + GROUP
    return Panel(title, top + 6, tuple(groups), tuple(Tick(AXIS(math.log10(t)), f"{t:g} s") for t in TICKS))


def _note(row: Row) -> str:
    if not row.repeats:
        return f"not measured: {row.why[:110]}"
    counts = (
        ("disturbed", row.disturbed),
        ("stuck", row.stuck),
        ("broken at return", row.broken),
    )
    said = [f"n {row.repeats}", *(f"{name} {count_words(count)}" for name, count in counts)]
    return " · ".join([*said, f"moves {row.moves}", f"messages: {row.said}", f"control {row.control:.2f} s"])


def place(row: Row) -> str:
    return f"{row.words[0].upper()}{row.words[1:]} – {row.setting.mode}, {row.setting.uplinks} uplinks"


def panels(made: Sequence[Row]) -> list[Panel]:
    """``made`` is in the order of failover_show.rows: rows of one panel stand together."""
    return [panel(title, members) for title, members in groupby(made, key=place)]


def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(made: Sequence[Row], title: str, headlines: Sequence[str], held: Sequence[Claim] = ()) -> str:
    return (
        environment()
        .get_template("failover.html.j2")
        .render(
            panels=panels(made),
            title=title,
            headlines=headlines,
            claims=held,
            kinds=[name for _, name in OUTAGES],
            columns=COLUMNS,
            rows=[(place(row), row.setting.contender.title, words(row)) for row in made],
            caption=CAPTION,
            width=WIDTH,
            left=LEFT,
        )
    )


def picture(made: Sequence[Row]) -> str:
    """The panels of these rows below each other, as one SVG that follows the reader's dark or light."""
    drawn, tops, top = panels(made), [], 26.0
    for one in drawn:
        tops.append(top)
        top += one.height + 40
    names = [name for _, name in OUTAGES]
    template = environment().get_template("failover.svg.j2")
    placed = list(zip(tops, drawn, strict=True))
    return template.render(panels=placed, kinds=names, width=WIDTH, left=LEFT, height=top) + "\n"
