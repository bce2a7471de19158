# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a rehearsal: as data, and as words and drawings for the template of the role ``drill``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import drill_words
from .drill import Outcome
from .drill_sums import Rehearsal, Sample
from .plan import FORMAT

#: The drawing, in its own units: as wide as a phone, so that its letters are readable there.
WIDTH, LEFT, RIGHT = 400.0, 8.0, 392.0
TOP, LANE, GAP, BAR = 34.0, 40.0, 16.0, 14.0
#: Colours of the template.
_COLOURS = 6


@dataclass(frozen=True)
class Piece:
    """A bar from ``x`` on, ``width`` long. ``kind``: a class of the template."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Lane:
    title: str
    y: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Drawing:
    """``ticks``: place and text of the time axis. ``marks``: place, text and anchor of what was done to the line."""

    height: float
    axis: float
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str, str], ...]
    lanes: tuple[Lane, ...]


def report(outcome: Outcome, *, branch: str, began: str) -> dict[str, Any]:
    """All that is known, for machines."""
    return {
        "format": FORMAT,
        "branch": branch,
        "began": began,
        "routeros": outcome.ready.text,
        "ok": outcome.ok,
        "left_out": list(outcome.left_out),
        "uplinks": [item.to_json() for item in outcome.rehearsals],
    }


def page(outcome: Outcome, said: dict[str, Any], language: str) -> dict[str, Any]:
    """For the template: ``said`` is the report."""
    words = drill_words.WORDS[language]
    names = [line.name for line in outcome.ready.lines]
    labels = {line.name: line.label for line in outcome.ready.lines}
    return {
        "language": language,
        "words": dict(words),
        "branch": said["branch"],
        "began": said["began"],
        "routeros": said["routeros"],
        "ok": outcome.ok,
        "verdict": words["good" if outcome.ok else "bad"],
        "told": words["told" if outcome.told else "not_told"],
        "left_out": [labels[name] for name in outcome.left_out],
        "legend": [{"label": labels[name], "kind": colour(names, name)} for name in names],
        "uplinks": [
            {
                "label": item.label,
                "ok": item.ok,
                "verdict": drill_words.verdict(item, labels, language),
                "figures": drill_words.figures(item, labels, language),
                "drawing": asdict(drawing(item, names, labels, language)),
            }
            for item in outcome.rehearsals
        ],
    }


def colour(names: Sequence[str], name: str | None) -> str:
    return "nobody" if name not in names else f"u{names.index(name) % _COLOURS}"


def drawing(item: Rehearsal, names: Sequence[str], labels: dict[str, str], language: str) -> Drawing:
    """Pings, who carries, and the gate of each line, over the time since the line was taken out."""
    words = drill_words.WORDS[language]
    last = max([item.out_s, *(sample.seen_s for sample in item.samples)])
    x = _scale(last)
    lanes = [Lane(words["pings"], TOP, tuple(_pings(item.samples, x)))]
    lanes.append(
        Lane(words["carrier"], TOP + LANE, tuple(_runs(item.samples, x, last, lambda s: colour(names, s.carrier))))
    )
    for place, name in enumerate(names, start=2):
        pieces = _runs(item.samples, x, last, _gate_of(names, name))
        lanes.append(Lane(f"{words['gate']} {labels[name]}", TOP + place * LANE, tuple(pieces)))
    axis = TOP + len(lanes) * LANE
    return Drawing(
        height=axis + 20,
        axis=axis,
        ticks=tuple((x(at), f"{at:.0f}") for at in _ticks(last)),
        marks=(
            (x(0.0), words["out"], "start"),
            (x(item.out_s), words["back"], "start" if x(item.out_s) < 280 else "end"),
        ),
        lanes=tuple(lanes),
    )


def _scale(last: float) -> Callable[[float], float]:
    return lambda seconds: round(LEFT + (RIGHT - LEFT) * min(max(seconds, 0.0), last) / (last or 1.0), 1)


def _ticks(last: float) -> Iterator[float]:
    step = next((size for size in (2, 5, 10, 20, 30, 60, 120) if last / size <= 8), 300)
    yield from (float(at) for at in range(0, int(last) + 1, step))


def _pings(samples: Sequence[Sample], x: Callable[[float], float]) -> Iterator[Piece]:
    for sample in samples:
        yield Piece(x(sample.at_s), 1.2, "answered" if sample.answered else "lost")


def _gate_of(names: Sequence[str], name: str) -> Callable[[Sample], str]:
    return lambda sample: colour(names, name) if sample.gates.get(name) else "shut"


def _runs(
    samples: Sequence[Sample], x: Callable[[float], float], last: float, kind: Callable[[Sample], str]
) -> Iterator[Piece]:
    """Neighbours that look alike become one bar."""
    begun = 0
    for index in range(1, len(samples) + 1):
        if index == len(samples) or kind(samples[index]) != kind(samples[begun]):
            start = 0.0 if begun == 0 else samples[begun].seen_s
            end = last if index == len(samples) else samples[index].seen_s
            yield Piece(x(start), round(x(end) - x(start), 1), kind(samples[begun]))
            begun = index
