# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks a packet through the mangle rows of a plan in the order of the manual. Knows only what the rows use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row

LISTS = {"/interface/list/member": "interface", "/ip/firewall/address-list": "address"}


@dataclass(frozen=True)
class Packet:
    """``hash``: what the PCC matcher hashes to. ``kind``: type of the destination address."""

    in_interface: str = ""
    out_interface: str = ""
    destination: str = "203.0.113.200"
    kind: str = "unicast"
    state: str = "new"
    connection_mark: str = "no-mark"
    routing_mark: str = ""
    hash: int = 0


@dataclass(frozen=True)
class Walk:
    """The packet after a chain, and how many rows it met."""

    packet: Packet
    met: int


def walk(plan: Plan, chain: str, packet: Packet) -> Walk:
    packet, met, _ended = _chain(plan, chain, packet)
    return Walk(packet, met)


def _chain(plan: Plan, chain: str, packet: Packet) -> tuple[Packet, int, bool]:
    met = 0
    for row in plan.of("/ip/firewall/mangle"):
        if row.values["chain"] != chain:
            continue
        met += 1
        if not all(_matches(plan, key, str(value), packet) for key, value in row.values.items()):
            continue
        action = row.values["action"]
        if action == "return":
            return packet, met, False
        if action == "jump":
            packet, more, ended = _chain(plan, str(row.values["jump-target"]), packet)
            met += more
            if ended:
                return packet, met, True
            continue
        packet = _marked(row, packet)
        if row.values.get("passthrough") == "no":
            return packet, met, True
    return packet, met, False


def _marked(row: Row, packet: Packet) -> Packet:
    if row.values["action"] == "mark-connection":
        return replace(packet, connection_mark=str(row.values["new-connection-mark"]))
    assert row.values["action"] == "mark-routing"
    return replace(packet, routing_mark=str(row.values["new-routing-mark"]))


def _members(plan: Plan, menu: str, name: str) -> Sequence[str]:
    return [str(row.values[LISTS[menu]]) for row in plan.of(menu) if row.values["list"] == name]


def _matches(plan: Plan, key: str, value: str, packet: Packet) -> bool:
    if key in {"chain", "action", "jump-target", "comment", "passthrough", "new-connection-mark", "new-routing-mark"}:
        return True
    negated, value = value.startswith("!"), value.removeprefix("!")
    return _holds(plan, key, value, packet) != negated


def _holds(plan: Plan, key: str, value: str, packet: Packet) -> bool:
    if key in ("in-interface-list", "out-interface-list"):
        interface = packet.in_interface if key.startswith("in") else packet.out_interface
        return interface in _members(plan, "/interface/list/member", value)
    if key == "dst-address-list":
        networks = _members(plan, "/ip/firewall/address-list", value)
        return any(ip_address(packet.destination) in ip_network(network) for network in networks)
    if key == "per-connection-classifier":
        denominator, remainder = (int(number) for number in value.split(":")[1].split("/"))
        return packet.hash % denominator == remainder
    seen = {
        "in-interface": packet.in_interface,
        "out-interface": packet.out_interface,
        "connection-state": packet.state,
        "connection-mark": packet.connection_mark,
        "dst-address-type": packet.kind,
    }
    return seen[key] == value
