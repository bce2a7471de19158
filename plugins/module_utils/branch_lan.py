# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_segments`` and ``multiwan_pins``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from .branch_uplinks import Read
from .fields import NAME_ALLOWED, Fields, list_items, mac, name_of_item, unicast
from .model import Pin, Segment
from .problems import Problems, show

_SEGMENT_KEYS = ("name", "label", "interface", "vlan", "address", "dhcp", "uplink", "bandwidth")
_PIN_KEYS = (
    "name",
    "uplink",
    "fallback",
    "segment",
    "src_address",
    "dst_address",
    "dst_address_list",
    "protocol",
    "dst_port",
)
_MATCHERS = ("segment", "src_address", "dst_address", "dst_address_list", "protocol", "dst_port")
_PROTOCOLS = ("tcp", "udp", "icmp", "gre", "ipsec-esp")
_LIST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


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
    vlan = fields.integer("vlan", 1, 4094)
    interface = fields.interface(required=not fields.has("vlan"))
    if interface is None and vlan is not None and not fields.has("interface"):
        interface = f"vlan{vlan}"
    elif fields.has("vlan") and fields.has("interface"):
        fields.wrong("vlan", "nothing beside interface: name the VLAN's own interface, or the VLAN alone (vlan30)")
    address = fields.interface_address("address")
    if fields.has("bandwidth"):
        fields.wrong("bandwidth", "nothing: this release does not limit bandwidth yet")
    uplink = fields.read("uplink", name_of_item, f"the name of an uplink: {NAME_ALLOWED}")
    label = fields.label("label", name or "")
    pool, servers = _dhcp(fields, address)
    found = {"name": name, "interface": interface, "address": address, "uplink": uplink, "vlan": vlan}
    seen.update({fields.at(key): value for key, value in found.items() if value is not None})
    if name is None or interface is None or address is None:
        return None
    return Segment(
        name=name,
        label=label,
        interface=interface,
        vlan=vlan,
        address=address,
        pool=pool,
        valid_servers=servers,
        uplink=uplink,
    )


def _dhcp(segment: Fields, address: Any) -> tuple[tuple[IPv4Address, IPv4Address] | None, tuple[str, ...]]:
    if not segment.has("dhcp"):
        return None, ()
    dhcp = Fields(segment.values["dhcp"], segment.at("dhcp"), segment.problems, ("pool", "valid_servers"))
    pool = dhcp.read("pool", _pool, "first and last address, such as 192.168.10.10-192.168.10.250")
    if pool is not None and address is not None:
        outside = [
            end for end in pool if end not in address.network or end in (address.network[0], address.network[-1])
        ]
        if outside:
            dhcp.wrong("pool", f"host addresses inside {address.network}")
        elif pool[0] <= address.ip <= pool[1]:
            dhcp.wrong("pool", f"addresses without the router's own {address.ip}")
    servers = []
    for path, item in dhcp.items("valid_servers", "a list of MAC addresses"):
        try:
            servers.append(mac(item))
        except ValueError:
            dhcp.problems.add(path, show(item), "a MAC address such as DC:2C:6E:81:CF:34")
    return pool, tuple(sorted(set(servers)))


def _pool(value: Any) -> tuple[IPv4Address, IPv4Address]:
    if not isinstance(value, str) or value.count("-") != 1:
        raise ValueError(value)
    first, last = (unicast(part.strip()) for part in value.split("-"))
    if first > last:
        raise ValueError(value)
    return first, last


def read_pins(value: Any, problems: Problems) -> Read[Pin]:
    seen: dict[str, Any] = {}
    pins = []
    for path, item in list_items(value, "multiwan_pins", problems, "a list of pins"):
        pin = _pin(item, path, problems, seen)
        if pin is not None:
            pins.append(pin)
    return Read(tuple(pins), seen)


def _pin(item: Any, path: str, problems: Problems, seen: dict[str, Any]) -> Pin | None:
    fields = Fields(item, path, problems, _PIN_KEYS)
    name = fields.name()
    uplink = fields.read("uplink", name_of_item, f"the name of an uplink: {NAME_ALLOWED}", required=True)
    segment = fields.read("segment", name_of_item, f"the name of a segment: {NAME_ALLOWED}")
    pin = Pin(
        name=name or "",
        uplink=uplink or "",
        fallback=fields.boolean("fallback", True),
        segment=segment,
        src_address=fields.network("src_address"),
        dst_address=fields.network("dst_address"),
        dst_address_list=fields.read("dst_address_list", _list_name, "the name of an address list on the router"),
        protocol=fields.read("protocol", _protocol, "one of " + ", ".join(_PROTOCOLS)),
        dst_port=fields.read("dst_port", _ports, "a port, a range such as 5060-5080, or several with commas"),
    )
    if isinstance(item, Mapping):
        if not any(fields.has(key) for key in _MATCHERS):
            problems.add(path, "a pin that matches everything", "at least one of " + ", ".join(_MATCHERS))
        if fields.has("dst_port") and fields.values.get("protocol") not in ("tcp", "udp"):
            fields.wrong("protocol", "tcp or udp, since dst_port is given")
    found = {"name": name, "uplink": uplink, "segment": segment}
    seen.update({fields.at(key): value for key, value in found.items() if value is not None})
    return pin if name and uplink else None


def _list_name(value: Any) -> str:
    if not isinstance(value, str) or not _LIST_NAME.fullmatch(value):
        raise ValueError(value)
    return str(value)


def _protocol(value: Any) -> str:
    if value not in _PROTOCOLS:
        raise ValueError(value)
    return str(value)


def _ports(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(value)
    parts = str(value).split(",")
    for part in parts:
        ends = part.split("-")
        if len(ends) > 2 or not all(re.fullmatch(r"[0-9]{1,5}", end) and 1 <= int(end) <= 65535 for end in ends):
            raise ValueError(value)
        if len(ends) == 2 and int(ends[0]) > int(ends[1]):
            raise ValueError(value)
    return ",".join(parts)
