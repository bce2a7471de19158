# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of a router that stay its own while nobody listens at them, and who may come in by them."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

_BACKLOG = 512


def bound() -> socket.socket:
    """At the loopback, bound to a number and not to 0, as a router wants its ports (RouterSpec)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", number))
    return sock


def listening(sockets: Sequence[socket.socket]) -> tuple[socket.socket, ...]:
    """Copies for a door, which closes what it is given; ours stay, so that the ports do (RouterSpec)."""
    for sock in sockets:
        # connections inherit it; asyncio sets it only where it knows the protocol, and not on every copy of a socket
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.listen(_BACKLOG)
    return tuple(sock.dup() for sock in sockets)


def deafen(sockets: Sequence[socket.socket]) -> None:
    """Nobody listens at these ports any more, though they stay ours: connections are refused."""
    for sock in sockets:
        # Only of a socket that listens: for another one Linux notes the shutdown, says ENOTCONN, and what is accepted
        # at it later is born shut (inet_shutdown in net/ipv4/af_inet.c).
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            sock.shutdown(socket.SHUT_RD)


def within(peer: str, networks: Sequence[str]) -> bool:
    """Whether an address is in one of ``networks`` (addresses and prefixes of either family)."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    found = [ipaddress.ip_network(text, strict=False) for text in networks]
    return any(address.version == network.version and address in network for network in found)
