# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARP probes (``check-gateway=arp``) over AF_PACKET: the kernel's own neighbour table may hold an entry of the past."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct

from lab import netns
from lab.observe.dhcp_packets import BROADCAST_MAC, mac_bytes
from lab.observe.netlink import interfaces, way_to

_ETH_P_ARP = 0x0806
_REQUEST, _REPLY = 1, 2
_SIOCGIFADDR = 0x8915


def encode_request(*, mac: bytes, source: str, target: str) -> bytes:
    """An Ethernet frame that asks who has ``target``."""
    asker = mac + socket.inet_aton(source)
    arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, _REQUEST) + asker + b"\0" * 6 + socket.inet_aton(target)
    return mac_bytes(BROADCAST_MAC) + mac + struct.pack("!H", _ETH_P_ARP) + arp


def answers(frame: bytes, target: str) -> bool:
    """Is this frame an ARP reply in which ``target`` names itself?"""
    if len(frame) < 42 or frame[12:22] != struct.pack("!HHHBBH", _ETH_P_ARP, 1, 0x0800, 6, 4, _REPLY):
        return False
    return frame[28:32] == socket.inet_aton(target)


def _address_of(sock: socket.socket, interface: str) -> str:
    """The first IPv4 address of an interface; ``0.0.0.0`` (an RFC 5227 probe) when it has none."""
    try:
        raw = fcntl.ioctl(sock.fileno(), _SIOCGIFADDR, struct.pack("16sH22x", interface.encode(), socket.AF_INET))
    except OSError:
        return "0.0.0.0"
    return socket.inet_ntoa(raw[20:24])


async def arp_ping(name: str, target: str, *, timeout_s: float, interface: str = "") -> bool:
    """Ask once for an IPv4 address on its link; True when it answered in time.

    Without ``interface`` the main look-up names it. No route, no carrier, no such interface: False at once.
    """
    source = ""
    if not interface:
        way = way_to(name, target)
        if way is None:
            return False
        source = way.source
        interface = next((one.name for one in interfaces(name).values() if one.index == way.interface), "")
    with contextlib.closing(netns.make_socket(name, socket.AF_PACKET, socket.SOCK_RAW, 0)) as sock:
        try:
            sock.bind((interface, _ETH_P_ARP))
            source = source or _address_of(sock, interface)
            sock.send(encode_request(mac=sock.getsockname()[4], source=source, target=target))
        except OSError:
            return False
        try:
            async with asyncio.timeout(timeout_s):
                return await _wait(sock, target)
        except TimeoutError:
            return False


async def _wait(sock: socket.socket, target: str) -> bool:
    loop = asyncio.get_running_loop()
    while True:
        try:
            frame = await loop.sock_recv(sock, 2048)
        except OSError:  # the link went down under us
            return False
        if answers(frame, target):
            return True
