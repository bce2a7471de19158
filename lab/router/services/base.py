# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service asks of the router around it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Protocol

from lab.schema.model import version_key
from lab.schema.snapshot import Snapshot
from lab.script import Interpreter
from lab.store import Store
from lab.verbs import Engine


class RouterHost(Protocol):
    """One router. ``clock`` gives seconds since the epoch; ``netns`` is empty for the namespace of the process."""

    @property
    def engine(self) -> Engine: ...
    @property
    def store(self) -> Store: ...
    @property
    def interpreter(self) -> Interpreter: ...
    @property
    def netns(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def data_dir(self) -> Path: ...

    def log(self, topics: str, message: str) -> None: ...

    def clock(self) -> float: ...


class Service(Protocol):
    """Plugged in and started once, told of every change of the configuration, stopped once."""

    def plug(self) -> None:
        """Register menus and commands with the engine."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def refresh(self, snapshot: Snapshot) -> None: ...


def at_least(version: str, wanted: str) -> bool:
    return version_key(version) >= version_key(wanted)


def format_moment(version: str, seconds: float) -> str:
    """``2026-01-31 12:00:00``, before 7.10 ``jan/31/2026 12:00:00`` (facts 0). The lab's routers live in UTC."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    if at_least(version, "7.10"):
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return moment.strftime("%b/%d/%Y %H:%M:%S").lower()
