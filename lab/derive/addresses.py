# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/address``: addresses in the kernel and the connected routes that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.derive.interfaces import Interface, Interfaces
from lab.derive.ip import Prefix, dotted, number
from lab.derive.lines import Line
from lab.derive.plan import AddressPlan, DynamicRow
from lab.schema.snapshot import Snapshot

MENU = "/ip/address"


@dataclass(frozen=True)
class Address:
    """An enabled address on the interface that really carries it. ``prefix``: the network of its connected route.

    ``row_id`` -1: given by an ISP.
    """

    row_id: int
    address: int
    prefix: Prefix
    interface: Interface

    @property
    def text(self) -> str:
        return dotted(self.address)


@dataclass(frozen=True)
class Addresses:
    """``status`` is keyed by row id of ``/ip/address``."""

    items: tuple[Address, ...]
    status: Mapping[int, Mapping[str, str]]
    dynamic: tuple[DynamicRow, ...] = ()

    def plans(self) -> tuple[AddressPlan, ...]:
        wanted = (AddressPlan(a.interface.kernel, f"{a.text}/{a.prefix.length}") for a in self.items)
        return tuple(dict.fromkeys(wanted))

    def local(self) -> frozenset[int]:
        return frozenset(item.address for item in self.items)

    def first_on(self, interface: Interface) -> Address | None:
        """The address that masquerade uses on this interface while it runs."""
        if not interface.running:
            return None
        return next((item for item in self.items if item.interface == interface), None)


def read_addresses(snapshot: Snapshot, interfaces: Interfaces, lines: tuple[Line, ...] = ()) -> Addresses:
    """Rows of ``/ip/address`` in order, then those of lines. One on a bridge port is the bridge's (``slave``)."""
    items = []
    status = {}
    for row in snapshot.rows(MENU):
        named = interfaces.get(row.get("interface"))
        carrier = interfaces.carrier(row.get("interface"))
        usable = carrier is not None and carrier.enabled and _has_link(carrier)
        status[row.id] = {
            "actual-interface": carrier.name if carrier else row.get("interface"),
            "invalid": "false" if carrier is not None and carrier.enabled else "true",
            "slave": "true" if named is not None and named.master else "false",
        }
        if row.enabled and usable and carrier is not None:
            items.append(_address(row.id, row.get("address"), row.get("network"), carrier))
    given, rows = _given(lines, interfaces)
    return Addresses((*items, *given), status, rows)


def _has_link(interface: Interface) -> bool:
    """Whether the kernel has something that can hold an address."""
    return interface.running or interface.menu not in ("/interface/vlan", "/interface/pppoe-client", "/interface/lte")


def _address(row_id: int, text: str, network: str, interface: Interface) -> Address:
    """A /32 with another ``network`` has its peer there: the connected route leads to that (facts 2.5)."""
    prefix = Prefix.parse(text)
    if prefix.length == 32 and network:
        prefix = Prefix.parse(network)
    return Address(row_id, number(text.partition("/")[0]), prefix, interface)


def _given(lines: tuple[Line, ...], interfaces: Interfaces) -> tuple[list[Address], tuple[DynamicRow, ...]]:
    items, rows = [], []
    for line in lines:
        named, carrier = interfaces.get(line.interface), interfaces.carrier(line.interface)
        if named is None or carrier is None or not carrier.enabled or not _has_link(carrier):
            continue
        address = _address(-1, line.given.address, line.given.network, carrier)
        items.append(address)
        values = {
            "address": line.given.address,
            "network": dotted(address.prefix.network),
            "interface": line.interface,
            "actual-interface": carrier.name,
            "disabled": "false",
            "invalid": "false",
            "slave": "true" if named.master else "false",
        }
        rows.append(DynamicRow(MENU, line.key, values))
    return items, tuple(rows)
