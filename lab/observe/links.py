# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrier and MAC of every interface of a router, told by the kernel the moment they change."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lab.derive.observations import Link
from lab.observe import netlink

OnLinks = Callable[[Mapping[str, Link]], None]


class LinkMonitor:
    """``start()`` reads all interfaces; from then on ``on_change`` gets the whole new picture after each change."""

    def __init__(self, name: str, on_change: OnLinks) -> None:
        self._name = name
        self._on_change = on_change
        self._sock: socket.socket | None = None
        self._links: dict[int, tuple[str, Link]] = {}

    @property
    def links(self) -> Mapping[str, Link]:
        """Interface name -> link; no loopback."""
        return MappingProxyType(dict(self._links.values()))

    async def start(self) -> None:
        # subscribe first, then read: what changes in between is heard, never missed
        self._sock = netlink.rtnetlink(self._name, groups=netlink.GROUP_LINK)
        self._read_all()
        asyncio.get_running_loop().add_reader(self._sock, self._read)

    async def stop(self) -> None:
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None

    def _read_all(self) -> None:
        found = netlink.interfaces(self._name).values()
        self._links = {one.index: (one.name, Link(one.up, one.mac)) for one in found}

    def _read(self) -> None:
        assert self._sock is not None
        before = self.links
        while True:
            try:
                data = self._sock.recv(1 << 16)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                self._read_all()  # the kernel dropped news: look at everything again
                continue
            self._take(data)
        if self.links != before:
            self._on_change(self.links)

    def _take(self, data: bytes) -> None:
        for message in netlink.messages(data):
            kind = message["header"]["type"]
            # a bridge speaks of its ports in messages of its own family; those lack most properties
            if kind not in (netlink.RTM_NEWLINK, netlink.RTM_DELLINK) or message["family"] != socket.AF_UNSPEC:
                continue
            one = netlink.interface_of(message)
            if kind == netlink.RTM_DELLINK:
                self._links.pop(one.index, None)
            elif not netlink.is_loopback(message):
                self._links[one.index] = (one.name, Link(one.up, one.mac))
