# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The router's DHCP server: one dnsmasq a pool, in the router's namespace, ended by its pid and with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import hashlib
import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import netns
from lab.derive.plan import DhcpPool
from lab.observe.tasks import spawn
from lab.values.scalar import format_duration

_log = logging.getLogger(__name__)
_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_TERM_S = 2.0
_RETRY_S = 1.0

OnLost = Callable[[DhcpPool, int, str], None]


@dataclass(frozen=True)
class Lease:
    """``expires`` in seconds since the epoch; 0 never."""

    server: str
    address: str
    mac: str
    host_name: str
    expires: int

    def row(self, now: float) -> dict[str, str]:
        """As ``/ip/dhcp-server/lease`` shows a dynamic lease (facts 11.4)."""
        row = {
            "address": self.address,
            "mac-address": self.mac,
            "server": self.server,
            "active-address": self.address,
            "active-mac-address": self.mac,
            "active-server": self.server,
            "status": "bound",
            "dynamic": "true",
        }
        if self.host_name:
            row["host-name"] = self.host_name
        if self.expires:
            row["expires-after"] = format_duration(max(0, int(self.expires - now)) * 1_000_000)
        return row


def parse_leases(server: str, text: str) -> tuple[Lease, ...]:
    """dnsmasq's lease file, a line each: ``<expiry> <mac> <address> <name or *> …``; other lines are skipped."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and words[0].isdigit() and words[1].count(":") == 5:
            name = "" if words[3] == "*" else words[3]
            found.append(Lease(server, words[2], words[1].upper(), name, int(words[0])))
    return tuple(found)


def arguments(pool: DhcpPool, lease_file: Path) -> list[str]:
    """The command line of one pool's dnsmasq. No DNS, nothing read from the machine's own configuration."""
    netmask = f",{pool.netmask}" if pool.netmask else ""
    ranges = [(pool.start, pool.end), *pool.more] if pool.start else [(pool.network, "static")]
    return [
        "dnsmasq",
        "--no-daemon",  # and no change of user, which a user namespace refuses
        "--conf-file=/dev/null",
        "--port=0",
        "--no-hosts",
        "--no-resolv",
        "--no-ping",  # 3 s for each address otherwise
        *(["--dhcp-authoritative"] if pool.authoritative else []),
        "--dhcp-lease-max=65535",
        f"--interface={pool.interface}",
        "--bind-interfaces",  # one process an interface: its DHCP socket is bound to that device
        "--except-interface=lo",
        f"--dhcp-leasefile={lease_file}",
        *(f"--dhcp-range={start},{end}{netmask},{pool.lease_s}" for start, end in ranges),
        *(f"--dhcp-host={mac},{address or 'ignore'}" for mac, address in pool.hosts),
        f"--dhcp-option=3{',' + pool.gateway if pool.gateway else ''}",
        f"--dhcp-option=6{',' + ','.join(pool.dns) if pool.dns else ''}",
    ]


def _die_with_parent(name: str) -> Callable[[], None]:
    enter = netns.preexec(name)

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        enter()

    return prepare


class _Child:
    """Keeps one dnsmasq running."""

    def __init__(self, owner: DhcpServer, pool: DhcpPool) -> None:
        self.pool = pool
        self.pid: int | None = None
        self._owner = owner
        digest = hashlib.sha256(f"{pool.interface}/{pool.server_name}".encode()).hexdigest()[:12]
        self.lease_file = owner.data_dir / f"dhcp-{digest}.leases"
        self.task = spawn(self._keep(), f"dhcp server on {pool.interface}")

    async def _keep(self) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *arguments(self.pool, self.lease_file),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                preexec_fn=_die_with_parent(self._owner.name),
            )
            self.pid = process.pid
            try:
                words = await _last_words(process)
            finally:
                self.pid = None
                await _end(process)
            _log.error("dnsmasq on %s ended with %s: %s", self.pool.interface, process.returncode, words)
            if self._owner.on_lost is not None:
                self._owner.on_lost(self.pool, process.returncode or 0, words)
            await asyncio.sleep(_RETRY_S)


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """Read what the child says until it ends; its last line."""
    assert process.stderr is not None
    last = b""
    async for line in process.stderr:
        last = line
    await process.wait()
    return last.decode(errors="replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _TERM_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class DhcpServer:
    """``await apply(plan.dhcp)`` after each derivation, ``await stop()`` at the end.

    Apply addresses first: dnsmasq binds its socket to the device only if that has an address when it starts. The loop's
    thread must live as long as the lab: the kernel ends the children with the thread that started them.
    A child that dies is logged, told to ``on_lost`` (pool, exit code, its last words) and started again.
    """

    def __init__(self, name: str, data_dir: Path, *, on_lost: OnLost | None = None) -> None:
        self.name = name
        self.data_dir = data_dir
        self.on_lost = on_lost
        self._children: dict[DhcpPool, _Child] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._one_at_a_time = asyncio.Lock()
        self._forgetting: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def apply(self, pools: Sequence[DhcpPool]) -> None:
        """Run exactly these pools; those that did not change keep their process."""
        async with self._one_at_a_time:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            await self._end([pool for pool in self._children if pool not in pools])
            for pool in pools:
                if pool not in self._children:
                    self._children[pool] = _Child(self, pool)

    async def stop(self) -> None:
        for task in list(self._tasks):
            await task
        await self._end(list(self._children))

    def forget(self, ids: Sequence[int]) -> None:
        """Drop leases by the ids of ``rows``: not shown from now on, and free for others in a moment."""
        keys = {key for key, number in self._ids.items() if number in ids}
        self._forgetting |= keys
        task = spawn(self._forget(keys), "forgotten leases")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forget(self, keys: set[tuple[str, str]]) -> None:
        """dnsmasq reads its file when it starts, and keeps what it has read."""
        async with self._one_at_a_time:
            for pool in [pool for pool in self._children if any(server == pool.server_name for server, _ in keys)]:
                file = self._children[pool].lease_file
                await self._end([pool])
                gone = {mac for server, mac in keys if server == pool.server_name}
                with contextlib.suppress(FileNotFoundError):
                    lines = file.read_text().splitlines(keepends=True)
                    file.write_text("".join(line for line in lines if not gone & {w.upper() for w in line.split()}))
                self._children[pool] = _Child(self, pool)
            self._forgetting -= keys

    @staticmethod
    def now() -> float:
        """The clock that leases end by, seconds since the epoch."""
        return time.time()

    def pids(self) -> tuple[int, ...]:
        return tuple(child.pid for child in self._children.values() if child.pid is not None)

    def leases(self) -> tuple[Lease, ...]:
        """The leases that have not expired, by server and address."""
        now = time.time()
        found: list[Lease] = []
        for child in self._children.values():
            with contextlib.suppress(FileNotFoundError):
                found.extend(parse_leases(child.pool.server_name, child.lease_file.read_text()))
        live = [
            lease
            for lease in found
            if (not lease.expires or lease.expires > now) and (lease.server, lease.mac) not in self._forgetting
        ]
        return tuple(sorted(live, key=lambda lease: (lease.server, lease.address)))

    def of(self, mac: str) -> Lease | None:
        """What a client holds now."""
        return next((lease for lease in self.leases() if lease.mac == mac.upper()), None)

    def rows(self) -> list[tuple[int, dict[str, str]]]:
        """``/ip/dhcp-server/lease``: (id, values); a client keeps its id as long as this object lives."""
        now = time.time()
        return [
            (self._ids.setdefault((lease.server, lease.mac), len(self._ids) + 1), lease.row(now))
            for lease in self.leases()
        ]

    async def _end(self, pools: Sequence[DhcpPool]) -> None:
        tasks = [self._children.pop(pool).task for pool in pools]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
