# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Segments: what is taken of a router as it is, in which order, what stays, and who sees whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.claims import left_to_others
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Operation, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.lan_bridge import own_mac, slug
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_values import resolved, unresolved
from ansible_collections.multiwan.routeros.plugins.module_utils.router_ways import after
from ansible_collections.multiwan.routeros.plugins.module_utils.tags import tag

from tests.unit.plugins.branches import branch
from tests.unit.plugins.looked_at import Menus, found

BRIDGE = {"name": "bridge", "trunks": ["ether5"], "trusted": ["ether5"], "dhcp_snooping": True}
OFFICE = {"name": "office", "interface": "bridge", "address": "192.168.10.1/24", "ports": ["ether3"]}
CREW = {
    "name": "crew",
    "vlan": 20,
    "address": "192.168.20.1/24",
    "ports": ["ether4"],
    "dhcp": {
        "pool": "192.168.20.10-192.168.20.20",
        "leases": [{"mac": "02:00:00:00:00:07", "address": "192.168.20.7"}],
    },
}
GUESTS = {"name": "guests", "vlan": 30, "address": "172.31.0.1/16", "isolated": True}
#: As it comes from the factory: a flat bridge.
FLAT: Menus = {
    "/interface/bridge": [{"name": "bridge", "comment": "defconf", "admin-mac": "48:A9:8A:00:00:02"}],
    "/interface/bridge/port": [
        {"bridge": "bridge", "interface": f"ether{n}", "frame-types": "admit-all", "ingress-filtering": "true"}
        for n in (3, 4, 5)
    ],
    "/ip/address": [{"address": "192.168.10.1/24", "interface": "bridge", "comment": "defconf"}],
}
LATE = {"vlan-filtering", "dhcp-snooping"}


def plan(*segments: Mapping[str, Any], version: str = "7.22", bridge: Any = BRIDGE) -> tuple[Row, ...]:
    raw = {**branch(2), "multiwan_bridge": bridge, "multiwan_segments": list(segments)}
    rows = assemble({**raw, "multiwan_routeros_version": version}, name="jakarta").rows
    mine = [row for row in rows if row.tag.startswith(("multiwan:lan:", "multiwan:dhcp_alert:"))]
    there = {} if bridge else {"/interface": found([{"name": "bridge", "mac-address": "48:A9:8A:00:00:02"}])}
    assert unresolved(mine, there, {}) == []
    return resolved([row for row in mine if not row.menu.startswith("/system/")], there, {})


ALL = plan(OFFICE, CREW, GUESTS)


def router(menus: Menus) -> dict[str, list[Any]]:
    return {menu: found(rows) for menu, rows in menus.items()}


def writes(rows: Sequence[Row], menus: Mapping[str, Any]) -> tuple[Operation, ...]:
    difference = compare(rows, menus)
    assert difference.conflicts == ()
    return difference.operations


def of(rows: Sequence[Row], menu: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.values.items() if k != "comment"} for row in rows if row.menu == menu]


# --- order


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22", "7.24"])
def test_filtering_is_switched_on_last_and_off_first(version: str) -> None:
    rows = plan(OFFICE, CREW, GUESTS, version=version)
    done = writes(rows, router(FLAT))
    (last,) = [place for place, one in enumerate(done) if LATE & set(one.values)]
    assert done[last].verb == "set"
    lan = [place for place, one in enumerate(done) if one.menu.startswith(("/interface", "/ip"))]
    assert last == max(lan)
    back = writes((), after(router(FLAT), done))
    assert set(back[0].values) >= LATE
    assert after(after(router(FLAT), done), back)["/interface/bridge"][0].values["vlan-filtering"] == "no"


def test_ports_and_table_come_before_what_is_on_them() -> None:
    done = [one.menu for one in writes(ALL, router(FLAT))]
    order = [
        *("/interface/bridge/vlan", "/interface/bridge/port", "/interface/vlan", "/interface/list"),
        *("/interface/list/member", "/ip/address", "/ip/pool", "/ip/dhcp-server/network", "/ip/dhcp-server"),
        *("/ip/dhcp-server/lease", "/ip/firewall/address-list", "/ip/firewall/raw", "/ip/dhcp-server/alert"),
    ]
    assert [menu for menu in dict.fromkeys(done) if menu in order] == order


def test_the_chain_of_isolation_is_whole_before_anything_jumps_into_it() -> None:
    raw = [one for one in writes(ALL, router(FLAT)) if one.menu == "/ip/firewall/raw"]
    chains = [one.values["chain"] for one in raw]
    assert chains == sorted(chains, key=lambda chain: chain == "prerouting")
    assert raw[-2].values["action"] == "jump"


# --- what is there


def test_of_a_bridge_that_is_there_only_what_vlans_need_is_taken() -> None:
    done = writes(ALL, router(FLAT))
    taken = [one for one in done if one.menu in ("/interface/bridge", "/interface/bridge/port")]
    assert {one.verb for one in taken} == {"set"}
    said = {
        one.old.get("interface", "bridge"): {k: v for k, v in one.values.items() if k != "comment"} for one in taken
    }
    assert said == {
        "bridge": {"vlan-filtering": "yes", "dhcp-snooping": "yes"},
        "ether4": {"pvid": "20", "frame-types": "admit-only-untagged-and-priority-tagged"},
        "ether5": {"trusted": "yes"},
    }
    assert not [one for one in done if one.menu == "/ip/address" and one.values["interface"] == "bridge"]


def test_a_second_run_writes_nothing_and_a_removal_leaves_what_was() -> None:
    held = after(router(FLAT), writes(ALL, router(FLAT)))
    assert writes(ALL, held) == ()
    gone = after(held, writes((), held))
    now = {menu: [dict(row.values) for row in rows] for menu, rows in gone.items() if rows}
    defaults = {"pvid": "1", "trusted": "no", "vlan-filtering": "no", "dhcp-snooping": "no", "comment": ""}
    for menu, rows in FLAT.items():
        for row, was in zip(now.pop(menu), rows, strict=True):
            assert {k: v for k, v in row.items() if defaults.get(k) != v} == {k: v for k, v in was.items() if v}
    assert now == {}


def test_of_version_6_the_port_gets_its_filter_back() -> None:
    six = {
        **FLAT,
        "/interface/bridge/port": [{**r, "ingress-filtering": "false"} for r in FLAT["/interface/bridge/port"]],
    }
    rows = plan(OFFICE, CREW, GUESTS, version="6.49")
    held = after(router(six), writes(rows, router(six)))
    ports = {row.values["interface"]: row.values for row in held["/interface/bridge/port"]}
    assert [ports[name]["ingress-filtering"] for name in ("ether3", "ether4", "ether5")] == ["false", "yes", "yes"]
    gone = after(held, writes((), held))
    assert {row.values["ingress-filtering"] for row in gone["/interface/bridge/port"]} <= {"no", "false"}


def test_a_missing_bridge_is_made_with_an_address_that_is_known_before() -> None:
    done = writes(ALL, {})
    (made,) = [one for one in done if one.menu == "/interface/bridge"]
    mac = own_mac("jakarta", "bridge")
    assert (made.verb, made.values["admin-mac"], made.values["auto-mac"]) == ("add", mac, "no")
    assert re.fullmatch(r"02(:[0-9A-F]{2}){5}", mac)
    assert own_mac("bandung", "bridge") != mac != own_mac("jakarta", "bridge2")
    assert {row.values["valid-server"] for row in ALL if row.menu == "/ip/dhcp-server/alert"} == {mac}


def test_a_port_of_another_bridge_is_a_conflict() -> None:
    other: Menus = {"/interface/bridge/port": [{"bridge": "bridge-lan", "interface": "ether4"}]}
    (conflict,) = compare(ALL, router(other)).conflicts
    assert "bridge is 'bridge-lan', should be 'bridge'" in conflict.words


def test_a_port_that_moves_to_another_segment_is_set_once() -> None:
    held = after(router(FLAT), writes(ALL, router(FLAT)))
    moved = plan(OFFICE, {**CREW, "ports": []}, {**GUESTS, "ports": ["ether4"]})
    done = writes(moved, held)
    assert [one.values["pvid"] for one in done if one.menu == "/interface/bridge/port"] == ["30"]


def test_rows_that_the_router_makes_for_a_vlan_are_not_in_the_way() -> None:
    dynamic: Menus = {
        "/interface/bridge/vlan": [{"bridge": "bridge", "vlan-ids": "20", "untagged": "ether4", "dynamic": "true"}],
        "/ip/dhcp-server/lease": [{"address": "192.168.20.7", "server": "mw-crew", "dynamic": "true"}],
    }
    assert compare(ALL, router({**FLAT, **dynamic})).conflicts == ()
    static: Menus = {"/interface/bridge/vlan": [{"bridge": "bridge", "vlan-ids": "20", "untagged": "ether9"}]}
    assert len(compare(ALL, router({**FLAT, **static})).conflicts) == 1


def test_a_dhcp_server_of_somebody_else_is_left_with_all_that_belongs_to_it() -> None:
    theirs: Menus = {"/ip/dhcp-server": [{"name": "hand", "interface": "vlan20", "address-pool": "p"}]}
    kept, notes = left_to_others(ALL, router(theirs))
    assert {row.menu for row in ALL} - {row.menu for row in kept} == {
        *("/ip/pool", "/ip/dhcp-server", "/ip/dhcp-server/network", "/ip/dhcp-server/lease")
    }
    assert "hand" in notes[0]
    assert len(notes) == 1
    assert {"/ip/address", "/interface/vlan", "/ip/dhcp-server/alert"} <= {row.menu for row in kept}


def test_without_a_bridge_none_is_touched() -> None:
    rows = plan({**OFFICE, "ports": []}, bridge=None)
    assert not [row for row in rows if row.menu.startswith(("/interface/bridge", "/interface/vlan"))]


def test_without_vlans_the_bridge_does_not_filter() -> None:
    (bridge,) = of(plan(OFFICE, bridge={"name": "bridge"}), "/interface/bridge")
    assert "vlan-filtering" not in bridge


# --- DHCP


def test_the_server_says_what_the_branch_says() -> None:
    assert of(ALL, "/ip/pool") == [{"name": "mw-crew", "ranges": "192.168.20.10-192.168.20.20"}]
    (network,) = of(ALL, "/ip/dhcp-server/network")
    assert network == {"address": "192.168.20.0/24", "gateway": "192.168.20.1", "dns-server": "192.168.20.1"}
    (lease,) = of(ALL, "/ip/dhcp-server/lease")
    assert lease == {"address": "192.168.20.7", "mac-address": "02:00:00:00:00:07", "server": "mw-crew"}
    more = {**CREW, "dhcp": {"pool": "192.168.20.10-192.168.20.20", "dns": ["9.9.9.9", "1.1.1.1"], "lease_time": "90m"}}
    (network,) = of(plan(more), "/ip/dhcp-server/network")
    assert network["dns-server"] == "9.9.9.9,1.1.1.1"
    (server,) = of(plan(more), "/ip/dhcp-server")
    assert (server["lease-time"], server["disabled"]) == ("1h30m", "no")


def test_without_a_pool_the_router_serves_nobody() -> None:
    rows = plan({**CREW, "dhcp": {"valid_servers": ["02:00:00:00:00:09"]}})
    assert not [row for row in rows if row.menu.startswith(("/ip/pool", "/ip/dhcp-server")) and ":lan:" in row.tag]
    (alert,) = of(rows, "/ip/dhcp-server/alert")
    assert "02:00:00:00:00:09" in alert["valid-server"]


def test_a_segment_with_another_name_keeps_its_server_and_its_leases() -> None:
    held = after({}, writes(ALL, {}))
    done = writes(plan(OFFICE, {**CREW, "name": "staff"}, GUESTS), held)
    menus = ("/ip/address", "/ip/dhcp-server", "/ip/dhcp-server/network", "/ip/dhcp-server/lease")
    touched = [one for one in done if one.menu in menus]
    assert {one.verb for one in touched} == {"set"}
    assert {one.menu for one in touched} == set(menus)


# --- isolation


LISTS = {
    name: [IPv4Network(row["address"]) for row in of(ALL, "/ip/firewall/address-list") if row["list"] == name]
    for name in ("mw-inside", "mw-isolated")
}
#: Addresses of the router.
LOCAL = ("192.168.10.1", "192.168.20.1", "172.31.0.1", "172.16.1.2")


def fits(row: Mapping[str, str], packet: Mapping[str, str]) -> bool:
    """What raw looks at, for packets as below."""
    to = packet["to"]
    kind = "broadcast" if to == "255.255.255.255" else "local" if to in LOCAL else "unicast"
    listed = {name for name, networks in LISTS.items() if any(IPv4Address(to) in network for network in networks)}
    seen = {
        "in-interface-list": {"mw-isolated"} if packet["from"] == "vlan30" else {"mw-lan"},
        "dst-address-type": {kind},
        "dst-address-list": listed,
        "protocol": {packet.get("protocol", "icmp")},
        "dst-port": {packet.get("port", "")},
    }
    return all((row[key].lstrip("!") in seen[key]) != row[key].startswith("!") for key in seen if key in row)


def judged(packet: Mapping[str, str], chain: str = "prerouting") -> tuple[bool, int]:
    """Whether it passes, and the rows that it met."""
    met = 0
    for row in (row for row in of(ALL, "/ip/firewall/raw") if row["chain"] == chain):
        met += 1
        if not fits(row, packet):
            continue
        if row["action"] == "return":
            break
        if row["action"] == "drop":
            return False, met
        passes, more = judged(packet, row["jump-target"])
        met += more
        if not passes:
            return False, met
    return True, met


def packet(interface: str, to: str, protocol: str = "tcp", port: str = "443") -> dict[str, str]:
    return {"from": interface, "to": to, "protocol": protocol, "port": port}


PASS = [
    packet("vlan30", "8.8.8.8"),
    packet("vlan30", "203.0.113.9", "udp", "4500"),
    packet("vlan30", "255.255.255.255", "udp", "67"),
    packet("vlan30", "172.31.0.1", "udp", "67"),
    packet("vlan30", "172.31.0.1", "udp", "53"),
    packet("vlan30", "172.31.0.1", "tcp", "53"),
    packet("vlan20", "192.168.10.1", "tcp", "22"),
    packet("vlan20", "192.168.10.77"),
    packet("ether1", "172.16.1.2", "tcp", "443"),
]
DROP = [
    *(packet("vlan30", to, *what) for to in LOCAL for what in (("tcp", "22"), ("tcp", "8291"), ("icmp", ""))),
    packet("vlan30", "192.168.10.1", "udp", "53"),
    packet("vlan30", "192.168.10.77"),
    packet("vlan30", "192.168.20.53", "udp", "53"),
    packet("vlan30", "10.9.9.9", "udp", "67"),
    packet("vlan30", "172.16.1.1"),
    packet("vlan30", "169.254.1.1"),
    packet("vlan30", "100.64.3.3"),
    packet("vlan30", "255.255.255.255", "udp", "5678"),
    packet("vlan20", "172.31.0.77"),
    packet("ether1", "172.31.0.77"),
]


@pytest.mark.parametrize("one", PASS, ids=str)
def test_the_internet_an_address_and_names_are_what_guests_get(one: dict[str, str]) -> None:
    assert judged(one)[0]


@pytest.mark.parametrize("one", DROP, ids=str)
def test_everything_else_inside_is_dropped_in_both_directions(one: dict[str, str]) -> None:
    assert not judged(one)[0]


def test_another_site_with_public_addresses_is_no_internet_for_guests() -> None:
    guests = {"name": "guests", "vlan": 30, "address": "172.31.0.1/24", "isolated": True}
    raw = {**branch(2), "multiwan_bridge": BRIDGE, "multiwan_segments": [guests]}
    rows = assemble({**raw, "multiwan_bypass": ["198.51.100.0/24"]}, name="jakarta").rows
    assert "198.51.100.0/24" in {row.values["address"] for row in rows if row.values.get("list") == "mw-inside"}


def test_a_packet_of_guests_to_the_internet_passes_three_rows_others_two() -> None:
    assert judged(packet("vlan30", "8.8.8.8")) == (True, 3)
    assert judged(packet("vlan20", "8.8.8.8")) == (True, 2)
    assert judged(packet("ether1", "172.16.1.2")) == (True, 2)


def test_nobody_isolated_nothing_in_raw() -> None:
    rows = plan(OFFICE, CREW)
    assert of(rows, "/ip/firewall/raw") == []
    assert not [row for row in of(rows, "/interface/list") if row["name"] == "mw-isolated"]


# --- names


@pytest.mark.parametrize("name", ["ether1", "sfp-sfpplus1", "SFP 1", "sfp 1", "sfp+1", "combo1.20"])
def test_any_interface_has_a_tag_of_its_own(name: str) -> None:
    assert tag("lan", slug(name), "port")
    others = {"ether1", "sfp-sfpplus1", "SFP 1", "sfp 1", "sfp+1", "sfp-1", "combo1.20"} - {name}
    assert slug(name) not in {slug(other) for other in others}
