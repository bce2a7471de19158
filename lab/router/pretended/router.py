# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One router without a kernel: store, verbs, scripts, services and API doors are those of every router of the lab."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lab.derive.plan import Derived
from lab.observe.dhcp_alert import AlertProber
from lab.observe.netwatch import NetwatchMonitor
from lab.observe.ping import Ping
from lab.router.dataplane import DataPlane
from lab.router.lines import Lines
from lab.router.pretended.around import Around, ping
from lab.router.pretended.plane import PretendedPlane
from lab.router.pretended.telemetry import PretendedTelemetry
from lab.router.pretended.tools import PretendedConnections, PretendedTools
from lab.router.pretended.watches import PretendedAlerts, PretendedNetwatch
from lab.router.router import Router
from lab.router.spec import RouterSpec
from lab.router.telemetry import Telemetry

#: most writes of a deploy; no service and no door looks at these menus
_NO_SERVICES = ("/ip/firewall/", "/ip/route", "/ip/address", "/routing/", "/interface/list", "/tool/netwatch")
#: MikroTik's own prefix (IEEE OUI registry)
_OUI = "48:A9:8A"


class PretendedRouter(Router):
    """``number`` makes its MAC addresses its own. ``alive``: it runs scripts of its own accord, as routers do."""

    def __init__(self, spec: RouterSpec, around: Around, *, number: int = 0, alive: bool = True) -> None:
        self.around = around
        self._number = number
        self._alive = alive
        self._cutting: asyncio.Task[None] | None = None
        super().__init__(spec)

    # -- other parts

    def _make_plane(self) -> DataPlane:
        self._pretended = PretendedPlane(
            dict(self._port_macs()),
            self.around,
            snapshot=self.store.snapshot,
            clock=self.clock,
            derived=self._derived,
        )
        self._pretended.on_settled = self._settled
        self.engine.view.about_to_show = self._pretended.before
        return self._pretended

    def _make_netwatch(self, kind: type[NetwatchMonitor] = PretendedNetwatch) -> NetwatchMonitor:
        made = super()._make_netwatch(kind)
        assert isinstance(made, PretendedNetwatch)
        made.begin(self.around, lambda address: self._reach(address, ""), alive=self._alive)
        return made

    def _make_alerts(self, kind: type[AlertProber] = PretendedAlerts) -> AlertProber:
        made = super()._make_alerts(kind)
        assert isinstance(made, PretendedAlerts)
        made.begin(self.around, alive=self._alive)
        return made

    def _make_lines(self) -> Lines:
        lines = Lines([], self.store.snapshot)
        self.plane.on_links = lines.links
        return lines

    def _telemetry(self) -> Telemetry:
        return PretendedTelemetry(self.store, self.plane.known, self.around)

    def _plug(self) -> None:
        super()._plug()
        PretendedTools(self.engine, self.around, self._reach).plug()
        self.engine.virtual["/ip/firewall/connection"] = PretendedConnections(self.around, self._connection_marks)
        self.services.scheduler.paused = not self._alive

    def _port_macs(self) -> list[tuple[str, str]]:
        head = f"{_OUI}:{self._number >> 4 & 0xFF:02X}"
        return [
            (name, f"{head}:{(self._number & 0xF) << 4 | n >> 8:02X}:{n & 0xFF:02X}")
            for n, name in enumerate(self.spec.ports)
        ]

    # -- life

    async def _after_write(self) -> None:
        """What is derived waits (plane.py); doors and services follow at once, if it is of their menus."""
        self.plane.settle()
        journal = self.store.journal
        if journal and journal[-1].menu.startswith(_NO_SERVICES):
            return
        self.services.refresh(self.store.snapshot())
        if self.running:
            await self._api_doors.settle()

    def _settled(self, result: Derived) -> None:
        snapshot = self.store.snapshot()
        self.netwatch.refresh(snapshot.rows("/tool/netwatch"))
        self.alerts.refresh([row for row in snapshot.rows("/ip/dhcp-server/alert") if self._usable(row)])

    async def stop(self) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
            await asyncio.gather(self._cutting, return_exceptions=True)
        await super().stop()

    # -- faults

    def hang_up(self, after: int, for_s: float) -> None:
        """When ``after`` commands that write are done, every session is reset and nobody gets in for ``for_s``."""
        self.api.hold(after)
        self._cutting = asyncio.create_task(self._cut(for_s))

    async def _cut(self, for_s: float) -> None:
        while not (await self.api.held(3600.0))["reached"]:
            continue
        await self.api.release(for_s)

    # -- inside

    def _reach(self, address: str, interface: str) -> Ping:
        self._pretended.fresh()
        return ping(self.around, self._pretended.ways, address, interface)

    def _connection_marks(self) -> Sequence[str]:
        self._pretended.fresh()
        return sorted(set(self._pretended.kernel.plan.connection_marks.values()))
