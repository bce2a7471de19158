# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the clients of a measurement are: on the flat LAN, or on a host of a VLAN with the addresses it has now."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

from lab import netns
from lab.world.measure import MeasureError
from lab.world.topology import CLIENT_NS, MAX_CLIENTS, Topology

_place = CLIENT_NS


def client_place() -> str:
    """The namespace that clients make their sockets in; one for the whole process, which makes one measurement."""
    return _place


@dataclass(frozen=True)
class View(Topology):
    """A lab as the clients of one host see it."""

    addresses: tuple[str, ...] = ()

    @property
    def client_addresses(self) -> tuple[str, ...]:
        return self.addresses


def seen_from(topology: Topology, segment: str) -> Topology:
    """The same lab with its clients on a host of a segment; "" leaves them where they are. Raises TopologyError."""
    global _place
    if not segment:
        return topology
    _vlan, _place = topology.segment(segment)
    addresses = addresses_of(_place)[:MAX_CLIENTS]
    if not addresses:
        raise MeasureError(f"{_place} has no address: nobody has given it one")
    values = {item.name: getattr(topology, item.name) for item in fields(topology)}
    return View(**{**values, "clients": len(addresses), "addresses": addresses})


def addresses_of(place: str) -> tuple[str, ...]:
    """IPv4 addresses of a host, set by hand or leased."""
    listed = json.loads(netns.run(place, ["ip", "-j", "-4", "address", "show", "dev", "eth0"]))
    return tuple(one["local"] for link in listed for one in link.get("addr_info", ()))
