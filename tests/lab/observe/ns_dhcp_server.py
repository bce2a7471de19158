# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lab.derive.plan import DhcpPool
from lab.observe import dhcp_packets as dhcp
from lab.observe.dhcp_server import DhcpServer
from tests.lab.observe.dhcp_client import lease

MAC = "02:00:00:00:00:11"
POOL = DhcpPool(
    "ether1", "dhcp1", "10.0.0.50", "10.0.0.60", 600, gateway="10.0.0.1", dns=("10.0.0.1",), netmask="255.255.255.0"
)


@pytest.fixture
async def server(pair: Any, tmp_path: Path) -> AsyncIterator[DhcpServer]:
    made = DhcpServer("rt", tmp_path / "data")
    yield made
    await made.stop()
    assert made.pids() == ()


async def test_a_client_gets_a_lease_and_the_router_shows_it(server: DhcpServer, until: Any) -> None:
    await server.apply([POOL])
    await until(lambda: len(server.pids()) == 1)
    ack = await retried(MAC, host_name="pc-1")
    assert 50 <= int(ack.yiaddr.removeprefix("10.0.0.")) <= 60
    assert ack.addresses(dhcp.Option.ROUTER) == ("10.0.0.1",)
    assert ack.addresses(dhcp.Option.DNS) == ("10.0.0.1",)
    await until(lambda: len(server.leases()) == 1)
    ((row_id, row),) = server.rows()
    expires = row.pop("expires-after")
    assert expires == "10m" or expires.startswith("9m")
    assert row == {
        "address": ack.yiaddr,
        "mac-address": MAC,
        "host-name": "pc-1",
        "server": "dhcp1",
        "active-address": ack.yiaddr,
        "active-mac-address": MAC,
        "active-server": "dhcp1",
        "status": "bound",
        "dynamic": "true",
    }
    assert server.rows()[0][0] == row_id


async def test_two_pools_serve_their_own_interfaces(pair: Any, server: DhcpServer, until: Any) -> None:
    pair.namespace("nb2")
    pair.wire("rt", "ether2", "nb2", "eth0")
    pair.ip("rt", "addr add 10.0.2.1/24 dev ether2")
    await server.apply([POOL, DhcpPool("ether2", "dhcp2", "10.0.2.50", "10.0.2.60", 600)])
    await until(lambda: len(server.pids()) == 2)
    assert (await retried(MAC)).yiaddr.startswith("10.0.0.")
    other = await retried("02:00:00:00:00:12", name="nb2")
    assert other.yiaddr.startswith("10.0.2.")
    assert other.addresses(dhcp.Option.ROUTER) == ()
    await until(lambda: [one.server for one in server.leases()] == ["dhcp1", "dhcp2"])


async def test_a_change_restarts_only_what_changed_and_keeps_leases(pair: Any, server: DhcpServer, until: Any) -> None:
    await server.apply([POOL])
    await until(lambda: len(server.pids()) == 1)
    await retried(MAC)
    (before,) = server.pids()
    await server.apply([POOL])
    assert server.pids() == (before,)
    await server.apply([DhcpPool("ether1", "dhcp1", "10.0.0.50", "10.0.0.99", 600)])
    await until(lambda: len(server.pids()) == 1)
    assert server.pids() != (before,)
    assert not alive(before)
    assert [one.mac for one in server.leases()] == [MAC]
    await server.apply([])
    assert (server.pids(), server.leases()) == ((), ())


async def test_a_lost_child_is_told_and_replaced(server: DhcpServer, until: Any) -> None:
    lost: list[tuple[DhcpPool, int]] = []
    server.on_lost = lambda pool, code, _words: lost.append((pool, code))
    await server.apply([POOL])
    await until(lambda: len(server.pids()) == 1)
    (before,) = server.pids()
    os.kill(before, signal.SIGKILL)
    await until(lambda: lost == [(POOL, -signal.SIGKILL)])
    await until(lambda: len(server.pids()) == 1 and server.pids() != (before,))
    await retried(MAC)


async def test_a_child_that_cannot_start_says_why(server: DhcpServer, until: Any) -> None:
    lost: list[str] = []
    server.on_lost = lambda _pool, _code, words: lost.append(words)
    await server.apply([DhcpPool("ether1", "dhcp1", "nonsense", "10.0.0.60", 600)])
    await until(lambda: bool(lost))
    assert "bad dhcp-range" in lost[0]


def test_no_dnsmasq_outlives_a_lab_that_was_killed(pair: Any, tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from lab.derive.plan import DhcpPool\n"
        "from lab.observe.dhcp_server import DhcpServer\n"
        "async def main():\n"
        f"    server = DhcpServer('rt', Path({str(tmp_path)!r}))\n"
        "    await server.apply([DhcpPool('ether1', 'd', '10.0.0.50', '10.0.0.60', 600)])\n"
        "    while not server.pids(): await asyncio.sleep(0.01)\n"
        "    await asyncio.sleep(0.3)\n"
        "    print(server.pids()[0], flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
        parent.wait(60)
    ends = time.monotonic() + 60
    while alive(child) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not alive(child)


def alive(pid: int) -> bool:
    """Runs, and is no zombie that only waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def retried(mac: str, *, name: str = "nb", host_name: str = "") -> dhcp.Message:
    """dnsmasq needs a moment to open its socket; a client asks again, as every client does."""
    for seconds in range(1, 11):
        with contextlib.suppress(TimeoutError):
            return await lease(name, "eth0", mac, host_name=host_name, timeout_s=seconds)
    raise AssertionError("no lease")
