# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_segments``."""

from __future__ import annotations

from typing import Any

from .branch_bandwidth import read_bandwidth
from .branch_bridge import read_ports
from .branch_dhcp import read_dhcp
from .branch_uplinks import Read
from .fields import NAME_ALLOWED, Fields, list_items, name_of_item
from .model import Segment
from .problems import Problems

_SEGMENT_KEYS = ("name", "label", "interface", "vlan", "ports", "address", "dhcp", "isolated", "uplink", "bandwidth")
#: 1 is what a bridge carries without a tag.
_VLANS = (2, 4094)


def read_segments(value: Any, problems: Problems) -> Read[Segment]:
    seen: dict[str, Any] = {}
    segments = []
    for path, item in list_items(value, "multiwan_segments", problems, "a list of segments"):
        segment = _segment(item, path, problems, seen)
        if segment is not None:
            segments.append(segment)
    return Read(tuple(segments), seen)


def _segment(item: Any, path: str, problems: Problems, seen: dict[str, Any]) -> Segment | None:
    fields = Fields(item, path, problems, _SEGMENT_KEYS)
    name = fields.name()
    vlan = fields.integer("vlan", *_VLANS)
    interface = fields.interface(required=not fields.has("vlan"))
    if interface is None and vlan is not None and not fields.has("interface"):
        interface = f"vlan{vlan}"
    elif fields.has("vlan") and fields.has("interface"):
        fields.wrong("vlan", "nothing beside interface: name the VLAN's own interface, or the VLAN alone (vlan30)")
    address = fields.interface_address("address")
    bandwidth = read_bandwidth(fields, problems)
    uplink = fields.read("uplink", name_of_item, f"the name of an uplink: {NAME_ALLOWED}")
    label = fields.label("label", name or "")
    dhcp, servers = read_dhcp(fields, address)
    isolated = fields.boolean("isolated", False)
    ports = read_ports(fields, "ports", seen)
    found: dict[str, Any] = {"name": name, "interface": interface, "address": address, "uplink": uplink, "vlan": vlan}
    found |= {"bandwidth": bandwidth, "dhcp": dhcp, "isolated": isolated, "tagged": fields.has("vlan")}
    seen.update({fields.at(key): value for key, value in found.items() if value is not None})
    if name is None or interface is None or address is None:
        return None
    return Segment(
        name=name,
        label=label,
        interface=interface,
        vlan=vlan,
        address=address,
        valid_servers=servers,
        uplink=uplink,
        dhcp=dhcp,
        ports=ports,
        isolated=isolated,
        bandwidth=bandwidth,
    )
