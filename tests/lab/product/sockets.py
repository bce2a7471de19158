# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections between places of a lab, held by the test itself. A socket stays in the place it was made in."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import librouteros

from lab.world.shell import argv_in
from tests.lab.product.conftest import Branch

API_PORT = 8728
_TIMEOUT_S = 60.0
#: The other end of a socket that the lab keeps; a place is where sockets come from, not where a program has to live.
_MAKE = """
import socket, sys
way = socket.socket(fileno=int(sys.argv[1]))
made = [socket.socket() for _ in range(int(sys.argv[2]))]
socket.send_fds(way, [b"."], [one.fileno() for one in made])
"""


def made_in(branch: Branch, place: str, count: int) -> list[socket.socket]:
    """TCP sockets that belong to a place of the lab."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        argv = argv_in(branch.lab, place, [sys.executable, "-c", _MAKE, str(theirs.fileno()), str(count)])
        subprocess.run(argv, pass_fds=(theirs.fileno(),), check=True, timeout=_TIMEOUT_S)
        _, numbers, _, _ = socket.recv_fds(ours, 1, count)
    found = [socket.socket(fileno=number) for number in numbers]
    for one in found:
        one.settimeout(_TIMEOUT_S)
    return found


@dataclass(frozen=True)
class Talk:
    """One TCP connection, both ends."""

    near: socket.socket
    far: socket.socket

    @property
    def source(self) -> str:
        return "{}:{}".format(*self.near.getsockname())

    def works(self) -> bool:
        """Whether a word passes in each direction."""
        try:
            for one, other in ((self.near, self.far), (self.far, self.near)):
                one.sendall(b"word")
                if other.recv(64) != b"word":
                    return False
        except OSError:
            return False
        return True

    def close(self) -> None:
        self.near.close()
        self.far.close()


def talk(near: socket.socket, listening: socket.socket, source: str, target: tuple[str, int]) -> Talk:
    near.bind((source, 0))
    near.connect(target)
    far, _ = listening.accept()
    far.settimeout(_TIMEOUT_S)
    return Talk(near, far)


def outward(branch: Branch, count: int) -> list[Talk]:
    """Connections from LAN clients to a server of the internet."""
    (server,) = made_in(branch, "inet", 1)
    server.bind(("198.51.100.99", 0))
    server.listen(count)
    target = server.getsockname()
    with server:
        return [
            talk(near, server, f"192.168.10.{20 + number}", target)
            for number, near in enumerate(made_in(branch, "client", count))
        ]


def inward(branch: Branch, uplinks: list[str], port: int, client: str) -> dict[str, Talk]:
    """Through a port forward of the router, one through each line."""
    (server,) = made_in(branch, "client", 1)
    server.bind((client, port))
    server.listen(len(uplinks))
    server.settimeout(_TIMEOUT_S)
    with server:
        return {
            uplink: talk(near, server, "198.51.100.77", (f"203.0.113.{uplink[3:]}", port))
            for uplink, near in zip(uplinks, made_in(branch, "inet", len(uplinks)), strict=True)
        }


class Session:
    """An API session of an administrator at home, who comes in by the address of one line.

    The router's own door is on the host, so behind its address on the line a relay of bytes leads there: its packets
    pass the line and the router's packet filter, which is what an outage meets.
    """

    def __init__(self, branch: Branch, uplink: str, address: str) -> None:
        self._open: list[socket.socket] = []
        (self._listening,) = made_in(branch, "router", 1)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((address, API_PORT))
        self._listening.listen()
        door = int(branch.overlay["lab_api_port_plain"])
        threading.Thread(target=self._serve, args=(door,), daemon=True).start()
        (far_away,) = made_in(branch, "inet", 1)
        far_away.bind(("198.51.100.88", 0))
        far_away.connect((f"203.0.113.{uplink[3:]}", API_PORT))
        self.source = "{}:{}".format(*far_away.getsockname())
        self._open.append(far_away)
        self.api: Any = librouteros.connect(
            host="127.0.0.1",
            port=door,
            username="admin",
            password=str(branch.overlay["lab_admin_password"]),
            ssl_wrapper=_instead(far_away),
        )

    def _serve(self, door: int) -> None:
        inner, _ = self._listening.accept()
        outer = socket.create_connection(("127.0.0.1", door))
        self._open += [inner, outer]
        threading.Thread(target=_copy, args=(inner, outer), daemon=True).start()
        _copy(outer, inner)

    def close(self) -> None:
        for one in (self._listening, *self._open):
            one.close()


def _instead(wanted: socket.socket) -> Callable[[socket.socket], socket.socket]:
    def replace(made: socket.socket) -> socket.socket:
        made.close()
        return wanted

    return replace


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
