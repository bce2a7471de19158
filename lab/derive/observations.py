# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the router has seen of the world: facts that the configuration does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Link:
    """A port of the router. ``up`` is the carrier; ``mac`` in upper case with colons."""

    up: bool
    mac: str


@dataclass(frozen=True)
class GatewayCheck:
    """One ``check-gateway`` probe: v7 keeps one next-hop object for each combination (facts 2.3)."""

    address: str  # IPv4 address that is pinged (or ARPed)
    interface: str  # "" when the routing table decides, else the %interface of the gateway
    method: str  # ping | arp


@dataclass(frozen=True)
class Given:
    """What an ISP has given an interface by DHCP, PPP or LTE."""

    address: str  # a.b.c.d/len
    gateway: str = ""  # empty: the interface itself is the gateway
    network: str = ""  # PPP: the far end's address; empty: the network of ``address``
    dns: tuple[str, ...] = ()
    mtu: int = 0  # PPP: what both ends agreed on
    routes: tuple[tuple[str, str], ...] = ()  # (destination, gateway) of option 121


@dataclass(frozen=True)
class Observations:
    """``gateways``: last verdict of each check; a check without a verdict counts as reachable (facts 2.4, unsure).

    ``given``: (menu, row id) of a DHCP client, PPPoE client or LTE interface that is connected -> what it got.
    """

    links: Mapping[str, Link] = field(default_factory=dict)
    gateways: Mapping[GatewayCheck, bool] = field(default_factory=dict)
    given: Mapping[tuple[str, int], Given] = field(default_factory=dict)
