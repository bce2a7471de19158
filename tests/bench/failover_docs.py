# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/failover-results.md`` and its picture: what a run has measured, as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.bench.failover_claims import Claim
from tests.bench.failover_page import picture, place
from tests.bench.failover_plan import CONTENDERS, FAULTS, MODES
from tests.bench.failover_show import COLUMNS, Row, words

PAGE, PICTURE = "failover-results.md", "failover-results.svg"
HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `./dev bench failover --report --docs`; don't edit.
-->
# Failover, measured

How long users are without internet when a line dies, with configurations that people paste and with this collection:
same lab, same traffic, same moment. What each figure means, and what the lab can't say, is in
[tests/bench/README.md](../tests/bench/README.md).
"""
WHO = """\
(a) the usual pasted recipe: PCC, the next hop pinged. (b) The vendor manual's recursive routes, below its PCC rules in
mode balance. (c), (d), (e) this collection; (f) the same with thresholds for loss and latency."""


def write(folder: Path, made: Sequence[Row], held: Sequence[Claim], *, measured: str, machine: str) -> list[Path]:
    """Both files; what was not measured is named."""
    page, drawing = folder / PAGE, folder / PICTURE
    page.write_text(markdown(made, held, measured=measured, machine=machine), encoding="utf-8")
    drawing.write_text(picture(_drawn(made)), encoding="utf-8")
    return [page, drawing]


def _drawn(made: Iterable[Row]) -> list[Row]:
    """What the picture shows: the two faults that everybody has, on the smallest branch."""
    return [row for row in made if row.place in (("balance", 2, "upstream"), ("balance", 2, "cable"))]


def markdown(made: Sequence[Row], held: Sequence[Claim], *, measured: str, machine: str) -> str:
    parts = [HEAD, f"Measured until {measured}: {machine}. {sum(row.repeats for row in made)} cells.\n", WHO, ""]
    if _drawn(made):
        parts += [f"![Outages on two uplinks, mode balance]({PICTURE})", ""]
    parts += ["## Claims", "", *(f"- {claim}" for claim in held), ""]
    for title, rows in groupby((row for row in made if row.repeats), key=place):
        parts += [f"## {title}", "", *_table(rows), ""]
    missing = list(_missing(made))
    parts += ["## Not measured", "", *(f"- {line}" for line in missing)]
    return "\n".join(parts) + "\n"


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield f"| who | {' | '.join(COLUMNS)} |"
    yield f"|---{'|---:' * len(COLUMNS)}|"
    for row in rows:
        yield f"| {row.setting.contender.title} | {' | '.join(words(row))} |"


def _missing(made: Sequence[Row]) -> Iterator[str]:
    """Settings of the long form without any cell, fault by fault, and what no run of this benchmark measures."""
    have = {
        (row.fault, row.setting.mode, row.setting.uplinks, row.setting.contender.key) for row in made if row.repeats
    }
    for fault in FAULTS:
        for mode in MODES:
            for uplinks in (2, 4):
                all_ = [one.key for one in CONTENDERS if not one.faults or fault.key in one.faults]
                keys = [key for key in all_ if (fault.key, mode, uplinks, key) not in have]
                if keys:
                    who = "anybody" if keys == all_ else ", ".join(f"({key})" for key in keys)
                    yield f"{fault.words}, {mode}, {uplinks} uplinks: {who}"
    few = {row.repeats for row in made if row.repeats}
    if few:
        yield f"more than {max(few)} repeats of any cell; the fewest are {min(few)} (column n)"
    yield "clients that only listen: no packet of theirs can be moved, so they wait for their own time-out"
    yield "real routers: their boot, their processor, their own hash of connections"
