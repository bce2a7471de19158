# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Class numbers for rows. A minor number has 16 bits, and a number must not change when other rows come or go.

A row has eight numbers: for each direction its class, the leaf for what no child takes, and a class for bursts. The
number of a leaf is also the major number (the handle) of the queues inside it; handles from 0x8000 on are the kernel's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NODE, REST, PEAK = 0, 1, 2
_PER_ROW, _PER_DIRECTION = 8, 4
MOST_ROWS = 4093  # prime; 8 * 4093 + 15 is below 0x8000
#: Queues inside all leaves together, and inside one leaf. The kernel has 32767 handles for them, and takes a second for
#: the first ten thousand, in which the router does nothing else.
_ALL_SLOTS, MOST_SLOTS, _FEWEST_SLOTS = 4096, 256, 2
PEAK_SLOT = 0x4000


def bases(row_ids: Iterable[int]) -> Mapping[int, int]:
    """Row id -> first of its numbers, for the first ``MOST_ROWS`` rows."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for row_id in sorted(row_ids)[:MOST_ROWS]:
        place = row_id % MOST_ROWS
        while place in taken:
            place = (place + 1) % MOST_ROWS
        taken.add(place)
        found[row_id] = _PER_ROW * (place + 1)
    return found


def minor(base: int, direction: int, part: int) -> int:
    return base + _PER_DIRECTION * direction + part


def most_slots(leaves: int) -> int:
    """How many queues each of so many leaves with queues inside may have."""
    return max(_FEWEST_SLOTS, min(MOST_SLOTS, _ALL_SLOTS // max(1, leaves)))
