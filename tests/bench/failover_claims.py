# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection claims of its failover, each held against the rows of a run. Pure; nothing fails here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.failover_plan import HOLD_DOWN_S
from tests.bench.failover_show import Row
from tests.bench.failover_sums import Summary, summary, total

MEDIAN_S, WORST_S, CABLE_S, TIMES = 3.0, 5.0, 1.0, 6.0


@dataclass(frozen=True)
class Claim:
    """``holds``: None as long as nothing was measured that could say so."""

    words: str
    holds: bool | None
    figures: str

    def __str__(self) -> str:
        verdict = {True: "holds", False: "does not hold", None: "not measured"}[self.holds]
        return f"{self.words}: {verdict}{f' ({self.figures})' if self.figures else ''}"


def claims(made: Sequence[Row]) -> list[Claim]:
    rows = [row for row in made if not row.setting.contender.recipe and row.repeats]
    seven = [row for row in rows if row.setting.contender.version.startswith("7.")]
    upstream = [row for row in seven if row.fault == "upstream"]
    return [
        _quick(upstream),
        _times(upstream, made),
        _cable([row for row in seven if row.fault == "cable"]),
        _nothing("Connections of healthy uplinks disturbed: none", rows, lambda row: row.disturbed),
        _nothing("Connections stuck 60 s later: none", rows, lambda row: row.stuck),
        _nothing("Connections broken at recovery: none", rows, lambda row: row.broken),
        _moves([row for row in rows if row.fault in ("loss", "flapping")]),
        _told("Every message exactly once, with the right time", [row for row in rows if row.fault != "all"]),
        _told(
            "All uplinks dead: told after recovery, with the right time", [row for row in rows if row.fault == "all"]
        ),
    ]


def _count(rows: Sequence[Row]) -> str:
    return f"n = {sum(row.repeats for row in rows)}"


def _new(rows: Sequence[Row]) -> list[Summary]:
    return [one for row in rows if (one := row.outages["new"]) is not None]


def _quick(rows: Sequence[Row]) -> Claim:
    words = f"Upstream death, ours on 7.x: new connections after {MEDIAN_S:g} s in the middle, {WORST_S:g} s at worst"
    found = _new(rows)
    pooled = _pooled(rows)
    if pooled is None:
        return Claim(words, None, "")
    middle, high, slowest = pooled.middle, pooled.high, max(one.middle for one in found)
    holds = not high.still and middle.seconds <= MEDIAN_S and high.seconds <= WORST_S
    figures = f"middle {middle} s, of the slowest setting {slowest} s, the worst cell {high} s, {_count(rows)}"
    return Claim(words, holds, figures)


def _times(rows: Sequence[Row], made: Sequence[Row]) -> Claim:
    """The middle of all cells of both, in the same settings. An outage of theirs that did not end counts as long as it
    was seen to last."""
    words = f"Upstream death, ours on 7.x: at least {TIMES:g} × shorter than (b)"
    theirs = {row.place: row for row in made if row.setting.contender.key == "b" and row.repeats}
    beside = [row for row in rows if row.place in theirs]
    ours_all, theirs_all = _pooled(beside), _pooled([theirs[place] for place in {row.place for row in beside}])
    if ours_all is None or theirs_all is None:
        return Claim(words, None, "")
    ratio = _ratio(ours_all, theirs_all)
    least = min(_ratio(*_new([row, theirs[row.place]])) for row in beside)
    sides = f"{theirs_all.middle} s beside {ours_all.middle} s"
    return Claim(words, ratio >= TIMES, f"{ratio:.1f} ×, {sides}, in the worst of {len(beside)} settings {least:.1f} ×")


def _ratio(ours: Summary, theirs: Summary) -> float:
    return 0.0 if ours.middle.still else theirs.middle.seconds / max(ours.middle.seconds, 0.05)


def _pooled(rows: Sequence[Row]) -> Summary | None:
    return summary(gap for one in _new(rows) for gap in one.values)


def _cable(rows: Sequence[Row]) -> Claim:
    words = f"Cable pulled, ours on 7.x: new connections after {CABLE_S:g} s"
    found = _new(rows)
    if not found:
        return Claim(words, None, "")
    high = max(one.high for one in found)
    return Claim(words, not high.still and high.seconds <= CABLE_S, f"the worst cell {high} s, {_count(rows)}")


def _nothing(words: str, rows: Sequence[Row], read: Callable[[Row], tuple[int, int] | None]) -> Claim:
    found = total(read(row) for row in rows)
    if found is None or not found[1]:
        return Claim(words, None, "")
    where = ", ".join(sorted({row.fault for row in rows if (count := read(row)) is not None and count[0]}))
    return Claim(words, not found[0], f"{found[0]} of {found[1]}{': ' if where else ''}{where}")


def _moves(rows: Sequence[Row]) -> Claim:
    words = f"30 % loss and flapping: no more than one move off the line in any {HOLD_DOWN_S:g} s"
    if not rows:
        return Claim(words, None, "")
    most = max(row.moves.away for row in rows)
    return Claim(words, most <= 1, f"at most {most}, {_count(rows)}")


def _told(words: str, rows: Sequence[Row]) -> Claim:
    found = [row.messages for row in rows if row.messages is not None]
    if not found:
        return Claim(words, None, "")
    cells, clean = sum(one.cells for one in found), sum(one.clean for one in found)
    faults = {name: sum(one.faults[name] for one in found) for name in found[0].faults}
    wrong = [f"{count} {name}" for name, count in faults.items() if count]
    wanted = [(one.received, one.expected) for one in found if one.expected is not None]
    if sum(got for got, _ in wanted) != sum(of for _, of in wanted):
        wrong.insert(0, f"{sum(got for got, _ in wanted)} of {sum(of for _, of in wanted)} came")
    return Claim(words, clean == cells, "; ".join([f"{clean} of {cells} cells", *wrong]))
