# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was counted to the figures of the demo. Pure: nothing here looks at a clock or a router."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median

from lab.demo.record import Attempt, Call, Calls, Rates, Sample

#: RouterOS' way to write a length of time, alone behind a colon: so a clock time, which follows a date, is none.
LENGTH = re.compile(r":\s*(?:(\d+)w)?(?:(\d+)d)?(\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*$", re.MULTILINE)
#: A shorter silence is none: a busy machine makes such ones.
SILENCE_S = 1.0
MAC = re.compile(r"\b[0-9A-F]{2}(?::[0-9A-F]{2}){5}\b", re.IGNORECASE)


def rates(down: Sequence[float], up: Sequence[float]) -> Rates:
    """Medians of the runs of each direction, Mbit/s."""
    return Rates(down=median(down), up=median(up), down_runs=tuple(down), up_runs=tuple(up))


def rate_between(before: int, after: int, seconds: float) -> float:
    """Mbit/s from two readings of a byte counter; one that went back (it was made anew) counts as still."""
    return max(0, after - before) * 8 / seconds / 1e6 if seconds > 0 else 0.0


def restored_s(attempts: Sequence[Attempt], cut_s: float, quiet_s: float) -> float | None:
    """Seconds from the cut until the first new connection after which none fails any more.

    0.0 when the cut broke none. None unless connections were seen to work for ``quiet_s`` from then on: half of them
    take the other line anyway, so that the last one worked says nothing.
    """
    after = sorted((a for a in attempts if a.at_s >= cut_s), key=lambda a: a.at_s)
    failed = [index for index, attempt in enumerate(after) if not attempt.ok]
    good = after[failed[-1] + 1 :] if failed else after
    if not good or good[-1].at_s - good[0].at_s < quiet_s:
        return None
    return good[0].at_s - cut_s if failed else 0.0


def carrier(attempts: Sequence[Attempt], since_s: float) -> str | None:
    """The one uplink that carried every connection begun since then; None when there was none, or more than one."""
    seen = {a.uplink for a in attempts if a.at_s >= since_s}
    return seen.pop() if len(seen) == 1 and "" not in seen else None


def calls_at(calls: Sequence[Call], dead: str, at_s: float) -> Calls:
    """What became of the calls when ``dead`` died, or came back, at that moment."""
    on = [_line_at(call, at_s) for call in calls]
    hit = [call for call, line in zip(calls, on, strict=True) if line == dead]
    moved = [call for call in hit if any(when > at_s and line not in (dead, "") for when, line in call.lines)]
    others = [call for call, line in zip(calls, on, strict=True) if line != dead]
    return Calls(
        all=len(calls),
        hit=len(hit),
        moved=len(moved),
        silent_s=max((_silence(call, at_s) for call in hit), default=None),
        disturbed=sum(_disturbed(call, at_s) for call in others),
    )


def _line_at(call: Call, at_s: float) -> str:
    return next((line for when, line in reversed(call.lines) if when <= at_s), "")


def _silence(call: Call, at_s: float) -> float:
    """The longest that touches the time from then on."""
    return max((long for when, long in call.silences if when + long > at_s), default=0.0)


def _disturbed(call: Call, at_s: float) -> bool:
    return any(when > at_s for when, _ in call.lines) or _silence(call, at_s) >= SILENCE_S


def length_in(text: str) -> float | None:
    """Seconds of the only length of time that a message names; None when it names none, or several."""
    found = LENGTH.findall(text)
    if len(found) != 1:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found[0])
    return float((weeks * 7 + days) * 86400 + hours * 3600 + minutes * 60 + seconds)


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def macs(text: str) -> list[str]:
    """Every MAC address that a message names, in RouterOS' capitals."""
    return [found.upper() for found in MAC.findall(text)]


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most ``most`` samples, each the mean of its neighbours, so that a page stays small and peaks stay true."""
    if most < 1 or len(samples) <= most:
        return list(samples)
    size = -(-len(samples) // most)
    groups = [samples[i : i + size] for i in range(0, len(samples), size)]
    return [_mean(group) for group in groups]


def _mean(group: Sequence[Sample]) -> Sample:
    names = group[0].mbit.keys()
    mbit = {
        name: (
            sum(s.mbit[name][0] for s in group) / len(group),
            sum(s.mbit[name][1] for s in group) / len(group),
        )
        for name in names
    }
    return Sample(at_s=sum(s.at_s for s in group) / len(group), mbit=mbit)
