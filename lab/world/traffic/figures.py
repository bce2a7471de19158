# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic of the measurements: who talks to whom, and what the numbers mean. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


def address_pairs(clients: Sequence[str], servers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Endless, always the same: every client in turn, and all clients x servers pairs before one comes again."""
    number = 0
    while True:
        turn, client = divmod(number, len(clients))
        # neighbours in the list start far apart, so that few flows already meet many servers
        yield clients[client], servers[(turn + client * 37) % len(servers)]
        number += 1


def mbit(bytes_: float, seconds: float) -> float:
    """Mbit/s (decimal), three digits."""
    return round(bytes_ * 8 / seconds / 1e6, 3) if seconds > 0 else 0.0


def jain(values: Sequence[float]) -> float:
    """Jain's fairness index: 1 when all are equal, 1/n when one has everything, 0 when nobody has anything."""
    squares = sum(value * value for value in values)
    return round(sum(values) ** 2 / (len(values) * squares), 3) if squares else 0.0


#: A silence shorter than this is not worth a line: a busy machine makes such ones, and nobody hears them.
SILENCE_S = 0.2


@dataclass(frozen=True)
class Attempt:
    """One new connection. ``t``: when it began, seconds since the start. ``uplink``: who carried it, "" if none did."""

    t: float
    uplink: str

    @property
    def ok(self) -> bool:
        return bool(self.uplink)


def probe_summary(attempts: Sequence[Attempt]) -> dict[str, object]:
    """total, failed, split; first_failed_t and last_failed_t (start times); restored_t: the first attempt after the
    last failure; outage_s: from the first failure to there. None where there was no failure, or no success after it.
    """
    ordered = sorted(attempts, key=lambda attempt: attempt.t)
    failed = [attempt.t for attempt in ordered if not attempt.ok]
    first, last = (failed[0], failed[-1]) if failed else (None, None)
    restored = next((a.t for a in ordered if last is not None and a.t > last), None)
    return {
        "total": len(ordered),
        "failed": len(failed),
        "split": dict(sorted(Counter(a.uplink for a in ordered if a.ok).items())),
        "first_failed_t": first,
        "last_failed_t": last,
        "restored_t": restored,
        "outage_s": 0.0 if first is None else None if restored is None else round(restored - first, 3),
    }


def longest_gap(times: Sequence[float], end: float) -> float:
    """The longest silence between replies, and from the last one to ``end``; without a reply, all of it."""
    marks = [*times, end] if times else [0.0, end]
    return round(max((b - a for a, b in pairwise(marks)), default=0.0), 3)


def silences(times: Sequence[float], end: float, least: float) -> list[tuple[float, float]]:
    """(when it began, how long) of every silence of at least ``least`` seconds; without a reply, all of it."""
    marks = [*times, end] if times else [0.0, end]
    return [(round(a, 3), round(b - a, 3)) for a, b in pairwise(marks) if b - a >= least]


def moves(seen: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """(when, who) of the first sighting and of each by another one than before."""
    return [(round(t, 3), name) for n, (t, name) in enumerate(seen) if n == 0 or seen[n - 1][1] != name]


def changes(names: Sequence[str]) -> list[str]:
    """a a b b a -> a b a."""
    return [name for n, name in enumerate(names) if n == 0 or names[n - 1] != name]


def rates(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]], seconds: float
) -> dict[str, dict[str, float]]:
    """Uplink -> direction -> Mbit/s between two readings of byte counters."""
    return {
        name: {direction: mbit(value - before[name][direction], seconds) for direction, value in counters.items()}
        for name, counters in after.items()
    }
