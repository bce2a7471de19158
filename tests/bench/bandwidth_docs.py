# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/bandwidth-results.md``: limits and guarantees beside the ideal and pasted queues, as ratios of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.bandwidth_plan import (
    CELLS,
    CONTENDERS,
    FAIR,
    GUARANTEES,
    LIMITS,
    LINES,
    OFF,
    PAYLOAD,
    STATES,
    Cell,
    kept,
)

PAGE = "bandwidth-results.md"
COLUMNS = ("who", *(cell.words for cell in CELLS))
HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `./dev bench bandwidth --docs`; don't edit.
-->
# Limits and guarantees, measured
"""


_TITLES = {"primary": "All lines live", "backup": "The primary is dead, 12 Mbit/s are left"}


def scene() -> str:
    lines = ", ".join(f"{name} {speed} Mbit/s" for name, speed in LINES.items())
    limits = ", ".join(f"{name} {rate}" for name, rate in LIMITS.items())
    kept_for = ", ".join(f"{name} {rate}" for name, rate in GUARANTEES.items())
    return (
        f"Lines: {lines}, mode failover unless said. VLANs stream, crew, guests; limits in Mbit/s both ways: {limits};"
        f" guaranteed: {kept_for}. TCP of ten clients in crew and guests, three in stream, from hosts behind a trunk to"
        " servers in the internet, counted by the receiver. All contenders have the same branch, so the same lines,"
        " VLANs and failover; only the queues differ."
    )


MEANS = f"""\
- **Limits**: goodput of crew and guests as a share of the ideal, {PAYLOAD:.1%} of what is configured (headers of a
  full frame), then the smaller of both segments' fairness among ten clients (Jain; 1 is even).
- **All want everything**: goodput of stream and crew as a share of the ideal of what is guaranteed to them; more than
  100 % is what was left over. Downloads are TCP from all; upwards the guests send 30 Mbit/s of UDP that heed nobody.
- **✓**: within {OFF:.0%} of every limit and a fairness of {FAIR} or more; no guarantee missed by more than {OFF:.0%}.
- Pasted queues: [queues-flat.rsc](../tests/bench/recipes/queues-flat.rsc),
  [queues-parent.rsc](../tests/bench/recipes/queues-parent.rsc).
- Of the lab's router: HTB and one queue for each client stand in for RouterOS' own ([FIDELITY.md](../lab/FIDELITY.md)).
  What it says is how the sets of queues compare, not what a MikroTik's processor can shape.
"""


def lines(found: Sequence[Mapping[str, Any]], state: str) -> Iterator[list[str]]:
    """Who, and what each cell showed."""
    for who in CONTENDERS:
        entries = {
            entry["cell"]: entry["places"]
            for entry in found
            if (entry["contender"], entry["state"]) == (who.key, state)
        }
        if entries:
            yield [who.words, *(_cell(cell, entries[cell.key]) for cell in CELLS)]


def _cell(cell: Cell, places: Mapping[str, Mapping[str, float]]) -> str:
    ratios = " ".join(f"{place} {places[place]['of_ideal']:.0%}" for place in cell.wanted)
    fair = "" if cell.least else f" · {min(places[place]['fairness'] for place in cell.wanted):.2f}"
    return f"{ratios}{fair}{' ✓' if kept(cell, places) else ''}"


def write(folder: Path, data: Mapping[str, Any]) -> Path:
    said = f"Measured {data['measured']}: {data['machine']}; middle of {data['repeats']}, {data['seconds']:g} s each."
    parts = [HEAD, scene(), "", said, ""]
    for state in STATES:
        parts += [f"## {_TITLES[state]}", "", f"| {' | '.join(COLUMNS)} |"]
        parts += ["|" + "---|" * len(COLUMNS), *(f"| {' | '.join(cells)} |" for cells in lines(data["entries"], state))]
        parts.append("")
    page = folder / PAGE
    page.write_text("\n".join([*parts, MEANS]), encoding="utf-8")
    return page
