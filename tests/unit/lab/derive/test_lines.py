# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from an address that an ISP has given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.derive.derive import derive
from lab.derive.observations import Given, Link, Observations
from lab.derive.plan import Derived, NextHop, RoutePlan
from tests.unit.lab.derive.snapshots import Config

DHCP, PPPOE, LTE = "/ip/dhcp-client", "/interface/pppoe-client", "/interface/lte"
UP = Link(True, "02:00:00:00:00:01")
LEASE = Given("192.168.2.9/24", gateway="192.168.2.1", dns=("8.8.8.8", "1.1.1.1"))


def dhcp(version: str = "7.22", **values: str) -> Config:
    config = Config(version=version)
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    config.add("/routing/table", name="mw-isp1", fib="", disabled="false")
    config.add(DHCP, **{"interface": "ether1", "disabled": "false", "use_peer_dns": "true", **values})
    return config


def derived(config: Config, given: dict[tuple[str, int], Given], **links: Link) -> Derived:
    seen = Observations(links=links or {"ether1": UP, "ether1.100": UP, "lte1": UP}, given=given)
    return derive(config.snapshot(), seen, 0.0)


def rows(result: Derived, menu: str) -> list[dict[str, str]]:
    return [dict(row.values) for row in result.dynamic if row.menu == menu]


def defaults(result: Derived) -> list[dict[str, str]]:
    return [row for row in rows(result, "/ip/route") if row["dst-address"] == "0.0.0.0/0"]


def test_a_lease_is_an_address_a_default_route_and_name_servers() -> None:
    result = derived(dhcp(), {(DHCP, 1): LEASE})
    (address,) = rows(result, "/ip/address")
    assert (address["address"], address["network"], address["interface"]) == ("192.168.2.9/24", "192.168.2.0", "ether1")
    (route,) = defaults(result)
    assert route["gateway"] == "192.168.2.1"
    assert (route["distance"], route["dhcp"], route["active"]) == ("1", "true", "true")
    assert RoutePlan(254, "0.0.0.0/0", (NextHop("ether1", "192.168.2.1"),)) in result.kernel.routes
    assert result.status["/ip/dns", 0]["dynamic-servers"] == "8.8.8.8,1.1.1.1"


def test_nothing_is_left_of_a_lease_that_is_lost() -> None:
    result = derived(dhcp(), {})
    assert not rows(result, "/ip/address")
    assert not defaults(result)
    assert result.status["/ip/dns", 0]["dynamic-servers"] == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"add_default_route": "no"}, []),
        ({"default_route_distance": "7"}, [("main", "7")]),
        ({"default_route_tables": "mw-isp1"}, [("mw-isp1", "1")]),
        ({"default_route_tables": "default:5,mw-isp1:9"}, [("main", "5"), ("mw-isp1", "9")]),
    ],
)
def test_default_routes_go_where_the_client_is_told(values: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = defaults(derived(dhcp(**values), {(DHCP, 1): LEASE}))
    assert [(row["routing-table"], row["distance"]) for row in found] == expected


@pytest.mark.parametrize(
    ("wanted", "routes"), [("yes", {"10.0.0.0/8"}), ("special-classless", {"10.0.0.0/8", "0.0.0.0/0"})]
)
def test_option_121_takes_the_place_of_the_router_option(wanted: str, routes: set[str]) -> None:
    given = replace(LEASE, routes=(("10.0.0.0/8", "192.168.2.1"),))
    result = derived(dhcp(add_default_route=wanted), {(DHCP, 1): given})
    assert {row["dst-address"] for row in rows(result, "/ip/route") if row.get("dhcp")} == routes


def test_version_6_flags_it_dynamic_and_static() -> None:
    (route,) = defaults(derived(dhcp("6.49"), {(DHCP, 1): LEASE}))
    assert (route["dynamic"], route["static"], route["active"]) == ("true", "true", "true")
    assert route["gateway-status"] == "192.168.2.1 reachable via  ether1"


def test_masquerade_follows_the_lease() -> None:
    config = dhcp()
    config.add("/ip/firewall/nat", chain="srcnat", action="masquerade", out_interface="ether1", disabled="false")
    assert derived(config, {(DHCP, 1): LEASE}).kernel.masquerade == {("ether1", "192.168.2.9")}
    assert derived(config, {}).kernel.masquerade == frozenset()


def pppoe(**values: str) -> Config:
    config = Config()
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    config.add("/ppp/profile", name="default", change_tcp_mss="yes")
    words = {"name": "pppoe-isp1", "interface": "ether1", "disabled": "false", "profile": "default"}
    config.add(PPPOE, **{**words, "add_default_route": "true", **values})
    return config


SESSION = Given("10.64.1.2/32", network="10.64.1.1", mtu=1492)


def test_a_session_is_an_interface_with_a_peer() -> None:
    result = derived(pppoe(), {(PPPOE, 1): SESSION})
    (address,) = rows(result, "/ip/address")
    assert (address["address"], address["network"]) == ("10.64.1.2/32", "10.64.1.1")
    assert result.status[PPPOE, 1]["running"] == "true"
    (route,) = defaults(result)
    assert (route["gateway"], route["vpn"], route["immediate-gw"]) == ("pppoe-isp1", "true", "pppoe-isp1")
    assert "10.64.1.1/32" in {row["dst-address"] for row in rows(result, "/ip/route") if row.get("connect")}


def test_a_session_clamps_the_mss_as_its_profile_says() -> None:
    shown = rows(derived(pppoe(), {(PPPOE, 1): SESSION}), "/ip/firewall/mangle")
    assert [row["new-mss"] for row in shown] == ["1452", "1452"]
    config = pppoe(profile="flat")
    config.add("/ppp/profile", name="flat", change_tcp_mss="no")
    assert not rows(derived(config, {(PPPOE, 1): SESSION}), "/ip/firewall/mangle")


def test_an_interface_gateway_needs_its_session() -> None:
    config = pppoe(add_default_route="false")
    static = config.add("/ip/route", dst_address="0.0.0.0/0", gateway="pppoe-isp1")
    assert derived(config, {(PPPOE, 1): SESSION}).status["/ip/route", static]["active"] == "true"
    assert derived(config, {}).status["/ip/route", static]["active"] == "false"


def test_a_modems_route_has_the_distance_of_its_profile() -> None:
    config = Config()
    config.add(LTE, name="lte1", default_name="lte1", disabled="false", apn_profiles="quick")
    config.add("/interface/lte/apn", name="quick", apn="internet", add_default_route="true", default_route_distance="4")
    (route,) = defaults(derived(config, {(LTE, 1): Given("10.96.1.2/32")}))
    assert (route["gateway"], route["distance"], route["modem"]) == ("lte1", "4", "true")


def test_a_vlan_on_a_port_is_the_wire_of_its_tag() -> None:
    config = Config()
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    config.add("/interface/vlan", name="isp", interface="ether1", vlan_id="100", disabled="false")
    config.add("/ip/address", address="192.168.1.2/24", network="192.168.1.0", interface="isp", disabled="false")
    result = derived(config, {})
    assert "ether1.100" in {link.name for link in result.kernel.links if link.up}
    assert {(a.interface, a.address) for a in result.kernel.addresses} == {("ether1.100", "192.168.1.2/24")}
    without = derived(config, {}, ether1=UP)
    assert not without.kernel.addresses  # no wire of the lab carries this tag


def test_a_peers_network_is_what_a_slash_32_is_connected_to() -> None:
    config = Config()
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    config.add("/ip/address", address="10.0.0.2/32", network="10.9.9.9", interface="ether1", disabled="false")
    assert {row["dst-address"] for row in rows(derived(config, {}), "/ip/route")} == {"10.9.9.9/32"}


def test_one_gateway_on_two_lines_stays_apart() -> None:
    config = Config()
    for number in (1, 2):
        config.add("/interface/ethernet", name=f"ether{number}", default_name=f"ether{number}")
        address = f"192.168.1.{number + 1}/24"
        config.add("/ip/address", address=address, network="192.168.1.0", interface=f"ether{number}", disabled="false")
        config.add("/routing/table", name=f"t{number}", fib="", disabled="false")
        config.add(
            "/ip/route", dst_address="0.0.0.0/0", gateway=f"192.168.1.1%ether{number}", routing_table=f"t{number}"
        )
    result = derived(config, {}, ether1=UP, ether2=UP)
    hops = {route.hops for route in result.kernel.routes if route.dst == "0.0.0.0/0"}
    assert hops == {(NextHop("ether1", "192.168.1.1"),), (NextHop("ether2", "192.168.1.1"),)}
