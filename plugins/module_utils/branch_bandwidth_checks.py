# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Limits beside the lines that are to keep them, the router's version and FastTrack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .bandwidth_model import SHARE_PERCENT, Bandwidth, usable
from .branch_bandwidth import RATE_KEYS, rate_text
from .branch_uplinks import Read
from .model import Segment, Uplink
from .problems import Problem, Problems
from .versions import FAIR_QUEUES, Version

_SEGMENTS = "multiwan_segments"
_NO_SPEEDS = "a download and an upload for every uplink beside it, so that there is something to share"


def check(
    segments: Read[Segment], uplinks: Read[Uplink], fasttrack: str | None, version: Version, problems: Problems
) -> None:
    """Notes every mistake between a segment's bandwidth and the rest of the branch."""
    said = {path: value for path, value in segments.seen.items() if isinstance(value, Bandwidth)}
    for problem in (
        *_too_new(said, version),
        *_without_speeds(said, uplinks.values),
        *_too_much(said, uplinks.values),
        *_fasttrack(said, uplinks.values, fasttrack),
    ):
        problems.add(problem.path, problem.seen, problem.allowed)


Said = dict[str, Bandwidth]


def _too_new(said: Said, version: Version) -> Iterator[Problem]:
    for path, found in said.items():
        if found.fair in ("fq-codel", "cake") and not FAIR_QUEUES.on(version):
            yield Problem(f"{path}.fair", found.fair, f"pcq or none: RouterOS {version} has no {FAIR_QUEUES.words}")


def _without_speeds(said: Said, uplinks: Sequence[Uplink]) -> Iterator[Problem]:
    """Who is served first, and what is kept for whom, is decided where the lines' capacity is known."""
    if not uplinks or all(uplink.download and uplink.upload for uplink in uplinks):
        return
    for path, found in said.items():
        if found.guaranteed:
            yield Problem(f"{path}.guaranteed", "uplinks without speeds", _NO_SPEEDS)
        if found.priority < Bandwidth().priority:
            yield Problem(f"{path}.priority", "uplinks without speeds", _NO_SPEEDS)


def _too_much(said: Said, uplinks: Sequence[Uplink]) -> Iterator[Problem]:
    """In every mode the day comes when a single line carries everything. On a metered one that is too slow, the router
    cuts what was guaranteed in proportion."""
    bearing = [uplink for uplink in uplinks if not uplink.metered]
    for way in RATE_KEYS:
        known = [(speed, uplink.name) for uplink in bearing if (speed := getattr(uplink, way))]
        total = sum(getattr(found.guaranteed, way) or 0 for found in said.values())
        if not known or len(known) < len(bearing):
            continue
        speed, name = min(known)
        if total > usable(speed):
            most = rate_text(usable(speed))
            seen = f"guarantees of {rate_text(total)} {way} together"
            yield Problem(
                _SEGMENTS,
                seen,
                f"at most {most}: {SHARE_PERCENT} % of {name}, the slowest line that may have to carry them alone",
            )


def _fasttrack(said: Said, uplinks: Sequence[Uplink], fasttrack: str | None) -> Iterator[Problem]:
    """``primary only``: such packets pass no queue, and follow the router's own way out whatever their mark says.
    ``keep off marked connections``: what is left to FastTrack is what ``internet_only: false`` counts besides."""
    inside = next((path for path, found in said.items() if not found.internet_only), None)
    if fasttrack == "keep off marked connections" and inside:
        yield Problem(
            "multiwan_fasttrack",
            fasttrack,
            "remove: connections between segments bear no mark and stay fast-tracked, past every queue, while"
            f" {inside} counts them (internet_only: false)",
        )
    if fasttrack != "primary only":
        return
    for path in list(said)[:1]:
        yield Problem(
            "multiwan_fasttrack",
            fasttrack,
            f"keep off marked connections, or remove: fast-tracked packets pass no queue, so {path} would mean nothing",
        )
    for uplink in sorted(uplinks, key=lambda uplink: (uplink.metered, uplink.priority, uplink.position))[:1]:
        if uplink.probe.loss is not None or uplink.probe.latency_ms is not None:
            yield Problem(
                "multiwan_fasttrack",
                fasttrack,
                f"keep off marked connections, or remove: while {uplink.name} is poor its connections stay there,"
                " and fast-tracked ones would leave by another line with the wrong address",
            )
