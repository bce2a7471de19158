# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's rows in the kernel: balance, memory, gates, seen from the internet."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from lab import netns
from tests.lab.dataplane.conftest import PORT, SERVER, Branch, ip, until, uplink_of
from tests.unit.lab.derive.snapshots import UPLINKS


def test_pcc_spreads_new_connections_over_both_uplinks(site: Branch) -> None:
    split = site.split(400)
    assert sum(split.values()) == 400
    assert set(split) == {"isp1", "isp2"}
    assert 140 < split["isp1"] < 260


def test_a_connection_stays_on_its_uplink_and_knows_its_name(site: Branch) -> None:
    for uplink in ("isp1", "isp2"):
        flow = site.flow_on(uplink)
        assert [flow.ask() for _ in range(5)] == [uplink] * 5
        assert site.mark_of(flow) == f"mw-{uplink}"


def test_one_pair_of_addresses_sticks_with_both_addresses(site: Branch) -> None:
    for slot in range(2):
        row = site.config.find("/ip/firewall/mangle", per_connection_classifier=f"both-addresses-and-ports:2/{slot}")
        site.config.set("/ip/firewall/mangle", row, per_connection_classifier=f"both-addresses:2/{slot}")
    site.apply()
    assert len({site.flow(10).ask() for _ in range(8)}) == 1
    assert {site.flow(host).ask() for host in range(10, 40)} == {"isp1", "isp2"}


def test_packets_without_ports_are_classified_too(site: Branch) -> None:
    sock = netns.make_socket("lan", socket.AF_INET, socket.SOCK_RAW, 253)  # RFC 3692 experimental
    for host in range(10, 40):
        sender = netns.make_socket("lan", socket.AF_INET, socket.SOCK_RAW, 253)
        sender.bind((f"192.168.10.{host}", 0))
        sender.sendto(b"x" * 8, (SERVER, 0))
        sender.close()
    sock.close()

    def counts() -> list[int]:
        return [site.counted(per_connection_classifier=f"both-addresses-and-ports:2/{slot}") for slot in range(2)]

    until(lambda: sum(counts()) == 30)
    assert min(counts()) > 0


def test_a_closed_gate_moves_new_connections_and_no_running_one(site: Branch) -> None:
    stays, other = site.flow_on("isp1"), site.flow_on("isp2")
    site.close_gate("isp1")
    assert set(site.split(40)) == {"isp2"}
    assert (stays.ask(), other.ask()) == ("isp1", "isp2")
    site.open_gates()
    assert set(site.split(60)) == {"isp1", "isp2"}
    assert (stays.ask(), other.ask()) == ("isp1", "isp2")


def test_with_every_gate_closed_the_last_resort_carries_traffic(site: Branch) -> None:
    site.close_gate("isp1")
    site.close_gate("isp2")
    assert set(site.split(10)) == {"isp1"}


def test_a_dead_upstream_is_survived_without_touching_the_router(site: Branch) -> None:
    stuck = site.flow_on("isp1")
    ip("isp1", "link set dev core down")
    site.close_gate("isp1")
    assert set(site.split(20)) == {"isp2"}
    assert stuck.ask(wait_s=1) == "", "src-nat keeps a connection on the dead line (facts 3.1)"
    assert site.actuator.connections.purge(mark="mw-isp1") >= 1
    assert stuck.ask() == "isp2"


def _forward_port(site: Branch) -> None:
    values = {"protocol": "udp", "dst_port": "8000", "in_interface_list": "mw-wan"}
    site.config.add("/ip/firewall/nat", chain="dstnat", action="dst-nat", to_addresses="192.168.10.10", **values)
    site.apply()


def test_a_forwarded_port_answers_by_the_uplink_it_came_in(site: Branch) -> None:
    _forward_port(site)
    inner = netns.make_socket("lan", kind=socket.SOCK_DGRAM)
    inner.bind(("192.168.10.10", 8000))
    inner.settimeout(30)
    for uplink in UPLINKS:
        outer = netns.make_socket("inet", kind=socket.SOCK_DGRAM)
        outer.bind((SERVER, 0))
        outer.settimeout(30)
        outer.sendto(b"in", (uplink.address.split("/")[0], 8000))
        _data, peer = inner.recvfrom(100)
        inner.sendto(b"out", peer)
        data, back = outer.recvfrom(100)
        assert (data, uplink_of(back[0])) == (b"out", uplink.name)
        outer.close()
    inner.close()


def test_the_router_answers_by_the_uplink_it_was_asked_on(site: Branch) -> None:
    own = netns.make_socket("rt", kind=socket.SOCK_DGRAM)
    own.bind(("0.0.0.0", 8001))
    own.settimeout(30)
    own.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO: answer from the address that was asked
    for uplink in UPLINKS:
        outer = netns.make_socket("inet", kind=socket.SOCK_DGRAM)
        outer.bind((SERVER, 0))
        outer.settimeout(30)
        outer.sendto(b"in", (uplink.address.split("/")[0], 8001))
        _data, extra, _flags, peer = own.recvmsg(100, 100)
        own.sendmsg([b"out"], [(socket.IPPROTO_IP, 8, bytes(4) + extra[0][2][4:8] + bytes(4))], 0, peer)
        data, back = outer.recvfrom(100)
        assert (data, uplink_of(back[0])) == (b"out", uplink.name)
        outer.close()
    own.close()


def test_the_router_itself_and_bypassed_networks_are_never_marked(site: Branch) -> None:
    own = netns.make_socket("rt", kind=socket.SOCK_DGRAM)
    own.bind(("192.168.10.1", 8002))
    own.settimeout(30)
    sender = netns.make_socket("lan", kind=socket.SOCK_DGRAM)
    sender.bind(("192.168.10.11", 0))
    sender.sendto(b"x", ("192.168.10.1", 8002))
    assert own.recv(10) == b"x"
    sender.sendto(b"x", (UPLINKS[1].gateway, PORT))

    def rows_now() -> list[Mapping[str, str]]:
        return [v for _id, v in site.actuator.connections.rows() if v["src-address"] == "192.168.10.11"]

    until(lambda: len(rows_now()) == 2)
    rows = rows_now()
    assert all("connection-mark" not in values for values in rows)
    sender.close()
    own.close()


def test_an_established_lan_packet_passes_at_most_n_plus_3_mangle_rows(site: Branch) -> None:
    site.trace = ""
    site.apply()
    flow = site.flow_on("isp2")  # the last of the N rows of mw-route
    before = _evaluations(site)
    assert flow.ask() == "isp2"
    after = _evaluations(site)
    chains = {row.id: row.get("chain") for row in site.config.menus["/ip/firewall/mangle"]}
    request = {row_id for row_id in after if chains[row_id] != "output"}
    both_ways = sum(after[row_id] - before[row_id] for row_id in request)
    # the answer comes in by the uplink and meets the three jumps in prerouting and the one in forward
    assert both_ways - 4 <= len(UPLINKS) + 3


def _evaluations(site: Branch) -> dict[int, int]:
    listed = site.actuator.evaluations()
    return {row_id: count for (menu, row_id), count in listed.items() if menu == "/ip/firewall/mangle"}


def test_masqueraded_connections_are_forgotten_when_the_link_goes(site: Branch) -> None:
    for row in list(site.config.menus["/ip/firewall/nat"]):
        site.config.set("/ip/firewall/nat", row.id, action="masquerade", to_addresses="")
    site.apply()
    moved, stays = site.flow_on("isp1"), site.flow_on("isp2")
    ip("isp1", "link set dev cpe down")
    site.down.add("ether1")
    site.apply()
    until(lambda: moved.ask(wait_s=1) == "isp2")  # the kernel forgets them a moment later
    assert stays.ask() == "isp2"
    ip("isp1", "link set dev cpe up")
    site.down.clear()
    site.apply()
    assert moved.ask() == "isp2", "no running connection moves when a line comes back"
    assert set(site.split(60)) == {"isp1", "isp2"}


def test_src_nat_keeps_connections_over_a_link_flap(site: Branch) -> None:
    flow = site.flow_on("isp1")
    for down in (True, False):
        ip("isp1", f"link set dev cpe {'down' if down else 'up'}")
        site.down = {"ether1"} if down else set()
        site.apply()
        site.actuator.resync()
    assert flow.ask() == "isp1"


def test_a_marked_packet_to_the_router_itself_goes_to_the_uplink(site: Branch) -> None:
    """v7 looks marks up before the router's own addresses (facts 2.2): without its guard, PCC loses the router."""
    guard = site.config.find("/ip/firewall/mangle", dst_address_type="!unicast")
    bypass = site.config.find("/ip/firewall/mangle", chain="mw-classify", dst_address_list="mw-bypass")
    site.config.remove("/ip/firewall/mangle", guard)
    site.config.remove("/ip/firewall/mangle", bypass)
    site.apply()
    own = netns.make_socket("rt", kind=socket.SOCK_DGRAM)
    own.bind(("192.168.10.1", 8003))
    own.settimeout(1)
    sender = netns.make_socket("lan", kind=socket.SOCK_DGRAM)
    sender.bind(("192.168.10.11", 0))
    sender.sendto(b"x", ("192.168.10.1", 8003))
    try:
        own.recv(10)
        arrived = True
    except TimeoutError:
        arrived = False
    assert not arrived
    own.close()
    sender.close()
