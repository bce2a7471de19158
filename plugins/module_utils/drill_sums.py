# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a rehearsal of one uplink measured, and what that says. Pure: samples in, figures out. Times are seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

#: Pings in a row for so long are no luck any more.
STEADY_S = 1.5


@dataclass(frozen=True)
class Sample:
    """One look. ``at_s``: when its ping left, since the line was taken out; negative before. ``rtt_ms``: of the ping,
    ``None``: lost. ``seen_s``: when the rest was asked for. ``gates``: uplink to whether new connections may use it.
    ``carrier``: the uplink that a new connection which begins with the rehearsed one takes now; ``None``: none."""

    at_s: float
    rtt_ms: float | None
    seen_s: float
    gates: Mapping[str, bool]
    carrier: str | None

    @property
    def answered(self) -> bool:
        return self.rtt_ms is not None


@dataclass(frozen=True)
class Rehearsal:
    """One uplink. ``out_s``: how long it was out. ``hold_s``: how long the router said that it would hold it back.
    ``connections``: moment (``before``, ``out``, ``after``) to uplink to connections that bear its mark."""

    uplink: str
    label: str
    limit_s: float
    target: str
    out_s: float
    hold_s: float | None
    samples: tuple[Sample, ...]
    connections: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def _dark(self) -> list[Sample]:
        return [sample for sample in self.samples if 0 <= sample.at_s < self.out_s]

    @property
    def _back(self) -> list[Sample]:
        return [sample for sample in self.samples if sample.at_s >= self.out_s]

    @property
    def noticed_s(self) -> float | None:
        """Until the router used the line no more."""
        return next((sample.seen_s for sample in self._dark if not sample.gates.get(self.uplink, False)), None)

    @property
    def without_s(self) -> float | None:
        """Until pings were answered again, and went on to be; ``None``: not while the line was out."""
        if not self._lost(self._dark):
            return 0.0
        return _steady(self._dark)

    @property
    def carrier(self) -> str | None:
        """Who carried when the line was about to come back."""
        return self._dark[-1].carrier if self._dark else None

    @property
    def pings(self) -> int:
        return len(self._dark)

    @property
    def lost(self) -> int:
        return self._lost(self._dark)

    @property
    def lost_at_return(self) -> int:
        return self._lost(self._back)

    @property
    def used_again_s(self) -> float | None:
        """Until new connections used the line again, from when it worked again."""
        used = (sample for sample in self._back if sample.gates.get(self.uplink) and sample.carrier == self.uplink)
        found = next((sample.seen_s for sample in used), None)
        return None if found is None else found - self.out_s

    @property
    def failed_over(self) -> bool:
        return self.noticed_s is not None and self.without_s is not None and self.carrier not in (None, self.uplink)

    @property
    def came_back(self) -> bool:
        return self.used_again_s is not None

    @property
    def in_time(self) -> bool:
        return self.without_s is not None and self.without_s <= self.limit_s

    @property
    def ok(self) -> bool:
        return self.failed_over and self.came_back

    def words(self) -> str:
        """One sentence for people."""
        if not self.failed_over:
            seen = "was noticed" if self.noticed_s is not None else "was not noticed"
            return (
                f"{self.label}: NO FAILOVER in {self.out_s:.0f} s: the failure {seen},"
                f" {self.lost} of {self.pings} pings lost"
            )
        back = "not used again" if self.used_again_s is None else f"used again after {self.used_again_s:.1f} s"
        late = "" if self.in_time else ", LONGER than it should"
        return (
            f"{self.label}: noticed after {self.noticed_s:.1f} s, {self.without_s:.1f} s without internet"
            f" (limit {self.limit_s:.1f} s{late}), {self.lost} of {self.pings} pings lost, {back}"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "uplink": self.uplink,
            "label": self.label,
            "ok": self.ok,
            "failed_over": self.failed_over,
            "in_time": self.in_time,
            "limit_s": _rounded(self.limit_s),
            "out_s": _rounded(self.out_s),
            "noticed_s": _rounded(self.noticed_s),
            "without_internet_s": _rounded(self.without_s),
            "carried_by": self.carrier,
            "pings": self.pings,
            "pings_lost": self.lost,
            "hold_s": _rounded(self.hold_s),
            "used_again_s": _rounded(self.used_again_s),
            "pings_lost_at_return": self.lost_at_return,
            "target": self.target,
            "connections": {when: dict(counts) for when, counts in self.connections.items()},
            "samples": [
                {
                    "at_s": _rounded(sample.at_s),
                    "rtt_ms": _rounded(sample.rtt_ms),
                    "seen_s": _rounded(sample.seen_s),
                    "gates": dict(sample.gates),
                    "carrier": sample.carrier,
                }
                for sample in self.samples
            ],
        }

    @staticmethod
    def _lost(samples: Sequence[Sample]) -> int:
        return sum(not sample.answered for sample in samples)


def _steady(samples: Sequence[Sample]) -> float | None:
    """The first answer after a loss behind which nothing is lost for a while, or to the end of what was seen."""
    first_loss = next(index for index, sample in enumerate(samples) if not sample.answered)
    for index in range(first_loss, len(samples)):
        run = list(takewhile(lambda sample: sample.answered, samples[index:]))
        if run and (run[-1].at_s - run[0].at_s >= STEADY_S):
            return run[0].at_s
    return None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
