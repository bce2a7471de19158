# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/tool/netwatch``: rows that probe, change their status and run scripts (facts 3.2).

Not enacted, so such rows stay at status unknown: hosts that are no plain IPv4 address (type ``dns``: names).
Stored only: ``early-success-detection``, ``early-failure-detection``, ``certificate``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from lab.observe.netwatch_config import READ_ONLY, Defaults, Watch, config_of, not_enacted, read_row
from lab.observe.netwatch_probes import Result, Router, probe
from lab.observe.ping import Pinger
from lab.observe.tasks import spawn
from lab.schema.snapshot import ConfigRow

RunEvent = Callable[[str, Mapping[str, str | int]], Awaitable[None]]
SetStatus = Callable[[int, Mapping[str, str | None]], None]
Log = Callable[[str, str], None]

TOPICS = "netwatch,info"
_logger = logging.getLogger(__name__)
_FRESH: dict[str, str | None] = {
    **dict.fromkeys(READ_ONLY),
    "status": "unknown",
    "done-tests": "0",
    "failed-tests": "0",
}


def utc_date() -> str:
    """Now as RouterOS 7.10 and later print dates, for a router whose clock stands at UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())


class _Row:
    """One enabled row that is probed."""

    def __init__(self, owner: NetwatchMonitor, row: ConfigRow) -> None:
        self.owner = owner
        self.row_id = row.id
        self.watch = read_row(row, owner.defaults)
        self.interval_text = row.get("interval", f"{self.watch.interval_s:g}s")
        self.timeout_text = row.get("timeout", f"{self.watch.timeout_s:g}s")
        self.status = "unknown"
        self.since = ""
        self.done = 0
        self.failed = 0
        self.task = spawn(self._run(), f"netwatch {self.watch.host}")

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        watch = self.watch
        due = max(loop.time() + watch.start_delay_s, self.owner.booted_at + watch.startup_delay_s)
        await asyncio.sleep(due - loop.time())
        while True:
            self._take(await self.owner.ask(watch))
            due = max(due + watch.interval_s, loop.time())
            await self.owner.pause(due - loop.time())

    def _take(self, result: Result) -> None:
        self.done += 1
        self.failed += not result.passed
        before, self.status = self.status, "up" if result.passed else "down"
        if self.status != before:
            self.since = self.owner.date()
        self.owner.set_status(self.row_id, {**self._generic(), **result.shown})
        variables = self._variables(result)
        if self.status != before:
            kind = self.watch.type.replace("-", "_")
            self.owner.log(TOPICS, f"event {self.status} [ type: {kind}, host: {self.watch.host} ]")
            if not self._ignored(before):
                self.owner.run(self.watch.up_script if result.passed else self.watch.down_script, variables)
        self.owner.run(self.watch.test_script, variables)

    def _ignored(self, before: str) -> bool:
        if before != "unknown":
            return False
        return self.watch.ignore_initial_up if self.status == "up" else self.watch.ignore_initial_down

    def _generic(self) -> dict[str, str | None]:
        return {
            "status": self.status,
            "since": self.since,
            "done-tests": str(self.done),
            "failed-tests": str(self.failed),
        }

    def _variables(self, result: Result) -> dict[str, str | int]:
        watch = self.watch
        return {
            "name": watch.name,
            "comment": watch.comment,
            "host": watch.host,
            "type": watch.type,
            "interval": self.interval_text,
            "timeout": self.timeout_text,
            "since": self.since,
            "status": self.status,
            "done-tests": self.done,
            "failed-tests": self.failed,
            **result.variables,
        }


class NetwatchMonitor:
    """All netwatch rows of one router. ``refresh`` after each change of the configuration, ``stop`` at the end.

    ``run_event(source, variables)`` runs a script as ``*sys``; ``booted_at`` is the router's start by
    ``time.monotonic()``, which the loop's clock is too (now when left out); ``date`` gives the wall clock as text;
    ``router``: the rest of the router, for tests that need names or certificates.
    """

    def __init__(
        self,
        name: str,
        *,
        set_status: SetStatus,
        run_event: RunEvent,
        log: Log,
        defaults: Defaults | None = None,
        booted_at: float | None = None,
        date: Callable[[], str] = utc_date,
        router: Router | None = None,
    ) -> None:
        self.name = name
        self.set_status = set_status
        self.log = log
        self.defaults = defaults or Defaults()
        self.booted_at = time.monotonic() if booted_at is None else booted_at
        self.date = date
        self.router = router or Router()
        self._run_event = run_event
        self._configs: dict[int, Mapping[str, str]] = {}
        self._rows: dict[int, _Row] = {}
        self._scripts: set[asyncio.Task[None]] = set()
        self._pinger: Pinger | None = None

    def refresh(self, rows: Sequence[ConfigRow]) -> None:
        """Work by these rows from now on; one that changed in any property starts anew at status unknown."""
        configs = {row.id: config_of(row) for row in rows}
        for row_id in [row_id for row_id, config in self._configs.items() if configs.get(row_id) != config]:
            del self._configs[row_id]
            if row_id in self._rows:
                self._rows.pop(row_id).task.cancel()
        for row in rows:
            if row.id in self._configs:
                continue
            self._configs[row.id] = configs[row.id]
            self.set_status(row.id, _FRESH)
            why = not_enacted(row)
            if why:
                _logger.warning("netwatch row *%X: %s", row.id, why)
            elif row.enabled:
                self._rows[row.id] = _Row(self, row)

    async def stop(self) -> None:
        tasks = [row.task for row in self._rows.values()] + list(self._scripts)
        self._rows.clear()
        self._configs.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._pinger is not None:
            self._pinger.close()
            self._pinger = None

    async def ask(self, watch: Watch) -> Result:
        """One test of a row."""
        return await probe(self.name, self.pinger(), watch, self.router)

    async def pause(self, seconds: float) -> None:
        """Until the next test of a row is due."""
        await asyncio.sleep(seconds)

    def pinger(self) -> Pinger:
        if self._pinger is None:
            self._pinger = Pinger(self.name)
        return self._pinger

    def run(self, source: str, variables: Mapping[str, str | int]) -> None:
        """Start a script; probing does not wait for it."""
        if not source:
            return
        task = spawn(self._script(source, variables), "netwatch script")
        self._scripts.add(task)
        task.add_done_callback(self._scripts.discard)

    async def _script(self, source: str, variables: Mapping[str, str | int]) -> None:
        await self._run_event(source, variables)
