# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every write obeys: defaults, duplicates, properties that follow from others. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface
from typing import Protocol

from lab.schema.model import MenuAt
from lab.schema.snapshot import ConfigRow
from lab.store import queues
from lab.store.trap import Trap

_VLAN_TABLE = "/interface/bridge/vlan"
_LEASES = "/ip/dhcp-server/lease"
_LAST_VLAN = 4094
#: What an interface shows in /interface: the properties that all kinds share.
_VIEWED = ("name", "mtu", "l2mtu", "disabled", "comment", "mac-address")


class Rivals(Protocol):
    def __call__(self, menu: MenuAt, *, space: bool) -> Iterator[ConfigRow]: ...


def view_rows(menu: MenuAt, menus: Mapping[str, tuple[ConfigRow, ...]]) -> tuple[ConfigRow, ...]:
    """Rows of ``/interface``: those of every kind of interface, by id."""
    found = []
    for path, kind in menu.menu.views.items():
        for row in menus.get(path, ()):
            values = {name: row.values[name] for name in _VIEWED if name in row.values}
            found.append(ConfigRow(row.id, {**values, "type": kind}, row.dynamic))
    return tuple(sorted(found, key=lambda row: row.id))


def complete(menu: MenuAt, values: Mapping[str, str], taken: frozenset[str]) -> dict[str, str]:
    """The values of a new row: what was given, shown defaults, a name where the router makes one up."""
    given = {**menu.defaults, **values}
    if menu.menu.auto_name and "name" in menu.arguments and not given.get("name"):
        number = 1
        while f"{menu.menu.auto_name}{number}" in taken:
            number += 1
        given["name"] = f"{menu.menu.auto_name}{number}"
    return _derived(menu, given, values)


def changed(menu: MenuAt, row: ConfigRow, changes: Mapping[str, str | None]) -> dict[str, str]:
    """The values of ``row`` after ``changes``."""
    given = dict(row.values)
    for name, text in changes.items():
        if text is not None:
            given[name] = text
        elif name in menu.defaults:
            given[name] = menu.defaults[name]
        else:
            given.pop(name, None)
    return _derived(menu, given, {name: text for name, text in changes.items() if text is not None})


def check_unique(menu: MenuAt, row: ConfigRow, rivals: Rivals) -> None:
    for rule in menu.menu.unique:
        key = [row.values.get(name) for name in rule.by]
        if None in key or "" in key:
            continue
        for other in rivals(menu, space=rule.space):
            if other.id != row.id and [other.values.get(name) for name in rule.by] == key:
                raise Trap(rule.message)
    if menu.path == _VLAN_TABLE:
        _check_vlan_table(row, rivals(menu, space=False))
    elif menu.path == _LEASES:
        _check_lease(row, rivals(menu, space=False))
    elif menu.path == queues.SIMPLE:
        queues.check_simple(row)


def _check_lease(row: ConfigRow, others: Iterator[ConfigRow]) -> None:
    """An address is given once on all servers, a client once on each (words as measured by users of 7.x)."""
    for other in others:
        if other.id == row.id:
            continue
        if row.get("address") and row.get("address") == other.get("address"):
            raise Trap("failure: already have static lease with this IP address")
        servers = {row.get("server", "all"), other.get("server", "all")}
        same = len(servers) == 1 or "all" in servers
        mac = row.get("mac-address")
        if mac and mac == other.get("mac-address") and same and row.enabled and other.enabled:
            raise Trap("failure: already have static lease for this client")


def _check_vlan_table(row: ConfigRow, others: Iterator[ConfigRow]) -> None:
    """One row for a VLAN id of a bridge; a port is tagged there or untagged (words as measured by users of 7.x)."""
    if set(row.get("tagged").split(",")) & set(row.get("untagged").split(",")) - {""}:
        raise Trap("failure: interface cannot be in tagged and untagged at the same time")
    ids = _vlan_ids(row)
    if not ids or min(ids) < 1 or max(ids) > _LAST_VLAN:
        raise Trap("value of vlan-ids is out of range (1..4094)", 1)
    for other in others:
        if other.id != row.id and other.get("bridge") == row.get("bridge") and ids & _vlan_ids(other):
            raise Trap("failure: vlan already added")


def _vlan_ids(row: ConfigRow) -> frozenset[int]:
    spans = (part.partition("-") for part in row.get("vlan-ids").split(",") if part)
    return frozenset(vid for first, _, last in spans for vid in range(int(first), int(last or first) + 1))


def _derived(menu: MenuAt, values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    derive = _DERIVED.get(menu.path)
    return derive(values, given) if derive is not None else values


def _ip_address(values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """``network`` follows ``address`` unless it is given (a /32 with a peer); ``netmask`` is read, never shown."""
    if "netmask" in values:
        address = values["address"].partition("/")[0]
        mask = values.pop("netmask")
        values["address"] = f"{address}/{IPv4Interface(f'{address}/{mask}').network.prefixlen}"
    if "network" not in given and ("address" in given or "network" not in values):
        values["network"] = str(IPv4Interface(values["address"]).network.network_address)
    return values


def _address_list(values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """An entry with a timeout is a dynamic one: it is not saved and goes away by itself [man: address-lists]."""
    if given.get("timeout", "0s") != "0s":
        values["dynamic"] = "true"
    return values


def _lease(values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """``server`` is not shown while it is all (measured by users of 7.x)."""
    return {name: text for name, text in values.items() if (name, text) != ("server", "all")}


def _ethernet(values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The name a port came with stays readable after it was renamed."""
    if "name" in values:
        values.setdefault("default-name", values["name"])
    return values


_DERIVED = {
    "/interface/ethernet": _ethernet,
    "/interface/lte": _ethernet,
    "/ip/address": _ip_address,
    "/ip/firewall/address-list": _address_list,
    _LEASES: _lease,
}
