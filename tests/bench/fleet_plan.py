# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who brings a fleet to the same rows, on how many branches, over which wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SITE, PER_MENU, ONE_ROLE, ASYNCIO = "site", "per-menu", "one-role", "asyncio"
FIRST, SAME = "first", "same"
STEPS = {FIRST: "first deploy", SAME: "nothing to do"}


@dataclass(frozen=True)
class Contender:
    """``slow``: costs minutes for 100 branches, so it is measured on fewer."""

    key: str
    letter: str
    words: str
    slow: bool


CONTENDERS = (
    Contender(SITE, "ours", "site.yml", slow=False),
    Contender(PER_MENU, "a", "api_modify, a task for each menu", slow=True),
    Contender(ONE_ROLE, "b", "one role, api_modify in a loop", slow=True),
    Contender(ASYNCIO, "c", "asyncio, the same API calls", slow=False),
)
BY_KEY = {one.key: one for one in CONTENDERS}


@dataclass(frozen=True)
class Choice:
    """``slow_branches``: the most that slow contenders are measured on, without delay and with it."""

    branches: tuple[int, ...] = (1, 10, 100, 300)
    delays: tuple[float, ...] = (0.0, 20.0)
    contenders: tuple[str, ...] = tuple(BY_KEY)
    slow_branches: tuple[int, int] = (100, 10)
    forks: int = 10
    repeats: int = 3


@dataclass(frozen=True)
class Cell:
    """One fresh fleet; ``first`` and then ``same`` are measured on it."""

    contender: str
    branches: int
    delay_ms: float


def cells(choice: Choice) -> Iterator[Cell]:
    """Ours on the largest fleet comes first: the others need what is recorded then."""
    for delay in choice.delays:
        for count in sorted(choice.branches, reverse=True):
            for contender in CONTENDERS:
                if contender.key not in choice.contenders:
                    continue
                if contender.slow and count > choice.slow_branches[delay > 0]:
                    continue
                yield Cell(contender.key, count, delay)


@dataclass(frozen=True)
class Found:
    """One measurement. ``measured`` False: drawn on from ``by`` branches, by what each further one costs."""

    contender: str
    branches: int
    delay_ms: float
    step: str
    seconds: float
    cpu_s: float
    routers_cpu_s: float
    pss_mb: float
    rss_mb: float
    measured: bool = True
    by: int = 0
    repeats: int = 1

    @property
    def each(self) -> float:
        """Seconds of wall time per branch."""
        return self.seconds / self.branches


def drawn_on(found: Sequence[Found], choice: Choice) -> list[Found]:
    """What slow contenders would cost on more branches than they were measured on: a straight line through their two
    largest fleets, so that what a run costs once is not multiplied."""
    made = []
    for contender in choice.contenders:
        for delay in choice.delays:
            for step in STEPS:
                mine = [f for f in found if (f.contender, f.delay_ms, f.step) == (contender, delay, step)]
                mine.sort(key=lambda one: one.branches)
                if len(mine) < 2:
                    continue
                missing = [n for n in choice.branches if n > mine[-1].branches]
                made += [_line(mine[-2], mine[-1], count) for count in missing]
    return made


def _line(small: Found, large: Found, count: int) -> Found:
    def at(name: str) -> float:
        low, high = float(getattr(small, name)), float(getattr(large, name))
        slope = (high - low) / (large.branches - small.branches)
        return high + slope * (count - large.branches)

    return Found(
        contender=large.contender,
        branches=count,
        delay_ms=large.delay_ms,
        step=large.step,
        seconds=at("seconds"),
        cpu_s=at("cpu_s"),
        routers_cpu_s=at("routers_cpu_s"),
        pss_mb=0.0,
        rss_mb=0.0,
        measured=False,
        by=large.branches,
    )
