# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.observe import dhcp_packets as dhcp
from lab.world import leases
from lab.world.manage import way_from
from lab.world.segments import parse_vlans, veths
from lab.world.shell import is_place
from lab.world.topology import Topology, TopologyError, parse_uplinks, topology_from_json
from lab.world.traffic import plans
from lab.world.traffic.scan import echo_request, ports_of

THREE = Topology(vlans=parse_vlans("stream=10,300,guests=30@172.16.0.0/16"))


def test_a_vlan_has_a_name_a_network_and_ports_of_its_own() -> None:
    shown = [(v.vid, v.name, v.network, v.gateway, v.trunk, v.port) for v in THREE.segments]
    assert shown == [
        (10, "stream", "10.0.10.0/24", "10.0.10.1", "ether5", "ether6"),
        (300, "vlan300", "10.1.44.0/24", "10.1.44.1", "ether5", "ether7"),
        (30, "guests", "172.16.0.0/16", "172.16.0.1", "ether5", "ether8"),
    ]
    assert THREE.ports == tuple(f"ether{n}" for n in range(1, 9))


def test_without_vlans_a_lab_is_as_it_was() -> None:
    assert Topology().segments == ()
    assert Topology().ports == ("ether1", "ether2", "ether3", "ether4", "ether5")
    assert "mswitch" not in Topology().namespaces


def test_the_ports_follow_the_number_of_lines() -> None:
    topology = Topology(uplinks=parse_uplinks("10M,10M,10M"), vlans=parse_vlans("10"))
    assert [(v.trunk, v.port) for v in topology.segments] == [("ether6", "ether7")]


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ("stream", "vlan10"),
        ("vlan10", "vlan10"),
        ("access10", "access10"),
        ("ether6", "access10"),
        ("guests", "vlan30"),
    ],
)
def test_a_place_is_named_by_vlan_host_or_port(place: str, host: str) -> None:
    assert THREE.segment(place)[1] == host
    assert host in THREE.namespaces
    assert is_place(host)


def test_a_place_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(TopologyError, match="it has stream, access10"):
        THREE.segment("crew")
    with pytest.raises(TopologyError, match="it has none"):
        Topology().segment("vlan10")


@pytest.mark.parametrize(
    "text", ["0", "4095", "x=", "=5", "Stream=10", "10,10", "a=10,a=20", "10@10.0.0.0/25", "10@10.0.0.1/24", "10@x",
             "10@10.0.0.0/8,20", ",".join(map(str, range(1, 18)))],
)  # fmt: skip
def test_vlans_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(TopologyError):
        parse_vlans(text)


def test_vlans_survive_the_way_to_another_process() -> None:
    assert topology_from_json(THREE.to_json()) == THREE


def test_hosts_have_addresses_of_their_own() -> None:
    (vlan, *_) = THREE.segments
    switch, port = vlan.addresses(vlan.host), vlan.addresses(vlan.access_host)
    assert not set(switch) & set(port)
    assert (switch[0], port[0]) == ("10.0.10.10", "10.0.10.60")


def test_every_interface_name_fits_the_kernel() -> None:
    topology = Topology(uplinks=parse_uplinks(",".join(["10M"] * 16)), vlans=parse_vlans("4094,4093"))
    names = [
        word
        for line in veths(topology.segments, "router", "02:00:00:00:00:01", ["02:00:00:00:00:02"] * 2)
        for before, word in zip(line.split(), line.split()[1:], strict=False)
        if before == "name"
    ]
    assert "ether19.4094" in names
    assert all(len(name) <= 15 for name in names)


def test_each_client_of_a_host_has_a_mac_of_its_own() -> None:
    macs = {leases.mac_of(place, n) for place in ("vlan10", "vlan20") for n in range(100)}
    assert len(macs) == 200
    assert all(int(mac[:2], 16) & 3 == 2 for mac in macs)  # locally administered, of one card


def test_a_lease_is_shown_with_all_who_offered() -> None:
    options = (
        (dhcp.Option.NETMASK, bytes((255, 255, 255, 0))),
        (dhcp.Option.ROUTER, bytes((10, 0, 10, 1))),
        (dhcp.Option.LEASE_TIME, (600).to_bytes(4, "big")),
        (dhcp.Option.SERVER_ID, bytes((10, 0, 10, 1))),
    )
    ack = dhcp.Message(dhcp.Kind.ACK, 1, "02:00:00:00:00:01", yiaddr="10.0.10.100", options=options)
    heard = leases.Heard(ack, "02:00:00:00:00:AA")
    assert leases.shown(ack.chaddr, heard, [heard.server()]) == {
        "mac": "02:00:00:00:00:01",
        "address": "10.0.10.100",
        "netmask": "255.255.255.0",
        "gateway": "10.0.10.1",
        "dns": [],
        "lease_s": 600,
        "server": "10.0.10.1",
        "server_mac": "02:00:00:00:00:AA",
        "offers": [{"server": "10.0.10.1", "mac": "02:00:00:00:00:AA", "address": "10.0.10.100"}],
    }


@pytest.mark.parametrize("options", [{"tcp": "22,x"}, {"udp": "0"}, {"tcp": "70000"}])
def test_ports_of_a_scan_are_numbers(options: dict[str, str]) -> None:
    plan = plans.Scan(targets="10.0.0.1", **options)
    with pytest.raises(plans.PlanError, match="port numbers"):
        _ = (ports_of(plan.tcp, "tcp"), ports_of(plan.udp, "udp"))


def test_an_echo_request_sums_to_nothing() -> None:
    packet = echo_request(b"12345678")
    total = sum(int.from_bytes(packet[at : at + 2], "big") for at in range(0, len(packet), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


@pytest.mark.parametrize(("place", "host"), [("stream", "vlan10"), ("access10", "access10")])
def test_a_controller_may_sit_in_a_vlan(place: str, host: str) -> None:
    way = way_from(THREE, place)
    assert (way.netns, way.target) == (host, "10.0.10.1")
    assert way.source in THREE.segment(place)[0].addresses(host)
