# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts send frames, as on a wire.

Between namespaces the kernel passes TCP in pieces of up to 64 kB. A queue of ten packets would hold half a second of a
line then, and turns would be fair by the piece only.
"""

from __future__ import annotations

import ctypes
import fcntl
import socket
import struct
from collections.abc import Iterator

from lab import netns
from lab.world.topology import CLIENT_NS, GUEST_NS, INTERNET_NS, Topology

_SIOCETHTOOL, _ETHTOOL_STSO = 0x8946, 0x1F  # linux/sockios.h, linux/ethtool.h


def cut_at_the_source(topology: Topology) -> None:
    """Turn TCP segmentation of every host's device off: the kernel cuts when it sends, not behind the router."""
    for namespace, device in hosts(topology):
        with netns.inside(namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            data = ctypes.create_string_buffer(struct.pack("=II", _ETHTOOL_STSO, 0), 8)
            fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("16sP", device.encode(), ctypes.addressof(data)))


def hosts(topology: Topology) -> Iterator[tuple[str, str]]:
    """(namespace, device) of everybody who sends."""
    yield from ((INTERNET_NS, uplink.name) for uplink in topology.uplinks)
    yield from ((CLIENT_NS, "eth0"), (GUEST_NS, "eth0"))
    yield from ((place, "eth0") for vlan in topology.vlans for place in (vlan.host, vlan.access_host))
