# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the lab's answers are counted against recorded ones; ``conftest.py`` prints the sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: the name under which pytest carries a score from a test to the end of the run, also from another process
PROPERTY = "conformance"

Record = Callable[[str, object], None]
#: (name of the row, the lab's answer, the recorded answer)
Case = tuple[str, Any, Any]


@dataclass(frozen=True)
class Score:
    """``listed``: differences with a reason on file; ``unexplained``: those without."""

    source: str
    checked: int
    listed: Mapping[str, str] = field(default_factory=dict)
    unexplained: tuple[str, ...] = ()

    @property
    def differing(self) -> int:
        return len(self.listed) + len(self.unexplained)

    @property
    def agreed(self) -> int:
        return self.checked - self.differing

    @property
    def share(self) -> float:
        return self.agreed / self.checked if self.checked else 0.0

    def note(self, record: Record) -> Score:
        record(PROPERTY, {"source": self.source, "checked": self.checked, "listed": dict(self.listed),
                          "unexplained": list(self.unexplained)})  # fmt: skip
        return self

    def must(self, share: float) -> None:
        """Fails when a difference has no reason, or too few rows agree."""
        assert not self.unexplained, f"{len(self.unexplained)} without a reason:\n" + "\n".join(self.unexplained)
        assert self.share >= share, f"{self.agreed} of {self.checked} rows agree"


def count(source: str, cases: Iterable[Case], reasons: Mapping[str, str]) -> Score:
    """Compare case by case. A reason for a row that agrees counts as a difference without one: strike it."""
    every = list(cases)
    differing = {name: f"{name}: {got!r}, router {wanted!r}" for name, got, wanted in every if got != wanted}
    mended = [
        f"{name}: agrees now, strike it from the list" for name, _, _ in every if name in reasons.keys() - differing
    ]
    return Score(
        source,
        len(every),
        {name: reasons[name] for name in differing if name in reasons},
        (*(text for name, text in differing.items() if name not in reasons), *mended),
    )
