# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.derive.derive import derive
from lab.derive.observations import Link, Observations
from lab.derive.plan import BridgePlan, Derived
from lab.derive.vlans import vlan_ids
from tests.unit.lab.derive.snapshots import Config

TABLE, PORT = "/interface/bridge/vlan", "/interface/bridge/port"
#: ether1 is a trunk with the tags 10 and 20, ether2 and ether3 have no tags
SEEN = Observations(
    {
        name: Link(True, f"02:00:00:00:00:0{name[5]}")
        for name in ("ether1", "ether1.10", "ether1.20", "ether2", "ether3")
    }
)


def bridged(version: str = "7.22", *, filtering: bool = True, **own: str) -> Config:
    """A bridge ``b`` with ether1 to ether3, a VLAN interface of 10 and one of 20."""
    config = Config(version=version)
    for number in (1, 2, 3):
        config.add("/interface/ethernet", name=f"ether{number}", default_name=f"ether{number}")
    config.add("/interface/bridge", name="b", vlan_filtering="true" if filtering else "false", **own)
    for number in (1, 2, 3):
        config.add(PORT, bridge="b", interface=f"ether{number}", pvid="1", frame_types="admit-all")
    for vid in (10, 20):
        config.add("/interface/vlan", name=f"v{vid}", interface="b", vlan_id=str(vid))
        config.add("/ip/address", address=f"10.0.{vid}.1/24", interface=f"v{vid}")
    return config


def derived(config: Config) -> Derived:
    return derive(config.snapshot(), SEEN, 0.0)


def bridges(config: Config) -> Mapping[str, BridgePlan]:
    return {plan.name: plan for plan in derived(config).kernel.bridges}


def ports(config: Config) -> dict[str, tuple[str, ...]]:
    return {name: plan.ports for name, plan in bridges(config).items()}


def vlan(config: Config, vids: str, *, tagged: str = "", untagged: str = "") -> int:
    return config.add(TABLE, bridge="b", vlan_ids=vids, tagged=tagged, untagged=untagged)


def port(config: Config, name: str, **values: str) -> None:
    config.set(PORT, config.find(PORT, interface=name), **values)


def test_without_filtering_tags_pass_whatever_the_table_says() -> None:
    config = bridged(filtering=False)
    vlan(config, "10", tagged="ether3")
    port(config, "ether2", pvid="20")
    assert ports(config) == {"b": ("ether1", "ether2", "ether3"), "b.10": ("ether1.10",), "b.20": ("ether1.20",)}


def test_with_filtering_a_tag_without_a_row_reaches_nobody() -> None:
    assert ports(bridged()) == {"b": ("ether1", "ether2", "ether3"), "b.10": (), "b.20": ()}


def test_a_trunk_and_an_access_port_of_a_vlan_meet_in_its_domain() -> None:
    config = bridged()
    vlan(config, "10", tagged="b,ether1")
    port(config, "ether2", pvid="10")
    assert ports(config) == {"b": ("ether1", "ether3"), "b.10": ("ether2", "ether1.10"), "b.20": ()}


@pytest.mark.parametrize(("version", "reached"), [("7.15", False), ("7.16", True), ("6.49.10", False), ("7.24", True)])
def test_the_bridge_joins_by_its_vlan_interface_from_7_16_on(version: str, reached: bool) -> None:
    config = bridged(version)
    vlan(config, "10", tagged="ether1")
    by_name = bridges(config)
    if reached:
        assert by_name["b.10"].ports == ("ether1.10",)
        assert not by_name["b.10"].quiet
    else:  # the interface is there and alone; the VLAN goes on without the router
        assert by_name["b.10"].ports == ()
        (other,) = [plan for plan in by_name.values() if plan.ports == ("ether1.10",)]
        assert other.quiet
        assert other.mac != by_name["b.10"].mac


def test_a_vlan_that_the_router_has_no_interface_in_is_answered_by_nobody() -> None:
    config = bridged()
    vlan(config, "10", tagged="b,ether1")
    config.set("/interface/vlan", 1, disabled="true")
    kernel = derived(config).kernel
    assert kernel.sysctls["net/ipv4/conf/b.10/arp_ignore"] == "8"
    assert kernel.sysctls["net/ipv4/conf/b.20/arp_ignore"] == "0"


@pytest.mark.parametrize(
    ("values", "members"),
    [
        ({"frame_types": "admit-all"}, ("ether1.10",)),
        ({"frame_types": "admit-only-vlan-tagged"}, ("ether1.10",)),
        ({"frame_types": "admit-only-untagged-and-priority-tagged"}, ()),
    ],
)
def test_a_port_that_takes_no_tags_is_cut_off_from_its_tagged_vlans(
    values: dict[str, str], members: tuple[str, ...]
) -> None:
    config = bridged()
    vlan(config, "10", tagged="b,ether1")
    port(config, "ether1", **values)
    assert ports(config)["b.10"] == members


def test_a_port_that_takes_tags_only_is_cut_off_untagged() -> None:
    config = bridged()
    port(config, "ether2", frame_types="admit-only-vlan-tagged")
    assert ports(config)["b"] == ("ether1", "ether3")


def test_a_bridge_that_takes_tags_only_leaves_its_own_addresses_alone() -> None:
    config = bridged(frame_types="admit-only-vlan-tagged")
    assert ports(config)["b"] == ()
    assert ports(config)["b.1"] == ("ether1", "ether2", "ether3")


def test_untagged_in_the_table_without_the_pvid_is_one_way_and_cut_off() -> None:
    config = bridged()
    vlan(config, "10", tagged="b,ether1", untagged="ether2")
    assert ports(config)["b.10"] == ("ether1.10",)
    port(config, "ether2", pvid="10")
    assert ports(config)["b.10"] == ("ether2", "ether1.10")


def test_the_bridges_own_pvid_moves_its_addresses() -> None:
    config = bridged(pvid="20")
    port(config, "ether3", pvid="20")
    assert ports(config)["b"] == ("ether3",)


def test_a_range_and_an_interface_list_stand_for_their_members() -> None:
    config = bridged("7.17")
    config.add("/interface/list", name="trunks")
    config.add("/interface/list/member", list="trunks", interface="ether1")
    vlan(config, "5,10-20", tagged="b,trunks")
    assert ports(config)["b.10"] == ("ether1.10",)
    assert ports(config)["b.20"] == ("ether1.20",)


def test_a_disabled_row_counts_for_nothing() -> None:
    config = bridged()
    config.set(TABLE, vlan(config, "10", tagged="b,ether1"), disabled="true")
    assert ports(config)["b.10"] == ()


@pytest.mark.parametrize(("version", "comment"), [("7.22", "added by pvid"), ("7.15", None)])
def test_rows_that_the_router_adds(version: str, comment: str | None) -> None:
    config = bridged(version)
    vlan(config, "10", tagged="b,ether1")
    port(config, "ether2", pvid="10")
    rows = [row.values for row in derived(config).dynamic if row.menu == TABLE]
    shown = [(row["vlan-ids"], row["current-tagged"], row["current-untagged"], row.get("comment")) for row in rows]
    assert shown[:2] == [("1", "", "b,ether1,ether3", comment), ("10", "", "ether2", comment)]
    by_interface = [("20", "b", "", "added by vlan on bridge")] if comment else []
    assert shown[2:] == by_interface


def test_a_row_shows_its_running_members() -> None:
    config = bridged()
    row = vlan(config, "10", tagged="b,ether1,ether3")
    config.set("/interface/ethernet", config.find("/interface/ethernet", name="ether3"), disabled="true")
    assert derived(config).status[TABLE, row] == {"current-tagged": "b,ether1", "current-untagged": ""}


def test_a_vlan_interface_has_its_address_on_the_domain() -> None:
    found = {(a.interface, a.address) for a in derived(bridged()).kernel.addresses}
    assert found == {("b.10", "10.0.10.1/24"), ("b.20", "10.0.20.1/24")}


def test_a_vlan_interface_on_a_port_is_the_ports_wire_and_on_a_slave_deaf() -> None:
    config = bridged()
    config.set("/interface/vlan", 1, interface="ether1")
    assert "b.10" not in ports(config)
    assert "ether1.10" not in {a.interface for a in derived(config).kernel.addresses}
    config.remove(PORT, config.find(PORT, interface="ether1"))
    assert "ether1.10" in {a.interface for a in derived(config).kernel.addresses}


def test_ports_are_reset_when_filtering_changes() -> None:
    on, off = bridges(bridged())["b"], bridges(bridged(filtering=False))["b"]
    assert on.mode != off.mode
    assert on.resets == off.resets == ("ether1", "ether2", "ether3")


def test_a_long_name_is_shortened_for_the_kernel() -> None:
    config = bridged()
    config.set("/interface/bridge", 1, name="bridge-of-site")
    for number in (1, 2, 3):
        config.set(PORT, number, bridge="bridge-of-site")
    config.set("/interface/vlan", 1, interface="bridge-of-site", vlan_id="4094")
    assert all(len(name) <= 15 for name in ports(config))


@given(st.lists(st.tuples(st.integers(1, 4094), st.integers(0, 20)), min_size=1, max_size=5))
def test_vlan_ids_are_what_they_say(spans: list[tuple[int, int]]) -> None:
    text = ",".join(f"{start}-{start + more}" if more else str(start) for start, more in spans)
    assert vlan_ids(text) == {vid for start, more in spans for vid in range(start, start + more + 1)}


def test_snooping_stops_servers_behind_ports_that_are_not_trusted_with_all_their_tags() -> None:
    config = bridged(dhcp_snooping="true")
    port(config, "ether2", trusted="true")
    text = derived(config).kernel.bridge_nft
    wires = {word.strip('",') for word in text.split() if word.startswith('"')}
    assert wires == {"ether1", "ether1.10", "ether1.20", "ether3"}
    assert derived(bridged()).kernel.bridge_nft == ""


def test_the_wires_of_a_port_that_is_switched_off_are_down() -> None:
    config = bridged()
    vlan(config, "10", tagged="b,ether1")
    links = {link.name: link.up for link in derived(config).kernel.links}
    assert links["ether1.10"]
    assert not links["ether1.20"]  # nobody uses it
    config.set("/interface/ethernet", 1, disabled="true")
    assert not any(link.up for link in derived(config).kernel.links if link.name.startswith("ether1"))
