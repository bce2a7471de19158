# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geometry of the page's drawings: numbers in, SVG path data and positions out. The template only places them.

Every drawing exists in a wide and a narrow form, because text in a scaled SVG is unreadable on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.demo.record import Attempt, Moment, Record, Sample, Uplink
from lab.demo.sums import thinned

WIDE, NARROW = 960, 400
#: Names of moments that are worth a line across the throughput drawing.
MARKED = {"single", "both", "split", "rogue", "cut", "heal", "back"}


@dataclass(frozen=True)
class Scale:
    """A linear axis from the values (low, high) to the pixels (start, end)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        return round(self.start + (value - self.low) / span * (self.end - self.start) if span else self.start, 1)


@dataclass(frozen=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True)
class Area:
    """One uplink's share of a stacked drawing. ``number`` chooses the colour."""

    number: int
    label: str
    path: str


@dataclass(frozen=True)
class Mark:
    at: float
    kind: str
    words: str
    row: int
    anchor: str


@dataclass(frozen=True)
class Panel:
    title: str
    top: float
    bottom: float
    areas: tuple[Area, ...]
    grid: tuple[Tick, ...]


@dataclass(frozen=True)
class Throughput:
    width: int
    height: int
    left: float
    right: float
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    marks_top: float


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 x 10^n that divides the span into at most so many parts."""
    step = 0.001
    for factor in (2.0, 2.5, 2.0) * 12:
        if span / step <= most:
            break
        step = step * factor
    return round(step, 6)


def ticks(scale: Scale, most: int, unit: str = "") -> tuple[Tick, ...]:
    step = nice_step(scale.high - scale.low, most)
    first = -(-scale.low // step)
    values = [round((first + n) * step, 6) for n in range(most + 2) if (first + n) * step <= scale.high + step / 1e6]
    return tuple(Tick(scale(v), f"{v:g}{unit}") for v in values)


def throughput(record: Record, width: int) -> Throughput:
    """Stacked areas of all uplinks over time, one panel for each direction, with the moments marked."""
    left, right = 34.0, width - 8.0
    end = max([record.seconds, *(s.at_s for s in record.samples)])
    x = Scale(0, end, left, right)
    marks = _marks([m for m in record.moments if m.kind in MARKED], x, width)
    rows = 1 + max((m.row for m in marks), default=-1)
    marks_top = 14.0
    top = marks_top + rows * 16 + 26
    high = 150.0 if width >= WIDE else 120.0
    samples = thinned(record.samples, width // 2)
    panels = []
    for way, title in enumerate(("Download", "Upload")):
        begin = top + way * (high + 40)
        panels.append(
            _panel(f"{title}, Mbit/s", way, samples, uplinks=record.branch.uplinks, x=x, span=(begin, begin + high))
        )
    bottom = panels[-1].bottom
    return Throughput(
        width=width,
        height=int(bottom + 24),
        left=left,
        right=right,
        panels=tuple(panels),
        ticks=ticks(x, 12 if width >= WIDE else 6, " s"),
        marks=marks,
        marks_top=marks_top,
    )


def _panel(
    title: str,
    way: int,
    samples: Sequence[Sample],
    *,
    uplinks: Sequence[Uplink],
    x: Scale,
    span: tuple[float, float],
) -> Panel:
    speeds = [u.download_mbit if way == 0 else u.upload_mbit for u in uplinks]
    peak = max((sum(s.mbit.get(u.name, (0, 0))[way] for u in uplinks) for s in samples), default=0.0)
    y = Scale(0, max(sum(speeds), peak) * 1.05 or 1.0, span[1], span[0])
    base = [0.0] * len(samples)
    areas = []
    for number, uplink in enumerate(uplinks):
        upper = [b + s.mbit.get(uplink.name, (0.0, 0.0))[way] for b, s in zip(base, samples, strict=True)]
        areas.append(Area(number, uplink.label, _band(samples, base, upper, x, y)))
        base = upper
    return Panel(title, span[0], span[1], tuple(areas), ticks(y, 4))


def _band(samples: Sequence[Sample], lower: Sequence[float], upper: Sequence[float], x: Scale, y: Scale) -> str:
    if not samples:
        return ""
    there = [f"{x(s.at_s)} {y(v)}" for s, v in zip(samples, upper, strict=True)]
    back = [f"{x(s.at_s)} {y(v)}" for s, v in zip(samples, lower, strict=True)]
    return "M" + "L".join(there + back[::-1]) + "Z"


def _marks(moments: Sequence[Moment], x: Scale, width: int) -> tuple[Mark, ...]:
    """Words beside vertical lines, in as many rows as they need not to overlap."""
    ends: list[float] = []
    marks = []
    for moment in sorted(moments, key=lambda m: m.at_s):
        at = x(moment.at_s)
        length = 6.6 * len(moment.words) + 12
        anchor = "end" if at + length > width else "start"
        begin = at - length if anchor == "end" else at
        row = next((n for n, taken in enumerate(ends) if begin >= taken), len(ends))
        ends[row : row + 1] = [begin + length]
        marks.append(Mark(at, moment.kind, moment.words, row, anchor))
    return tuple(marks)


# --- one line, both lines, the paper -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bar:
    y: float
    width: float
    kind: str
    words: str
    value: str


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    left: float
    groups: tuple[tuple[float, str, tuple[Bar, ...]], ...]
    ticks: tuple[Tick, ...]
    bottom: float


def bars(record: Record, paper: Mapping[str, float], width: int = 440) -> Bars:
    left, high, gap = 92.0, 26.0, 6.0
    nominal = {
        "down": sum(u.download_mbit for u in record.branch.uplinks),
        "up": sum(u.upload_mbit for u in record.branch.uplinks),
    }
    top = max(*nominal.values(), *paper.values(), record.both.down, record.both.up)
    x = Scale(0, top, left, width - 62.0)
    groups = []
    y = 6.0
    for way, title in (("down", "Download"), ("up", "Upload")):
        rows = (
            ("one", "one line", getattr(record.single, way)),
            ("all", "both lines", getattr(record.both, way)),
            ("paper", "the paper", paper[way]),
        )
        y += 20
        begin = y
        group = []
        for kind, words, value in rows:
            group.append(Bar(y, round(x(value) - left, 1), kind, words, f"{value:.2f}"))
            y += high + gap
        groups.append((begin - 8, f"{title}, of {nominal[way]:g} Mbit/s", tuple(group)))
        y += 14
    return Bars(width, int(y + 18), left, tuple(groups), ticks(x, 4), y - 8)


# --- new connections -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    number: int
    x: float
    width: float
    label: str
    words: str


def split_parts(record: Record, width: float = 400.0) -> tuple[Part, ...]:
    parts = []
    at = 0.0
    for number, uplink in enumerate(record.branch.uplinks):
        share = record.split.share(uplink.name)
        words = f"{share * 100:.1f} % · {record.split.counts.get(uplink.name, 0)}"
        parts.append(Part(number, round(at, 1), round(share * width, 1), uplink.label, words))
        at += share * width
    return tuple(parts)


@dataclass(frozen=True)
class Lane:
    number: int
    label: str
    y: float
    path: str
    count: int


@dataclass(frozen=True)
class Timeline:
    width: int
    height: int
    left: float
    right: float
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    top: float
    bottom: float


def timeline(record: Record, width: int) -> Timeline:
    """Every new connection of the failover, by the line that carried it; time runs from the cut."""
    fault = record.failover
    attempts = [(a.at_s - fault.cut_s, a) for a in fault.attempts]
    times = [at for at, _ in attempts] or [0.0]
    left, right = (92.0 if width >= WIDE else 76.0), width - 8.0
    x = Scale(min(-1.0, *times), max(1.0, *times), left, right)
    moments = [Moment(0.0, "cut", "internet dies")]
    if fault.detected_s is not None:
        moments.append(Moment(fault.detected_s, "detected", f"gate closed {fault.detected_s:.1f} s"))
    restored = fault.new_connections_restored_s
    if restored is not None:
        moments.append(Moment(restored, "restored", f"all work {restored:.1f} s"))
    if fault.told_down is not None and fault.told_down.seconds <= x.high:
        moments.append(Moment(fault.told_down.seconds, "told", f"chat told {fault.told_down.seconds:.1f} s"))
    marks = _marks(moments, x, width)
    top = 20.0 + 16 * (1 + max(m.row for m in marks))
    lanes = []
    pitch = 38.0
    for number, uplink in enumerate(record.branch.uplinks):
        mine = [(at, a) for at, a in attempts if a.ok and a.uplink == uplink.name]
        lanes.append(_lane(number, uplink.label, top + number * pitch, mine, x))
    failed = [(at, a) for at, a in attempts if not a.ok]
    lanes.append(_lane(-1, "failed", top + len(lanes) * pitch, failed, x))
    bottom = top + len(lanes) * pitch
    return Timeline(
        width,
        int(bottom + 24),
        left,
        right,
        tuple(lanes),
        ticks(x, 10 if width >= WIDE else 6, " s"),
        marks,
        top,
        bottom,
    )


def _lane(number: int, label: str, y: float, attempts: Sequence[tuple[float, Attempt]], x: Scale) -> Lane:
    path = "".join(f"M{x(at)} {y + 4}v26" for at, _ in attempts)
    return Lane(number, label, y, path, len(attempts))


# --- topology ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One uplink in the drawing: the middle of its box, and its place at the router."""

    number: int
    uplink: Uplink
    x: float
    box: float
    port_x: float
    cut: bool


def lines(record: Record, width: float = 440.0) -> tuple[Line, ...]:
    uplinks = record.branch.uplinks
    pitch = width / len(uplinks)
    return tuple(
        Line(
            number=n,
            uplink=uplink,
            x=round(pitch * (n + 0.5), 1),
            box=round(pitch - 12, 1),
            port_x=round(width / 2 + (n - (len(uplinks) - 1) / 2) * min(120.0, pitch), 1),
            cut=uplink.name == record.failover.uplink,
        )
        for n, uplink in enumerate(uplinks)
    )
