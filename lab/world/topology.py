# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab consists of, as data: addresses, lines, ports. No process, no socket, no clock.

Every address follows from the number of the uplink, so two labs with the same options look the same.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_UPLINKS = 16
MAX_CLIENTS = 200
#: Always present; what a branch probes and where its names come from.
ANCHORS = ("8.8.4.4", "9.9.9.10", "1.0.0.1", "208.67.222.222")
RESOLVERS = ("8.8.8.8", "1.1.1.1")
TELEGRAM_HOST = "api.telegram.org"
TELEGRAM_ADDRESS = "149.154.167.220"
SERVER_BLOCK = ipaddress.ip_network("198.51.100.0/24")  # TEST-NET-2 (RFC 5737)
SERVER_COUNT = 128
#: a host on the internet from which the router is managed; servers have the lower half of the block
OFFICE_ADDRESS = "198.51.100.200"
LAN = ipaddress.ip_network("192.168.10.0/24")
LAN_GATEWAY = "192.168.10.1"
FIRST_CLIENT = 10
#: the computer from which the router is managed inside the branch
ADMIN_ADDRESS = "192.168.10.5"
LAN_PORTS = ("clients", "rogue", "spare")

#: Network namespaces that every lab has; isp1..ispN come on top.
ROUTER_NS, INTERNET_NS, SWITCH_NS, CLIENT_NS, GUEST_NS = "router", "inet", "lan", "client", "guest"

_RATE = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)")
_FACTORS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


class TopologyError(ValueError):
    """An option that no lab can be built from; the text says what was seen and what is allowed."""


def parse_rate(text: str) -> int:
    """``10M`` -> 10_000_000 bit/s (decimal, as RouterOS and ISPs count)."""
    match = _RATE.fullmatch(text.strip())
    rate = int(float(match[1]) * _FACTORS[match[2]]) if match else 0
    if not 64_000 <= rate <= 10_000_000_000:
        raise TopologyError(f"speed {text!r}: a number with k, M or G from 64k to 10G is expected, for example 10M")
    return rate


@dataclass(frozen=True)
class Uplink:
    """One internet line, counted from 1. Speeds in bit/s on the wire, seen from the branch."""

    number: int
    download: int
    upload: int

    @property
    def name(self) -> str:
        return f"isp{self.number}"

    @property
    def port(self) -> str:
        return f"ether{self.number}"

    @property
    def _octet(self) -> int:
        # 192.168.10.0/24 is the LAN: from the tenth line on the third octet is 110, 111, …
        return self.number if self.number < 10 else 100 + self.number

    @property
    def network(self) -> str:
        return f"192.168.{self._octet}.0/24"

    @property
    def gateway(self) -> str:
        return f"192.168.{self._octet}.1"

    @property
    def router_address(self) -> str:
        """The address the branch is meant to use on this line; the lab does not set it."""
        return f"192.168.{self._octet}.2"

    @property
    def public_address(self) -> str:
        """The source address by which internet hosts recognise this line (TEST-NET-3, RFC 5737)."""
        return f"203.0.113.{self.number}"

    @property
    def transit(self) -> tuple[str, str]:
        """(the ISP's end, the internet's end) of the link between them."""
        return f"100.64.{self.number}.2", f"100.64.{self.number}.1"


def parse_uplinks(text: str) -> tuple[Uplink, ...]:
    """``10M/10M,20M/5M`` -> uplinks (download/upload each); ``10M`` means both directions."""
    lines = []
    for number, word in enumerate(text.split(","), start=1):
        down, _, up = word.strip().partition("/")
        lines.append(Uplink(number, parse_rate(down), parse_rate(up or down)))
    if not 1 <= len(lines) <= MAX_UPLINKS:
        raise TopologyError(f"{len(lines)} uplinks: 1 to {MAX_UPLINKS} are possible")
    return tuple(lines)


#: what a router may do from the factory (facts 8); changed on it by /system/device-mode/update and a power cycle
DEVICE_MODES = ("advanced", "basic", "home")
#: how the router is found (world/factory.py): prepared for the API; set up by a technician, but nobody may use the API
#: yet; or as it came from the factory
FACTORIES = ("ready", "hand-configured", "new")


@dataclass(frozen=True)
class Topology:
    """One lab. ``clients``: number of client addresses; ``anchors``: addresses besides ANCHORS that answer ping.

    ``admin_password``: whether ``admin`` has one; routers without a printed password leave the factory without.
    """

    uplinks: tuple[Uplink, ...] = field(default_factory=lambda: parse_uplinks("10M/10M,10M/10M"))
    clients: int = MAX_CLIENTS
    extra_anchors: tuple[str, ...] = ()
    version: str = "7.22"
    branch: str = "jakarta"
    device_mode: str = "advanced"
    factory: str = "ready"
    admin_password: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.clients <= MAX_CLIENTS:
            raise TopologyError(f"{self.clients} clients: 1 to {MAX_CLIENTS} are possible")
        if not re.fullmatch(r"[67]\.\d+(\.\d+)?", self.version):
            raise TopologyError(f"version {self.version!r}: a RouterOS version such as 7.22 is expected")
        if self.device_mode not in DEVICE_MODES:
            raise TopologyError(f"device-mode {self.device_mode!r}: {', '.join(DEVICE_MODES)} are possible")
        if self.factory not in FACTORIES:
            raise TopologyError(f"factory {self.factory!r}: {', '.join(FACTORIES)} are possible")
        if not _NAME.fullmatch(self.branch):
            raise TopologyError(f"branch {self.branch!r}: lower case letters, digits and dashes are allowed")
        for text in self.extra_anchors:
            _check_anchor(text, self.uplinks)

    @property
    def anchors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*ANCHORS, *self.extra_anchors)))

    @property
    def lan_ports(self) -> tuple[str, ...]:
        """Ports after the uplinks: the switch with the clients, the port for the rogue, a spare one."""
        return tuple(f"ether{len(self.uplinks) + 1 + n}" for n in range(len(LAN_PORTS)))

    @property
    def ports(self) -> tuple[str, ...]:
        return (*(uplink.port for uplink in self.uplinks), *self.lan_ports)

    @property
    def client_addresses(self) -> tuple[str, ...]:
        return tuple(str(LAN[FIRST_CLIENT + n]) for n in range(self.clients))

    @property
    def server_addresses(self) -> tuple[str, ...]:
        return tuple(str(SERVER_BLOCK[1 + n]) for n in range(SERVER_COUNT))

    @property
    def namespaces(self) -> tuple[str, ...]:
        return (ROUTER_NS, INTERNET_NS, SWITCH_NS, CLIENT_NS, GUEST_NS, "rogue1", *(u.name for u in self.uplinks))

    def uplink(self, name: str) -> Uplink:
        for uplink in self.uplinks:
            if uplink.name == name:
                return uplink
        raise TopologyError(f"no uplink {name!r} in this lab: it has {', '.join(u.name for u in self.uplinks)}")

    def uplink_of_source(self, address: str) -> str:
        """The uplink that a connection with this source address came by, as an internet host sees it."""
        for uplink in self.uplinks:
            if uplink.public_address == address:
                return uplink.name
        return "unknown"

    def to_json(self) -> dict[str, object]:
        return {
            "uplinks": [{"download": u.download, "upload": u.upload} for u in self.uplinks],
            "clients": self.clients,
            "extra_anchors": list(self.extra_anchors),
            "version": self.version,
            "branch": self.branch,
            "device_mode": self.device_mode,
            "factory": self.factory,
            "admin_password": self.admin_password,
        }


def _check_anchor(text: str, uplinks: tuple[Uplink, ...]) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise TopologyError(f"anchor {text!r}: an IPv4 address is expected") from None
    taken = [LAN, *(ipaddress.ip_network(u.network) for u in uplinks)]
    if address.version != 4 or any(address in network for network in taken) or not address.is_global:
        raise TopologyError(f"anchor {text}: a public IPv4 address is expected")


def topology_from_json(data: Mapping[str, object]) -> Topology:
    """The inverse of ``to_json``."""
    lines = data["uplinks"]
    anchors = data["extra_anchors"]
    assert isinstance(lines, list)
    assert isinstance(anchors, list)
    return Topology(
        uplinks=tuple(Uplink(n, line["download"], line["upload"]) for n, line in enumerate(lines, start=1)),
        clients=int(str(data["clients"])),
        extra_anchors=tuple(anchors),
        version=str(data["version"]),
        branch=str(data["branch"]),
        device_mode=str(data["device_mode"]),
        factory=str(data["factory"]),
        admin_password=bool(data["admin_password"]),
    )
