# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Arithmetic of what lines carry and segments are sure of. Speeds in bit/s.

RouterOS' queues are strict: what is left over after all that is guaranteed goes to the best priority that still wants
some, all of it. A segment that nothing is guaranteed to could not even look up a name while a better one floods. So a
tenth of what nobody was promised is kept for those who were promised nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from .bandwidth_model import Bandwidth, Rates, usable
from .model import Branch, Segment

_KEPT_PERCENT = 10
_UNLIMITED = Bandwidth()


def wishes(segment: Segment) -> Bandwidth:
    """What holds of a segment, also of one that says nothing."""
    return segment.bandwidth or _UNLIMITED


def capacity(branch: Branch) -> Rates | None:
    """What is given out while every line lives; ``None`` when the branch does not say what its lines carry."""
    if not all(uplink.download and uplink.upload for uplink in branch.uplinks):
        return None
    sharing = [uplink for uplink in branch.uplinks if not uplink.metered]
    used = branch.by_priority[:1] if branch.mode == "failover" else sharing
    return Rates(
        download=sum(usable(uplink.download or 0) for uplink in used),
        upload=sum(usable(uplink.upload or 0) for uplink in used),
    )


def guarantees(branch: Branch) -> Mapping[str, Rates]:
    """Segment to what it is sure of, where the speeds of all lines are known."""
    if capacity(branch) is None:
        return {}
    ways = {way: _of_one_way(branch, way) for way in ("download", "upload")}
    return {
        segment.name: Rates(download=ways["download"][segment.name], upload=ways["upload"][segment.name])
        for segment in branch.segments
    }


def _of_one_way(branch: Branch, way: str) -> dict[str, int]:
    promised = {segment.name: getattr(wishes(segment).guaranteed, way) or 0 for segment in branch.segments}
    slowest = min(usable(getattr(uplink, way)) for uplink in branch.uplinks if not uplink.metered)
    others = [segment for segment in branch.segments if not promised[segment.name]]
    kept = (slowest - sum(promised.values())) * _KEPT_PERCENT // 100 // max(len(others), 1) // 1000 * 1000
    for segment in others:
        limit = getattr(wishes(segment).limit, way)
        promised[segment.name] = min(kept, limit) if limit else kept
    return promised


def sums(branch: Branch) -> Rates:
    """Of all guarantees."""
    found = guarantees(branch).values()
    return Rates(download=sum(rates.download or 0 for rates in found), upload=sum(rates.upload or 0 for rates in found))


def fits(branch: Branch) -> bool:
    """Whether every line alone can keep all guarantees. Only a metered one may be too slow for that."""
    total = sums(branch)
    return all(
        (total.download or 0) <= usable(uplink.download or 0) and (total.upload or 0) <= usable(uplink.upload or 0)
        for uplink in branch.uplinks
    )
