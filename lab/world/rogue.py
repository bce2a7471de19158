# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DHCP servers that nobody ordered: dnsmasq with its defaults, as an old modem that somebody used as an access point.

The first one sits on a LAN port of the router; further ones hang on the switch. On a VLAN all of them hang on one
of its two switches: behind the trunk, or at the router's access port.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import netns
from lab.world.build import make_namespace
from lab.world.segments import MANAGED_NS, switch_of
from lab.world.topology import SWITCH_NS, Topology

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


@dataclass(frozen=True)
class _Place:
    """A switch: its namespace, its name there; ``suffix`` of the names of what hangs on it (15 characters at most)."""

    namespace: str
    switch: str
    suffix: str
    shown: Mapping[str, Any]


@dataclass
class Rogues:
    """The rogue servers of one lab."""

    topology: Topology
    made: set[str] = field(default_factory=lambda: {"rogue1"})  # namespace rogue1 comes with the topology
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    macs: dict[str, str] = field(default_factory=dict)
    #: where they are, for whoever asks: segment, port of the router, tag (0: untagged)
    at: dict[str, Any] = field(default_factory=dict)

    async def start(self, mac: str, count: int, on: str = "") -> None:
        """``on``: "" for the LAN, or what ``Topology.segment`` knows."""
        place = self._place(on)
        if not 1 <= count <= MAX_ROGUES:
            raise RogueError(f"{count} rogue servers: 1 to {MAX_ROGUES} are possible")
        if self.running:
            raise RogueError("a rogue server is running already; `lab rogue off` takes it away")
        self.at = dict(place.shown)
        for number in range(1, count + 1):
            await self._start(number, mac_of(mac, number), place)

    def _place(self, on: str) -> _Place:
        if not on:
            port = self.topology.lan_ports[1]
            return _Place(SWITCH_NS, "switch", "", {"segment": "lan", "port": port, "vid": 0})
        vlan, host = self.topology.segment(on)
        tagged = host == vlan.host
        shown = {"segment": vlan.name, "port": vlan.trunk if tagged else vlan.port, "vid": vlan.vid if tagged else 0}
        return _Place(MANAGED_NS, switch_of(host, vlan), f"-{'v' if tagged else 'a'}{vlan.vid}", shown)

    async def _start(self, number: int, mac: str, place: _Place) -> None:
        name = f"rogue{number}{place.suffix}"
        if name not in self.made:
            _plug_in(name, place)
            self.made.add(name)
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
        self.running[name] = process
        self.macs[name] = mac

    async def stop(self) -> int:
        """Take all of them away: process and plug. Returns how many there were."""
        count = len(self.running)
        for name, process in self.running.items():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            netns.run(name, ["ip", "link", "set", "dev", "eth0", "down"])
        self.running.clear()
        self.macs.clear()
        self.at = {}
        return count


def _serves_dhcp(name: str) -> bool:
    """Is UDP port 67 bound in the namespace?"""
    with netns.inside(name):
        lines = Path("/proc/thread-self/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[1].endswith(":0043") for line in lines)


def _plug_in(name: str, place: _Place) -> None:
    make_namespace(name)
    pair = f"link add name {name} netns {place.namespace} type veth peer name eth0 netns {name}\n"
    subprocess.run(["ip", "-batch", "-"], input=pair, text=True, capture_output=True, check=True)
    lines = f"link set dev {name} master {place.switch}\nlink set dev {name} up\n"
    netns.run(place.namespace, ["ip", "-batch", "-"], stdin=lines)
