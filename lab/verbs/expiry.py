# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Address-list entries with a timeout: how long each has left, and which are over."""

from __future__ import annotations

from collections.abc import Callable

from lab.schema.snapshot import ConfigRow
from lab.store import Store
from lab.values.scalar import format_duration, parse_duration
from lab.verbs.show import ADDRESS_LIST

_US = 1_000_000


class Expiry:
    """Deadlines in seconds of the router's clock. A write of ``timeout`` sets it anew; 0s is for ever."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock
        self.deadlines: dict[int, float] = {}
        self._timeouts: dict[int, str] = {}
        store.watchers.append(self._changed)

    def _changed(self, menu: str, row_id: int, row: ConfigRow | None) -> None:
        if menu != ADDRESS_LIST:
            return
        timeout = row.get("timeout") if row is not None else ""
        if timeout == self._timeouts.get(row_id, ""):
            return
        self.deadlines.pop(row_id, None)
        self._timeouts.pop(row_id, None)
        if timeout and timeout != "0s":
            self._timeouts[row_id] = timeout
            self.deadlines[row_id] = self.clock() + parse_duration(timeout) / _US

    def left(self, row_id: int) -> str | None:
        """What print shows as ``timeout``, in whole seconds."""
        deadline = self.deadlines.get(row_id)
        return None if deadline is None else format_duration(max(0, round(deadline - self.clock())) * _US)

    def due(self) -> float | None:
        """When the next entry is over."""
        return min(self.deadlines.values(), default=None)

    def expire(self) -> list[int]:
        """Remove what is over; returns the ids."""
        now = self.clock()
        over = [row_id for row_id, deadline in self.deadlines.items() if deadline <= now]
        if over:
            self.store.remove(ADDRESS_LIST, over)
        return over
