# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ISP's DHCP server: dnsmasq in the ISP's namespace, with one address to give."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import subprocess
from pathlib import Path

from lab import netns
from lab.world.topology import RESOLVERS
from lab.world.uplinks import LEASE_S, REBIND_S, RENEW_S, Addressing, TopologyError, Uplink

_READY_TRIES, _READY_S = 200, 0.03


def arguments(uplink: Uplink, addressing: Addressing, lease_file: Path) -> list[str]:
    """The command line. Authoritative: a client that asks for an address of before is refused at once."""
    mask = ipaddress.ip_network(addressing.network).netmask
    return [
        "dnsmasq",
        "--no-daemon",
        "--user=",
        "--group=",
        "--conf-file=/dev/null",
        "--port=0",
        "--no-hosts",
        "--no-resolv",
        "--no-ping",
        "--dhcp-authoritative",
        f"--interface={uplink.device}",
        "--bind-interfaces",
        "--except-interface=lo",
        f"--dhcp-leasefile={lease_file}",
        f"--dhcp-range={addressing.router},{addressing.router},{mask},{LEASE_S}",
        f"--dhcp-option=3,{addressing.gateway}",
        f"--dhcp-option=6,{','.join(RESOLVERS)}",
        f"--dhcp-option=58,{RENEW_S}",
        f"--dhcp-option=59,{REBIND_S}",
    ]


class IspDhcp:
    """``start`` when the line is numbered, ``stop`` before it is renumbered: leases do not outlive that."""

    def __init__(self, uplink: Uplink) -> None:
        self._uplink = uplink
        self._process: asyncio.subprocess.Process | None = None
        self._lease_file = Path("/run") / f"{uplink.name}.leases"

    async def start(self, addressing: Addressing) -> None:
        process = await asyncio.create_subprocess_exec(
            *arguments(self._uplink, addressing, self._lease_file),
            preexec_fn=netns.preexec(self._uplink.name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        for _ in range(_READY_TRIES):
            if process.returncode is not None:
                raise TopologyError(
                    f"dnsmasq did not start at {self._uplink.name}: exit code {process.returncode}, see dnsmasq(8)"
                )
            if _serves_dhcp(self._uplink.name):
                return
            await asyncio.sleep(_READY_S)
        raise TopologyError(f"dnsmasq at {self._uplink.name} does not listen")

    async def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()
            self._process = None
        self._lease_file.unlink(missing_ok=True)

    @property
    def leased(self) -> bool:
        """Whether somebody holds the address."""
        with contextlib.suppress(FileNotFoundError):
            return bool(self._lease_file.read_text(encoding="ascii").strip())
        return False


def _serves_dhcp(name: str) -> bool:
    """Is UDP port 67 bound in the namespace?"""
    with netns.inside(name):
        lines = Path("/proc/thread-self/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[1].endswith(":0043") for line in lines)
