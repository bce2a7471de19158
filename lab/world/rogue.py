# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DHCP servers that nobody ordered: dnsmasq with its defaults, as an old modem that somebody used as an access point.

The first one sits on a LAN port of the router; further ones hang on the switch.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from lab import netns
from lab.world.build import make_namespace
from lab.world.topology import SWITCH_NS

DEFAULT_MAC = "DC:2C:6E:81:CF:34"  # the rogue server of the thesis
MAX_ROGUES = 8
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


class RogueError(ValueError):
    """An option that no rogue server can have."""


def mac_of(first: str, number: int) -> str:
    """The MAC of the n-th rogue (from 1): the given one, counted up."""
    if not _MAC.fullmatch(first):
        raise RogueError(f"MAC {first!r}: six pairs of hexadecimal digits with colons are expected")
    value = int(first.replace(":", ""), 16)
    if value >> 40 & 1:
        raise RogueError(f"MAC {first}: this is a group address, no card has it")
    text = f"{(value + number - 1) % (1 << 48):012X}"
    return ":".join(text[n : n + 2] for n in range(0, 12, 2))


@dataclass
class Rogues:
    """The rogue servers of one lab."""

    made: set[int] = field(default_factory=lambda: {1})  # namespace rogue1 comes with the topology
    running: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    macs: dict[int, str] = field(default_factory=dict)

    async def start(self, mac: str, count: int) -> None:
        if not 1 <= count <= MAX_ROGUES:
            raise RogueError(f"{count} rogue servers: 1 to {MAX_ROGUES} are possible")
        if self.running:
            raise RogueError("a rogue server is running already; `lab rogue off` takes it away")
        for number in range(1, count + 1):
            await self._start(number, mac_of(mac, number))

    async def _start(self, number: int, mac: str) -> None:
        name = f"rogue{number}"
        if number not in self.made:
            _plug_into_switch(name)
            self.made.add(number)
        address = f"192.168.{100 - number + 1}"
        commands = [
            f"link set dev eth0 address {mac}",
            f"address replace {address}.1/24 dev eth0",
            "link set dev eth0 up",
        ]
        netns.run(name, ["ip", "-batch", "-"], stdin="\n".join(commands) + "\n")
        argv = [
            "dnsmasq",
            "--no-daemon",
            "--user=",
            "--group=",
            "--conf-file=/dev/null",
            "--port=0",
            "--interface=eth0",
        ]
        argv += [f"--dhcp-range={address}.100,{address}.199,255.255.255.0,10m", f"--dhcp-leasefile=/run/{name}.leases"]
        process = await asyncio.create_subprocess_exec(
            *argv,
            preexec_fn=netns.preexec(name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            if process.returncode is not None or _serves_dhcp(name):
                break
            await asyncio.sleep(0.03)
        if process.returncode is not None:
            raise RogueError(f"dnsmasq did not start in {name}: exit code {process.returncode}, see dnsmasq(8)")
        self.running[number] = process
        self.macs[number] = mac

    async def stop(self) -> int:
        """Take all of them away: process and plug. Returns how many there were."""
        count = len(self.running)
        for number, process in self.running.items():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            netns.run(f"rogue{number}", ["ip", "link", "set", "dev", "eth0", "down"])
        self.running.clear()
        self.macs.clear()
        return count


def _serves_dhcp(name: str) -> bool:
    """Is UDP port 67 bound in the namespace?"""
    with netns.inside(name):
        lines = Path("/proc/thread-self/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[1].endswith(":0043") for line in lines)


def _plug_into_switch(name: str) -> None:
    make_namespace(name)
    pair = f"link add name {name} netns {SWITCH_NS} type veth peer name eth0 netns {name}\n"
    subprocess.run(["ip", "-batch", "-"], input=pair, text=True, capture_output=True, check=True)
    netns.run(SWITCH_NS, ["ip", "-batch", "-"], stdin=f"link set dev {name} master switch\nlink set dev {name} up\n")
