# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run of the demo found. ``build/demo.json`` is :func:`as_json` of a :class:`Record`.

Times are seconds since the demo began, rates are Mbit/s of goodput at the receiver, shares are fractions of 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

#: Raised when a key changes its meaning or goes away.
FORMAT = 1

#: The journal paper behind the project: 2 x 10 Mbit/s lines joined, Mbit/s.
PAPER_MBIT: Mapping[str, float] = {"down": 19.18, "up": 18.47}


@dataclass(frozen=True)
class Uplink:
    """One internet line as the inventory of the branch names it."""

    name: str
    label: str
    interface: str
    address: str
    gateway: str
    anchors: tuple[str, ...]
    download_mbit: float
    upload_mbit: float
    weight: float


@dataclass(frozen=True)
class Branch:
    """``lan``: interfaces of its segments."""

    name: str
    title: str
    mode: str
    classifier: str
    uplinks: tuple[Uplink, ...]
    lan: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One act of the demo. ``found`` is what a person should remember of it."""

    name: str
    title: str
    started_s: float
    seconds: float
    found: str


@dataclass(frozen=True)
class Sample:
    """Mbit/s on every line, counted behind the shaper of its ISP: (down, up) by uplink name."""

    at_s: float
    mbit: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Moment:
    """Something to mark on the time axis. ``kind``: single, both, split, rogue, cut, detected, restored, told, heal,
    back."""

    at_s: float
    kind: str
    words: str


@dataclass(frozen=True)
class Attempt:
    """One new connection of a client. ``uplink``: the line that it was counted on, empty when it failed."""

    at_s: float
    took_s: float
    ok: bool
    uplink: str = ""


@dataclass(frozen=True)
class Rates:
    """Median and raw runs of one line-up, both directions."""

    down: float
    up: float
    down_runs: tuple[float, ...]
    up_runs: tuple[float, ...]


@dataclass(frozen=True)
class Traffic:
    """How the throughput was measured."""

    clients: int
    flows: int
    warmup_s: float
    window_s: float


@dataclass(frozen=True)
class Split:
    counts: Mapping[str, int]
    wanted: Mapping[str, float]

    @property
    def connections(self) -> int:
        return sum(self.counts.values())

    def share(self, uplink: str) -> float:
        return self.counts.get(uplink, 0) / self.connections if self.connections else 0.0


@dataclass(frozen=True)
class Call:
    """A UDP flow that never stops talking. ``lines``: when which uplink carried it first, then each change;
    ``silences``: (when, how long) nothing came back."""

    lines: tuple[tuple[float, str], ...]
    silences: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Calls:
    """What a fault or a return did to calls that were under way.

    ``hit``: those on the line that died, ``moved``: how many of them another line carried afterwards, ``silent_s``: the
    longest silence of those. ``disturbed``: calls of the other lines that changed their line or fell silent.
    """

    all: int
    hit: int
    moved: int
    silent_s: float | None
    disturbed: int


@dataclass(frozen=True)
class Told:
    """A message about a line. ``seconds``: since what it tells of; ``length_s``: the outage as the message says it."""

    seconds: float
    text: str
    length_s: float | None = None


@dataclass(frozen=True)
class Failover:
    """The internet behind ``uplink`` died at ``cut_s`` while its gateway kept answering.

    ``hold_s``: how long the router holds back a line that lives again, as the router itself says. ``back_s``: from its
    return until the gate was open and new connections used the line again. ``shut_s``: how long the gate was closed.
    """

    fault: str
    uplink: str
    cut_s: float
    detected_s: float | None
    new_connections_restored_s: float | None
    route_to: str | None
    calls: Calls
    told_down: Told | None
    hold_s: float | None
    back_s: float | None
    shut_s: float | None
    at_return: Calls | None
    told_up: Told | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Message:
    """One message that arrived in the chat."""

    at_s: float
    text: str


@dataclass(frozen=True)
class Rogue:
    """A DHCP server that nobody ordered, and what the chat said of it."""

    mac: str
    mac_reported: str | None
    interface_reported: str | None
    seconds: float | None
    message: str | None


@dataclass(frozen=True)
class SecondRun:
    changed: int
    writes: int


@dataclass(frozen=True)
class CheckMode:
    changed_router: bool
    announced: int


@dataclass(frozen=True)
class Check:
    """One promise of the demo and whether this run kept it."""

    rule: str
    seen: str
    ok: bool


@dataclass(frozen=True)
class Record:
    date: str
    seconds: float
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    branch: Branch
    traffic: Traffic
    steps: tuple[Step, ...]
    single_uplink: str
    single: Rates
    both: Rates
    split: Split
    failover: Failover
    rogue: Rogue
    second_run: SecondRun
    check_mode: CheckMode
    chat: tuple[Message, ...]
    samples: tuple[Sample, ...]
    moments: tuple[Moment, ...]
    checks: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)


def _rates(rates: Rates) -> dict[str, float]:
    return {"down": round(rates.down, 3), "up": round(rates.up, 3)}


def _runs(rates: Rates) -> dict[str, list[float]]:
    return {"down": [round(r, 3) for r in rates.down_runs], "up": [round(r, 3) for r in rates.up_runs]}


def _series(samples: tuple[Sample, ...], uplinks: tuple[Uplink, ...]) -> dict[str, Any]:
    columns = {
        uplink.name: {
            "down": [round(sample.mbit.get(uplink.name, (0.0, 0.0))[0], 3) for sample in samples],
            "up": [round(sample.mbit.get(uplink.name, (0.0, 0.0))[1], 3) for sample in samples],
        }
        for uplink in uplinks
    }
    return {"at_s": [round(sample.at_s, 3) for sample in samples], "mbit": columns}


def as_json(record: Record) -> dict[str, Any]:
    """The published form. The keys of the first block are a promise; the rest serves the page and the curious."""
    fault = record.failover
    return {
        "format": FORMAT,
        "passed": record.passed,
        "throughput_mbit": {"single": _rates(record.single), "both": _rates(record.both)},
        "split": {
            **{name: round(record.split.share(name), 4) for name in record.split.counts},
            "connections": record.split.connections,
            "counts": dict(record.split.counts),
            "wanted": dict(record.split.wanted),
        },
        "failover": {
            "fault": fault.fault,
            "uplink": fault.uplink,
            "detected_s": _rounded(fault.detected_s),
            "new_connections_restored_s": _rounded(fault.new_connections_restored_s),
            "route_to": fault.route_to,
            "calls": asdict(fault.calls),
            "told_down": _told(fault.told_down),
            "hold_s": _rounded(fault.hold_s),
            "back_s": _rounded(fault.back_s),
            "shut_s": _rounded(fault.shut_s),
            "at_return": None if fault.at_return is None else asdict(fault.at_return),
            "told_up": _told(fault.told_up),
            "cut_at_s": round(fault.cut_s, 3),
            "attempts": [
                {"at_s": round(a.at_s, 3), "took_s": round(a.took_s, 3), "ok": a.ok, "uplink": a.uplink or None}
                for a in fault.attempts
            ],
        },
        "rogue_dhcp": {**asdict(record.rogue), "seconds": _rounded(record.rogue.seconds)},
        "second_run": asdict(record.second_run),
        "check_mode": asdict(record.check_mode),
        "checks": [asdict(check) for check in record.checks],
        "date": record.date,
        "seconds": round(record.seconds, 1),
        "machine": dict(record.machine),
        "versions": dict(record.versions),
        "branch": asdict(record.branch),
        "traffic": {**asdict(record.traffic), "single_uplink": record.single_uplink},
        "runs_mbit": {"single": _runs(record.single), "both": _runs(record.both)},
        "paper_mbit": dict(PAPER_MBIT),
        "steps": [
            {**asdict(s), "started_s": round(s.started_s, 2), "seconds": round(s.seconds, 2)} for s in record.steps
        ],
        "chat": [{"at_s": round(m.at_s, 2), "text": m.text} for m in record.chat],
        "moments": [{"at_s": round(m.at_s, 2), "kind": m.kind, "words": m.words} for m in record.moments],
        "series": _series(record.samples, record.branch.uplinks),
    }


def _told(told: Told | None) -> dict[str, Any] | None:
    return None if told is None else {**asdict(told), "seconds": round(told.seconds, 3)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def dumps(record: Record) -> str:
    return json.dumps(as_json(record), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
