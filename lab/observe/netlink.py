# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the kernel's rtnetlink over sockets that live in a router's namespace."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyroute2.netlink.rtnl.marshal import MarshalRtnl

from lab import netns

GROUP_LINK = 1  # RTMGRP_LINK
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_NEWROUTE, RTM_GETROUTE = 16, 17, 18, 24, 26
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_REQUEST, _DUMP = 0x001, 0x300
_HEADER = struct.Struct("IHHII")
_SIOCGIFINDEX = 0x8933
_IFF_LOOPBACK, _IFF_LOWER_UP = 0x8, 0x10000
_ATTR_DST = 1
_TIMEOUT_S = 5.0  # the kernel answers in microseconds; a lost answer must not hang the loop


@dataclass(frozen=True)
class Interface:
    """An interface as the kernel has it. ``up``: carrier and switched on; ``master``: index of its bridge or 0."""

    index: int
    name: str
    mac: str
    up: bool
    master: int = 0


@dataclass(frozen=True)
class Way:
    """How the main look-up reaches an address."""

    interface: int
    source: str
    via: str = ""


def interface_index(sock: socket.socket, name: str) -> int:
    """The index of an interface in the namespace of ``sock``; raises ``OSError`` (ENODEV) when there is none."""
    raw = fcntl.ioctl(sock.fileno(), _SIOCGIFINDEX, struct.pack("16sI", name.encode(), 0) + b"\0" * 20)
    index: int = struct.unpack_from("I", raw, 16)[0]
    return index


def rtnetlink(name: str, *, groups: int = 0) -> socket.socket:
    """A non-blocking rtnetlink socket in namespace ``name`` that hears ``groups``."""
    sock = netns.make_socket(name, socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    sock.bind((0, groups))
    return sock


def link_request(sequence: int) -> bytes:
    """A dump request for all interfaces."""
    return request_of(RTM_GETLINK, _REQUEST | _DUMP, sequence, b"\0" * 16)


def messages(data: bytes) -> Iterator[Any]:
    """The rtnetlink messages of one datagram, decoded by pyroute2."""
    yield from MarshalRtnl().parse(data)


def interface_of(message: Any) -> Interface:
    """The interface that an RTM_NEWLINK or RTM_DELLINK speaks of."""
    return Interface(
        index=int(message["index"]),
        name=str(message.get_attr("IFLA_IFNAME")),
        mac=str(message.get_attr("IFLA_ADDRESS") or "").upper(),
        up=bool(message["flags"] & _IFF_LOWER_UP) and bool(message["flags"] & 1),
        master=int(message.get_attr("IFLA_MASTER") or 0),
    )


def is_loopback(message: Any) -> bool:
    return bool(message["flags"] & _IFF_LOOPBACK)


def interfaces(name: str) -> Mapping[str, Interface]:
    """All interfaces of a namespace but the loopback, by name. Blocks for the microseconds that the kernel needs."""
    found = {}
    for message in ask(name, link_request(1)):
        if not is_loopback(message):
            interface = interface_of(message)
            found[interface.name] = interface
    return found


def way_to(name: str, address: str) -> Way | None:
    """The main look-up without a mark for an IPv4 address; None when it ends in a blackhole or nowhere."""
    body = struct.pack("BBBBBBBBI", socket.AF_INET, 32, 0, 0, 0, 0, 0, 0, 0)
    body += struct.pack("HH", 8, _ATTR_DST) + socket.inet_aton(address)
    try:
        for message in ask(name, request_of(RTM_GETROUTE, _REQUEST, 1, body)):
            out = message.get_attr("RTA_OIF")
            if message["header"]["type"] == RTM_NEWROUTE and out is not None:
                source, via = message.get_attr("RTA_PREFSRC"), message.get_attr("RTA_GATEWAY")
                return Way(int(out), str(source or ""), str(via or ""))
    except OSError:  # the kernel's way to say "no route": ENETUNREACH, EHOSTUNREACH, EINVAL for a blackhole
        return None
    return None


def request_of(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, sequence, 0) + body


def ask(name: str, request: bytes) -> list[Any]:
    """What the kernel answers in namespace ``name``: all messages of a dump, or one. Raises the kernel's OSError."""
    many = struct.unpack_from("H", request, 6)[0] & _DUMP == _DUMP
    answers: list[Any] = []
    with rtnetlink(name) as sock:
        sock.settimeout(_TIMEOUT_S)
        sock.send(request)
        while True:
            for message in messages(sock.recv(1 << 18)):
                kind = message["header"]["type"]
                if kind == _NLMSG_DONE:
                    return answers
                if kind == _NLMSG_ERROR:
                    code = abs(int(message["error"]))
                    raise OSError(code, os.strerror(code))
                answers.append(message)
            if not many:
                return answers


def dump(name: str, kind: int, body: bytes) -> list[Any]:
    """Every object of one kind in namespace ``name`` (RTM_GET…, with the header that it wants)."""
    return ask(name, request_of(kind, _REQUEST | _DUMP, 1, body))
