# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab consists of, as data: addresses, lines, ports. No process, no socket, no clock.

Every address follows from the number of the uplink, so two labs with the same options look the same.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lab.world.segments import MANAGED_NS, Vlan, check, parse_vlans
from lab.world.uplinks import MAX_UPLINKS, TopologyError, Uplink, parse_rate, parse_uplinks

__all__ = [
    "MAX_UPLINKS",
    "Topology",
    "TopologyError",
    "Uplink",
    "Vlan",
    "parse_rate",
    "parse_uplinks",
    "parse_vlans",
    "topology_from_json",
]

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
#: of the rogue DHCP server, the one of the thesis
ROGUE_MAC = "DC:2C:6E:81:CF:34"
LAN_PORTS = ("clients", "rogue", "spare")

#: Network namespaces that every lab has; isp1..ispN come on top.
ROUTER_NS, INTERNET_NS, SWITCH_NS, CLIENT_NS, GUEST_NS = "router", "inet", "lan", "client", "guest"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


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
    #: what the branch has beside its flat LAN (world/segments.py); their ports are given by ``segments``
    vlans: tuple[Vlan, ...] = ()

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
        check(self.vlans)

    @property
    def anchors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*ANCHORS, *self.extra_anchors, *(a for u in self.uplinks for a in u.anchors))))

    @property
    def lan_ports(self) -> tuple[str, ...]:
        """Ports after the uplinks: the switch with the clients, the port for the rogue, a spare one."""
        return tuple(f"ether{len(self.uplinks) + 1 + n}" for n in range(len(LAN_PORTS)))

    @property
    def ports(self) -> tuple[str, ...]:
        return (*(uplink.port for uplink in self.uplinks), *self.lan_ports, *self.access_ports)

    @property
    def access_ports(self) -> tuple[str, ...]:
        """Ports after those of the LAN: one for each VLAN, untagged."""
        first = int(self.lan_ports[-1].removeprefix("ether")) + 1
        return tuple(f"ether{first + n}" for n in range(len(self.vlans)))

    @property
    def segments(self) -> tuple[Vlan, ...]:
        """The VLANs with the router's ports that lead to them; the trunk is the LAN's spare port."""
        trunk = self.lan_ports[-1]
        return tuple(
            replace(vlan, port=port, trunk=trunk) for vlan, port in zip(self.vlans, self.access_ports, strict=True)
        )

    def has_segment(self, place: str) -> bool:
        return any(place in (v.name, v.host, v.access_host, v.port) for v in self.segments)

    def segment(self, place: str) -> tuple[Vlan, str]:
        """(VLAN, host's namespace) of a name, of ``vlan10``, ``access10`` or the router's port that leads there."""
        for vlan in self.segments:
            if place in (vlan.name, vlan.host):
                return vlan, vlan.host
            if place in (vlan.access_host, vlan.port):
                return vlan, vlan.access_host
        known = ", ".join(name for vlan in self.segments for name in (vlan.name, vlan.access_host)) or "none"
        raise TopologyError(f"no segment {place!r} in this lab: it has {known}")

    @property
    def client_addresses(self) -> tuple[str, ...]:
        return tuple(str(LAN[FIRST_CLIENT + n]) for n in range(self.clients))

    @property
    def server_addresses(self) -> tuple[str, ...]:
        return tuple(str(SERVER_BLOCK[1 + n]) for n in range(SERVER_COUNT))

    @property
    def namespaces(self) -> tuple[str, ...]:
        hosts = [name for vlan in self.vlans for name in (vlan.host, vlan.access_host)]
        behind = (MANAGED_NS, *hosts) if hosts else ()
        names = (ROUTER_NS, INTERNET_NS, SWITCH_NS, CLIENT_NS, GUEST_NS, "rogue1", *behind)
        return (*names, *(u.name for u in self.uplinks))

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
            "uplinks": [u.to_json() for u in self.uplinks],
            "clients": self.clients,
            "extra_anchors": list(self.extra_anchors),
            "version": self.version,
            "branch": self.branch,
            "device_mode": self.device_mode,
            "factory": self.factory,
            "admin_password": self.admin_password,
            "vlans": [vlan.to_json() for vlan in self.vlans],
        }


def _check_anchor(text: str, uplinks: tuple[Uplink, ...]) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise TopologyError(f"anchor {text!r}: an IPv4 address is expected") from None
    taken = [LAN, *(ipaddress.ip_network(u.network) for u in uplinks)]
    if address.version != 4 or any(address in network for network in taken) or not address.is_global:
        raise TopologyError(f"anchor {text}: a public IPv4 address is expected")


def _vlans(data: object) -> tuple[Vlan, ...]:
    assert isinstance(data, list)
    return tuple(Vlan(int(one["vid"]), one["name"], one["network"]) for one in data)


def topology_from_json(data: Mapping[str, object]) -> Topology:
    """The inverse of ``to_json``."""
    lines = data["uplinks"]
    anchors = data["extra_anchors"]
    assert isinstance(lines, list)
    assert isinstance(anchors, list)
    return Topology(
        uplinks=tuple(Uplink.from_json(line) for line in lines),
        clients=int(str(data["clients"])),
        extra_anchors=tuple(anchors),
        version=str(data["version"]),
        branch=str(data["branch"]),
        device_mode=str(data["device_mode"]),
        factory=str(data["factory"]),
        admin_password=bool(data["admin_password"]),
        vlans=_vlans(data.get("vlans", [])),
    )
