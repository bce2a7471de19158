# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router without a network around it: real store, verbs and interpreter, the services, a clock that tests set."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from lab.router.services.kit import Services
from lab.router.spec import RouterSpec
from lab.store import Image, Store
from lab.verbs import ALL_POLICIES, Caller, Engine, Reply

ADMIN = Caller("admin", ALL_POLICIES, "api")
NOON = 1_798_804_800.0  # 2027-01-01 12:00:00 UTC


class Rig:
    """A Seat (kit.py). ``now`` is the router's clock."""

    def __init__(self, version: str = "7.22", *, trusted_ca_pem: str = "", netns: str = "") -> None:
        self.now = NOON
        self.spec = RouterSpec("r1", netns, (), Path("/nonexistent"), version=version, trusted_ca_pem=trusted_ca_pem)
        self.store = Store(version, clock=self.clock)
        self.engine = Engine(self.store, clock=self.clock)
        self.reboots: list[Image | None] = []
        self.services = Services(self, power=self)
        self.services.plug(self.engine)
        self.engine.after_write = self._refresh

    def reboot(self, image: Image | None = None) -> None:
        """A Power (kept.py): only noted."""
        self.reboots.append(image)

    def clock(self) -> float:
        return self.now

    async def _refresh(self) -> None:
        self.services.refresh(self.store.snapshot())

    async def call(self, menu: str, command: str, caller: Caller = ADMIN, **args: str) -> Reply:
        words: Mapping[str, str] = {name.replace("_", "-"): text for name, text in args.items()}
        return await self.engine.call(menu, command, words, caller=caller)

    async def script(self, name: str, source: str, **args: str) -> None:
        await self.call("/system/script", "add", name=name, source=source, **args)

    async def rows(self, menu: str) -> list[Mapping[str, str]]:
        return list((await self.call(menu, "print")).rows)

    async def logged(self, count: int) -> None:
        """Wait until the log has so many lines."""
        more = asyncio.Event()
        self.services.log.sinks.append(lambda line: more.set())
        async with asyncio.timeout(60):
            while len(self.messages) < count:
                more.clear()
                await more.wait()

    @staticmethod
    async def settle() -> None:
        """Let everybody run who can."""
        for _ in range(50):
            await asyncio.sleep(0)

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [(line.topics, line.message) for line in self.services.log.lines]
