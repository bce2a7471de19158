# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One router: store, verbs, doors, data plane, observers and services, put together and kept in step."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from lab.derive.plan import Derived, Note
from lab.doors.api import ApiDoor
from lab.doors.gate import Gate
from lab.doors.sessions import Sessions
from lab.observe.dhcp_alert import AlertProber
from lab.observe.lease_events import LeaseEvents
from lab.observe.netwatch import NetwatchMonitor
from lab.observe.netwatch_config import defaults as netwatch_defaults
from lab.observe.netwatch_probes import Router as Surroundings
from lab.router.accounts import Accounts, FirstLogin
from lab.router.apidoors import ApiDoors
from lab.router.dataplane import DataPlane
from lab.router.devicemode import DeviceMode
from lab.router.dhcplines import DhcpLines
from lab.router.entrances import Entrance, ServiceRows, Shuttable
from lab.router.kept import Kept
from lab.router.leases import MENU as LEASE_MENU
from lab.router.leases import Leases
from lab.router.lines import Lines
from lab.router.lines import Surroundings as LineSurroundings
from lab.router.ltelines import LteLines
from lab.router.menus import RULE_MENUS, Connections, FilledLists, Live
from lab.router.monitors import Monitors
from lab.router.pppoelines import PppoeLines
from lab.router.services.base import format_moment
from lab.router.services.kit import Services
from lab.router.spec import RouterSpec
from lab.router.telemetry import Telemetry
from lab.schema.snapshot import ConfigRow
from lab.store import Image, Store, Trap, format_id
from lab.verbs import Engine

_log = logging.getLogger("lab.router")
#: arguments that carry tokens and passwords (a fetch has them in its URL)
_SECRET = frozenset({"password", "passphrase", "url", "http-data", "http-header-field"})


#: name of the certificate that a router may have from the start (RouterSpec)
_CERTIFICATE = "api.crt_0"
#: what scripts of netwatch, of alerts, leases and lines may do
EVENT_POLICIES = frozenset({"read", "write", "test", "reboot"})
#: between the answer to a reboot and the end of the session
_LAST_WORDS_S = 0.1


def _report(restart: asyncio.Task[None]) -> None:
    if not restart.cancelled() and (error := restart.exception()) is not None:
        _log.error("the router did not come up again", exc_info=error)


def _shown(name: str, text: str) -> str:
    return "********" if name in _SECRET else text


def _port_row(name: str, mac: str) -> tuple[str, dict[str, str]]:
    """The row of a piece of hardware: a port, or a modem."""
    if name.startswith("lte"):
        return "/interface/lte", {"name": name}
    return "/interface/ethernet", {"name": name, "mac-address": mac}


class Door(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Router:
    """``await start()`` when its namespace and ports exist, ``await stop()`` at the end. ``reboot()`` in between."""

    def __init__(self, spec: RouterSpec) -> None:
        self.spec = spec
        self.kept = Kept(DeviceMode(spec.device_mode), licence_unread=spec.untouched)
        self.running = False
        self._restart: asyncio.Task[None] | None = None
        self._assemble()

    def _assemble(self) -> None:
        """Everything that a boot makes anew: nothing of it lives longer than to the next one (facts 8)."""
        spec = self.spec
        self.booted = time.time()
        self.store = Store(spec.version, clock=self.clock)
        self.engine = Engine(self.store, clock=self.clock)
        self.accounts = Accounts(self.store, spec.users)
        self.plane = self._make_plane()
        self.services = Services(self, self.kept, self)
        self.netwatch = self._make_netwatch()
        self.alerts = self._make_alerts()
        self.lines = self._make_lines()
        self.lease_events = LeaseEvents(
            self.plane.dhcp.leases,
            self.services.event("dhcp", "*sys", EVENT_POLICIES),
        )
        self._sessions = Sessions(
            self.services.log.write,
            moment=lambda: format_moment(spec.version, self.clock()),
            group_of=self.accounts.group_of,
        )
        self._service = ServiceRows(self.store, self.services.certificates)
        self._api_doors = ApiDoors(self._open_api, (*spec.api_sockets, *spec.api_ssl_sockets))
        self._doors: list[Door] = []
        self._noted: set[Note] = set()
        self._plug()

    @staticmethod
    def clock() -> float:
        """Wall time in seconds."""
        return time.time()

    # -- what a router is made of; one without a kernel is made of other parts (lab.router.pretended)

    def _make_plane(self) -> DataPlane:
        return DataPlane(
            self.spec.netns,
            self.spec.data_dir,
            ports=self.spec.ports,
            snapshot=self.store.snapshot,
            clock=self.clock,
            derived=self._derived,
        )

    def _make_netwatch(self, kind: type[NetwatchMonitor] = NetwatchMonitor) -> NetwatchMonitor:
        return kind(
            self.spec.netns,
            set_status=self._status("/tool/netwatch"),
            run_event=self.services.event("netwatch", "*sys", EVENT_POLICIES),
            log=self.services.log.write,
            defaults=netwatch_defaults(self.spec.version),
            date=lambda: format_moment(self.spec.version, self.clock()),
            router=Surroundings(
                resolvers=lambda: [s for s in self.store.snapshot().single("/ip/dns").get("servers").split(",") if s],
                tls=lambda verify: self.services.certificates.context("netwatch", verify=verify),
            ),
        )

    def _make_alerts(self, kind: type[AlertProber] = AlertProber) -> AlertProber:
        # which policies on-alert runs with is not documented (facts 4.1, unsure): the few that netwatch has are taken
        return kind(
            self.spec.netns,
            set_status=self._status("/ip/dhcp-server/alert"),
            run_event=self.services.event("dhcp", "*sys", EVENT_POLICIES),
            log=self.services.log.write,
        )

    def _telemetry(self) -> Telemetry:
        return Telemetry(self.spec.netns, self.store, self.plane.dhcp.rows, self.plane.known)

    # -- life

    async def start(self) -> None:
        self._load_factory()
        await self._power_on()

    async def stop(self) -> None:
        if self._restart is not None and not self._restart.done():
            self._restart.cancel()
            await asyncio.gather(self._restart, return_exceptions=True)
        await self._power_off()
        for sock in self._sockets:
            sock.close()

    def reboot(self, image: Image | None = None) -> None:
        """In a moment (lab.router.kept.Power). ``image``: what to come up with, else what is configured then."""
        self._begin(lambda: self._reboot(image))

    def _begin(self, restart: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._restart is None or self._restart.done():
            self._restart = asyncio.create_task(restart())
            self._restart.add_done_callback(_report)

    async def power_cycle(self) -> None:
        """The plug is pulled and put back: a reboot without last words. Confirms an update of device-mode that waits.

        Who is connected through the router's own ports hears nothing: they are dead before sessions are. Returns when
        the router is up again.
        """
        self.services.device_mode.press()
        self._begin(lambda: self._off_and_on(None, pulled=True))
        if self._restart is not None:
            await asyncio.shield(self._restart)

    async def _reboot(self, image: Image | None) -> None:
        await asyncio.sleep(_LAST_WORDS_S)
        await self._off_and_on(image, pulled=False)

    async def _off_and_on(self, image: Image | None, *, pulled: bool) -> None:
        await self._power_off(pulled=pulled)
        kept = image or self.store.image()
        journal = self.store.journal
        await asyncio.sleep(self.spec.boot_s)
        self._assemble()
        self.store.restore(kept)
        self.store.journal = journal
        await self._power_on()
        self.services.log.write("system,info", "router rebooted")

    async def _power_on(self) -> None:
        self.netwatch.booted_at = time.monotonic()
        await self.plane.start()
        await self.services.start()
        self.lines.start(self.plane.link_monitor.links)
        self._refresh()
        self._ssh = self._ssh_entrance()
        self._doors = [self._api_doors, self._ssh]
        for door in self._doors:
            await door.start()
        self.running = True

    async def _power_off(self, *, pulled: bool = False) -> None:
        """Ports are closed, sessions dropped, and nothing of ours is left in the kernel."""
        if not self.running:
            return
        self.running = False
        await self.lines.stop()
        if pulled:
            await self.plane.stop()
            self._api_doors.reset()
        await self.services.safe_mode.stop()
        for door in self._doors:
            await door.stop()
        await self.alerts.stop()
        await self.lease_events.stop()
        await self.netwatch.stop()
        await self.services.stop()
        self.engine.stop()
        if not pulled:
            await self.plane.stop()

    @property
    def api(self) -> ApiDoors:
        """Raises Trap while it boots: then there are none."""
        self._must_run()
        return self._api_doors

    @property
    def _sockets(self) -> tuple[socket.socket, ...]:
        return (*self.spec.api_sockets, *self.spec.api_ssl_sockets, *self.spec.ssh_sockets)

    # -- for the world around it

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), user: str = "admin"
    ) -> Mapping[str, Any]:
        """One command as a user at the console; raises Trap."""
        self._must_run()
        reply = await self.engine.call(menu, command, args, queries=queries, caller=self.accounts.caller(user, "lab"))
        return {"rows": [dict(row) for row in reply.rows], "ret": reply.ret}

    async def console(self, line: str, *, user: str = "admin") -> str:
        """One line at the console; returns what it prints."""
        self._must_run()
        return await self.services.console(line, self.accounts.caller(user, "console"))

    def journal(self) -> Sequence[Mapping[str, Any]]:
        """Every write since the start, oldest first: what tests count."""
        return [
            {
                "time": entry.time,
                "user": entry.user,
                "origin": entry.origin,
                "menu": entry.menu,
                "command": entry.command,
                "args": {name: _shown(name, text) for name, text in entry.args.items()},
                "error": entry.error,
            }
            for entry in self.store.journal
        ]

    def count_rules(self, packets: str | None) -> None:
        """From now on count how often ``packets``, an nft condition, are held against each firewall row; None: stop."""
        self.plane.trace = packets
        self.plane.settle()

    def rules_looked_at(self) -> Sequence[Mapping[str, Any]]:
        """Firewall rows in the order of their menus, matched or not: menu, .id, chain, action, comment, looked_at."""
        seen = self.plane.actuator.evaluations()
        return [
            {
                "menu": menu,
                ".id": format_id(row.id),
                **{name: row.get(name) for name in ("chain", "action", "comment")},
                "looked_at": seen[menu, row.id],
            }
            for menu in sorted(RULE_MENUS)
            for row in self.store.rows(menu)
            if (menu, row.id) in seen
        ]

    # -- inside

    def _must_run(self) -> None:
        if not self.running:
            raise Trap("the router is booting")

    def _load_factory(self) -> None:
        ports = [_port_row(name, mac) for name, mac in self._port_macs()]
        users = [("/user", {"name": name, "group": account.group}) for name, account in self.spec.users.items()]
        rows = [(row.menu, row.values) for row in self.spec.factory]
        groups = [row for row in rows if row[0] == "/user/group"]
        others = [row for row in rows if row[0] != "/user/group"]
        known = {row.get("name") for row in self.store.rows("/user")}
        self.store.load([*ports, *groups, *(u for u in users if u[1]["name"] not in known), *others, *self._api_ssl()])
        self.store.journal.clear()
        self.store.history.clear()

    def _api_ssl(self) -> list[tuple[str, dict[str, str]]]:
        """The certificate that the router has from the start, if any, and who shows it."""
        if self.spec.certificate_file is None or self.spec.key_file is None:
            return []
        pem, key = (file.read_text(encoding="ascii") for file in (self.spec.certificate_file, self.spec.key_file))
        self.services.certificates.install(_CERTIFICATE, pem, key)
        return [("/ip/service", {"name": "api-ssl", "certificate": _CERTIFICATE})]

    def _port_macs(self) -> list[tuple[str, str]]:
        links = self.plane.read_links()
        return [(name, links[name].mac) for name in self.spec.ports]

    def _open_api(self, gate: Gate) -> list[Entrance]:
        login, service, sessions = self.accounts.door("api"), self._service, self._sessions

        def plain(sockets: Sequence[socket.socket]) -> ApiDoor:
            return ApiDoor(self.engine, login, sockets, gate=gate, admits=service.admits("api"), sessions=sessions)

        def tls(sockets: Sequence[socket.socket]) -> ApiDoor:
            context = service.tls("api-ssl")
            admits = service.admits("api-ssl")
            return ApiDoor(self.engine, login, sockets, context, gate=gate, admits=admits, sessions=sessions)

        return [
            Entrance(self.spec.api_sockets, lambda: service.open("api"), plain),
            Entrance(self.spec.api_ssl_sockets, lambda: service.open_tls("api-ssl"), tls),
        ]

    def _ssh_entrance(self) -> Entrance:
        login, service, key = self.accounts.door("ssh"), self._service, self.spec.ssh_host_key_file

        def opened(sockets: Sequence[socket.socket]) -> Shuttable:
            from lab.doors.ssh import SshDoor  # noqa: PLC0415 - paramiko takes 0.2 s to import; not every router has SSH

            assert key is not None
            host = replace(self.services.console_host(), welcome=self._first_login)
            return SshDoor(host, login, sockets, key, sessions=self._sessions, admits=service.admits("ssh"))

        sockets = self.spec.ssh_sockets if key is not None else ()
        return Entrance(sockets, lambda: service.open("ssh") if sockets else None, opened)

    def _plug(self) -> None:
        self.engine.after_write = self._after_write
        self.engine.virtual["/ip/firewall/connection"] = Connections(self.plane.actuator.connections, self.spec.version)
        self.engine.virtual["/ip/firewall/address-list"] = FilledLists(self.plane.actuator, self.store)
        self.engine.virtual["/user/active"] = self._sessions
        leases = Leases(self.plane.dhcp, self.store)
        self.engine.virtual["/ip/dhcp-server/lease"] = leases
        telemetry = self._telemetry()
        telemetry.plug(self.engine)
        Monitors(self.engine, telemetry).plug()
        self.engine.live = Live(
            self.plane.actuator,
            telemetry,
            clock=self.clock,
            booted=self.booted,
            version=self.spec.version,
            others=lambda menu, row_id: (
                leases.of_static(row_id) if menu == LEASE_MENU else self.lines.live(menu, row_id)
            ),
            made_as=self.engine.view.made_as,
        )
        self.lines.plug(self.engine)
        self.services.plug(self.engine)
        self._first_login = FirstLogin(self.engine, self.accounts, self.kept)
        self._first_login.plug()
        self.engine.actions["/ip/dhcp-server/alert", "reset-alert"] = self.services.reset_alert(self._reset_alert)

    def _reset_alert(self, row_id: int) -> None:
        self.alerts.reset_alert(row_id)

    def _make_lines(self) -> Lines:
        # which policies the scripts of DHCP and PPP clients run with is not documented (facts 11.6): as netwatch's
        around = LineSurroundings(
            self.spec.netns,
            self.store,
            self.engine,
            self.services.log.write,
            self.services.event("dhcp-client", "*sys", EVENT_POLICIES),
            self.plane.settle,
        )
        lines = Lines([LteLines(around), DhcpLines(around), PppoeLines(around)], self.store.snapshot)
        self.plane.given = lambda: lines.given
        self.plane.on_links = lines.links
        return lines

    async def _after_write(self) -> None:
        self.plane.settle()
        self.lines.refresh()
        self._refresh()
        if self.running:
            await self._api_doors.settle()
            await self._ssh.settle()

    def _refresh(self) -> None:
        snapshot = self.store.snapshot()
        self.services.refresh(snapshot)
        self.netwatch.refresh(snapshot.rows("/tool/netwatch"))
        known = self.plane.known()
        rows = [row for row in snapshot.rows("/ip/dhcp-server/alert") if self._usable(row)]
        self.alerts.refresh(rows, lambda name: found.kernel if (found := known.get(name)) is not None else name)

    def _usable(self, row: ConfigRow) -> bool:
        """An alert on a bridge port listens to nothing: the port belongs to the bridge (facts 4.1, inference)."""
        ports = {port.get("interface") for port in self.store.rows("/interface/bridge/port")}
        return row.get("interface") not in ports

    def _derived(self, result: Derived) -> None:
        self.engine.publish(result.status, result.dynamic)
        self.lease_events.update(result.kernel.dhcp)
        for note in result.notes:
            if note not in self._noted:
                self._noted.add(note)
                _log.warning("not enacted: %s *%X: %s", note.menu, note.row_id, note.text)

    def _status(self, menu: str) -> Callable[[int, Mapping[str, str | None]], None]:
        def write(row_id: int, props: Mapping[str, str | None]) -> None:
            self.engine.set_runtime(menu, row_id, **{name.replace("-", "_"): text for name, text in props.items()})

        return write
