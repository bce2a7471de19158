# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_segments[].bandwidth``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .bandwidth_model import FAIR, FIRST_PRIORITY, LAST_PRIORITY, Bandwidth, Burst, Rates
from .fields import Fields
from .problems import Problems

KEYS = ("download", "upload", "guaranteed", "priority", "per_client", "fair", "burst", "internet_only")
RATE_KEYS = ("download", "upload")
BURST_KEYS = (*RATE_KEYS, "time")
_TIME_ALLOWED = "a time of whole seconds from 1s to 300s"
_TIME = re.compile(r"([0-9]{1,3})s?")


def read_bandwidth(fields: Fields, problems: Problems) -> Bandwidth | None:
    """Of the segment ``fields``; ``None`` when it says nothing."""
    if not fields.has("bandwidth"):
        return None
    path = fields.at("bandwidth")
    said = Fields(fields.values["bandwidth"], path, problems, KEYS)
    found = Bandwidth(
        limit=_rates(said),
        guaranteed=_rates(_part(said, "guaranteed", RATE_KEYS)),
        priority=said.integer("priority", FIRST_PRIORITY, LAST_PRIORITY) or LAST_PRIORITY,
        per_client=_rates(_part(said, "per_client", RATE_KEYS)),
        fair=said.choice("fair", FAIR, "pcq"),
        burst=_burst(_part(said, "burst", BURST_KEYS)),
        internet_only=said.boolean("internet_only", True),
    )
    if said.is_mapping and not said.values:
        problems.add(path, "nothing in it", "one or more of " + ", ".join(KEYS))
    for where, seen, allowed in _contradictions(found, said):
        problems.add(where, seen, allowed)
    return found


def rate_text(bits: int) -> str:
    """As people write it."""
    for unit, size in (("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)):
        if bits >= size and bits * 1000 % size == 0:
            return f"{bits / size:.3f}".rstrip("0").rstrip(".") + unit
    return str(bits)


def _part(said: Fields, key: str, known: tuple[str, ...]) -> Fields:
    """A mapping inside the mapping; an empty one when it is missing."""
    return Fields(said.values[key] if said.has(key) else {}, said.at(key), said.problems, known)


def _rates(fields: Fields) -> Rates:
    return Rates(download=fields.rate("download"), upload=fields.rate("upload"))


def _burst(fields: Fields) -> Burst:
    return Burst(_rates(fields), fields.read("time", _seconds, _TIME_ALLOWED) or Burst().time_s)


def _seconds(value: Any) -> int:
    match = _TIME.fullmatch(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if match is None or not 1 <= int(match[1]) <= 300:
        raise ValueError(value)
    return int(match[1])


Mistake = tuple[str, str, str]


def _contradictions(found: Bandwidth, said: Fields) -> Iterator[Mistake]:
    """Within one segment."""
    for way in RATE_KEYS:
        limit = getattr(found.limit, way)
        for key, rates in (("guaranteed", found.guaranteed), ("per_client", found.per_client)):
            given = getattr(rates, way)
            if given is not None and limit is not None and given > limit:
                yield _at(said, key, way), rate_text(given), f"at most {rate_text(limit)}, the {way} of this segment"
        burst = getattr(found.burst.rates, way)
        if burst is None:
            continue
        if limit is None:
            if not said.has(way):  # one that can't be read was told already
                yield (
                    _at(said, "burst", way),
                    rate_text(burst),
                    f"a limit of the {way} beside it",
                )
        elif burst <= limit:
            yield _at(said, "burst", way), rate_text(burst), f"more than {rate_text(limit)}, the {way} of this segment"
    if found.per_client and found.fair != "pcq":
        yield said.at("fair"), found.fair, "pcq beside per_client: no other kind has a limit for each client"
    burst_part = said.values.get("burst")
    if isinstance(burst_part, dict) and "time" in burst_part and not found.burst.rates:
        yield said.at("burst"), "a time alone", "download or upload beside it"
    if not found.internet_only and not (found.limit or found.per_client):
        yield said.at("internet_only"), "false", "a download, an upload or a per_client beside it: nothing is limited"


def _at(said: Fields, key: str, way: str) -> str:
    return f"{said.at(key)}.{way}"
