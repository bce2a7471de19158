# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``check-gateway``: probes every gateway that a route wants checked and says which are reachable (facts 2.4)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lab.derive.observations import GatewayCheck
from lab.observe.arp import arp_ping
from lab.observe.ping import Pinger
from lab.observe.tasks import spawn
from lab.schema.snapshot import ConfigRow

OnGateway = Callable[[GatewayCheck, bool], None]
#: asks a gateway once: (check, seconds to wait) -> whether it answered
Probe = Callable[[GatewayCheck, float], Awaitable[bool]]


@dataclass(frozen=True)
class Timers:
    """A probe each ``interval_s``, awaited ``timeout_s``; ``count`` misses in a row make the gateway unreachable."""

    interval_s: float
    timeout_s: float
    count: int


#: v6 and v7 up to 7.20, not to be changed (manual of 2025, facts 2.4)
FIXED = Timers(10.0, 10.0, 2)


def timers(version: str, settings: ConfigRow | None = None) -> Timers:
    """The timers of a RouterOS version; from 7.21 on ``/routing/settings`` holds them (its row is ``settings``)."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None:
        raise ValueError(f"no RouterOS version: {version!r}")
    if (int(numbers[1]), int(numbers[2])) < (7, 21):
        return FIXED
    row = settings or ConfigRow(0, {})
    return Timers(
        row.seconds("check-gateway-ping-interval", 10.0),
        row.seconds("check-gateway-ping-timeout", 1.0),
        row.num("check-gateway-ping-count", 2),
    )


@dataclass(frozen=True)
class Judged:
    """What is known of one gateway. ``reachable`` None: no verdict yet, which the router takes for reachable."""

    reachable: bool | None = None
    misses: int = 0

    def after(self, answered: bool, count: int) -> Judged:
        """One reply is enough to be reachable, ``count`` misses in a row to be not."""
        if answered:
            return Judged(True, 0)
        misses = self.misses + 1
        return Judged(False if misses >= count else self.reachable, misses)


class GatewayMonitor:
    """Probes a changing set of gateways. ``on_change`` gets each new verdict, the first one too.

    Probes carry no routing mark: the router's own main look-up takes them, or the interface of the check.
    """

    def __init__(self, name: str, on_change: OnGateway, *, probe: Probe | None = None) -> None:
        """``probe`` in the place of packets, for tests of the timing."""
        self._name = name
        self._probe = probe or self._ask
        self._on_change = on_change
        self._pinger: Pinger | None = None
        self._timers = FIXED
        self._judged: dict[GatewayCheck, Judged] = {}
        self._tasks: dict[GatewayCheck, asyncio.Task[None]] = {}

    @property
    def verdicts(self) -> Mapping[GatewayCheck, bool]:
        """The last verdict of every check that has one, as ``Observations.gateways`` wants it."""
        found = {check: judged.reachable for check, judged in self._judged.items() if judged.reachable is not None}
        return MappingProxyType(found)

    def update(self, checks: Iterable[GatewayCheck], interval_s: float, timeout_s: float, count: int) -> None:
        """Probe these from now on: new ones at once, known ones keep verdict and rhythm unless the timers changed."""
        wanted = frozenset(checks)
        changed = self._timers != Timers(interval_s, timeout_s, count)
        self._timers = Timers(interval_s, timeout_s, count)
        for check in [check for check in self._tasks if check not in wanted]:
            self._tasks.pop(check).cancel()
            self._judged.pop(check, None)
        for check in sorted(wanted, key=lambda one: (one.address, one.interface, one.method)):
            if changed and check in self._tasks:
                self._tasks.pop(check).cancel()
            if check not in self._tasks:
                self._judged.setdefault(check, Judged())
                self._tasks[check] = spawn(self._watch(check), f"check-gateway {check.address}")

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._judged.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._pinger is not None:
            self._pinger.close()
            self._pinger = None

    async def _watch(self, check: GatewayCheck) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            answered = await self._probe(check, self._timers.timeout_s)
            before = self._judged[check]
            self._judged[check] = after = before.after(answered, self._timers.count)
            if after.reachable is not None and after.reachable != before.reachable:
                self._on_change(check, after.reachable)
            due = max(due + self._timers.interval_s, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _ask(self, check: GatewayCheck, timeout_s: float) -> bool:
        if check.method == "arp":
            return await arp_ping(self._name, check.address, timeout_s=timeout_s, interface=check.interface)
        if self._pinger is None:
            self._pinger = Pinger(self._name)
        return bool(await self._pinger.ping(check.address, timeout_s=timeout_s, interface=check.interface))
