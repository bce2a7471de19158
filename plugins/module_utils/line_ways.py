# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a row names what only the ISP knows. The address of a DHCP line and its gateway come with the lease and may
change with every renewal: such rows are planned disabled, and ``mw-lease`` fills and enables them
(``lease_script.py``).

PPPoE and LTE need nothing of it: both are point to point, so their interface is gateway enough (manual, IP routing).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from .model import Uplink

#: In the place of networks that are not known yet: for benchmarks only (RFC 2544), never on the internet.
_UNKNOWN = IPv4Address("198.18.0.0")


@dataclass(frozen=True)
class Way:
    """Properties of a row, and those of them that the router changes by itself (:class:`plan.Row`)."""

    values: Mapping[str, str]
    runtime: tuple[str, ...] = field(default=())


def is_leased(uplink: Uplink) -> bool:
    """Whether address and gateway change while the router runs, with no interface that could stand for the gateway."""
    return uplink.type == "dhcp"


def unknown_network(uplink: Uplink) -> str:
    """One for each line: a list refuses the same network twice."""
    return f"{_UNKNOWN + uplink.position}/32"


def out_of(uplink: Uplink) -> Way:
    """A route that leaves by the line. The gateway has its interface with it: two modems may have the same address."""
    if uplink.gateway is not None:
        return Way({"gateway": f"{uplink.gateway}%{uplink.interface}"})
    values = {"gateway": uplink.interface}
    return Way({**values, "disabled": "yes"}, ("gateway", "disabled")) if is_leased(uplink) else Way(values)


def into(uplink: Uplink) -> tuple[Way, ...]:
    """Routes to the networks of the line itself. Behind PPPoE and LTE there is none."""
    if is_leased(uplink):
        values = {"dst-address": unknown_network(uplink), "gateway": uplink.interface, "disabled": "yes"}
        return (Way(values, ("disabled", "dst-address")),)
    return tuple(Way({"dst-address": str(net), "gateway": uplink.interface}) for net in uplink.networks)
