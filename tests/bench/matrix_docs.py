# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/matrix.md``, from ``build/matrix.json``. Pure but for the last step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench.matrix_plan import FAULTS, KINDS, MODES, VERSIONS

MARKS = {"green": "✓", "refused": "–", "red": "✗"}
_HEAD = """<!-- SPDX-FileCopyrightText: 2026 the multiwan.routeros authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Written by `./dev bench matrix --docs`; not by hand. -->
# Kinds of lines, modes, versions, faults

Each cell is a run in the lab: a branch with three or four lines, deployed by `playbooks/site.yml`; the fault hits the
line, another one carries, the line carries again afterwards. Judged by which ISP sees new connections of clients;
none of them may fail once the line is left. How soon is not judged here ([failover](failover-results.md)).

✓ left and used again · – refused, the reason is below · ✗ not so · blank: not measured. A sign each for {versions}
"""


def page(data: Mapping[str, Any]) -> str:
    """The whole page."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD.format(versions=", ".join(VERSIONS))
    counts = ((data["green"], "green"), (data["refused"], "refused"), (data["red"], "red"))
    yield ", ".join(f"{count} {word}" for count, word in (*counts, (data["not_measured"], "not measured"))) + "."
    earlier = data.get("made_by_an_earlier_state", 0)
    if earlier:
        yield f"{earlier} of them were measured before the newest change of the collection or of this benchmark."
    marks = {(row["kind"], row["mode"], row["version"], row["fault"]): MARKS[row["verdict"]] for row in data["table"]}
    for mode in MODES:
        yield f"\n## `{mode}`\n"
        yield f"| line | {' | '.join(fault.key for fault in FAULTS)} |"
        yield f"|---{'|---' * len(FAULTS)}|"
        for kind in KINDS:
            shown = []
            for fault in FAULTS:
                if fault.kind == "renumber" and not kind.gives:
                    shown.append("none")
                else:
                    shown.append("".join(marks.get((kind.key, mode, version, fault.key), " ") for version in VERSIONS))
            yield f"| {kind.words} | {' | '.join(shown)} |"
    yield "\n## Faults\n"
    yield from (f"- `{fault.key}`: {fault.words}" for fault in FAULTS)
    reasons = sorted({(row["version"], row["refused"].splitlines()[0]) for row in data["table"] if "refused" in row})
    if reasons:
        yield "\n## Refused\n"
        yield from (f"- {version}: {words}" for version, words in reasons)
    broken = [row for row in data["table"] if "error" in row]
    if broken:
        yield "\n## Red\n"
        yield from (
            f"- {row['kind']}, {row['mode']}, {row['version']}, {row['fault']}: {row['error'].splitlines()[0]}"
            for row in broken
        )


def write(folder: Path, data: Mapping[str, Any]) -> Path:
    target = folder / "matrix.md"
    target.write_text(page(data), encoding="utf-8")
    return target
