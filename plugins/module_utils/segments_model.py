# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a branch says of its bridge and of the DHCP servers of its segments, after parsing."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

#: What is inside for those who see the internet only: never the internet (RFC 1918, RFC 6598, RFC 3927).
INSIDE = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)


@dataclass(frozen=True)
class Bridge:
    """The bridge that carries the VLAN segments. ``trunks``: ports that carry all of them, tagged. ``trusted``: ports
    behind which DHCP servers of the branch may stand; ``dhcp_snooping`` keeps those of all other ports from clients.
    """

    name: str
    trunks: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    dhcp_snooping: bool = False


@dataclass(frozen=True)
class Lease:
    """A client that always gets the same address. ``mac`` in upper case."""

    mac: str
    address: IPv4Address
    name: str


@dataclass(frozen=True)
class Dhcp:
    """The router's DHCP server in a segment. ``dns``: name servers for clients; none: the router itself.

    ``lease_time`` as RouterOS writes it, such as ``30m``.
    """

    pool: tuple[IPv4Address, IPv4Address]
    dns: tuple[IPv4Address, ...] = ()
    lease_time: str = "30m"
    leases: tuple[Lease, ...] = ()
