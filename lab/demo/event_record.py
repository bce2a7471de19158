# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run of ``./dev demo stage`` found. ``build/stage.json`` is :func:`as_json` of an :class:`Event`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lab.demo.record import Check, Message, Step

#: Raised when a key changes its meaning or goes away.
FORMAT = 1


@dataclass(frozen=True)
class Leases:
    """Addresses that the hosts of a segment were given, and connections of theirs that reached the internet."""

    wanted: int
    given: int
    connected: int
    failed: int


@dataclass(frozen=True)
class Scan:
    """``found``: what the guests reached beside the internet, their own network and the name server."""

    probes: int
    internet: int
    found: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """Mbit/s of goodput that a group got while all wanted more, and what its limit lets through at best."""

    segment: str
    direction: str
    mbit: float
    ideal_mbit: float
    fairness: float
    guaranteed_mbit: float = 0.0
    limited: bool = True


@dataclass(frozen=True)
class Streamed:
    """The stream, counted at its receiver. ``moves``: (seconds since it began, line)."""

    sent: int
    lost: int
    late: int
    moves: tuple[tuple[float, str], ...]
    max_gap_s: float

    @property
    def moved(self) -> int:
        return max(0, len(self.moves) - 1)


@dataclass(frozen=True)
class Switch:
    """Both switches of the mode while the stream ran. ``split``: new connections of the crew while it was balance."""

    stream: Streamed
    split: Mapping[str, int]


@dataclass(frozen=True)
class Drill:
    """``lines``: as the JSON report has them, without samples. ``report``: name of the page."""

    ok: bool
    lines: tuple[Mapping[str, Any], ...]
    stream: Streamed
    report: str
    told: bool


@dataclass(frozen=True)
class Event:
    """The whole run. ``changed_again``: tasks that changed something in the second deploy."""

    began: str
    seconds: float
    short: bool
    changed_again: int
    leases: Mapping[str, Leases]
    scan: Scan
    shares: tuple[Share, ...]
    switch: Switch
    drill: Drill
    steps: tuple[Step, ...]
    chat: tuple[Message, ...]
    checks: tuple[Check, ...] = ()


def as_json(event: Event) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(event)}


def streamed(result: Mapping[str, Any]) -> Streamed:
    """From the lab's measurement."""
    return Streamed(
        sent=int(result["sent"]),
        lost=int(result["lost"]),
        late=int(result["late"]),
        moves=tuple((float(when), str(line)) for when, line in result["moves"]),
        max_gap_s=float(result["max_gap_s"]),
    )
