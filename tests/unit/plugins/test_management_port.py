# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change that would take the controller's own port out of its VLAN is told, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.bridge_ways import Bridges, holds
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_preflight import Finding, Options
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version

from tests.unit.plugins.looked_at import GOOD, Menus, found, holding, joined, look, plan_of

ME, MAC = "192.168.10.5", "02:00:00:00:00:05"
OFFICE = {"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}
CREW = {"name": "crew", "vlan": 20, "address": "192.168.20.1/24"}
PORTS: Menus = {
    "/interface/bridge": [{"name": "bridge", "vlan-filtering": "false"}],
    "/interface/bridge/port": [{"interface": f"ether{n}", "bridge": "bridge"} for n in (3, 4, 5)],
}


def session(address: str = ME, interface: str = "bridge", port: str = "ether3") -> Menus:
    """The controller, as the router sees it. ``port``: none, when it does not tell."""
    host = {"mac-address": MAC, "on-interface": port, "bridge": "bridge", "local": "false"}
    return {
        "/user/active": [{"name": "multiwan", "address": address, "via": "api"}],
        "/ip/arp": [{"address": address, "mac-address": MAC, "interface": interface}],
        "/interface/bridge/host": [host] if port else [],
    }


def plan(*segments: dict[str, Any], trunks: Sequence[str] = ("ether5",), version: str = "7.22") -> tuple[Row, ...]:
    bridge = {"name": "bridge", "trunks": list(trunks)}
    return plan_of(version, multiwan_bridge=bridge, multiwan_segments=list(segments))


def told(menus: Sequence[Menus], rows: Sequence[Row], *, version: str = "7.22", **options: Any) -> list[Finding]:
    seen = look(joined(GOOD, *menus), rows, version=version, options=Options(user="multiwan", **options))
    return [item for item in seen if item.check == "management-path"]


def refused(menus: Sequence[Menus], rows: Sequence[Row], **more: Any) -> str:
    seen = [item.words for item in told(menus, rows, **more) if item.severity == "error"]
    assert len(seen) <= 1
    return seen[0] if seen else ""


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_filtering_leaves_untagged_ports_where_they_are(version: str) -> None:
    rows = plan(OFFICE, CREW | {"ports": ["ether4"]}, version=version)
    assert told([PORTS, session()], rows, version=version) == []


def test_a_port_that_goes_into_another_vlan_is_refused_with_words_and_a_way_out() -> None:
    words = refused([PORTS, session()], plan(OFFICE, CREW | {"ports": ["ether3"]}))
    assert f"the controller comes from {ME} (/user/active), by bridge on ether3" in words
    assert "pvid from 1 to 20" in words
    assert "Come in by another port or segment" in words
    assert "multiwan_force: [management-path]" in words


def test_force_turns_it_into_a_warning() -> None:
    rows = plan(OFFICE, CREW | {"ports": ["ether3"]})
    (finding,) = told([PORTS, session()], rows, force=frozenset({"management-path"}))
    assert finding.severity == "warning"


def test_where_the_port_is_not_told_every_port_counts() -> None:
    assert "does not tell, maybe ether4" in refused(
        [PORTS, session(port="")], plan(OFFICE, CREW | {"ports": ["ether4"]})
    )
    assert told([PORTS, session(port="")], plan(OFFICE, CREW)) == []


def test_a_trunk_keeps_the_untagged_only_where_the_bridge_is_a_segment() -> None:
    assert told([PORTS, session(port="ether5")], plan(OFFICE, CREW)) == []
    words = refused([PORTS, session(port="ether5")], plan(CREW))
    assert "frame-types from admit-all to admit-only-vlan-tagged" in words


#: A router that holds the plan, seen from a port and from the trunk of the crew's VLAN.
ROWS = plan(OFFICE, CREW | {"ports": ["ether4"]})
HELD = joined(
    {menu: rows for menu, rows in holding(ROWS).items() if menu != "/ip/address"},
    {"/ip/address": [{"address": "192.168.20.1/24", "interface": "vlan20"}]},
)


@pytest.mark.parametrize("port", ["ether4", "ether5"])
def test_somebody_on_a_vlan_is_told_when_it_goes(port: str) -> None:
    me = session("192.168.20.7", "vlan20", port)
    assert told([HELD, me], ROWS) == []
    assert refused([HELD, me], plan(OFFICE, trunks=()))
    moved = plan(OFFICE, CREW, {"name": "guests", "vlan": 30, "address": "192.168.30.1/24", "ports": ["ether4"]})
    assert ("pvid from 20 to 30" in refused([HELD, me], moved)) == (port == "ether4")
    other_trunk = plan(OFFICE, CREW | {"ports": ["ether4"]}, trunks=["ether6"])
    assert bool(refused([HELD, me], other_trunk)) == (port == "ether5")


def test_a_line_of_its_own_that_becomes_a_port_is_refused() -> None:
    own: Menus = {"/ip/address": [{"address": "10.7.0.1/24", "interface": "ether3"}]}
    words = refused([PORTS_WITHOUT_3, own, session("10.7.0.9", "ether3", "")], plan(CREW | {"ports": ["ether3"]}))
    assert "would become a port of bridge" in words


PORTS_WITHOUT_3: Menus = {
    **PORTS,
    "/interface/bridge/port": [row for row in PORTS["/interface/bridge/port"] if row["interface"] != "ether3"],
}


def test_a_segment_that_becomes_isolated_answers_its_operator_no_more() -> None:
    words = refused([PORTS, session()], plan(OFFICE | {"isolated": True}, CREW))
    assert "would become an isolated segment" in words
    assert refused([PORTS, session()], plan(OFFICE, CREW | {"isolated": True})) == ""


def test_the_members_of_a_table_row_may_be_an_interface_list() -> None:
    rows = {
        "/interface/bridge": [{"name": "bridge", "vlan-filtering": "true"}],
        "/interface/bridge/port": [{"interface": "ether5", "bridge": "bridge"}],
        "/interface/bridge/vlan": [{"bridge": "bridge", "vlan-ids": "20-21", "tagged": "trunks"}],
        "/interface/vlan": [{"name": "vlan20", "interface": "bridge", "vlan-id": "20"}],
        "/interface/list/member": [{"list": "trunks", "interface": "ether5"}],
    }
    router = {menu: found(held) for menu, held in rows.items()}
    assert Bridges(router, Version(7, 22)).reaches("ether5", 20, "vlan20")
    assert not Bridges(router, Version(7, 12)).reaches("ether5", 20, "vlan20"), "the bridge is no member"
    assert not Bridges(router, Version(7, 22)).reaches("ether5", None, "vlan20")


@pytest.mark.parametrize(("numbers", "fits"), [("20", True), ("1,18-22", True), ("2", False), ("200-220", False)])
def test_numbers_of_a_table_row(numbers: str, fits: bool) -> None:
    assert holds(numbers, 20) == fits
