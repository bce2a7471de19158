# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All services of one router, wired to each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from lab.doors.console import ConsoleSession, TerminalSettings
from lab.doors.console.session import Host as ConsoleHost
from lab.router.devicemode import DeviceMode
from lab.router.kept import Kept, Power
from lab.router.services.base import Service
from lab.router.services.certificates import CertificateService
from lab.router.services.devicemode import DeviceModeService
from lab.router.services.fetch import Fetch
from lab.router.services.log import LogService
from lab.router.services.power import PowerService
from lab.router.services.resolver import Resolver
from lab.router.services.safemode import SafeMode
from lab.router.services.scheduler import Scheduler
from lab.router.services.scripts import ScriptService
from lab.router.services.tools import Tools
from lab.router.spec import RouterSpec
from lab.schema.snapshot import Snapshot
from lab.script import Interpreter, Value
from lab.script.engine_tree import EngineTree
from lab.store import Store, Trap, parse_id
from lab.verbs import Action, Caller, Engine, Reply

#: what observers call: source of the script, its variables
RunEvent = Callable[[str, Mapping[str, Value]], Awaitable[None]]


class Seat(Protocol):
    """The router that the services sit in."""

    @property
    def spec(self) -> RouterSpec: ...
    @property
    def store(self) -> Store: ...
    @property
    def engine(self) -> Engine: ...

    def clock(self) -> float: ...


class _Host:
    """A RouterHost (base.py) made of a Seat and the services themselves."""

    def __init__(self, seat: Seat, services: Services) -> None:
        self._seat = seat
        self._services = services
        self.engine: Engine = seat.engine
        self.store: Store = seat.store
        self.netns: str = seat.spec.netns
        self.version: str = seat.spec.version
        self.data_dir: Path = seat.spec.data_dir

    @property
    def interpreter(self) -> Interpreter:
        return self._services.interpreter

    def log(self, topics: str, message: str) -> None:
        self._services.log.write(topics, message)

    def clock(self) -> float:
        return self._seat.clock()


class Services:
    """``plug`` when the engine is there, ``start`` when the network is, ``refresh`` after each write, then ``stop``."""

    def __init__(self, seat: Seat, kept: Kept | None = None, power: Power | None = None) -> None:
        kept = kept or Kept(DeviceMode())
        host = _Host(seat, self)
        self._engine = seat.engine
        self.log = LogService(host)
        self.scripts = ScriptService(host)
        self.device_mode = DeviceModeService(host, kept)
        self.scheduler = Scheduler(host, self.scripts, allowed=self.device_mode.allows, added=kept.scheduled)
        self.safe_mode = SafeMode(host)
        self.resolver = Resolver(host)
        self.certificates = CertificateService(host, seat.spec.trusted_ca_pem, kept.certificates)
        self.fetch = Fetch(host, self.resolver, self.certificates, allowed=self.device_mode.allows)
        self.tools = Tools(host, self.scripts)
        self.interpreter = Interpreter(
            seat.engine,
            clock=seat.clock,
            log=self.log.write,
            globals_for=self.scripts.globals_for,
            version=seat.spec.version,
            tree=EngineTree(seat.engine),
        )
        self._all: tuple[Service, ...] = (
            self.log,
            self.certificates,
            self.resolver,
            self.fetch,
            self.scripts,
            self.scheduler,
            self.device_mode,
            self.safe_mode,
            *([PowerService(host, kept, power)] if power is not None else []),
            self.tools,
        )

    def plug(self, engine: Engine) -> None:
        """Register every menu and command that a service answers."""
        for service in self._all:
            service.plug()

    async def start(self) -> None:
        for service in self._all:
            await service.start()

    async def stop(self) -> None:
        for service in reversed(self._all):
            await service.stop()

    def refresh(self, snapshot: Snapshot) -> None:
        for service in self._all:
            service.refresh(snapshot)

    # ---- for the rest of the router

    def event(self, origin: str, user: str, policies: frozenset[str]) -> RunEvent:
        """For observers: runs a property's script as ``user`` with ``policies``; its errors go to the log."""

        async def run(source: str, variables: Mapping[str, Value]) -> None:
            await self.scripts.run_event(source, user=user, policies=policies, variables=variables, origin=origin)

        return run

    async def console(self, line: str, caller: Caller) -> str:
        """One line at the console, in a session of its own: what it prints, the error's words last."""
        printed: list[str] = []
        session = ConsoleSession(self.console_host(), caller, TerminalSettings())
        await session.run(line, printed.append)
        return "\n".join(printed)

    def console_host(self) -> ConsoleHost:
        """What console sessions need of this router."""
        return ConsoleHost(
            self._engine,
            self.interpreter,
            self._engine.store.version,
            safe_mode=self.safe_mode,
            arrived=self.scripts.imports.arrived,
        )

    def reset_alert(self, reset: Callable[[int], None]) -> Action:
        """``/ip/dhcp-server/alert/reset-alert``: forget the unknown server of the given rows."""

        async def act(args: Mapping[str, str], caller: Caller) -> Reply:
            if not caller.may("write"):
                raise Trap("not enough permissions (9)")
            ids = [parse_id(part) for part in (args.get(".id") or args.get("numbers") or "").split(",") if part]
            rows = {row.id for row in self._engine.store.rows("/ip/dhcp-server/alert")}
            wanted = [number for number in ids if number is not None]
            if len(wanted) != len(ids) or not set(wanted) <= rows:
                raise Trap("no such item", 0)
            for number in wanted:
                reset(number)
            return Reply()

        return act
