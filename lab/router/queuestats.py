# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows of ``/queue`` show of the kernel's queues."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from lab.actuate.tc import ClassCount
from lab.derive.plan import QueuePlan

Values = Mapping[str, str]

QUEUE_MENUS = frozenset({"/queue/simple", "/queue/tree"})
_ONE_PRINT_S = 0.05


class QueueStats:
    """``plan`` says which classes are a row's, ``read`` gives their counters."""

    def __init__(self, read: Callable[[], Mapping[int, ClassCount]], plan: Callable[[], QueuePlan]) -> None:
        self._read = read
        self._plan = plan
        self._counted: tuple[float, Mapping[int, ClassCount]] = (float("-inf"), {})

    def __call__(self, menu: str, row_id: int) -> Values:
        """``up/down`` of a simple queue; {} for a row that is not enacted."""
        ways = self._plan().counted.get((menu, row_id))
        if ways is None:
            return {}
        found = self._counters()
        each = [_shown(found, number, leaves) for number, leaves in ways]
        return {name: "/".join(str(way[name]) for way in each) for name in each[0]}

    def _counters(self) -> Mapping[int, ClassCount]:
        """All counters, read once for the rows of one print."""
        at, counted = self._counted
        now = time.monotonic()
        if now - at > _ONE_PRINT_S:
            counted = self._read()
            self._counted = (now, counted)
        return counted


def _shown(found: Mapping[int, ClassCount], number: int, leaves: tuple[int, ...]) -> dict[str, int]:
    """Only leaves drop and hold packets; bytes and rates of a class are those of all below it."""
    none = ClassCount()
    own = found.get(number, none)
    below = [found.get(leaf, none) for leaf in leaves]
    return {
        "bytes": own.bytes,
        "packets": own.packets,
        "dropped": sum(leaf.dropped for leaf in below),
        "rate": own.bits,
        "packet-rate": own.pps,
        "queued-bytes": sum(leaf.queued_bytes for leaf in below),
        "queued-packets": sum(leaf.queued_packets for leaf in below),
    }
