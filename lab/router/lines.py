# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The router's lines: clients of ISPs as the configuration wants them, what they hold, their scripts and status."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lab.derive.interfaces import Interfaces, read_interfaces
from lab.derive.observations import Given, Link, Observations
from lab.observe.tasks import spawn
from lab.schema.snapshot import Snapshot
from lab.script import Value
from lab.store import Store
from lab.verbs import Engine

_log = logging.getLogger("lab.router")

Key = tuple[str, int]
RunEvent = Callable[[str, Mapping[str, Any]], Awaitable[None]]
Log = Callable[[str, str], None]


class Plane(Protocol):
    """What lines ask of the data plane."""

    def settle(self) -> None: ...
    def read_links(self) -> Mapping[str, Link]: ...


class Kind(Protocol):
    """All lines of one menu. ``given``: row id -> what it got."""

    menu: str

    @property
    def given(self) -> Mapping[int, Given]: ...
    def plug(self, engine: Engine) -> None: ...
    def refresh(self, snapshot: Snapshot, interfaces: Interfaces, links: Mapping[str, Link]) -> None: ...
    def live(self, row_id: int) -> Mapping[str, str]: ...
    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Surroundings:
    """What every kind works with. ``changed``: something was given or lost; the kernel follows before it returns."""

    namespace: str
    store: Store
    engine: Engine
    log: Log
    run: RunEvent
    changed: Callable[[], None]

    def show(self, menu: str, row_id: int, **props: str | None) -> None:
        """Read-only properties of a row, if it still is there."""
        if any(row.id == row_id for row in self.store.rows(menu)):
            self.engine.set_runtime(menu, row_id, **props)


class Scripts:
    """Scripts of one line, one after the other."""

    def __init__(self, run: RunEvent, name: str) -> None:
        self._run = run
        self._name = name
        self._last: asyncio.Task[None] | None = None

    def start(self, source: str, variables: Mapping[str, Value]) -> None:
        if source.strip():
            self._last = spawn(self._after(self._last, source, variables), f"script of {self._name}")

    async def _after(self, before: asyncio.Task[None] | None, source: str, variables: Mapping[str, Value]) -> None:
        if before is not None:
            await asyncio.wait({before})
        await self._run(source, variables)


class Lines:
    """``refresh`` after each write, ``links`` when a carrier changed, ``await stop()`` at power-off: no last words."""

    def __init__(self, kinds: Sequence[Kind], snapshot: Callable[[], Snapshot]) -> None:
        self._kinds = tuple(kinds)
        self._snapshot = snapshot
        self._links: Mapping[str, Link] = {}
        self._running = False

    @property
    def given(self) -> Mapping[Key, Given]:
        return {(kind.menu, row_id): given for kind in self._kinds for row_id, given in kind.given.items()}

    @property
    def menus(self) -> frozenset[str]:
        return frozenset(kind.menu for kind in self._kinds)

    def plug(self, engine: Engine) -> None:
        for kind in self._kinds:
            kind.plug(engine)

    def start(self, links: Mapping[str, Link]) -> None:
        self._running = True
        self._links = dict(links)
        self.refresh()

    def links(self, links: Mapping[str, Link]) -> None:
        self._links = dict(links)
        self.refresh()

    def refresh(self) -> None:
        if self._running:
            snapshot = self._snapshot()
            for kind in self._kinds:  # one that is stacked on another sees what the one before it holds
                seen = Observations(links=self._links, given=self.given)
                kind.refresh(snapshot, read_interfaces(snapshot, seen), self._links)

    def live(self, menu: str, row_id: int) -> Mapping[str, str]:
        for kind in self._kinds:
            if kind.menu == menu:
                return kind.live(row_id)
        return {}

    async def stop(self) -> None:
        self._running = False
        for kind in reversed(self._kinds):
            await kind.stop()
