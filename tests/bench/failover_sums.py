# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to outages, counts and medians. Pure; all times are seconds since the fault began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.bench.failover_plan import DEAD, HOLD_DOWN_S, HTTP_TIMEOUT_S, NEW_TIMEOUT_S, STUCK_S, Fault
from tests.bench.failover_told import Note, Told, note, told

#: A flow of a healthy uplink that is silent for so long was disturbed. Less is what a busy machine does by itself.
DISTURBED_S = 0.5
#: Failures that ended so long before the window did are over; later ones may not be.
QUIET_S = 3.0
#: A failure with no other within this time is no outage; it still counts in the share of failures. Longer than the
#: pause of a flapping line.
LONE_S = 6.0
#: A machine that is late by so much, or lets a healthy line be silent for so long, distorts what it measures.
CONTROL_S = 0.35


@dataclass(frozen=True, order=True)
class Gap:
    """``still``: not over when the window was, so ``seconds`` is the least that it can be. Larger is worse."""

    still: bool
    seconds: float

    def __str__(self) -> str:
        return f"{'> ' if self.still else ''}{self.seconds:.{0 if self.still else 1}f}"


@dataclass(frozen=True)
class Flow:
    """A long-lived flow: (when, uplink) of each move, (when, seconds) of each silence, when it broke."""

    moves: tuple[tuple[float, str], ...]
    silences: tuple[tuple[float, float], ...]
    breaks: tuple[float, ...] = ()

    def carrier(self, at: float) -> str:
        """Who carried it then; empty when nobody had yet."""
        return next((name for when, name in reversed(self.moves) if when <= at), "")

    def dark(self, since: float, until: float) -> Gap:
        """The longest silence within the window."""
        found = [
            Gap(start + length > until, round(min(start + length, until) - max(start, since), 3))
            for start, length in self.silences
            if start < until and start + length > since
        ]
        return max(found, key=lambda gap: gap.seconds, default=Gap(False, 0.0))

    def dark_at(self, at: float) -> bool:
        return any(start < at < start + length for start, length in self.silences)

    def upset(self, since: float, until: float, *, silent_s: float = DISTURBED_S) -> bool:
        """Moved, broken or silent for long."""
        moved = any(since <= when < until for when, _ in self.moves[1:])
        broke = any(since <= when < until for when in self.breaks)
        return moved or broke or self.dark(since, until).seconds >= silent_s


@dataclass(frozen=True)
class Seen:
    """One cell. ``attempts``: (when it began, did it work) of new connections; ``failures``: when HTTP requests began
    that failed; ``pollers``: who carried the requests of each, every one a new connection between the same two.
    ``sends``: whether the router holds anything that could send a message. ``late``: for how long a process that
    wanted to run could not, at worst.
    """

    healed: float
    end: float
    attempts: tuple[tuple[float, bool], ...]
    udp: tuple[Flow, ...]
    tcp: tuple[Flow, ...]
    failures: tuple[float, ...]
    pollers: tuple[Flow, ...]
    notes: tuple[Note, ...]
    sends: bool
    late: float
    again: bool = False


@dataclass(frozen=True, order=True)
class Moves:
    """``all`` there and back; ``away`` from the line within any one hold-down period."""

    away: int
    all: int

    def __str__(self) -> str:
        return str(self.all)


@dataclass(frozen=True)
class Outcome:
    """Worst flow of each kind. Counts come with what they are out of; None: can't be said of this fault.

    ``moves``: how often new connections between the same two changed their uplink, and how often within one hold-down
    period they were taken off the line; the most of any pair. ``control``: what the machine did by itself, seconds;
    ``again``: that was too much the first time, so this is the second.
    """

    new: Gap
    udp: Gap | None
    tcp: Gap | None
    http: Gap
    failed_share: float
    disturbed: tuple[int, int]
    stuck: tuple[int, int] | None
    broken: tuple[int, int] | None
    moves: Moves
    messages: Told | None
    control: float
    again: bool = False


def outage(failed: Iterable[float], since: float, until: float, *, timeout_s: float = 0.0) -> Gap:
    """From the beginning of the window to the last start that failed; 0 when none did but lone ones.

    What began less than its time-out before the end may have failed of the mending, or of what came after it.
    """
    last = until - timeout_s
    window = sorted(at for at in failed if since <= at < last)
    near = zip(window, [since, *window], [*window[1:], float("inf")], strict=False)
    within = [at for at, before, after in near if at - before <= LONE_S or after - at <= LONE_S]
    if not within:
        return Gap(False, 0.0)
    still = max(within) > last - QUIET_S
    return Gap(still, round((until if still else max(within)) - since, 3))


def worst(gaps: Iterable[Gap]) -> Gap | None:
    return max(gaps, default=None)


def moves(pollers: Iterable[Flow], dead: set[str], until: float) -> Moves:
    """Of those that were on the line when the fault began. Who fails is not moved: only answers tell who carried."""
    counts = []
    for poller in pollers:
        if poller.carrier(0.0) not in dead:
            continue
        changes = [(when, who) for when, who in poller.moves if 0.0 <= when < until]
        away = [when for when, who in changes if who not in dead or len(dead) > 1]
        within = [sum(start <= when < start + HOLD_DOWN_S for when in away) for start in away]
        counts.append(Moves(max(within, default=0), len(changes)))
    return Moves(max((one.away for one in counts), default=0), max((one.all for one in counts), default=0))


def control(seen: Seen) -> float:
    """The longest that anything stood still for which no fault can be blamed: a flow before it, a new connection that
    failed then, and in the whole cell the machine's own lateness.
    """
    flows = (*seen.udp, *seen.tcp)
    silent = [flow.dark(flow.moves[0][0], 0.0).seconds for flow in flows if flow.moves]
    failed = [1.0 for at, ok in seen.attempts if at < -0.5 and not ok]  # its time-out; later ones may be the fault's
    return round(max([seen.late, *silent, *failed]), 3)


def judge(seen: Seen, fault: Fault, uplinks: int) -> Outcome:
    """What one cell comes to."""
    everybody = fault.kind in ("all", "reboot")
    since = seen.healed if fault.from_end else 0.0
    until = seen.end if fault.from_end or fault.kind == "reboot" else seen.healed
    stays_dead = fault.kind in ("upstream", "cable", "gateway") and seen.healed >= STUCK_S
    dead = {f"isp{n}" for n in range(1, uplinks + 1)} if everybody else {DEAD}
    flows = (*seen.udp, *seen.tcp)
    healthy = [flow for flow in flows if flow.carrier(0.0) not in {*dead, ""}]
    living = [flow for flow in flows if flow.carrier(seen.healed) and not flow.dark_at(seen.healed)]
    # after heavy loss TCP still pauses for as long as it has learnt to, however healthy the line is by then
    silent = float("inf") if fault.kind == "loss" else DISTURBED_S
    within = [ok for at, ok in seen.attempts if since <= at < until - NEW_TIMEOUT_S]
    return Outcome(
        new=outage((at for at, ok in seen.attempts if not ok), since, until, timeout_s=NEW_TIMEOUT_S),
        udp=worst(flow.dark(since, until) for flow in seen.udp if flow.carrier(0.0) in dead),
        tcp=worst(flow.dark(since, until) for flow in seen.tcp if flow.carrier(0.0) in dead),
        http=outage(seen.failures, since, until, timeout_s=HTTP_TIMEOUT_S),
        failed_share=within.count(False) / len(within) if within else 0.0,
        disturbed=(sum(flow.upset(0.0, seen.healed) for flow in healthy), len(healthy)),
        stuck=(sum(f.dark_at(STUCK_S) for f in flows), len(flows)) if stays_dead else None,
        broken=None
        if everybody
        else (sum(f.upset(seen.healed, seen.end, silent_s=silent) for f in living), len(living)),
        moves=moves(seen.pollers, dead, seen.end),
        messages=told(seen.notes, fault, uplinks, healed=seen.healed) if seen.sends else None,
        control=control(seen),
        again=seen.again,
    )


@dataclass(frozen=True)
class Summary:
    """Of the repeats of a cell, least first. The middle one of an even number is the worse of the two."""

    values: tuple[Gap, ...]

    @property
    def middle(self) -> Gap:
        return self.values[len(self.values) // 2]

    @property
    def low(self) -> Gap:
        return self.values[0]

    @property
    def high(self) -> Gap:
        return self.values[-1]

    def __str__(self) -> str:
        return str(self.middle) if str(self.low) == str(self.high) else f"{self.middle} ({self.low}–{self.high})"


def summary(gaps: Iterable[Gap | None]) -> Summary | None:
    known = tuple(sorted(gap for gap in gaps if gap is not None))
    return Summary(known) if known else None


def total(counts: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    """Counts of all repeats together; None when no repeat could say."""
    known = [count for count in counts if count is not None]
    return (sum(n for n, _ in known), sum(of for _, of in known)) if known else None


def shorter(ours: Summary | None, theirs: Summary | None) -> str:
    """How many times shorter or longer the middle outage of ours is, in words; empty when that is no question."""
    if ours is None or theirs is None or ours.middle.still or theirs.middle.seconds == 0:
        return ""
    if ours.middle.seconds < 0.05:
        return "no outage seen"
    times = theirs.middle.seconds / ours.middle.seconds
    if times < 1 and not theirs.middle.still:
        return f"{1 / times:.1f} × longer"
    return f"{'more than ' if theirs.middle.still else ''}{times:.1f} × shorter"


def seen_from(raw: dict[str, Any]) -> Seen:
    """A stored cell (failover_cell.measure) in the terms of this file."""
    cut = float(raw["cut_at"])

    def flows(name: str) -> tuple[Flow, ...]:
        shift = float(raw[name]["began_at"]) - cut
        return tuple(
            Flow(
                moves=tuple((when + shift, who) for when, who in flow["moves"]),
                silences=tuple((when + shift, length) for when, length in flow["silences"]),
                breaks=tuple(when + shift for when, _ in flow.get("breaks", ())),
            )
            for flow in raw[name]["flows"]
        )

    def shifted(one: dict[str, Any]) -> tuple[tuple[float, str], ...]:
        return tuple((when + http["began_at"] - cut, who) for when, who in one["moves"])

    http = raw["http"]
    return Seen(
        healed=raw["healed_at"] - cut,
        end=raw["ended_at"] - cut,
        attempts=tuple((at - cut, bool(uplink)) for at, uplink in raw["new"]),
        udp=flows("udp"),
        tcp=flows("tcp"),
        failures=tuple(sorted(at + http["began_at"] - cut for one in http["pollers"] for at, _ in one["failures"])),
        pollers=tuple(Flow(shifted(one), ()) for one in http["pollers"]),
        notes=tuple(note(one, cut) for one in raw["messages"]),
        sends=bool(raw["sends"]),
        late=float(raw["late"]),
        again=bool(raw["again"]),
    )
