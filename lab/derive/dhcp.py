# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/dhcp-server`` with its networks and pools as what the DHCP daemon should serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.derive.addresses import Address, Addresses
from lab.derive.interfaces import Interfaces
from lab.derive.ip import Prefix, dotted, is_address, netmask, number, span
from lab.derive.plan import DhcpPool, Note
from lab.schema.snapshot import ConfigRow, Snapshot

MENU, NETWORK, POOL = "/ip/dhcp-server", "/ip/dhcp-server/network", "/ip/pool"
LEASE = "/ip/dhcp-server/lease"
_LEASE_S = 1800.0  # 7.x default lease-time 30m


@dataclass(frozen=True)
class Dhcp:
    pools: tuple[DhcpPool, ...]
    status: Mapping[tuple[str, int], Mapping[str, str]]
    notes: tuple[Note, ...]


def derive_dhcp(snapshot: Snapshot, interfaces: Interfaces, addresses: Addresses) -> Dhcp:
    """What each enabled server serves. A server is invalid on a slave port and without an address on its interface."""
    pools: list[DhcpPool] = []
    status: dict[tuple[str, int], Mapping[str, str]] = {}
    notes: list[Note] = []
    for row in snapshot.rows(MENU):
        own = _own_address(row, interfaces, addresses)
        status[MENU, row.id] = {"invalid": "false" if own or not row.enabled else "true"}
        if own is None or not row.enabled or not own.interface.running:
            continue
        if any(pool.interface == own.interface.kernel for pool in pools):
            notes.append(Note(MENU, row.id, "a second server on an interface is not enacted"))
            continue
        pools.append(_pool(row, own, snapshot))
    return Dhcp(tuple(pools), status, tuple(notes))


def _own_address(row: ConfigRow, interfaces: Interfaces, addresses: Addresses) -> Address | None:
    interface = interfaces.get(row.get("interface"))
    if interface is None or interface.master:
        return None
    return next((item for item in addresses.items if item.interface == interface), None)


def _pool(row: ConfigRow, own: Address, snapshot: Snapshot) -> DhcpPool:
    pool = next((p for p in snapshot.rows(POOL) if p.get("name") == row.get("address-pool")), None)
    ranges = [span(text) for text in filter(None, pool.get("ranges").split(",") if pool else ())]
    network = _network(ranges[0][0] if ranges else own.address, snapshot)
    length = own.prefix.length
    if network is not None:
        length = network.num("netmask") or Prefix.parse(network.get("address")).length
    first, *more = [(dotted(start), dotted(end)) for start, end in ranges] or [("", "")]
    return DhcpPool(
        interface=own.interface.kernel,
        server_name=row.get("name"),
        start=first[0],
        end=first[1],
        lease_s=int(row.seconds("lease-time", _LEASE_S)),
        gateway=network.get("gateway").partition(",")[0] if network else "",
        dns=_dns(network, snapshot),
        netmask=netmask(length),
        network=dotted(own.prefix.network),
        more=tuple(more),
        hosts=tuple(_hosts(row.get("name"), snapshot)),
        authoritative=row.get("authoritative") != "no",
        lease_script=row.get("lease-script"),
    )


def _hosts(server: str, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Static leases of a server; ``block-access`` refuses the client. An address that is a pool's name is none."""
    for row in snapshot.rows(LEASE):
        if row.enabled and row.get("mac-address") and row.get("server") in ("", "all", server):
            address = row.get("address")
            if row.flag("block-access"):
                yield row.get("mac-address"), ""
            elif is_address(address):
                yield row.get("mac-address"), address


def _network(address: int, snapshot: Snapshot) -> ConfigRow | None:
    """The network row with the longest prefix that holds the address."""
    holding = [row for row in snapshot.rows(NETWORK) if row.enabled and Prefix.parse(row.get("address")).holds(address)]
    return max(holding, key=lambda row: Prefix.parse(row.get("address")).length, default=None)


def _dns(network: ConfigRow | None, snapshot: Snapshot) -> tuple[str, ...]:
    """Servers of the network row, else those the router itself uses."""
    text = network.get("dns-server") if network else ""
    if not text and not (network and network.flag("dns-none")):
        text = snapshot.single("/ip/dns").get("servers")
    return tuple(dotted(number(server)) for server in text.split(",") if server)
