# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/dhcp-server/alert``: finds DHCP servers that are not on the list (facts 4.1).

Each row listens to what servers send on its interface and asks by a DISCOVER of its own each minute, because a server
may answer other clients by unicast. The answers of the router's own server never come in by the interface, so they are
not seen; whether RouterOS ignores them is unsure.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from lab import netns
from lab.observe import dhcp_packets as dhcp
from lab.observe.netlink import interfaces
from lab.observe.tasks import spawn
from lab.schema.snapshot import ConfigRow

RunEvent = Callable[[str, Mapping[str, str | int]], Awaitable[None]]
SetStatus = Callable[[int, Mapping[str, str | None]], None]
Log = Callable[[str, str], None]

TOPICS = "dhcp,critical,error,warning,info,debug"
PROBE_INTERVAL_S = 60.0
DEFAULT_TIMEOUT_S = 3600.0
_RETRY_S = 1.0  # how soon an interface that is missing or down is tried again
_MAX_SERVERS = 64  # a flood of forged MACs must not eat the memory; the oldest is forgotten first


@dataclass(frozen=True)
class Server:
    """A DHCP server as it was seen on the wire."""

    mac: str
    address: str


def server_in(frame: bytes) -> Server | None:
    """The server that sent this frame; None when it is no DHCP reply."""
    datagram = dhcp.unframe(frame)
    if datagram is None or datagram.source_port != dhcp.SERVER_PORT:
        return None
    try:
        message = dhcp.decode(datagram.payload)
    except ValueError:
        return None
    if not message.from_server or message.kind not in dhcp.REPLIES:
        return None
    named = message.addresses(dhcp.Option.SERVER_ID)
    address = datagram.source if datagram.source != "0.0.0.0" or not named else named[0]
    return Server(datagram.source_mac, address)


def probe_frame(mac: str) -> bytes:
    """A DISCOVER of a client that does not exist; servers are asked to broadcast their answer."""
    client = dhcp.mac_text(bytes((os.urandom(1)[0] & 0xFC | 0x02,)) + os.urandom(5))
    message = dhcp.discover(xid=int.from_bytes(os.urandom(4), "big"), mac=client)
    return dhcp.frame(
        dhcp.Datagram(
            source_mac=mac,
            target_mac=dhcp.BROADCAST_MAC,
            source="0.0.0.0",
            target="255.255.255.255",
            source_port=dhcp.CLIENT_PORT,
            target_port=dhcp.SERVER_PORT,
            payload=dhcp.encode(message),
        )
    )


@dataclass(frozen=True)
class AlertConfig:
    """A row, read. ``timeout_s`` None: a server is remembered for ever."""

    interface: str
    valid: frozenset[str]
    on_alert: str
    timeout_s: float | None
    kernel: str = ""  # the interface as the namespace calls it


def read_row(row: ConfigRow, kernel_of: Callable[[str], str] = str) -> AlertConfig:
    macs = [text for text in row.get("valid-server").split(",") if text]
    forever = row.get("alert-timeout") == "none"
    return AlertConfig(
        interface=row.get("interface"),
        kernel=kernel_of(row.get("interface")),
        valid=frozenset(dhcp.mac_text(dhcp.mac_bytes(text)) for text in macs),
        on_alert=row.get("on-alert"),
        timeout_s=None if forever else row.seconds("alert-timeout", DEFAULT_TIMEOUT_S),
    )


class Memory:
    """The unknown servers of one row and when each was reported (seconds of any steady clock)."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def note(self, server: Server, config: AlertConfig, now: float) -> bool:
        """Shall this server be reported? If so it is remembered."""
        self.forget(config, now)
        if server.mac in config.valid or server.mac in self._seen:
            return False
        if len(self._seen) >= _MAX_SERVERS:
            del self._seen[next(iter(self._seen))]
        self._seen[server.mac] = now
        return True

    def forget(self, config: AlertConfig, now: float) -> None:
        """Drop servers whose time is over and those that have become valid."""
        limit = config.timeout_s
        self._seen = {
            mac: at for mac, at in self._seen.items() if mac not in config.valid and (limit is None or now - at < limit)
        }

    def next_end(self, config: AlertConfig) -> float | None:
        """When the next server will be forgotten; None when none will."""
        if config.timeout_s is None or not self._seen:
            return None
        return min(self._seen.values()) + config.timeout_s

    def clear(self) -> None:
        self._seen.clear()

    @property
    def macs(self) -> tuple[str, ...]:
        return tuple(self._seen)


class _Watch:
    """One enabled row."""

    def __init__(self, owner: AlertProber, row_id: int, config: AlertConfig) -> None:
        self.owner = owner
        self.row_id = row_id
        self.config = config
        self.memory = Memory()
        self.shown: tuple[str, ...] = ()
        self.invalid = False
        self._end: asyncio.TimerHandle | None = None
        self.task = spawn(self._run(), f"dhcp alert on {config.interface}")

    def adapt(self, config: AlertConfig) -> None:
        self.config = config
        self.tidy()

    def tidy(self) -> None:
        """Forget what is over, show what is left, come back when the next one is over."""
        loop = asyncio.get_running_loop()
        self.memory.forget(self.config, loop.time())
        if self.memory.macs != self.shown:
            self.shown = self.memory.macs
            # one MAC with one server; how RouterOS prints several is unsure
            self.owner.set_status(self.row_id, {"unknown-server": ",".join(self.shown) or None})
        if self._end is not None:
            self._end.cancel()
        end = self.memory.next_end(self.config)
        self._end = None if end is None else loop.call_at(end, self.tidy)

    def close(self) -> None:
        self.task.cancel()
        if self._end is not None:
            self._end.cancel()

    async def _run(self) -> None:
        while True:
            sock = self._open()
            if self.invalid != (sock is None):
                self.invalid = sock is None
                self.owner.set_status(self.row_id, {"invalid": "true" if self.invalid else "false"})
            if sock is not None:
                with contextlib.closing(sock):
                    await self._serve(sock)
            await asyncio.sleep(_RETRY_S)

    def _open(self) -> socket.socket | None:
        """A socket on the interface; None when there is none or when it is the port of a bridge (facts 4.1)."""
        found = interfaces(self.owner.name).get(self.config.kernel)
        if found is None or found.master:
            return None
        sock = netns.make_socket(self.owner.name, socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            sock.bind((self.config.kernel, dhcp.ETHERTYPE_IPV4))
        except OSError:
            sock.close()
            return None
        return sock

    async def _serve(self, sock: socket.socket) -> None:
        """Listen and ask until the interface is gone."""
        probes = spawn(self._ask(sock), f"dhcp probe on {self.config.interface}")
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    frame = await loop.sock_recv(sock, 65535)
                except OSError:  # ENETDOWN is told once; whether the interface is gone for good shows on reopening
                    return
                if (server := server_in(frame)) is not None:
                    self._heard(server)
        finally:
            probes.cancel()
            await asyncio.gather(probes, return_exceptions=True)

    async def _ask(self, sock: socket.socket) -> None:
        while True:
            try:
                sock.send(probe_frame(dhcp.mac_text(sock.getsockname()[4])))
            except OSError:  # down, or its queue is full
                await asyncio.sleep(_RETRY_S)
            else:
                await asyncio.sleep(self.owner.probe_interval_s)

    def _heard(self, server: Server) -> None:
        news = self.memory.note(server, self.config, asyncio.get_running_loop().time())
        self.tidy()
        if news:
            self.owner.report(self.config, server)


class AlertProber:
    """All alert rows of one router. ``refresh`` after each change of the configuration, ``stop`` at the end."""

    def __init__(
        self,
        name: str,
        *,
        set_status: SetStatus,
        run_event: RunEvent,
        log: Log,
        probe_interval_s: float = PROBE_INTERVAL_S,
    ) -> None:
        self.name = name
        self.set_status = set_status
        self.probe_interval_s = probe_interval_s
        self._run_event = run_event
        self._log = log
        self._watches: dict[int, _Watch] = {}
        self._scripts: set[asyncio.Task[None]] = set()

    def refresh(self, rows: Sequence[ConfigRow], kernel_of: Callable[[str], str] = str) -> None:
        """Work by these rows from now on. A row that stays on its interface keeps what it has seen.

        ``kernel_of``: what the namespace calls an interface of the configuration.
        """
        wanted = {row.id: read_row(row, kernel_of) for row in rows if row.enabled}
        for row_id, watch in list(self._watches.items()):
            config = wanted.get(row_id)
            here = (watch.config.interface, watch.config.kernel)
            if config is None or (config.interface, config.kernel) != here:
                watch.close()
                del self._watches[row_id]
                self.set_status(row_id, {"unknown-server": None, "invalid": "false"})
            else:
                watch.adapt(config)
        for row_id, config in wanted.items():
            if row_id not in self._watches:
                self._watches[row_id] = _Watch(self, row_id, config)

    def reset_alert(self, row_id: int) -> None:
        """Forget the servers of a row; one that is still there is reported again at its next answer."""
        watch = self._watches.get(row_id)
        if watch is not None:
            watch.memory.clear()
            watch.tidy()

    async def stop(self) -> None:
        tasks = [watch.task for watch in self._watches.values()] + list(self._scripts)
        for watch in self._watches.values():
            watch.close()
        self._watches.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def report(self, config: AlertConfig, server: Server) -> None:
        text = f"discovered unknown dhcp server, mac {server.mac}, ip {server.address}"
        self._log(TOPICS, f"dhcp alert on {config.interface}:\n    {text}")
        if config.on_alert:
            # undocumented names that three independent published scripts use (facts 4.1)
            variables = {"interface": config.interface, "mac-address": server.mac, "address": server.address}
            task = spawn(self._script(config.on_alert, variables), f"on-alert of {config.interface}")
            self._scripts.add(task)
            task.add_done_callback(self._scripts.discard)

    async def _script(self, source: str, variables: Mapping[str, str | int]) -> None:
        await self._run_event(source, variables)
