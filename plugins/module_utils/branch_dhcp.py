# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_segments[].dhcp``."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from .fields import Fields, mac, unicast
from .problems import show
from .segments_model import Dhcp, Lease
from .value_forms import duration

KEYS = ("pool", "dns", "lease_time", "leases", "valid_servers")
LEASE_KEYS = ("mac", "address", "name")
_POOL_ALLOWED = "first and last address, such as 192.168.10.10-192.168.10.250"
_MAC_ALLOWED = "a MAC address such as DC:2C:6E:81:CF:34"
_DNS_ALLOWED = "a list of IPv4 addresses of name servers, such as [9.9.9.9]; left out, clients ask the router"
_LEASE_TIME = re.compile(r"([1-9][0-9]{0,4})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SHORTEST_S, _LONGEST_S = 60, 4 * 604_800
_MOST_DNS = 4

Pool = tuple[IPv4Address, IPv4Address]


def read_dhcp(segment: Fields, address: IPv4Interface | None) -> tuple[Dhcp | None, tuple[str, ...]]:
    """The DHCP server of the segment, ``None`` where the router has none, and the MAC addresses of other ones."""
    if not segment.has("dhcp"):
        return None, ()
    dhcp = Fields(segment.values["dhcp"], segment.at("dhcp"), segment.problems, KEYS)
    pool = dhcp.read("pool", _pool, _POOL_ALLOWED)
    if pool is not None and address is not None:
        _check_pool(dhcp, pool, address)
    dns = _addresses(dhcp)
    lease_time = dhcp.read("lease_time", _lease_time, "a time from 1m to 4w, such as 30m, 12h or 1d") or "30m"
    leases = _leases(dhcp, address)
    servers = _servers(dhcp)
    if not dhcp.has("pool"):
        for key in ("dns", "lease_time", "leases"):
            if dhcp.has(key):
                dhcp.wrong(key, "nothing without pool: the router then serves no addresses there")
    return (Dhcp(pool, dns, lease_time, leases) if pool else None), servers


def _check_pool(dhcp: Fields, pool: Pool, address: IPv4Interface) -> None:
    network = address.network
    if any(end not in network or end in (network[0], network[-1]) for end in pool):
        dhcp.wrong("pool", f"host addresses inside {network}")
    elif pool[0] <= address.ip <= pool[1]:
        dhcp.wrong("pool", f"addresses without the router's own {address.ip}")


def _pool(value: Any) -> Pool:
    if not isinstance(value, str) or value.count("-") != 1:
        raise ValueError(value)
    first, last = (unicast(part.strip()) for part in value.split("-"))
    if first > last:
        raise ValueError(value)
    return first, last


def _lease_time(value: Any) -> str:
    match = _LEASE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None or not _SHORTEST_S <= int(match[1]) * _SECONDS[match[2]] <= _LONGEST_S:
        raise ValueError(value)
    return duration(match[0])


def _addresses(dhcp: Fields) -> tuple[IPv4Address, ...]:
    found = []
    for path, item in dhcp.items("dns", _DNS_ALLOWED):
        try:
            found.append(unicast(item))
        except ValueError:
            dhcp.problems.add(path, show(item), "an IPv4 address such as 9.9.9.9")
    if len(found) > _MOST_DNS:
        dhcp.wrong("dns", f"at most {_MOST_DNS} addresses")
    return tuple(found)


def _servers(dhcp: Fields) -> tuple[str, ...]:
    servers = []
    for path, item in dhcp.items("valid_servers", "a list of MAC addresses"):
        try:
            servers.append(mac(item))
        except ValueError:
            dhcp.problems.add(path, show(item), _MAC_ALLOWED)
    return tuple(sorted(set(servers)))


def _leases(dhcp: Fields, address: IPv4Interface | None) -> tuple[Lease, ...]:
    """Each with an address of its own; a client that stands there twice would get either."""
    leases = []
    taken: dict[Any, str] = {}
    for path, item in dhcp.items("leases", "a list of leases with " + ", ".join(LEASE_KEYS)):
        fields = Fields(item, path, dhcp.problems, LEASE_KEYS)
        hardware = fields.read("mac", mac, _MAC_ALLOWED, required=True)
        ip = fields.host("address")
        name = fields.label("name", hardware or "")
        for key, value in (("mac", hardware), ("address", ip)):
            if value is not None and value in taken:
                dhcp.problems.add(fields.at(key), f"{value}, as in {taken[value]}", "a client and an address only once")
            if value is not None:
                taken.setdefault(value, fields.at(key))
        if ip is not None and address is not None:
            _check_lease(fields, ip, address)
        if hardware and ip:
            leases.append(Lease(hardware, ip, name))
    return tuple(leases)


def _check_lease(fields: Fields, ip: IPv4Address, address: IPv4Interface) -> None:
    network = address.network
    if ip not in network or ip in (network[0], network[-1]):
        fields.wrong("address", f"a host address inside {network}")
    elif ip == address.ip:
        fields.wrong("address", "another address than the router's own")
