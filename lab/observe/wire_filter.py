# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packet sockets that hear one thing only: classic BPF (linux/filter.h), so that a line's traffic wakes nobody."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence

from lab import netns

_SO_ATTACH_FILTER = 26
_ACCEPT = 0x40000
_LDH_ABS, _LDB_ABS, _LDH_IND, _LDX_MSH = 0x28, 0x30, 0x48, 0xB1
_JEQ, _JSET, _RET = 0x15, 0x45, 0x06
#: (operation, jump when true, jump when false, constant); offsets count from the Ethernet header
Program = Sequence[tuple[int, int, int, int]]


def udp_to(port: int) -> Program:
    """IPv4 datagrams to a UDP port, whole or the first fragment."""
    return (
        (_LDB_ABS, 0, 0, 23),
        (_JEQ, 0, 6, 17),
        (_LDH_ABS, 0, 0, 20),
        (_JSET, 4, 0, 0x1FFF),
        (_LDX_MSH, 0, 0, 14),
        (_LDH_IND, 0, 0, 16),
        (_JEQ, 0, 1, port),
        (_RET, 0, 0, _ACCEPT),
        (_RET, 0, 0, 0),
    )


def not_ppp(protocol: int) -> Program:
    """PPPoE session frames whose PPP protocol is another one: the control messages."""
    return ((_LDH_ABS, 0, 0, 20), (_JEQ, 1, 0, protocol), (_RET, 0, 0, _ACCEPT), (_RET, 0, 0, 0))


def only_ppp(protocol: int) -> Program:
    """PPPoE session frames of one PPP protocol: the data."""
    return ((_LDH_ABS, 0, 0, 20), (_JEQ, 0, 1, protocol), (_RET, 0, 0, _ACCEPT), (_RET, 0, 0, 0))


def packet_socket(namespace: str, device: str, protocol: int, program: Program | None = None) -> socket.socket:
    """A non-blocking socket for frames of one Ethernet protocol on ``device``. Raises ``OSError`` without a device.

    Sockets of a named protocol hear what has passed the ingress hook, so the faults of a line count for them.
    """
    sock = netns.make_socket(namespace, socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        if program is not None:
            attach(sock, program)
        sock.bind((device, protocol))
    except OSError:
        sock.close()
        raise
    return sock


def attach(sock: socket.socket, program: Program) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))
