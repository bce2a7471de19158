# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The map of the report: a flat cut-out of the earth with marks that do not cover each other. Pure.

Units of the drawing: ``WIDTH`` across. ``land`` is ``fleet_page_files/land.json``, made by ``tools/land_outline.py``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

WIDTH = 1000.0
#: How tall a map may be, as a part of its width.
_FLATTEST, _TALLEST = 0.42, 0.62
#: Degrees shown at least, so that branches of one city are not lost in an empty plain.
_LEAST_SPAN = 4.0
#: Room of a mark (radius) that asks for attention, and of one that does not.
ROOM_LOUD, ROOM_QUIET = 21.0, 9.0
_LETTER, _LINE = 11.5, 24.0
_ROUNDS = 80
#: Marks farther apart than this never come to touch.
_NEIGHBOURS = 150.0

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Mark:
    """``x``, ``y``: where it is drawn; ``at``: where the branch is. ``side``: where its name fits, or nowhere."""

    key: str
    x: float
    y: float
    at: tuple[float, float]
    loud: bool
    label: str
    side: str = ""

    @property
    def room(self) -> float:
        return ROOM_LOUD if self.loud else ROOM_QUIET

    @property
    def moved(self) -> bool:
        """So far that a line has to say where it belongs."""
        return math.dist((self.x, self.y), self.at) > 10.0


@dataclass(frozen=True)
class Map:
    height: float
    land: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class _View:
    west: float
    north: float
    #: Units per degree of longitude, of latitude.
    across: float
    along: float
    height: float

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - self.west) * self.across, (self.north - latitude) * self.along


@dataclass(frozen=True)
class Place:
    key: str
    label: str
    latitude: float
    longitude: float
    loud: bool


def position(place: object) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, when both are numbers of this earth."""
    if not isinstance(place, Mapping):
        return None
    values = (place.get("latitude"), place.get("longitude"))
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return None
    latitude, longitude = (float(value) for value in values if value is not None)
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def drawn(places: Sequence[Place], land: Mapping[str, Any]) -> Map | None:
    """The cut-out that holds all places; none without a place."""
    if not places:
        return None
    view = _view(places)
    marks = []
    for place in places:
        at = view(place.longitude, place.latitude)
        marks.append(Mark(place.key, *at, at, place.loud, place.label))
    return Map(round(view.height, 1), _land(view, land), _labelled(_spread(marks, view.height), view.height))


def _view(places: Sequence[Place]) -> _View:
    west, east = _padded([place.longitude for place in places])
    south, north = _padded([place.latitude for place in places])
    middle = (south + north) / 2
    squeeze = max(math.cos(math.radians(middle)), 0.2)
    wide, tall = (east - west) * squeeze, north - south
    if tall < wide * _FLATTEST:
        south, north = middle - wide * _FLATTEST / 2, middle + wide * _FLATTEST / 2
    elif tall > wide * _TALLEST:
        centre, half = (west + east) / 2, tall / _TALLEST / squeeze / 2
        west, east = centre - half, centre + half
    across = WIDTH / (east - west)
    along = across / squeeze
    return _View(west, north, across, along, (north - south) * along)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = max((high - low) * 0.07, (_LEAST_SPAN - (high - low)) / 2, 0.3)
    return low - room, high + room


def _land(view: _View, land: Mapping[str, Any]) -> str:
    """An SVG path in whole units. The finer layer serves when it holds the whole view."""
    east, south = view.west + WIDTH / view.across, view.north - view.height / view.along
    box = land["region"]["box"]
    fine = box[0] <= view.west and box[1] <= south and east <= box[2] and view.north <= box[3]
    return "".join(_rings(view, land["region" if fine else "world"]["rings"]))


def _rings(view: _View, rings: Sequence[Sequence[int]]) -> Iterator[str]:
    for steps in rings:
        x = y = 0
        points: list[tuple[int, int]] = []
        for step in range(0, len(steps), 2):
            x, y = x + steps[step], y + steps[step + 1]
            across, down = view(x / 100, y / 100)
            point = (round(across), round(down))
            if not points or point != points[-1]:
                points.append(point)
        if len(points) > 2 and _in_sight(points, view.height):
            yield _path(points)


def _in_sight(points: Sequence[tuple[int, int]], height: float) -> bool:
    across, down = [point[0] for point in points], [point[1] for point in points]
    return max(across) >= 0 and min(across) <= WIDTH and max(down) >= 0 and min(down) <= height


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Steps instead of places: a third shorter."""
    words = [f"M{points[0][0]} {points[0][1]}l"]
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        words.append(f"{bx - ax} {by - ay} ")
    return "".join(words).rstrip() + "z"


def _spread(marks: Sequence[Mark], height: float) -> list[Mark]:
    """Pushes marks apart until none covers another, or for as many rounds as are worth it; always the same way."""
    spots = [[mark.x, mark.y] for mark in marks]
    pairs = [
        (i, j, one.room + marks[j].room)
        for i, one in enumerate(marks)
        for j in range(i + 1, len(marks))
        if math.dist(one.at, marks[j].at) < _NEIGHBOURS
    ]
    for _round in range(_ROUNDS):
        pushed = [_push(spots[i], spots[j], need, (i * 7 + j * 3) % 16) for i, j, need in pairs]
        for spot, mark in zip(spots, marks, strict=True):
            spot[0] = min(max(spot[0], mark.room), WIDTH - mark.room)
            spot[1] = min(max(spot[1], mark.room), height - mark.room)
        if not any(pushed):
            break
    return [replace(mark, x=round(x, 1), y=round(y, 1)) for mark, (x, y) in zip(marks, spots, strict=True)]


def _push(one: list[float], other: list[float], need: float, turn: int) -> bool:
    dx, dy = other[0] - one[0], other[1] - one[1]
    apart = math.hypot(dx, dy)
    if apart >= need - 0.01:
        return False
    if apart < 0.01:  # the same spot: any direction, but always the same
        dx, dy, apart = math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8), 1.0
        step = need / 2
    else:
        step = (need - apart) / 2
    one[0], one[1] = one[0] - dx / apart * step, one[1] - dy / apart * step
    other[0], other[1] = other[0] + dx / apart * step, other[1] + dy / apart * step
    return True


def _labelled(marks: Sequence[Mark], height: float) -> tuple[Mark, ...]:
    """Names beside the marks that ask for attention, where there is room; over as few other marks as may be."""
    boxes = {mark.key: _around(mark) for mark in marks}
    taken = {mark.key: boxes[mark.key] for mark in marks if mark.loud}
    quiet = [boxes[mark.key] for mark in marks if not mark.loud]
    out = []
    for mark in marks:
        free = []
        for place, (side, box) in enumerate(_boxes(mark) if mark.loud else ()):
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= height
            if inside and not any(_meet(box, other) for key, other in taken.items() if key != mark.key):
                free.append((sum(_meet(box, other) for other in quiet), place, side, box))
        if free:
            _covered, _order, side, taken[f"name of {mark.key}"] = min(free)
            out.append(replace(mark, side=side))
        else:
            out.append(mark)
    return tuple(out)


def _around(mark: Mark) -> _Box:
    return (mark.x - mark.room, mark.y - mark.room, mark.x + mark.room, mark.y + mark.room)


def _boxes(mark: Mark) -> Iterator[tuple[str, _Box]]:
    wide, half = len(mark.label) * _LETTER + 8, _LINE / 2
    yield "right", (mark.x + mark.room, mark.y - half, mark.x + mark.room + wide, mark.y + half)
    yield "left", (mark.x - mark.room - wide, mark.y - half, mark.x - mark.room, mark.y + half)
    yield "above", (mark.x - wide / 2, mark.y - mark.room - _LINE, mark.x + wide / 2, mark.y - mark.room)
    yield "below", (mark.x - wide / 2, mark.y + mark.room, mark.x + wide / 2, mark.y + mark.room + _LINE)


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
