# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The router before the first deploy, in one of three states (topology.FACTORIES). No multi-WAN in any of them.

``hand-configured``: as a technician left it: a bridge with the LAN ports, DHCP, a few rows of his own, which carry his
comments. Nothing that the collection does may change, move or remove them. ``ready``: the same with the API's user and
certificate. ``new``: out of the box; the LAN's ports are bridged and have an address, so that it can be reached.
"""

from __future__ import annotations

from lab.router.spec import FactoryRow
from lab.world.topology import LAN, LAN_GATEWAY, RESOLVERS, Topology

API_GROUP = "automation"
API_USER = "multiwan"
#: what an API user that deploys needs: read and write rows, look at sensitive values, run tests and scripts
API_POLICIES = (
    "read,write,policy,test,api,sensitive,ftp,reboot,!local,!telnet,!ssh,!winbox,!password,!web,!sniff,!romon,!rest-api"
)


def factory_rows(topology: Topology) -> tuple[FactoryRow, ...]:
    """The configuration of the branch's router before the first deploy."""
    bridge = "defconf" if topology.factory == "new" else "LAN kantor"
    ports = (*topology.lan_ports, *topology.access_ports)
    lan = [
        ("/interface/bridge", {"name": "bridge", "comment": bridge}),
        *(("/interface/bridge/port", {"bridge": "bridge", "interface": port}) for port in ports),
        ("/ip/address", {"address": f"{LAN_GATEWAY}/24", "interface": "bridge", "comment": bridge}),
    ]
    identity = ("/system/identity", {"name": topology.branch})
    rows = lan if topology.factory == "new" else [identity, *lan, *_by_hand()]
    if topology.factory == "ready":
        rows.append(("/user/group", {"name": API_GROUP, "policy": API_POLICIES}))
    return tuple(FactoryRow(menu, values) for menu, values in rows)


def _by_hand() -> list[tuple[str, dict[str, str]]]:
    return [
        ("/ip/dns", {"servers": ",".join(RESOLVERS)}),
        ("/ip/pool", {"name": "lan-pool", "ranges": f"{LAN[210]}-{LAN[250]}"}),
        ("/ip/dhcp-server/network", {"address": str(LAN), "gateway": LAN_GATEWAY, "dns-server": ",".join(RESOLVERS)}),
        (
            "/ip/dhcp-server",
            {"name": "lan-dhcp", "interface": "bridge", "address-pool": "lan-pool", "lease-time": "10m"},
        ),
        ("/ip/firewall/address-list", {"list": "admins", "address": str(LAN[5]), "comment": "laptop teknisi"}),
        (
            "/ip/firewall/filter",
            {
                "chain": "input",
                "action": "accept",
                "connection-state": "established,related",
                "comment": "teknisi: established",
            },
        ),
        (
            "/ip/firewall/filter",
            {"chain": "forward", "action": "drop", "connection-state": "invalid", "comment": "teknisi: invalid"},
        ),
    ]
