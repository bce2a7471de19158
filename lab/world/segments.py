# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VLANs of the branch: a managed switch behind the trunk port, and a port of the router for each VLAN by itself.

Every VLAN has two hosts: ``vlan10`` hangs on the switch, whose trunk carries tag 10; ``access10`` on an untagged port
of the router. A tag is a wire of its own, ``ether5.10`` beside ``ether5`` (lab/FIDELITY.md). Behind each untagged port
there is a small switch without a name of its own, so that a second device can be plugged in.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.world.uplinks import TopologyError

MAX_VLANS = 16
#: namespace of the managed switch and of the small ones
MANAGED_NS = "mswitch"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,14}")
#: addresses of the host on the switch begin at .10, those of the host on the router's own port at .60
CLIENTS, FIRST_CLIENT = 20, 10
ACCESS_CLIENTS, FIRST_ACCESS = 4, 60


@dataclass(frozen=True)
class Vlan:
    """``network``: where its hosts have their addresses; the router is expected at its first one.

    ``port``: the router's port that leads to ``access<vid>``; ``trunk``: the one that carries the tag.
    """

    vid: int
    name: str
    network: str
    port: str = ""
    trunk: str = ""

    @property
    def host(self) -> str:
        """Namespace of the host on the managed switch."""
        return f"vlan{self.vid}"

    @property
    def access_host(self) -> str:
        return f"access{self.vid}"

    @property
    def gateway(self) -> str:
        return str(ipaddress.ip_network(self.network)[1])

    def addresses(self, place: str) -> tuple[str, ...]:
        """What a host of this VLAN has set by hand."""
        first, count = (FIRST_CLIENT, CLIENTS) if place == self.host else (FIRST_ACCESS, ACCESS_CLIENTS)
        return tuple(str(ipaddress.ip_network(self.network)[first + n]) for n in range(count))

    def to_json(self) -> dict[str, object]:
        return {"vid": self.vid, "name": self.name, "network": self.network}


def parse_vlans(text: str) -> tuple[Vlan, ...]:
    """``stream=10,crew=20@172.16.20.0/24,30`` -> VLANs; without a network 10.0.<vid>.0/24, without a name vlan<vid>."""
    found = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        head, _, network = word.partition("@")
        name, named, vid = head.rpartition("=")
        if not vid.isdigit() or not 1 <= int(vid) <= 4094 or (named and not _NAME.fullmatch(name)):
            raise TopologyError(f"VLAN {word!r}: name=1..4094 is expected, for example stream=10")
        number = int(vid)
        found.append(Vlan(number, name or f"vlan{number}", _network(network, number)))
    check(found)
    return tuple(found)


def _network(text: str, vid: int) -> str:
    """VLAN 300 is 10.1.44.0/24: every id has a network of its own."""
    wanted = text or f"10.{vid // 256}.{vid % 256}.0/24"
    try:
        network = ipaddress.IPv4Network(wanted)
    except ValueError as error:
        raise TopologyError(f"network {wanted!r} of VLAN {vid}: {error}") from None
    if not 8 <= network.prefixlen <= 24:
        raise TopologyError(f"network {wanted} of VLAN {vid}: a /24 or larger is expected")
    return str(network)


def check(vlans: Sequence[Vlan]) -> None:
    """Raises TopologyError for VLANs that can't stand side by side."""
    if len(vlans) > MAX_VLANS:
        raise TopologyError(f"{len(vlans)} VLANs: at most {MAX_VLANS} are possible")
    for key in ("vid", "name"):
        values = [getattr(vlan, key) for vlan in vlans]
        if len(set(values)) != len(values):
            raise TopologyError(f"VLANs {', '.join(map(str, values))}: each {key} may be there once")
    networks = [ipaddress.ip_network(vlan.network) for vlan in vlans]
    for n, one in enumerate(networks):
        for other in networks[:n]:
            if one.overlaps(other):
                raise TopologyError(f"VLAN networks {other} and {one} overlap")


# -- what it is made of


def veths(vlans: Sequence[Vlan], router: str, trunk_mac: str, port_macs: Sequence[str]) -> Iterator[str]:
    """``ip -batch`` lines for the wires; the trunk's own, untagged one as well."""

    def veth(a_ns: str, a: str, b_ns: str, b: str, a_mac: str = "") -> str:
        address = f" address {a_mac}" if a_mac else ""
        return f"link add name {a}{address} netns {a_ns} type veth peer name {b} netns {b_ns}"

    yield veth(router, vlans[0].trunk, MANAGED_NS, "trunk", trunk_mac)
    for vlan, mac in zip(vlans, port_macs, strict=True):
        yield veth(router, f"{vlan.trunk}.{vlan.vid}", MANAGED_NS, f"trunk.{vlan.vid}", trunk_mac)
        yield veth(MANAGED_NS, f"host{vlan.vid}", vlan.host, "eth0")
        yield veth(router, vlan.port, MANAGED_NS, f"port{vlan.vid}", mac)
        yield veth(MANAGED_NS, f"desk{vlan.vid}", vlan.access_host, "eth0")


def switch_lines(vlans: Sequence[Vlan]) -> list[str]:
    """The inside of the switches: a bridge for each VLAN, one for each of the router's untagged ports."""
    lines = ["link set dev trunk up"]
    for vlan in vlans:
        for bridge, ports in (
            (switch_of(vlan.host, vlan), (f"trunk.{vlan.vid}", f"host{vlan.vid}")),
            (switch_of(vlan.access_host, vlan), (f"port{vlan.vid}", f"desk{vlan.vid}")),
        ):
            lines += [f"link add name {bridge} type bridge forward_delay 0", f"link set dev {bridge} up"]
            for port in ports:
                lines += [f"link set dev {port} master {bridge}", f"link set dev {port} up"]
    return lines


def switch_of(place: str, vlan: Vlan) -> str:
    """The bridge in the switches' namespace that a host hangs on."""
    return f"tag{vlan.vid}" if place == vlan.host else f"room{vlan.vid}"


def host_lines(vlan: Vlan, place: str) -> list[str]:
    length = ipaddress.ip_network(vlan.network).prefixlen
    return [
        *(f"address add {address}/{length} dev eth0" for address in vlan.addresses(place)),
        "link set dev eth0 up",
        f"route add default via {vlan.gateway} dev eth0",
    ]
