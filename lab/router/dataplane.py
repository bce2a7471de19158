# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From configuration and observations to the kernel, again and again: derive, actuate, tell the observers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lab.actuate.actuator import Actuator, Refused
from lab.derive.derive import derive
from lab.derive.interfaces import Interfaces, read_interfaces
from lab.derive.observations import GatewayCheck, Given, Link, Observations
from lab.derive.plan import Derived, DhcpPool
from lab.observe.dhcp_server import DhcpServer
from lab.observe.gateway import GatewayMonitor, timers
from lab.observe.links import LinkMonitor
from lab.observe.netlink import interfaces
from lab.schema.snapshot import Snapshot

_log = logging.getLogger("lab.router")


class DataPlane:
    """Keeps one namespace in step with the store. ``settle`` is cheap when nothing changed."""

    def __init__(
        self,
        netns: str,
        data_dir: Path,
        *,
        ports: Sequence[str] = (),
        snapshot: Callable[[], Snapshot],
        clock: Callable[[], float],
        derived: Callable[[Derived], None],
    ) -> None:
        self._netns = netns
        self._ports = tuple(ports)
        self._snapshot = snapshot
        self._clock = clock
        self._derived = derived
        self._links: Mapping[str, Link] = {}
        self._loop: asyncio.AbstractEventLoop
        self._due: asyncio.Handle | None = None
        self._pools: tuple[DhcpPool, ...] = ()
        self._serving = asyncio.Lock()
        self._background: set[asyncio.Task[None]] = set()
        self._stopped = False
        #: what ISPs have given (lab.router.lines), and who wants to know of every change of a carrier
        self.given: Callable[[], Mapping[tuple[str, int], Given]] = dict
        self.on_links: Callable[[Mapping[str, Link]], None] = lambda links: None
        #: see ``derive``; counts with the next ``settle``
        self.trace: str | None = None
        self.actuator = Actuator(netns)
        self.link_monitor = LinkMonitor(netns, self._links_changed)
        self.gateways = GatewayMonitor(netns, self._gateway_changed)
        self.dhcp = DhcpServer(netns, data_dir / "dhcp")

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.link_monitor.start()
        self._links = dict(self.link_monitor.links)
        self.settle()

    async def stop(self) -> None:
        """The ports are dead, and nothing is enacted any more."""
        self._stopped = True
        if self._due is not None:
            self._due.cancel()
        await self.gateways.stop()
        await self.link_monitor.stop()
        for task in list(self._background):
            await task
        await self.dhcp.stop()
        wires = [name for name in self.read_links() if name.rpartition(".")[0] in self._ports]
        self.actuator.power_off((*self._ports, *wires))

    def read_links(self) -> Mapping[str, Link]:
        """The ports as the kernel has them now."""
        return {name: Link(one.up, one.mac) for name, one in interfaces(self._netns).items()}

    def known(self) -> Interfaces:
        """The interfaces of the configuration as they are in the kernel."""
        return read_interfaces(self._snapshot(), Observations(links=self._links))

    def settle(self) -> None:
        """Make the kernel hold what the configuration and the observations say now."""
        if self._stopped:
            return
        snapshot = self._snapshot()
        seen = Observations(links=self._links, gateways=dict(self.gateways.verdicts), given=self.given())
        result = derive(snapshot, seen, self._clock(), trace=self.trace)
        try:
            self.actuator.apply(result.kernel)
        except Refused as error:
            # the router goes on with what the kernel took; the lab's log says what it did not
            _log.error("the kernel refused: %s", error)
        pace = timers(snapshot.version, snapshot.single("/routing/settings"))
        self.gateways.update(result.checks, pace.interval_s, pace.timeout_s, pace.count)
        if result.kernel.dhcp != self._pools:
            self._pools = result.kernel.dhcp
            task = self._loop.create_task(self._serve_pools())
            self._background.add(task)
            task.add_done_callback(self._background.discard)
        self._derived(result)

    async def _serve_pools(self) -> None:
        """One at a time and always the newest: an older order that waited must not bring ended servers back."""
        async with self._serving:
            await self.dhcp.apply(self._pools)

    def _soon(self) -> None:
        """Several observations of one moment make one derivation."""
        if self._due is None:
            self._due = self._loop.call_soon(self._settle_now)

    def _settle_now(self) -> None:
        self._due = None
        self.settle()

    def _gateway_changed(self, check: GatewayCheck, reachable: bool) -> None:
        _log.info("check-gateway %s%s: %s", check.address, f"%{check.interface}" * bool(check.interface), reachable)
        self._soon()

    def _links_changed(self, links: Mapping[str, Link]) -> None:
        gone = any(name in self._links and self._links[name].up and not link.up for name, link in links.items())
        self._links = dict(links)
        if gone:
            # the kernel drops routes of a link that goes down, without being asked
            try:
                self.actuator.resync()
            except Refused as error:
                _log.error("the kernel refused: %s", error)
        self.on_links(self._links)
        self._soon()
