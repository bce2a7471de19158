# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab from the inside: the topology in the kernel, the hosts of the internet, and the router in the middle."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from lab.observe.ppp_pump import Pump
from lab.router.apidoors import ApiDoors
from lab.router.services.base import at_least
from lab.router.spec import Account, RouterSpec
from lab.world import build, dns, faults, manage, pki
from lab.world.factory import API_GROUP, API_USER, factory_rows
from lab.world.faults import Fault
from lab.world.https import TelegramServer
from lab.world.lines import branch_uplink, make_lines
from lab.world.rogue import Rogues
from lab.world.state import write_private
from lab.world.telegram import BotApi
from lab.world.topology import ROUTER_NS, TELEGRAM_HOST, Topology


class RouterLike(Protocol):
    """What the world asks of a router (lab/router/router.py)."""

    @property
    def api(self) -> ApiDoors: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), user: str = "admin"
    ) -> Mapping[str, Any]: ...
    async def console(self, line: str, *, user: str = "admin") -> str: ...
    def journal(self) -> Sequence[Mapping[str, Any]]: ...
    async def power_cycle(self) -> None: ...
    def count_rules(self, packets: str | None) -> None: ...
    def rules_looked_at(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True)
class Sockets:
    """Listening loopback sockets of the host, inherited from the launcher."""

    api: socket.socket
    api_ssl: socket.socket
    ssh: socket.socket
    #: with a managed path only: API-SSL, SSH
    managed: tuple[socket.socket, ...] = ()


@dataclass(frozen=True)
class Secrets:
    """Made anew for every lab; they are in its inventory overlay and nowhere else."""

    api_password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    admin_password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    telegram_token: str = field(
        default_factory=lambda: f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"
    )
    #: of every PPPoE line
    line_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    chat_id: int = field(default_factory=lambda: -1_001_000_000_000 - secrets.randbelow(10**9))  # a supergroup


class World:
    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        topology: Topology,
        sockets: Sockets,
        router_module: str,
        manage_from: str = "",
    ) -> None:
        self.name = name
        self.folder = folder
        self.topology = topology
        self.secrets = Secrets()
        self.faults: dict[str, Fault] = {}
        self._pump = Pump()
        self.lines = make_lines(topology.uplinks, self.secrets.line_password, self._pump)
        self.rogues = Rogues(topology)
        self.events: list[dict[str, Any]] = []
        self.started = time.time()
        self.chat_grew = asyncio.Condition()
        self.telegram = TelegramServer(
            BotApi(self.secrets.telegram_token, frozenset({self.secrets.chat_id})), self._notify_chat
        )
        self.router: RouterLike
        self._sockets = sockets
        self._router_module = router_module
        ports = dict(zip(sockets.managed, (manage.API_SSL_PORT, manage.SSH_PORT), strict=False))
        #: None: controllers come by the ports that lead into the router's process
        self.relay = manage.Relay(topology, manage_from, ports) if manage_from else None

    async def start(self, tell: Callable[[str], None]) -> None:
        for step in build.build(self.topology):
            tell(step)
            await asyncio.sleep(0)
        tell("certificates")
        now = datetime.datetime.now(datetime.UTC)
        company, internet = pki.make_ca("multiwan lab CA", now), pki.make_ca("multiwan lab internet root", now)
        (self.folder / "ca.pem").write_text(company.certificate, encoding="ascii")
        self._internet_ca = internet.certificate
        (self.folder / "internet-ca.pem").write_text(internet.certificate, encoding="ascii")
        tell("lines")
        for line in self.lines.values():
            await line.start()
        tell("internet: names, Telegram")
        await dns.serve()
        bot = pki.issue(internet, (TELEGRAM_HOST,), now)
        await self.telegram.serve(bot.context(Path("/run"), "telegram"))
        tell(f"router {self.topology.branch}, RouterOS {self.topology.version}")
        module = importlib.import_module(self._router_module)
        self.router = module.Router(self._router_spec(company, internet, now))
        await self.router.start()
        if self.relay is not None:
            self.relay.start()
        write_private(self.folder / "inventory.yml", yaml.safe_dump(self.inventory(), sort_keys=False))

    def _router_spec(self, company: pki.Pair, internet: pki.Pair, now: datetime.datetime) -> RouterSpec:
        door = pki.issue(company, ("localhost", "127.0.0.1"), now)
        data = self.folder / "router"
        data.mkdir(mode=0o700)
        write_private(data / "api.crt", door.certificate)
        write_private(data / "api.key", door.key)
        host_key = pki.make_host_key()
        write_private(data / "ssh_host_key", host_key.private)
        ports = [sock.getsockname()[1] for sock in (self._sockets.ssh, *self._sockets.managed[1:])]
        known = "".join(f"[127.0.0.1]:{port} {host_key.public}\n" for port in ports)
        (self.folder / "known_hosts").write_text(known, encoding="ascii")
        return RouterSpec(
            name=self.topology.branch,
            netns=ROUTER_NS,
            ports=self.topology.ports,
            data_dir=data,
            version=self.topology.version,
            device_mode=self.topology.device_mode,
            factory=factory_rows(self.topology),
            users=self._users(),
            api_sockets=(self._sockets.api,),
            api_ssl_sockets=(self._sockets.api_ssl, *self._in_router(manage.API_SSL_PORT)),
            untouched=self.topology.factory == "new",
            certificate_file=data / "api.crt" if self._ready else None,
            key_file=data / "api.key" if self._ready else None,
            ssh_sockets=(self._sockets.ssh, *self._in_router(manage.SSH_PORT)),
            ssh_host_key_file=data / "ssh_host_key",
            trusted_ca_pem=internet.certificate,
        )

    def _in_router(self, port: int) -> tuple[socket.socket, ...]:
        return () if self.relay is None else (manage.router_socket(port),)

    @property
    def _ready(self) -> bool:
        return self.topology.factory == "ready"

    @property
    def _admin_password(self) -> str:
        return self.secrets.admin_password if self.topology.admin_password else ""

    def _users(self) -> dict[str, Account]:
        admin = {"admin": Account(self._admin_password, "full")}
        return {**admin, API_USER: Account(self.secrets.api_password, API_GROUP)} if self._ready else admin

    async def stop(self) -> None:
        if self.relay is not None:
            await self.relay.stop()
        await self.rogues.stop()
        await self.router.stop()
        for line in self.lines.values():
            await line.stop()
        await self._pump.stop()

    def inventory(self) -> dict[str, Any]:
        """The overlay that points an inventory's branch at this lab; merged by a second ``-i``.

        A router that is not ``ready`` has no API user and no certificate yet: port and password are those that it is to
        have, and ``multiwan_api_ca_file`` is left to whoever makes the certificate.
        """
        api_ssl, ssh = self._sockets.managed or (self._sockets.api_ssl, self._sockets.ssh)
        values = {
            "ansible_host": "127.0.0.1",
            "ansible_port": ssh.getsockname()[1],
            "ansible_user": "admin",
            "ansible_password": self._admin_password,
            "multiwan_api_port": api_ssl.getsockname()[1],
            "multiwan_api_user": API_USER,
            "multiwan_api_password": self.secrets.api_password,
            **({"multiwan_api_ca_file": str(self.folder / "ca.pem")} if self._ready else {}),
            "lab_api_ssl_port_direct": self._sockets.api_ssl.getsockname()[1],
            "lab_ssh_port_direct": self._sockets.ssh.getsockname()[1],
            "lab_api_port_plain": self._sockets.api.getsockname()[1],
            "lab_admin_password": self._admin_password,
            **self._uplinks(),
            "lab_telegram_token": self.secrets.telegram_token,
            "lab_telegram_chat_id": self.secrets.chat_id,
            "multiwan_telegram": {
                "bot_token": self.secrets.telegram_token,
                "chat_id": str(self.secrets.chat_id),
                "language": "id",
                # Older routers don't trust the internet's authorities by themselves; this internet has one of its own.
                **({} if at_least(self.topology.version, "7.21") else {"ca": self._internet_ca}),
            },
        }
        return {"all": {"hosts": {self.topology.branch: values}}}

    def _uplinks(self) -> dict[str, Any]:
        """``lab_uplinks``: the lines as a branch describes them. Other than plain static ones are the branch's own."""
        lines = [
            branch_uplink(line.uplink, line.addressing, self.secrets.line_password) for line in self.lines.values()
        ]
        plain = all(line.uplink.plain for line in self.lines.values())
        return {"lab_uplinks": lines, **({} if plain else {"multiwan_uplinks": lines})}

    def note(self, event: str, **details: Any) -> dict[str, Any]:
        """Remember what was done to the world, with the wall clock; the last 1000 are kept."""
        entry = {"event": event, "at": time.time(), **details}
        self.events.append(entry)
        del self.events[:-1000]
        return entry

    async def cut(self, name: str, kind: str, percent: float | None, delay_ms: float | None) -> dict[str, Any]:
        uplink = self.topology.uplink(name)
        faults.check(kind, percent, delay_ms)
        if name in self.faults:
            raise faults.FaultError(f"{name} is cut already ({self.faults[name].kind}); `lab heal {name}` first")
        since = time.time()
        # taken before the first await, so that a second cut of the line is refused while this one is made
        self.faults[name] = Fault(kind, since)
        try:
            fault = await faults.cut(uplink, kind, since=since, percent=percent or 0.0, delay_ms=delay_ms or 0.0)
        except BaseException:
            del self.faults[name]
            raise
        self.faults[name] = fault
        return self.note("cut", uplink=name, fault=fault.kind, percent=fault.percent, delay_ms=fault.delay_ms)

    async def heal(self, name: str) -> dict[str, Any]:
        uplink = self.topology.uplink(name)
        fault = self.faults.pop(name, None)
        if fault is None:
            raise faults.FaultError(f"{name} is not cut")
        await faults.heal(uplink, fault)
        return self.note("heal", uplink=name, fault=fault.kind, lasted_s=time.time() - fault.since)

    async def renumber(self, name: str, *, gateway: str, address: str) -> dict[str, Any]:
        self.topology.uplink(name)
        after = await self.lines[name].renumber(gateway=gateway, address=address)
        return self.note("renumber", uplink=name, gateway=after.gateway, address=f"{after.router}/{after.prefix}")

    def kick(self, name: str) -> dict[str, Any]:
        self.topology.uplink(name)
        self.lines[name].kick()
        return self.note("kick", uplink=name)

    async def power_cycle(self) -> dict[str, Any]:
        began = time.monotonic()
        await self.router.power_cycle()
        return self.note("power cycle", lasted_s=time.monotonic() - began)

    async def _notify_chat(self) -> None:
        async with self.chat_grew:
            self.chat_grew.notify_all()
