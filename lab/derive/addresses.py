# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/address``: addresses in the kernel and the connected routes that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.derive.interfaces import Interface, Interfaces
from lab.derive.ip import Prefix, dotted, number
from lab.derive.plan import AddressPlan
from lab.schema.snapshot import Snapshot

MENU = "/ip/address"


@dataclass(frozen=True)
class Address:
    """An enabled address on the interface that really carries it."""

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


def read_addresses(snapshot: Snapshot, interfaces: Interfaces) -> Addresses:
    """Rows of ``/ip/address`` in order. An address on a bridge port belongs to the bridge (flag ``slave``)."""
    items = []
    status = {}
    for row in snapshot.rows(MENU):
        named = interfaces.get(row.get("interface"))
        carrier = interfaces.carrier(row.get("interface"))
        usable = carrier is not None and carrier.enabled and carrier.menu != "/interface/vlan"
        status[row.id] = {
            "actual-interface": carrier.name if carrier else row.get("interface"),
            "invalid": "false" if carrier is not None and carrier.enabled else "true",
            "slave": "true" if named is not None and named.master else "false",
        }
        if row.enabled and usable and carrier is not None:
            text = row.get("address")
            items.append(Address(row.id, number(text.partition("/")[0]), Prefix.parse(text), carrier))
    return Addresses(tuple(items), status)
