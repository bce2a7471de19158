#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reduce Natural Earth's land to the few kilobytes behind the report's map.

Once in years, by hand: ``npm pack world-atlas@2.0.2``, unpack, ``tools/land_outline.py package``. The package holds
Natural Earth's land (public domain) as TopoJSON. Written are two layers, rings of steps in hundredths of a degree:
``region`` (Indonesia and its neighbours, from 1:10m) and ``world`` (from 1:110m).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "plugins" / "plugin_utils" / "fleet_page_files" / "land.json"
SOURCE = "Natural Earth (naturalearthdata.com), land at 1:10m and 1:110m, public domain; by way of world-atlas 2.0.2"

Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]

#: West, south, east, north.
REGION: Box = (90.0, -16.0, 146.0, 14.0)
WORLD: Box = (-180.0, -60.0, 180.0, 84.0)
#: What is smaller than this (square degrees) is no land at this scale; detail finer than this (degrees) is left out.
REGION_AREA, REGION_DETAIL = 0.006, 0.035
WORLD_AREA, WORLD_DETAIL = 0.5, 0.1


def rings(topology: dict[str, Any]) -> Iterator[Ring]:
    """The outer rings of every polygon; lakes are left out."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Ring] = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        arcs.append(arc)
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            ring: Ring = []
            for index in polygon[0]:
                ring += arcs[index][bool(ring) :] if index >= 0 else arcs[~index][::-1][bool(ring) :]
            yield ring


def clipped(ring: Ring, box: Box) -> Ring:
    """Sutherland and Hodgman: the part of a polygon within a box."""
    west, south, east, north = box
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        out: Ring = []
        for here, there in zip(ring, ring[1:] + ring[:1], strict=True):
            inside, next_inside = (sign * (point[axis] - limit) >= 0 for point in (here, there))
            if inside:
                out.append(here)
            if inside != next_inside:
                part = (limit - here[axis]) / (there[axis] - here[axis])
                out.append((here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])))
        ring = out
        if not ring:
            break
    return ring


def area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def simplified(ring: Ring, detail: float) -> Ring:
    """Douglas and Peucker, between the ring's first point and the one farthest from it."""
    if len(ring) < 4:
        return ring
    far = max(range(len(ring)), key=lambda i: (ring[i][0] - ring[0][0]) ** 2 + (ring[i][1] - ring[0][1]) ** 2)
    return _line(ring[: far + 1], detail)[:-1] + _line([*ring[far:], ring[0]], detail)[:-1]


def _line(points: Ring, detail: float) -> Ring:
    (ax, ay), (bx, by) = points[0], points[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1e-9
    offsets = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length for x, y in points]
    worst = max(range(len(points)), key=offsets.__getitem__)
    if offsets[worst] <= detail or len(points) < 3:
        return [points[0], points[-1]]
    return _line(points[: worst + 1], detail)[:-1] + _line(points[worst:], detail)


def layer(path: Path, box: Box, least: float, detail: float) -> list[list[int]]:
    found = []
    for ring in rings(json.loads(path.read_text(encoding="utf-8"))):
        part = clipped(ring, box)
        if area(part) < least:
            continue
        steps: list[int] = []
        x = y = 0
        for longitude, latitude in simplified(part, detail):
            nx, ny = round(longitude * 100), round(latitude * 100)
            if steps and (nx, ny) == (x, y):
                continue
            steps += [nx - x, ny - y]
            x, y = nx, ny
        if len(steps) >= 6:
            found.append(steps)
    return sorted(found, key=len, reverse=True)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    package = Path(sys.argv[1])
    layers = {
        "region": (REGION, layer(package / "land-10m.json", REGION, REGION_AREA, REGION_DETAIL)),
        "world": (WORLD, layer(package / "land-110m.json", WORLD, WORLD_AREA, WORLD_DETAIL)),
    }
    parts = []
    for name, (box, found) in layers.items():
        lines = ",\n".join(json.dumps(ring, separators=(",", ":")) for ring in found)
        parts.append(f'"{name}": {{"box": {json.dumps(box)}, "rings": [\n{lines}\n]}}')
    TARGET.write_text(f'{{"source": {json.dumps(SOURCE)},\n' + ",\n".join(parts) + "}\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
