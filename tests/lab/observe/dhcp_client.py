# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DHCP client of a few lines, and a rogue server: what the tests put on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from lab import netns
from lab.observe import dhcp_packets as dhcp


async def lease(name: str, port: str, mac: str, *, host_name: str = "", timeout_s: float = 30) -> dhcp.Message:
    """Get a lease as the client ``mac``; the ACK."""
    with contextlib.closing(netns.make_socket(name, 17, 3, 0)) as sock:
        sock.bind((port, dhcp.ETHERTYPE_IPV4))
        discover = dhcp.discover(xid=99, mac=mac, host_name=host_name)
        offer = await exchange(sock, discover, dhcp.Kind.OFFER, timeout_s)
        return await exchange(sock, dhcp.request(offer, host_name=host_name), dhcp.Kind.ACK, timeout_s)


async def exchange(sock: object, message: dhcp.Message, kind: dhcp.Kind, timeout_s: float) -> dhcp.Message:
    """The first answer of this kind: one to an earlier try may still be on its way."""
    datagram = dhcp.Datagram(
        message.chaddr, dhcp.BROADCAST_MAC, "0.0.0.0", "255.255.255.255", 68, 67, dhcp.encode(message)
    )
    sock.send(dhcp.frame(datagram))  # type: ignore[attr-defined]
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        while True:
            found = dhcp.unframe(await loop.sock_recv(sock, 2000))  # type: ignore[arg-type]
            if found is not None and found.target_port == dhcp.CLIENT_PORT:
                answer = dhcp.decode(found.payload)
                if (answer.xid, answer.chaddr, answer.kind) == (message.xid, message.chaddr, kind):
                    return answer


@contextlib.contextmanager
def rogue(name: str, folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A dnsmasq that offers 10.0.0.100-150 in a namespace, with all its defaults (it pings for 3 s first).

    It hears what is sent once this yields.
    """
    process = subprocess.Popen(
        [
            *("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--dhcp-range=10.0.0.100,10.0.0.150,600"),
            *(f"--dhcp-leasefile={folder / f'{name}.leases'}", *options),
        ],
        preexec_fn=netns.preexec(name),  # noqa: PLW1509 - no threads in these tests
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 60
        while not _listens(process.pid):
            assert process.poll() is None, "dnsmasq has ended"
            assert time.monotonic() < ends
            time.sleep(0.01)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _listens(pid: int) -> bool:
    """On the port of DHCP servers, 67 or 0x43."""
    return ":0043 " in Path(f"/proc/{pid}/net/udp").read_text(encoding="ascii")
