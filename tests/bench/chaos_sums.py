# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: one row for each scenario and fault. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.bench.chaos_judge import Silence, faults, silence
from tests.bench.chaos_plan import DEAD_MAN_S, FAULTS, NONE, REBOOT, SCENARIOS, Case, Fault, Scenario

COLUMNS = (
    "cases",
    "survived",
    "ended old",
    "ended new",
    "longest outage",
    "the change's own",
    "over a line that goes",
    "failed new",
    "recovery",
    "settled within",
)
#: A ticker with a packet every 50 ms can't see less than two of them.
TICKER_S = 0.1


@dataclass(frozen=True)
class Result:
    """One case. ``late_s``: for how long the machine let a process wait that wanted to run."""

    case: Case
    ended: str
    faults: tuple[str, ...]
    silence: Silence
    settled_s: float | None
    late_s: float
    boot_s: float
    lock_s: float
    writes: int
    last: str
    #: seconds in which a first new connection failed to the last one
    failed_s: float = 0.0


@dataclass(frozen=True)
class Row:
    """One fault in one scenario. ``own_s``: the longest silence of an undisturbed change, or its way back."""

    scenario: Scenario
    fault: Fault
    version: str
    results: tuple[Result, ...]
    own_s: float | None
    own_failed: int
    missing: tuple[str, ...] = field(default=())

    @property
    def survived(self) -> int:
        return sum(not result.faults for result in self.results)

    def ended(self, how: str) -> int:
        return sum(result.ended == how for result in self.results)

    @property
    def outage_s(self) -> float:
        return max((result.silence.longest for result in self.results), default=0.0)

    @property
    def within(self) -> int:
        """Cases in which no flow was silent for longer than the change itself needs, the machine's own delays aside."""
        return sum(self.keeps(result) for result in self.results)

    def keeps(self, result: Result) -> bool:
        if self.own_s is None:
            return False
        return result.silence.longest <= max(self.own_s, TICKER_S) + TICKER_S + result.late_s + result.boot_s

    @property
    def recovery_s(self) -> float | None:
        """The middle one of the cases that were taken back."""
        times = [r.settled_s for r in self.results if r.settled_s is not None and r.ended == "old"]
        return median(times) if times else None

    @property
    def settled_s(self) -> float | None:
        return max((r.settled_s for r in self.results if r.settled_s is not None), default=None)


def result(case: Case, raw: Mapping[str, Any], lines: Sequence[str]) -> Result:
    """``raw``: what was kept of a case. ``lines``: those that the branch has before and after."""
    failed = raw["traffic"]["failed"]
    quiet = silence(raw["traffic"], lines)
    bad = faults(raw, dead_man_s=raw.get("dead_man_s", DEAD_MAN_S))
    if quiet.lost:
        bad.append(f"{quiet.lost} flows were silent to the end")
    return Result(
        case=case,
        ended=raw["ended"],
        faults=tuple(bad),
        silence=quiet,
        settled_s=raw["settled_s"],
        late_s=raw.get("late_s", 0.0),
        boot_s=raw.get("boot_s", 0.0),
        lock_s=raw["again"]["lock_s"],
        writes=raw.get("writes", 0),
        last=raw.get("last", ""),
        failed_s=max(failed) - min(failed) if failed else 0.0,
    )


def stays(scenario: Scenario) -> list[str]:
    """The lines that a branch has before and after: what goes over another is cut by the change itself."""
    counts = [state.lines or 1 for state in (scenario.before, scenario.after)]
    return [f"isp{n}" for n in range(1, min(counts) + 1)]


def rows(found: Mapping[Case, Mapping[str, Any] | str]) -> list[Row]:
    """What was seen of cases, or why there is nothing, in the order of scenarios and faults."""
    groups: dict[tuple[str, str, str], list[Case]] = {}
    for case in found:
        groups.setdefault((case.version, case.scenario.key, case.fault.key), []).append(case)
    made: dict[tuple[str, str, str], tuple[Result, ...]] = {}
    missing: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for key, cases in groups.items():
        kept = [(case, found[case]) for case in sorted(cases, key=lambda case: (case.k, case.playbook))]
        made[key] = tuple(result(case, raw, stays(case.scenario)) for case, raw in kept if not isinstance(raw, str))
        missing[key] = tuple(f"{case.key}: {raw}" for case, raw in kept if isinstance(raw, str))
    versions = sorted({version for version, *_ in made})
    return [
        Row(scenario, fault, version, made[key], *_own(made, version, scenario), missing[key])
        for version in versions
        for scenario in SCENARIOS
        for fault in FAULTS
        if (key := (version, scenario.key, fault.key)) in made
    ]


def _own(
    made: Mapping[tuple[str, str, str], Sequence[Result]], version: str, scenario: Scenario
) -> tuple[float | None, int]:
    """Of the undisturbed change and of its way back, which is what an undo does."""
    both = [one for one in SCENARIOS if {one.before.key, one.after.key} == {scenario.before.key, scenario.after.key}]
    seen = [result for one in both for result in made.get((version, one.key, NONE.key), ())]
    longest = max((result.silence.longest for result in seen), default=None)
    return longest, max((result.silence.failed_new for result in seen), default=0)


def words(row: Row) -> list[str]:
    """The figures of a row, in the order of COLUMNS."""
    failed = sum(result.silence.failed_new for result in row.results)
    total = sum(result.silence.new for result in row.results)
    return [
        str(len(row.results)),
        f"{row.survived}",
        f"{row.ended('old')}",
        f"{row.ended('new')}",
        f"{row.outage_s:.2f} s",
        "–" if row.own_s is None else f"{row.own_s:.2f} s",
        _gone(row),
        f"{failed} of {total}",
        "–" if row.recovery_s is None or row.fault is NONE else f"{row.recovery_s:.1f} s",
        "–" if row.settled_s is None else f"{row.settled_s:.1f} s",
    ]


def _gone(row: Row) -> str:
    """Flows of a line that the change takes away: the longest silence of those that came back, how many did not."""
    flows = [result.silence for result in row.results if result.silence.gone_flows]
    if not flows:
        return "–"
    dead = sum(one.gone_lost for one in flows)
    longest = max(one.gone for one in flows)
    parts = [f"{longest:.1f} s"] if longest else []
    parts += [f"{dead} of {sum(one.gone_flows for one in flows)} to the end"] if dead else []
    return ", ".join(parts)


def boot_s(made: Iterable[Row]) -> tuple[float, float] | None:
    """The shortest and the longest boot of the power cycles."""
    times = [result.boot_s for row in made if row.fault is REBOOT for result in row.results if result.boot_s]
    return (min(times), max(times)) if times else None


def locked_s(made: Iterable[Row]) -> float:
    """The longest that a second run had to wait for a lock that nobody gave back."""
    return max((result.lock_s for row in made for result in row.results), default=0.0)


def as_json(row: Row) -> dict[str, Any]:
    return {
        "scenario": row.scenario.key,
        "fault": row.fault.key,
        "version": row.version,
        "cases": len(row.results),
        "survived": row.survived,
        "ended_old": row.ended("old"),
        "ended_new": row.ended("new"),
        "longest_outage_s": row.outage_s,
        "own_outage_s": row.own_s,
        "within_bound": row.within,
        "recovery_median_s": row.recovery_s,
        "settled_longest_s": row.settled_s,
        "failed": {result.case.key: list(result.faults) for result in row.results if result.faults},
        "outages": [[result.case.k, result.silence.longest] for result in row.results],
        "missing": list(row.missing),
    }
