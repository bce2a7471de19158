# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the clients of a segment share what it has: kinds of queue (``/queue/type``).

They are ours, not RouterOS' ``pcq-upload-default`` and ``pcq-download-default``: those may have been changed, and their
50 KiB for each client are a second of waiting where ten clients share 4 Mbit/s.
"""

from __future__ import annotations

from collections.abc import Iterator

from .bandwidth_model import Rates
from .bandwidth_shares import wishes
from .model import Segment
from .plan import Row
from .tags import named, tag

TYPE = "/queue/type"
#: 50 packets; ``default-small`` has 10, too few for a single connection at a few Mbit/s.
_FIFO = "default/default"
#: A client that is alone needs a queue of about its round trip, here 50 ms of its speed. More only makes others wait.
#: Never longer than RouterOS' own, never shorter than seven packets.
_ALONE_MS = 50
_SHORTEST_KIB, _LONGEST_KIB = 10, 50


def kinds(segment: Segment, role: str) -> str:
    """Value of ``queue`` of a segment's queue, up and down."""
    if wishes(segment).fair == "none":
        return _FIFO
    return f"{tag(role, segment.name, 'up')}/{tag(role, segment.name, 'down')}"


def kind_rows(segment: Segment, limit: Rates, role: str) -> Iterator[Row]:
    """``limit``: what the segment can have at most."""
    said = wishes(segment)
    if said.fair == "none":
        return
    for part, side, way in (("up", "src", "upload"), ("down", "dst", "download")):
        per_client = getattr(said.per_client, way)
        fastest = per_client or getattr(limit, way)
        yield named(TYPE, tag(role, segment.name, part), _kind(said.fair, side, per_client or 0, fastest))


def _kind(fair: str, side: str, rate: int, fastest: int | None) -> dict[str, str]:
    """``cake-nat``: the queue comes after source NAT, so cake must ask for the address inside (manual, CAKE)."""
    if fair == "pcq":
        length = f"{_length_kib(fastest)}KiB"
        return {"kind": "pcq", "pcq-classifier": f"{side}-address", "pcq-rate": str(rate), "pcq-limit": length}
    if fair == "cake":
        return {"kind": "cake", "cake-flowmode": f"dual-{side}host", "cake-nat": "yes"}
    return {"kind": fair}


def _length_kib(fastest: int | None) -> int:
    """Of the queue of a client that may reach ``fastest`` bit/s."""
    wanted = _LONGEST_KIB if fastest is None else fastest * _ALONE_MS // 1000 // 8 // 1024
    return min(max(wanted, _SHORTEST_KIB), _LONGEST_KIB)
