# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots written by hand: rows as dicts, ids counted up, the shown defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lab.schema.snapshot import ConfigRow, Snapshot

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "/ip/route": {"disabled": "false", "distance": "1", "scope": "30", "target-scope": "10", "routing-table": "main"},
    "/interface/ethernet": {"disabled": "false"},
    "/interface/bridge": {"disabled": "false"},
}


@dataclass
class Config:
    """Menus under construction. ``add`` returns the id of the new row."""

    menus: dict[str, list[ConfigRow]] = field(default_factory=dict)
    version: str = "7.22"
    _revision: int = 0

    def add(self, menu: str, **values: str) -> int:
        rows = self.menus.setdefault(menu, [])
        number = max((row.id for row in rows), default=0) + 1
        named = {name.replace("_", "-"): value for name, value in values.items()}
        rows.append(ConfigRow(number, {**DEFAULTS.get(menu, {}), **named}))
        return number

    def set(self, menu: str, row_id: int, **values: str) -> None:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        rows = self.menus[menu]
        self.menus[menu] = [ConfigRow(r.id, {**r.values, **named}) if r.id == row_id else r for r in rows]

    def remove(self, menu: str, row_id: int) -> None:
        self.menus[menu] = [row for row in self.menus[menu] if row.id != row_id]

    def find(self, menu: str, **values: str) -> int:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        found = [row.id for row in self.menus[menu] if all(row.get(name) == value for name, value in named.items())]
        assert len(found) == 1, f"{menu} {named}: {len(found)} rows"
        return found[0]

    def snapshot(self) -> Snapshot:
        self._revision += 1
        return Snapshot(self._revision, {menu: tuple(rows) for menu, rows in self.menus.items()}, self.version)


def route(config: Config, dst: str, gateway: str = "", **values: str) -> int:
    if gateway:
        values["gateway"] = gateway
    return config.add("/ip/route", dst_address=dst, **values)


@dataclass(frozen=True)
class Uplink:
    name: str
    interface: str
    address: str
    gateway: str
    anchors: tuple[str, ...]

    @property
    def network(self) -> str:
        octets = self.address.split("/")[0].split(".")
        return ".".join(octets[:3]) + ".0/24"


UPLINKS = (
    Uplink("isp1", "ether1", "10.1.1.2/24", "10.1.1.1", ("203.0.113.1", "198.51.100.1")),
    Uplink("isp2", "ether2", "10.2.2.2/24", "10.2.2.1", ("203.0.113.2", "198.51.100.2")),
)
LAN = "192.168.10.0/24"


def plain(uplinks: Sequence[Uplink] = UPLINKS) -> Config:
    """Ports, addresses, a bridge with ether9 as the LAN."""
    config = Config()
    for uplink in uplinks:
        config.add("/interface/ethernet", name=uplink.interface, default_name=uplink.interface)
        config.add("/ip/address", address=uplink.address, interface=uplink.interface)
    config.add("/interface/ethernet", name="ether9", default_name="ether9")
    config.add("/interface/bridge", name="bridge")
    config.add("/interface/bridge/port", bridge="bridge", interface="ether9")
    config.add("/ip/address", address="192.168.10.1/24", interface="bridge")
    return config


def branch(
    uplinks: Sequence[Uplink] = UPLINKS, classifier: str = "both-addresses-and-ports", nat: str = "src-nat"
) -> Config:
    """The rows that the collection writes for a balanced branch of equal uplinks (two paths for two uplinks)."""
    config = plain(uplinks)
    _wan(config, uplinks, nat)
    _gates(config, uplinks)
    paths = _paths(config, uplinks)
    _mangle(config, uplinks, paths, classifier)
    return config


def _wan(config: Config, uplinks: Sequence[Uplink], nat: str) -> None:
    for name in ("mw-wan", "mw-lan"):
        config.add("/interface/list", name=name)
    config.add("/interface/list/member", list="mw-lan", interface="bridge")
    config.add("/ip/firewall/address-list", list="mw-bypass", address=LAN)
    for rank, uplink in enumerate(uplinks, 1):
        config.add("/interface/list/member", list="mw-wan", interface=uplink.interface)
        config.add("/routing/table", name=f"mw-{uplink.name}", fib="")
        table = {"routing_table": f"mw-{uplink.name}"}
        via = f"{uplink.gateway}%{uplink.interface}"
        route(config, "0.0.0.0/0", via, **table)
        route(config, uplink.network, uplink.interface, **table)
        route(config, "0.0.0.0/0", blackhole="", distance="250", **table)
        route(config, "0.0.0.0/0", via, distance=str(200 + rank))
        config.add("/ip/firewall/address-list", list="mw-bypass", address=uplink.network)
        target = {"to_addresses": uplink.address.split("/")[0]} if nat == "src-nat" else {}
        config.add("/ip/firewall/nat", chain="srcnat", action=nat, out_interface=uplink.interface, **target)


def _gates(config: Config, uplinks: Sequence[Uplink]) -> None:
    for number, uplink in enumerate(uplinks, 1):
        gate = f"192.0.2.{number}"
        for anchor in uplink.anchors:
            via = f"{uplink.gateway}%{uplink.interface}"
            route(config, f"{anchor}/32", via, distance="1", scope="11", target_scope="10")
            route(config, f"{anchor}/32", blackhole="", distance="250")
            route(config, f"{gate}/32", anchor, check_gateway="ping", scope="12", target_scope="11")
        route(config, "0.0.0.0/0", gate, target_scope="12", scope="30", distance=str(number))


def _paths(config: Config, uplinks: Sequence[Uplink]) -> list[str]:
    """One path for each uplink as the first: it, then the others in order."""
    names = []
    for first in range(len(uplinks)):
        order = [first, *(number for number in range(len(uplinks)) if number != first)]
        name = "mw-path-" + "-".join(uplinks[number].name for number in order)
        config.add("/routing/table", name=name, fib="")
        for distance, number in enumerate(order, 1):
            gate = {"scope": "30", "target_scope": "12", "distance": str(distance)}
            route(config, "0.0.0.0/0", f"192.0.2.{number + 1}", routing_table=name, **gate)
        names.append(name)
    return names


def _mangle(config: Config, uplinks: Sequence[Uplink], paths: Sequence[str], classifier: str) -> None:
    def add(chain: str, action: str, **values: str) -> None:
        config.add("/ip/firewall/mangle", chain=chain, action=action, disabled="false", log="false", **values)

    fresh = {"connection_state": "new", "connection_mark": "no-mark"}
    for uplink in uplinks:
        mark = {"new_connection_mark": f"mw-{uplink.name}", "passthrough": "false"}
        add("mw-inbound", "mark-connection", in_interface=uplink.interface, **mark)
    add("mw-memory", "return", dst_address_list="mw-bypass")
    for uplink in uplinks:
        mark = {"new_connection_mark": f"mw-{uplink.name}", "passthrough": "false"}
        add("mw-memory", "mark-connection", out_interface=uplink.interface, **mark)
    for uplink in uplinks:
        mark = {"new_routing_mark": f"mw-{uplink.name}", "passthrough": "false"}
        add("mw-route", "mark-routing", connection_mark=f"mw-{uplink.name}", **mark)
    add("mw-classify", "return", dst_address_type="!unicast")
    add("mw-classify", "return", dst_address_list="mw-bypass")
    for slot, path in enumerate(paths):
        pcc = {"per_connection_classifier": f"{classifier}:{len(paths)}/{slot}"}
        add("mw-classify", "mark-routing", new_routing_mark=path, passthrough="false", **pcc)
    for uplink in uplinks:
        mark = {"new_routing_mark": f"mw-{uplink.name}", "passthrough": "false"}
        add("output", "mark-routing", connection_mark=f"mw-{uplink.name}", **mark)
    add("forward", "jump", in_interface_list="mw-lan", jump_target="mw-memory", **fresh)
    add("prerouting", "jump", in_interface_list="mw-wan", jump_target="mw-inbound", **fresh)
    add("prerouting", "jump", in_interface_list="mw-lan", connection_mark="!no-mark", jump_target="mw-route")
    add("prerouting", "jump", in_interface_list="mw-lan", jump_target="mw-classify", **fresh)
