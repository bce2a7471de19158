# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes one router: given by whoever builds the world around it."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A login. ``group`` is a row of ``/user/group``: full, read, write or one of the factory's own."""

    password: str
    group: str = "full"


@dataclass(frozen=True)
class FactoryRow:
    """A row that the router holds before anybody connects, as a technician would have left it."""

    menu: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class RouterSpec:
    """``netns`` exists already and holds ``ports``.

    The sockets are bound to port numbers, not to 0: only those stay theirs while the router boots (Linux gives a port
    that it chose itself back when the socket stops listening).
    """

    name: str
    netns: str
    ports: tuple[str, ...]
    data_dir: Path
    version: str = "7.22"
    factory: tuple[FactoryRow, ...] = ()
    users: Mapping[str, Account] = field(default_factory=dict)
    api_sockets: tuple[socket.socket, ...] = ()
    api_ssl_sockets: tuple[socket.socket, ...] = ()
    certificate_file: Path | None = None
    key_file: Path | None = None
    #: these listen already; without a host key there is no SSH
    ssh_sockets: tuple[socket.socket, ...] = ()
    ssh_host_key_file: Path | None = None
    #: PEM of the certificate authorities that the router ships with (7.19+: /certificate/builtin)
    trusted_ca_pem: str = ""
    #: how long a reboot keeps the router away, seconds
    boot_s: float = 3.0
    #: advanced, basic or home
    device_mode: str = "advanced"
    #: nobody has ever been at its console: it will ask for the licence
    untouched: bool = False
