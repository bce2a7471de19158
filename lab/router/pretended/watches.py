# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Netwatch and DHCP alerts of a router without a kernel: the rows and scripts are real, what they see is pretended.

A row does not ask each second but when something around the router has changed, and once a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from lab.observe.dhcp_alert import AlertConfig, AlertProber, Memory, Server, read_row
from lab.observe.netwatch import NetwatchMonitor
from lab.observe.netwatch_config import Watch, not_enacted
from lab.observe.netwatch_config import read_row as read_watch
from lab.observe.netwatch_probes import Result, train, train_result
from lab.observe.ping import Ping
from lab.router.pretended.around import Around
from lab.schema.snapshot import ConfigRow

_AT_LEAST_EACH_S = 60.0


class PretendedNetwatch(NetwatchMonitor):
    """``ask_world`` pings an address. Without ``alive`` rows show their status and run nothing."""

    alive = True
    ask_world: Callable[[str], Ping]

    _changed: asyncio.Event

    def begin(self, around: Around, ask_world: Callable[[str], Ping], *, alive: bool) -> None:
        self.ask_world = ask_world
        self.alive = alive
        self._changed = asyncio.Event()
        around.listeners.append(self.look_again)

    def refresh(self, rows: Sequence[ConfigRow]) -> None:
        if self.alive:
            super().refresh(rows)
            return
        for row in rows:
            if row.enabled and not not_enacted(row):
                result = self._result(read_watch(row, self.defaults))
                self.set_status(row.id, {"status": "up" if result.passed else "down", **result.shown})

    async def ask(self, watch: Watch) -> Result:
        return self._result(watch)

    async def pause(self, seconds: float) -> None:
        changed = self._changed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, _AT_LEAST_EACH_S)):
                await changed.wait()
        await asyncio.sleep(min(seconds, 1.0))  # nobody notices at once

    def look_again(self) -> None:
        """Something around the router has changed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _result(self, watch: Watch) -> Result:
        answer = self.ask_world(watch.host)
        if watch.type != "icmp":
            return Result(bool(answer))
        sent = watch.icmp.count
        return train_result(train(sent, [answer.rtt_s or 0.0] * sent if answer else []), watch.icmp)


class PretendedAlerts(AlertProber):
    """Rows hear a rogue server when it appears, and again when they have forgotten it."""

    alive = True
    _around: Around
    _rows: dict[int, tuple[AlertConfig, Memory]]

    def begin(self, around: Around, *, alive: bool) -> None:
        self._around = around
        self.alive = alive
        self._rows = {}
        around.listeners.append(self.look_again)

    def refresh(self, rows: Sequence[ConfigRow], kernel_of: Callable[[str], str] = str) -> None:
        wanted = {row.id: read_row(row, kernel_of) for row in rows if row.enabled}
        kept = self._rows
        self._rows = {}
        for row_id, config in wanted.items():
            memory = kept[row_id][1] if row_id in kept and kept[row_id][0].interface == config.interface else Memory()
            self._rows[row_id] = (config, memory)
        self.look_again()

    def look_again(self) -> None:
        now = asyncio.get_running_loop().time()
        for row_id, (config, memory) in self._rows.items():
            memory.forget(config, now)
            for rogue in self._around.rogues:
                server = Server(rogue.mac, rogue.address)
                if rogue.interface == config.interface and memory.note(server, config, now) and self.alive:
                    self.report(config, server)
            self.set_status(row_id, {"unknown-server": ",".join(memory.macs) or None, "invalid": "false"})

    def reset_alert(self, row_id: int) -> None:
        if row_id in self._rows:
            self._rows[row_id][1].clear()
            self.look_again()

    async def stop(self) -> None:
        self._rows.clear()
        await super().stop()
