# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces, addresses, settings and DHCP in the plan."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Address, collapse_addresses, summarize_address_range

from hypothesis import given
from hypothesis import strategies as st

from lab.derive.derive import derive
from lab.derive.ip import collapse, span
from lab.derive.observations import Link, Observations
from lab.derive.plan import AddressPlan, Derived, DhcpPool, LinkPlan
from tests.unit.lab.derive.snapshots import Config, branch, plain


def _derive(config: Config, seen: Observations | None = None) -> Derived:
    return derive(config.snapshot(), seen or Observations(), 0.0)


def test_deriving_twice_gives_the_same_plan() -> None:
    assert _derive(branch()) == _derive(branch())


def test_a_bridge_takes_the_address_of_its_first_port() -> None:
    derived = _derive(plain(), Observations({"ether9": Link(True, "02:00:00:00:00:09")}))
    (bridge,) = derived.kernel.bridges
    assert (bridge.name, bridge.ports, bridge.mac) == ("bridge", ("ether9",), "02:00:00:00:00:09")
    assert LinkPlan("ether9") in derived.kernel.links


def test_an_address_on_a_bridge_port_belongs_to_the_bridge() -> None:
    config = plain()
    row = config.add("/ip/address", address="10.7.7.1/24", interface="ether9")
    derived = _derive(config)
    assert AddressPlan("bridge", "10.7.7.1/24") in derived.kernel.addresses
    assert derived.status["/ip/address", row] == {"actual-interface": "bridge", "invalid": "false", "slave": "true"}


def test_a_renamed_port_keeps_its_kernel_name() -> None:
    config = plain()
    config.set("/interface/ethernet", 1, name="to the modem")
    config.set("/ip/address", 1, interface="to the modem")
    config.add("/ip/route", dst_address="0.0.0.0/0", gateway="10.1.1.1")
    derived = _derive(config)
    assert AddressPlan("ether1", "10.1.1.2/24") in derived.kernel.addresses
    assert derived.status["/ip/route", 1]["immediate-gw"] == "10.1.1.1%to the modem"
    assert derived.kernel.routes[-1].hops[0].interface == "ether1"


def test_a_disabled_port_is_taken_down() -> None:
    config = plain()
    config.set("/interface/ethernet", 1, disabled="true")
    derived = _derive(config)
    assert LinkPlan("ether1", up=False) in derived.kernel.links
    assert all(address.interface != "ether1" for address in derived.kernel.addresses)


def test_reverse_path_filtering_is_off_on_every_interface() -> None:
    """The kernel takes the larger value of ``all`` and the interface."""
    values = _derive(plain()).kernel.sysctls
    for name in ("all", "default", "ether1", "ether2", "ether9", "bridge"):
        assert values[f"net/ipv4/conf/{name}/rp_filter"] == "0"
    assert values["net/ipv4/ip_forward"] == "1"
    assert values["net/netfilter/nf_conntrack_tcp_loose"] == "1"


def test_settings_reach_the_kernel() -> None:
    config = plain()
    config.add("/ip/settings", ip_forward="false", rp_filter="loose", ipv4_multipath_hash_policy="l4")
    config.add("/ip/firewall/connection/tracking", loose_tcp_tracking="false", udp_stream_timeout="2m30s")
    values = _derive(config).kernel.sysctls
    assert values["net/ipv4/ip_forward"] == "0"
    assert values["net/ipv4/conf/ether1/rp_filter"] == "2"
    assert values["net/ipv4/fib_multipath_hash_policy"] == "1"
    assert values["net/netfilter/nf_conntrack_tcp_loose"] == "0"
    assert values["net/netfilter/nf_conntrack_udp_timeout_stream"] == "150"


def _with_dhcp() -> Config:
    config = plain()
    config.add("/ip/pool", name="p", ranges="192.168.10.10-192.168.10.20,192.168.10.30")
    config.add("/ip/dhcp-server/network", address="192.168.0.0/16", gateway="192.168.0.1")
    config.add("/ip/dhcp-server/network", address="192.168.10.0/24", gateway="192.168.10.1", dns_server="9.9.9.9")
    config.add("/ip/dhcp-server", name="s", interface="bridge", address_pool="p", lease_time="10m")
    return config


def test_a_dhcp_server_serves_the_ranges_of_its_pool_with_the_closest_network() -> None:
    assert _derive(_with_dhcp()).kernel.dhcp == (
        DhcpPool(
            "bridge",
            "s",
            "192.168.10.10",
            "192.168.10.20",
            600,
            "192.168.10.1",
            ("9.9.9.9",),
            "255.255.255.0",
            network="192.168.10.0",
            more=(("192.168.10.30", "192.168.10.30"),),
        ),
    )


def test_static_leases_are_those_of_the_server_and_of_all_servers() -> None:
    config = _with_dhcp()
    lease = "/ip/dhcp-server/lease"
    config.add(lease, mac_address="02:00:00:00:00:01", address="192.168.10.50", server="s")
    config.add(lease, mac_address="02:00:00:00:00:02", address="192.168.10.51", server="all")
    config.add(lease, mac_address="02:00:00:00:00:03", address="192.168.10.52", server="other")
    config.add(lease, mac_address="02:00:00:00:00:04", address="192.168.10.53", server="s", disabled="true")
    config.add(lease, mac_address="02:00:00:00:00:05", server="s", block_access="true")
    config.add(lease, mac_address="02:00:00:00:00:06", address="p", server="s")
    assert _derive(config).kernel.dhcp[0].hosts == (
        ("02:00:00:00:00:01", "192.168.10.50"),
        ("02:00:00:00:00:02", "192.168.10.51"),
        ("02:00:00:00:00:05", ""),
    )


def test_a_server_without_a_pool_serves_static_leases_only() -> None:
    config = _with_dhcp()
    config.set("/ip/dhcp-server", 1, address_pool="static-only")
    (pool,) = _derive(config).kernel.dhcp
    assert (pool.start, pool.end, pool.network) == ("", "", "192.168.10.0")


def test_a_dhcp_server_on_a_port_of_a_bridge_is_invalid() -> None:
    config = _with_dhcp()
    config.set("/ip/dhcp-server", 1, interface="ether9")
    derived = _derive(config)
    assert derived.kernel.dhcp == ()
    assert derived.status["/ip/dhcp-server", 1] == {"invalid": "true"}


def test_a_dhcp_server_without_an_address_is_invalid() -> None:
    config = _with_dhcp()
    config.remove("/ip/address", config.find("/ip/address", interface="bridge"))
    derived = _derive(config)
    assert derived.kernel.dhcp == ()
    assert derived.status["/ip/dhcp-server", 1] == {"invalid": "true"}


_RANGES = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 40)), max_size=8)


@given(_RANGES)
def test_collapsed_ranges_hold_the_same_addresses_and_do_not_touch(ranges: list[tuple[int, int]]) -> None:
    base = int(IPv4Address("10.0.0.0"))
    texts = [f"{IPv4Address(base + start)}-{IPv4Address(base + start + size)}" for start, size in ranges]
    spans = [span(text) for text in collapse(texts)]
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(spans))
    expected = {base + n for start, size in ranges for n in range(start, start + size + 1)}
    assert {n for first, last in spans for n in range(first, last + 1)} == expected
    networks = [net for first, last in spans for net in summarize_address_range(IPv4Address(first), IPv4Address(last))]
    assert list(collapse_addresses(networks)) == networks
