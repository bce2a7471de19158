# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data plane of a router without a kernel: derives as every router does, from what is pretended, and late.

A derivation costs as much as some hundred writes, so it waits until somebody looks (``fresh``) or writes cease.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from lab.derive.derive import derive
from lab.derive.observations import GatewayCheck, Link, Observations
from lab.derive.plan import BridgePlan, Derived
from lab.router.dataplane import DataPlane
from lab.router.pretended.around import Around, Ways, ping
from lab.router.pretended.kernel import NoKernel
from lab.schema.snapshot import Snapshot

#: after the last write
_REST_S = 0.5
#: verdicts of gateways change routes, which change who is asked; in practice the second round is the last
_ROUNDS = 4
#: menus and those below them of which no derivation says anything
_PLAIN = ("/system/", "/file", "/log", "/user", "/certificate", "/ip/service", "/ip/firewall/address-list")


class PretendedPlane(DataPlane):
    """``ports``: name -> MAC."""

    def __init__(
        self,
        ports: Mapping[str, str],
        around: Around,
        *,
        snapshot: Callable[[], Snapshot],
        clock: Callable[[], float],
        derived: Callable[[Derived], None],
    ) -> None:
        super().__init__("", Path(), ports=tuple(ports), snapshot=snapshot, clock=clock, derived=derived)
        self._macs = dict(ports)
        self._around = around
        self.kernel = NoKernel()
        self.actuator = self.kernel
        self._verdicts: Mapping[GatewayCheck, bool] = {}
        self._dirty = False
        self._timer: asyncio.TimerHandle | None = None
        self.ways = Ways(self.kernel.plan)
        #: told after each derivation
        self.on_settled: Callable[[Derived], None] = lambda result: None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._around.listeners.append(self._looked_up)
        self._links = self.read_links()
        self._stopped = False
        self._dirty = True

    async def stop(self) -> None:
        self._stopped = True
        if self._looked_up in self._around.listeners:
            self._around.listeners.remove(self._looked_up)
        if self._timer is not None:
            self._timer.cancel()
        self.kernel.close()

    def read_links(self) -> Mapping[str, Link]:
        return {name: Link(self._around.has_carrier(name), mac) for name, mac in self._macs.items()}

    def settle(self) -> None:
        """Something was written: derive when writes cease, or before somebody looks."""
        self._dirty = True
        if self._stopped:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(_REST_S, self.fresh)

    def before(self, menu: str) -> None:
        """Somebody is about to look at a menu."""
        if not menu.startswith(_PLAIN):
            self.fresh()

    def fresh(self) -> None:
        """Derive now if there is anything new."""
        if not self._dirty or self._stopped:
            return
        self._dirty = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        result = self._derive()
        self.kernel.apply(result.kernel)
        self._derived(result)
        self.on_settled(result)

    def _looked_up(self) -> None:
        self.on_links(self.read_links())
        self._dirty = True
        self.fresh()

    def _derive(self) -> Derived:
        snapshot = self._snapshot()
        for _ in range(_ROUNDS):
            seen = Observations(links=self._links, gateways=self._verdicts, given=self.given())
            result = derive(snapshot, seen, self._clock(), trace=None)
            self.ways = Ways(result.kernel)
            verdicts = {check: self._reachable(check) for check in result.checks}
            links = {**self.read_links(), **self._made(result.kernel.bridges)}
            if verdicts == self._verdicts and links == self._links:
                break
            self._verdicts, self._links = verdicts, links
        return result

    def _made(self, bridges: Iterable[BridgePlan]) -> Mapping[str, Link]:
        """Interfaces that a kernel would have made: a bridge has the MAC of its first port, and runs."""
        return {
            one.name: Link(one.up, one.mac or next((self._macs[port] for port in one.ports if port in self._macs), ""))
            for one in bridges
        }

    def _reachable(self, check: GatewayCheck) -> bool:
        return bool(ping(self._around, self.ways, check.address, check.interface))
