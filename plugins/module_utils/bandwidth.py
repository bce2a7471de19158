# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``bandwidth``: simple queues.

A packet takes the first queue of the list that fits it (manual, queues), so what stays inside comes first. Behind it a
parent of all segments holds what the living lines carry, and each segment is a child of it.

A target is the network of a segment, not its interface: simple queues see a packet after source NAT with the addresses
that it has inside, and the kinds of queue that are fair to clients tell these apart by the same addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

from . import bandwidth_script, names
from .bandwidth_kinds import kind_rows, kinds
from .bandwidth_model import Bandwidth, Rates
from .bandwidth_shares import capacity, fits, guarantees, wishes
from .model import Branch, Segment
from .plan import Row
from .scripts import periodic, run_script
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "bandwidth"
SIMPLE = "/queue/simple"
#: Tags of what is about no single segment; a segment's have other last words.
ALL = "all"
_POLICY = "read,write"


def bandwidth_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Nothing, unless a segment says ``bandwidth``."""
    if not any(segment.bandwidth for segment in branch.segments):
        return ()
    most = capacity(branch)
    queued = branch.segments if most else tuple(segment for segment in branch.segments if segment.bandwidth)
    return (
        *(row for segment in queued for row in kind_rows(segment, _limit(segment, most), ROLE)),
        *_inside(branch, queued),
        *(_total(queued, most) if most else ()),
        *(_queue(branch, segment, most) for segment in sorted(queued, key=_counts_all, reverse=True)),
        *(_follow(branch, version) if most else ()),
    )


def _counts_all(segment: Segment) -> bool:
    """Between two segments a packet belongs to the one that counts such traffic, so its queue comes first."""
    return not wishes(segment).internet_only


def _networks(segments: Iterable[Segment]) -> list[IPv4Network]:
    return sorted(segment.address.network for segment in segments)


def _targets(networks: Iterable[IPv4Network]) -> str:
    return ",".join(str(network) for network in networks)


# --- what is not the internet


def inside(branch: Branch) -> list[IPv4Network]:
    """What ``pcc`` never balances either: segments, lines and ``multiwan_bypass``. Segments that count everything are
    cut out."""
    lines = (network for uplink in branch.uplinks for network in uplink.networks)
    found = list(collapse_addresses([*branch.bypass, *_networks(branch.segments), *lines]))
    for counted in _networks(segment for segment in branch.segments if _counts_all(segment)):
        found = [part for network in found for part in _without(network, counted)]
    return sorted(found)


def _without(network: IPv4Network, hole: IPv4Network) -> Iterator[IPv4Network]:
    if not network.overlaps(hole):
        yield network
    elif hole.subnet_of(network) and hole != network:
        yield from network.address_exclude(hole)


def _inside(branch: Branch, queued: Sequence[Segment]) -> Iterator[Row]:
    targets = _networks(segment for segment in queued if not _counts_all(segment))
    for network in inside(branch) if targets else ():
        place = str(network).replace("/", "-")
        values = {"name": f"{names.INSIDE_QUEUE}-{place}", "target": _targets(targets), "dst": str(network)}
        yield owned(SIMPLE, tag(ROLE, "inside", place), "Inside and bypass: not limited", values)


# --- what is


def _total(queued: Sequence[Segment], most: Rates) -> Iterator[Row]:
    """``max-limit`` is changed by the script when a line dies or comes back."""
    values = {"name": names.TOTAL_QUEUE, "target": _targets(_networks(queued)), "max-limit": _pair(most)}
    about = "Internet of all segments: what the living lines carry"
    yield owned(SIMPLE, tag(ROLE, ALL, "total"), about, values, runtime=("max-limit",))


def _limit(segment: Segment, most: Rates | None) -> Rates:
    """Without a limit of its own a segment under the parent may have all: RouterOS wants some ``max-limit`` there."""
    limit = wishes(segment).limit
    return Rates(
        download=limit.download or (most.download if most else None),
        upload=limit.upload or (most.upload if most else None),
    )


def _queue(branch: Branch, segment: Segment, most: Rates | None) -> Row:
    """``limit-at`` is changed by the script where a line is too slow for all guarantees."""
    said = wishes(segment)
    sure = guarantees(branch).get(segment.name, Rates())
    values = {
        "name": names.segment_queue(segment.name),
        "target": str(segment.address.network),
        "parent": names.TOTAL_QUEUE if most else "none",
        "max-limit": _pair(_limit(segment, most)),
        "limit-at": _pair(sure),
        "priority": f"{said.priority}/{said.priority}",
        "queue": kinds(segment, ROLE),
        **_burst(said, sure),
    }
    runtime = () if not most or fits(branch) else ("limit-at",)
    about = f"{ascii_label(segment.label)}: limits"
    return owned(SIMPLE, tag(ROLE, segment.name, "queue"), about, values, runtime=runtime)


def _pair(rates: Rates) -> str:
    return f"{rates.upload or 0}/{rates.download or 0}"


def _burst(said: Bandwidth, sure: Rates) -> dict[str, str]:
    """The average that ends a burst is held against three quarters of the limit; RouterOS wants it between what is
    guaranteed and the limit."""
    if not said.burst.rates:
        return {}
    ways = {way: getattr(said.burst.rates, way) for way in ("upload", "download")}
    thresholds = {
        way: max(getattr(said.limit, way) * 3 // 4, getattr(sure, way) or 0) if ways[way] else 0 for way in ways
    }
    times = {way: f"{said.burst.time_s if ways[way] else 0}s" for way in ways}
    return {
        "burst-limit": _pair(said.burst.rates),
        "burst-threshold": f"{thresholds['upload']}/{thresholds['download']}",
        "burst-time": f"{times['upload']}/{times['download']}",
    }


# --- the living lines


def _follow(branch: Branch, version: Version) -> Iterator[Row]:
    script = {"name": names.SCRIPT_BANDWIDTH, "source": bandwidth_script.follow(branch, version), "policy": _POLICY}
    yield owned("/system/script", tag(ROLE, ALL, "follow"), "Limits follow the lines that live", script)
    event = run_script(names.SCRIPT_BANDWIDTH)
    values = periodic(names.SCRIPT_BANDWIDTH, f"{bandwidth_script.TICK_S}s", _POLICY, event)
    yield owned("/system/scheduler", tag(ROLE, ALL, "follow"), "Limits follow the lines that live", values)
