# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lease-script``: what a DHCP server runs when a client gets a lease and when it loses it (facts 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from lab.derive.plan import DhcpPool
from lab.observe.dhcp_server import Lease
from lab.observe.tasks import spawn

RunEvent = Callable[[str, Mapping[str, str | int]], Awaitable[None]]
#: how often the lease files are read, while some server has a script
_LOOK_S = 0.25

Held = Mapping[tuple[str, str, str], Lease]


def held(leases: Sequence[Lease]) -> Held:
    return {(lease.server, lease.mac, lease.address): lease for lease in leases}


def changes(before: Held, now: Held) -> Iterator[tuple[Lease, bool]]:
    """(lease, bound) of each that has gone or come; the gone first, since an address may have changed hands."""
    yield from ((before[key], False) for key in before if key not in now)
    yield from ((now[key], True) for key in now if key not in before)


def variables(lease: Lease, *, bound: bool) -> dict[str, str | int]:
    """The manual's names; there are no options and no relay agent here."""
    return {
        "leaseBound": "1" if bound else "0",
        "leaseServerName": lease.server,
        "leaseActMAC": lease.mac,
        "leaseActIP": lease.address,
        "lease-hostname": lease.host_name,
        "lease-options": "",
    }


class LeaseEvents:
    """``update`` after each change of the servers, ``stop`` at the end."""

    def __init__(self, leases: Callable[[], Sequence[Lease]], run: RunEvent) -> None:
        self._leases = leases
        self._run = run
        self._scripts: dict[str, str] = {}
        self._known: Held = {}
        self._task: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    def update(self, pools: Sequence[DhcpPool]) -> None:
        """A lease that is there when its server gets a script is no news."""
        self._scripts = {pool.server_name: pool.lease_script for pool in pools if pool.lease_script}
        if self._scripts and self._task is None:
            self._known = held(self._leases())
            self._task = spawn(self._watch(), "lease scripts")
        elif not self._scripts and self._task is not None:
            self._task.cancel()
            self._task = None

    async def stop(self) -> None:
        tasks = [*self._running, *([self._task] if self._task is not None else [])]
        self._task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            now = held(self._leases())
            for lease, bound in changes(self._known, now):
                source = self._scripts.get(lease.server)
                if source:
                    task = spawn(self._event(source, lease, bound=bound), f"lease script of {lease.server}")
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
            self._known = now
            await asyncio.sleep(_LOOK_S)

    async def _event(self, source: str, lease: Lease, *, bound: bool) -> None:
        await self._run(source, variables(lease, bound=bound))
