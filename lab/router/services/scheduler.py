# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/scheduler``: runs scripts at their time; runs may overlap (facts 6.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from lab.router.services.base import RouterHost, format_moment
from lab.router.services.devicemode import INACTIVATED
from lab.router.services.scripts import ScriptService, row_policies
from lab.router.services.timetable import Boot, next_run
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.verbs.show import ABOUT

MENU = "/system/scheduler"
#: a clock that is set may jump: look again after this long at the latest
_LONGEST_WAIT_S = 60.0


@dataclass
class _Entry:
    row: ConfigRow
    added: float
    due: float | None
    runs: int = 0


class Scheduler:
    def __init__(
        self,
        host: RouterHost,
        scripts: ScriptService,
        *,
        allowed: Callable[[str], bool] = lambda feature: True,
        added: dict[int, float] | None = None,
    ) -> None:
        self._host = host
        self._added = {} if added is None else added
        self._allowed = allowed
        #: nothing runs by itself: for routers that only their API is asked of
        self.paused = False
        self._scripts = scripts
        self._boot = Boot(host.clock())
        self._entries: dict[int, _Entry] = {}
        self._changed = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._runs: set[asyncio.Task[bool]] = set()

    def plug(self) -> None:
        """The menu is the store's own."""

    async def start(self) -> None:
        self._boot = Boot(self._host.clock())
        self._entries.clear()
        self._take(self._host.store.snapshot(), now=self._boot.at)
        self._loop = asyncio.create_task(self._work())

    async def stop(self) -> None:
        tasks: list[asyncio.Task[None] | asyncio.Task[bool]] = [*self._runs]
        if self._loop is not None:
            tasks.append(self._loop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop = None

    def refresh(self, snapshot: Snapshot) -> None:
        """New and changed rows get their next run; a row that only ran keeps its own."""
        self._take(snapshot, now=self._host.clock())

    def _take(self, snapshot: Snapshot, *, now: float) -> None:
        rows = {row.id: row for row in snapshot.rows(MENU)}
        for gone in set(self._entries) - set(rows):
            del self._entries[gone]
            self._added.pop(gone, None)
        for row in rows.values():
            known = self._entries.get(row.id)
            if known is not None and known.row.values == row.values:
                continue
            if known is not None and _timing(known.row) == _timing(row):
                known.row = row
            else:
                if known is not None or row.id not in self._added:
                    self._added[row.id] = now
                added = self._added[row.id]
                self._entries[row.id] = _Entry(row, added, self._next(row, added, now), known.runs if known else 0)
            self._show(row.id)
        self._changed.set()

    def _next(self, row: ConfigRow, added: float, now: float) -> float | None:
        if self.paused or not row.enabled or not self._allowed("scheduler"):
            return None
        return next_run(row, boot=self._boot, added=added, now=now)

    def _show(self, row_id: int) -> None:
        entry = self._entries[row_id]
        due = None if entry.due is None else format_moment(self._host.version, entry.due)
        owner = self._owner(entry.row)
        self._host.engine.set_runtime(MENU, row_id, next_run=due, run_count=str(entry.runs), owner=owner)
        if not self._allowed("scheduler"):  # accepted, with flag X and this remark (facts 6.6, 8)
            self._host.engine.set_runtime(MENU, row_id, disabled="true", **{ABOUT: INACTIVATED})

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            now = self._host.clock()
            for row_id in [i for i, entry in self._entries.items() if entry.due is not None and entry.due <= now]:
                self._fire(row_id, now)
            waits = [entry.due - now for entry in self._entries.values() if entry.due is not None]
            try:
                async with asyncio.timeout(max(0.0, min([*waits, _LONGEST_WAIT_S]))):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _fire(self, row_id: int, now: float) -> None:
        entry = self._entries[row_id]
        entry.runs += 1
        entry.due = self._next(entry.row, entry.added, now)
        self._show(row_id)
        row = entry.row
        run = self._scripts.run_event(
            row.get("on-event"),
            user=self._owner(row),
            policies=row_policies(row),
            origin=f"scheduler:{row.get('name')}",
        )
        task = asyncio.create_task(run)
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)

    def _owner(self, row: ConfigRow) -> str:
        """Who added the row: its globals are that user's. Rows from the factory belong to admin."""
        for entry in reversed(self._host.store.journal):
            if entry.menu == MENU and entry.command == "add" and entry.args.get("name") == row.get("name"):
                return entry.user
        return "admin"


def _timing(row: ConfigRow) -> tuple[str, ...]:
    return tuple(row.get(name) for name in ("interval", "start-date", "start-time", "disabled", "name"))
