# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel of a router counts and has learnt: interface counters, neighbours, addresses behind a bridge."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.observe.netlink import ask, dump, interface_of, link_request

_RTM_GETNEIGH = 30
_REACHABLE, _STALE, _DELAY, _PROBE, _PERMANENT = 0x02, 0x04, 0x08, 0x10, 0x80  # NUD_*
_INCOMPLETE, _FAILED = 0x01, 0x20
_STATES = {
    _INCOMPLETE: "incomplete",
    _REACHABLE: "reachable",
    _STALE: "stale",
    _DELAY: "delay",
    _PROBE: "probe",
    _FAILED: "failed",
    _PERMANENT: "permanent",
}
_COUNTERS = {
    "rx-byte": "rx_bytes",
    "tx-byte": "tx_bytes",
    "rx-packet": "rx_packets",
    "tx-packet": "tx_packets",
    "rx-drop": "rx_dropped",
    "tx-drop": "tx_dropped",
    "rx-error": "rx_errors",
    "tx-error": "tx_errors",
}


@dataclass(frozen=True)
class Neighbour:
    """An entry of the ARP table; ``mac`` is empty while nobody has answered."""

    interface: str
    address: str
    mac: str
    status: str


@dataclass(frozen=True)
class Host:
    """A MAC address that a bridge knows; ``local``: it is one of the bridge's own."""

    bridge: str
    port: str
    mac: str
    local: bool


def counters(namespace: str) -> Mapping[str, Mapping[str, str]]:
    """Kernel interface -> RouterOS' names of its counters -> value."""
    found = {}
    for message in ask(namespace, link_request(1)):
        stats = message.get_attr("IFLA_STATS64")
        if stats is not None:
            shown = {name: str(stats[key]) for name, key in _COUNTERS.items()}
            found[str(message.get_attr("IFLA_IFNAME"))] = {**shown, "actual-mtu": str(message.get_attr("IFLA_MTU"))}
    return found


def neighbours(namespace: str) -> Iterator[Neighbour]:
    """The IPv4 neighbours of a namespace."""
    names = _names(namespace)
    for message in dump(namespace, _RTM_GETNEIGH, _family(socket.AF_INET)):
        name = names.get(int(message["ifindex"]))
        status = _STATES.get(int(message["state"]))
        if name is not None and status is not None:
            mac = str(message.get_attr("NDA_LLADDR") or "").upper()
            yield Neighbour(name, str(message.get_attr("NDA_DST")), mac, status)


def bridge_hosts(namespace: str) -> Iterator[Host]:
    """The forwarding table of every bridge, without multicast groups."""
    names = _names(namespace)
    for message in dump(namespace, _RTM_GETNEIGH, _family(socket.AF_BRIDGE)):
        mac = str(message.get_attr("NDA_LLADDR") or "").upper()
        bridge = names.get(int(message.get_attr("NDA_MASTER") or 0))
        port = names.get(int(message["ifindex"]))
        if mac and bridge and port and not int(mac[:2], 16) & 1 and message.get_attr("NDA_VLAN") is None:
            yield Host(bridge, port, mac, bool(int(message["state"]) & _PERMANENT))


def _names(namespace: str) -> Mapping[int, str]:
    return {one.index: one.name for one in map(interface_of, ask(namespace, link_request(1)))}


def _family(family: int) -> bytes:
    return struct.pack("BBHiHBB", family, 0, 0, 0, 0, 0, 0)
