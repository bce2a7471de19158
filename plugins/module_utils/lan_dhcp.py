# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The router's DHCP server in each segment. A server that somebody else runs on the interface is left in its place."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Segment
from .names import OWN_PREFIX
from .plan import Row
from .segments_model import Dhcp, Lease
from .tags import ascii_label, owned, tag

ROLE = "lan"


def dhcp_rows(segment: Segment) -> Iterator[Row]:
    dhcp = segment.dhcp
    if dhcp is None:
        return
    name, leader = f"{OWN_PREFIX}{segment.name}", tag(ROLE, segment.name, "dhcp")
    about = f"{ascii_label(segment.label)}: DHCP"
    ranges = "-".join(str(end) for end in dhcp.pool)
    pool = {"name": name, "ranges": ranges}
    yield owned("/ip/pool", tag(ROLE, segment.name, "pool"), about, pool, follows=leader)
    yield owned(
        "/ip/dhcp-server/network", tag(ROLE, segment.name, "network"), about, _network(segment, dhcp), follows=leader
    )
    server = {
        "name": name,
        "interface": segment.interface,
        "address-pool": name,
        "lease-time": dhcp.lease_time,
        # said always: RouterOS 6 makes servers disabled (exports show disabled=no)
        "disabled": "no",
    }
    yield owned("/ip/dhcp-server", leader, about, server, yields=True)
    for lease in dhcp.leases:
        yield _lease(segment, lease, server=name, leader=leader)


def _network(segment: Segment, dhcp: Dhcp) -> dict[str, str]:
    own = segment.address.ip
    return {
        "address": str(segment.address.network),
        "gateway": str(own),
        "dns-server": ",".join(str(server) for server in dhcp.dns or (own,)),
    }


def _lease(segment: Segment, lease: Lease, *, server: str, leader: str) -> Row:
    values = {"address": str(lease.address), "mac-address": lease.mac, "server": server}
    part = "lease-" + lease.mac.replace(":", "").lower()
    about = f"{ascii_label(lease.name)}: always this address"
    return owned("/ip/dhcp-server/lease", tag(ROLE, segment.name, part), about, values, follows=leader)
