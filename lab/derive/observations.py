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
class Observations:
    """``gateways``: last verdict of each check; a check without a verdict counts as reachable (facts 2.4, unsure)."""

    links: Mapping[str, Link] = field(default_factory=dict)
    gateways: Mapping[GatewayCheck, bool] = field(default_factory=dict)
