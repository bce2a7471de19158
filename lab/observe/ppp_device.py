# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IP interface of a PPPoE session: half of a veth pair without ARP; its frames come out of the other half."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import socket
import struct

from lab import netns
from lab.observe.netlink import interfaces

_SIOCETHTOOL = 0x8946
#: linux/ethtool.h, "set" of: checksums, scatter-gather, TSO, GSO, GRO
_OFFLOADS = (0x17, 0x19, 0x1F, 0x24, 0x2C)


def make_pair(namespace: str, name: str, half: str, *, mtu: int) -> str:
    """Make ``name`` and its ``half``, both up. Returns the MAC of ``name``, as 12 hexadecimal digits."""
    lines = [
        f"link add name {name} mtu {mtu} type veth peer name {half} mtu {mtu}",
        f"link set dev {name} arp off up",
        f"link set dev {half} arp off up",
    ]
    netns.run(namespace, ["ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
    _offloads_off(namespace, name)
    return interfaces(namespace)[name].mac.replace(":", "").lower()


def remove_pair(namespace: str, name: str) -> None:
    with contextlib.suppress(RuntimeError):  # a router that was switched off has taken its interfaces along
        netns.run(namespace, ["ip", "link", "delete", "dev", name])


def _offloads_off(namespace: str, device: str) -> None:
    """Frames leave it whole: segmented, with their checksums."""
    with netns.make_socket(namespace, socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for command in _OFFLOADS:
            data = ctypes.create_string_buffer(struct.pack("=II", command, 0), 8)
            with contextlib.suppress(OSError):  # what a device does not have need not be turned off
                fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("16sP", device.encode(), ctypes.addressof(data)))
