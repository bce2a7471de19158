# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mobile operator: one modem, one APN, an address of its own for whoever asks with that APN."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from lab.observe import modem_wire
from lab.observe.wire_filter import packet_socket
from lab.world.topology import RESOLVERS
from lab.world.uplinks import APN, Addressing, Uplink

#: what the modem shows of the network
RADIO = {"operator": "Lab Mobile", "cell": "3103242", "rsrp": "-92", "rsrq": "-9", "sinr": "14"}


class MobileNetwork:
    """Answers its modem; a new numbering is told to it at once."""

    def __init__(self, uplink: Uplink) -> None:
        self._uplink = uplink
        self._sock: socket.socket | None = None
        self._addressing = uplink.addressing
        self.attached = False

    async def start(self, addressing: Addressing) -> None:
        self._addressing = addressing
        self._sock = packet_socket(self._uplink.name, self._uplink.device, modem_wire.ETHERTYPE)
        asyncio.get_running_loop().add_reader(self._sock, self._read)
        if self.attached:
            self._say(self._bearer())

    async def stop(self) -> None:
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None

    def detach(self) -> None:
        """The modem is thrown off the network; it attaches again by itself."""
        self.attached = False
        self._say({"state": "detached"})

    def _read(self) -> None:
        assert self._sock is not None
        with contextlib.suppress(OSError):  # the wire is down, or nothing more is there
            message = modem_wire.decode(self._sock.recv(4096))
            if message is not None and "attach" in message:
                self.attached = message["attach"] == APN
                self._say(self._bearer() if self.attached else {"state": "refused", "cause": "unknown APN"})

    def _bearer(self) -> dict[str, Any]:
        return {"state": "attached", "address": self._addressing.router, "dns": list(RESOLVERS), "radio": RADIO}

    def _say(self, message: dict[str, Any]) -> None:
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.send(modem_wire.encode(b"\x02" + b"\0" * 5, message))
