# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the run: a table of every recorded source, and ``build/conformance.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.score import PROPERTY, Score

REPORT = Path(__file__).parents[2] / "build" / "conformance.json"
NOTE = "Command trees are compared by name: a command that the lab knows and refuses (lab/COVERAGE.md) agrees there."
#: what was recorded and can't be compared yet
NOT_COMPARED = {"REST replies, live 7.23.2": "the lab has no REST door"}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    scores = merged(_scores(terminalreporter.stats))
    if not scores:
        return
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(_document(scores), indent=2) + "\n", encoding="utf-8")
    terminalreporter.write_sep("=", "conformance")
    for line in table(scores):
        terminalreporter.write_line(line)
    terminalreporter.write_line(NOTE)
    terminalreporter.write_line(f"written to {REPORT.relative_to(REPORT.parents[1])}")


def _scores(stats: dict[str, list[Any]]) -> Iterator[Score]:
    for reports in stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                for name, value in report.user_properties:
                    if name == PROPERTY and isinstance(value, dict):
                        yield Score(
                            value["source"], value["checked"], value["listed"], tuple(value["unexplained"])
                        )  # fmt: skip


def merged(scores: Iterable[Score]) -> list[Score]:
    """One score for each source, by name."""
    found: dict[str, Score] = {}
    for score in scores:
        before = found.get(score.source, Score(score.source, 0))
        found[score.source] = Score(
            score.source,
            before.checked + score.checked,
            {**before.listed, **score.listed},
            (*before.unexplained, *score.unexplained),
        )
    return [found[source] for source in sorted(found)]


def _document(scores: list[Score]) -> dict[str, Any]:
    compared = [
        {
            "source": score.source,
            "checked": score.checked,
            "agreed": score.agreed,
            "differing": score.differing,
            "share": round(score.share, 4),
            "listed": score.listed,
            "unexplained": score.unexplained,
        }
        for score in scores
    ]
    return {"compared": compared, "note": NOTE, "not_compared": NOT_COMPARED}


def table(scores: list[Score]) -> list[str]:
    """One line a source, with numbers flush right."""
    width = max(len(name) for name in (*(score.source for score in scores), *NOT_COMPARED))
    lines = [f"{'source':{width}} {'rows':>6} {'agreed':>6} {'differ':>6} {'no reason':>9} {'share':>7}"]
    for score in scores:
        lines.append(
            f"{score.source:{width}} {score.checked:6} {score.agreed:6} {score.differing:6} "
            f"{len(score.unexplained):9} {score.share:7.1%}"
        )
    lines += [f"{name:{width}} {'':6} {'':6} {'':6} {'':9} not compared: {why}" for name, why in NOT_COMPARED.items()]
    return lines
