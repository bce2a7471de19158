# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/log``: the last thousand lines in memory."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lab.router.services.base import RouterHost, at_least, format_moment
from lab.schema.snapshot import Snapshot
from lab.store import Trap, format_id
from lab.verbs import Action, Caller, Reply

#: /system/logging/action memory, memory-lines [cr]
MEMORY_LINES = 1000
_LEVELS = ("debug", "error", "info", "warning")


@dataclass(frozen=True)
class LogLine:
    """``time`` in seconds of the router's clock; ``topics`` with commas, as ``script,info``."""

    id: int
    time: float
    topics: str
    message: str


class LogService:
    """Takes lines from all services (host.log) and from ``/log info``; ``sinks`` see each line as it comes."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host
        self._lines: deque[LogLine] = deque(maxlen=MEMORY_LINES)
        self._next = 1
        self.sinks: list[Callable[[LogLine], None]] = []

    def plug(self) -> None:
        self._host.engine.virtual["/log"] = self
        for level in _LEVELS:
            self._host.engine.actions["/log", level] = self._action(level)

    async def start(self) -> None:
        """Lines are taken from the moment on that the service exists."""

    async def stop(self) -> None:
        self.sinks.clear()

    def refresh(self, snapshot: Snapshot) -> None:
        """Nothing in the configuration matters: /system/logging is stored only."""

    @property
    def lines(self) -> Sequence[LogLine]:
        return tuple(self._lines)

    def write(self, topics: str, message: str) -> None:
        line = LogLine(self._next, self._host.clock(), topics, message)
        self._next += 1
        self._lines.append(line)
        self._host.engine.announce("/log", {".id": format_id(line.id), **self._row(line)})
        for sink in tuple(self.sinks):
            sink(line)

    # ---- the menu

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [(line.id, self._row(line)) for line in self._lines]

    def _row(self, line: LogLine) -> dict[str, str]:
        return {"time": self._shown(line.time), "topics": line.topics, "message": line.message}

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such command", 0)

    def _shown(self, moment: float) -> str:
        """Before 7.10 lines of today carry only the time of day."""
        if not at_least(self._host.version, "7.10"):
            then, now = (datetime.datetime.fromtimestamp(t, datetime.UTC) for t in (moment, self._host.clock()))
            return then.strftime("%H:%M:%S") if then.date() == now.date() else then.strftime("%b/%d %H:%M:%S").lower()
        return format_moment(self._host.version, moment)

    def _action(self, level: str) -> Action:
        async def act(args: Mapping[str, str], caller: Caller) -> Reply:
            if not caller.may("write"):
                raise Trap("not enough permissions (9)")
            if "message" not in args:
                raise Trap("missing =message=", 0)
            self.write(f"script,{level}", args["message"])
            return Reply()

        return act
