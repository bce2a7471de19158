# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What firewall rows do to packets: chains, verdicts, lists."""

from __future__ import annotations

import pytest

from lab.derive.firewall.pcc import CLASSIFIERS
from tests.lab.dataplane.conftest import SERVER, Branch, Flow
from tests.unit.lab.derive.cases import MATCHERS_AS_TEXT

FILTER = "/ip/firewall/filter"
MANGLE = "/ip/firewall/mangle"


def _count(site: Branch, menu: str, row: int) -> int:
    return site.actuator.rule_counters().get((menu, row), (0, 0))[0]


def test_accept_in_a_custom_chain_ends_the_hook_and_return_does_not(site: Branch) -> None:
    def add(chain: str, action: str, **values: str) -> int:
        return site.config.add(FILTER, chain=chain, action=action, **values)

    add("forward", "jump", jump_target="outer", protocol="udp")
    behind = add("forward", "passthrough", protocol="udp")
    add("outer", "jump", jump_target="inner")
    after_return = add("outer", "passthrough")
    add("inner", "accept", src_address="192.168.10.10")
    add("inner", "return", src_address="192.168.10.11")
    not_reached = add("inner", "passthrough", src_address="192.168.10.10-192.168.10.11")
    site.apply()
    site.flow(10).ask()
    assert [_count(site, FILTER, row) for row in (after_return, behind, not_reached)] == [1, 1, 0]  # the answer only
    site.flow(11).ask()
    assert [_count(site, FILTER, row) for row in (after_return, behind, not_reached)] == [3, 3, 0]


def test_a_chain_that_nothing_jumps_to_is_never_reached(site: Branch) -> None:
    row = site.config.add(MANGLE, chain="preroutng", action="mark-connection", new_connection_mark="x")
    site.apply()
    site.flow().ask()
    assert _count(site, MANGLE, row) == 0
    assert site.derived is not None
    assert [note.text for note in site.derived.notes if note.row_id == row] == ["chain preroutng is never reached"]


def test_drop_and_reject_stop_packets(site: Branch) -> None:
    for action, host in (("drop", 12), ("reject", 13)):
        site.config.add(FILTER, chain="forward", action=action, src_address=f"192.168.10.{host}")
    site.apply()
    assert [site.flow(host).ask(wait_s=1) for host in (12, 13)] == ["", ""]
    assert site.flow(14).ask() != ""


def test_a_list_filled_by_rules_is_matched_and_listed(site: Branch) -> None:
    site.config.add("/ip/firewall/address-list", list="bad", address="192.168.10.20")
    add = {"chain": "forward", "dst_port": "7000", "protocol": "udp", "src_address": "192.168.10.21"}
    site.config.add(FILTER, action="add-src-to-address-list", address_list="bad", address_list_timeout="1h", **add)
    drop = site.config.add(FILTER, chain="forward", action="drop", src_address_list="bad")
    site.apply()
    assert [site.flow(host).ask(wait_s=1) for host in (20, 21)] == ["", ""]
    assert site.flow(22).ask() != ""
    members = site.actuator.dynamic_addresses()["bad"]
    assert [address for address, _left in members] == ["192.168.10.21"]
    assert 3000 <= members[0][1] <= 3600
    site.config.set(FILTER, drop, comment="a change of rules keeps the members")
    site.config.add(FILTER, chain="forward", action="passthrough")
    site.apply()
    assert site.flow(21).ask(wait_s=1) == ""


def test_notrack_packets_have_no_connection(site: Branch) -> None:
    site.config.add("/ip/firewall/raw", chain="prerouting", action="notrack", src_address="192.168.10.15")
    row = site.config.add(MANGLE, chain="forward", action="passthrough", connection_state="untracked")
    site.apply()
    site.flow(15).ask(wait_s=1)  # without a connection there is no NAT, and nobody answers
    assert _count(site, MANGLE, row) == 1
    assert all(values["src-address"] != "192.168.10.15" for _id, values in site.actuator.connections.rows())


def test_packet_marks_and_routing_marks_do_not_disturb_each_other(site: Branch) -> None:
    site.config.add(MANGLE, chain="prerouting", action="mark-packet", new_packet_mark="p", src_address="192.168.10.16")
    values = {"packet_mark": "p", "src_address": "192.168.10.16"}
    marked = site.config.add(MANGLE, chain="forward", action="passthrough", **values)
    routed = [
        site.config.add(MANGLE, chain="postrouting", action="passthrough", routing_mark=name, **values)
        for name in ("mw-path-isp1-isp2", "mw-path-isp2-isp1")
    ]
    # rows with passthrough=no end their hook: those of the test go first
    rows = site.config.menus[MANGLE]
    site.config.menus[MANGLE] = sorted(rows, key=lambda row: row.get("src-address") != "192.168.10.16")
    site.apply()
    assert site.flow(16).ask() in ("isp1", "isp2")
    assert _count(site, MANGLE, marked) == 1
    assert sum(_count(site, MANGLE, row) for row in routed) == 1


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_exactly_one_remainder_matches(site: Branch, classifier: str) -> None:
    site.config.menus[MANGLE] = []
    new = {"chain": "prerouting", "action": "passthrough", "in_interface": "bridge", "connection_state": "new"}
    slots = [site.config.add(MANGLE, per_connection_classifier=f"{classifier}:5/{slot}", **new) for slot in range(5)]
    others = [site.config.add(MANGLE, per_connection_classifier=f"!{classifier}:5/{slot}", **new) for slot in range(5)]
    site.apply()
    for host in range(10, 40):
        flow = Flow(host)
        flow.ask()
        flow.close()
    counts = [_count(site, MANGLE, row) for row in slots]
    assert sum(counts) == 30
    assert [_count(site, MANGLE, row) for row in others] == [30 - count for count in counts]
    varies = classifier not in ("dst-address", "dst-port", "dst-address-and-port")
    assert (max(counts) < 30) == varies, SERVER


def test_ports_are_forwarded_and_redirected(site: Branch) -> None:
    redirect = {"chain": "dstnat", "protocol": "udp", "dst_port": "7777"}
    site.config.add("/ip/firewall/nat", action="dst-nat", to_addresses=SERVER, to_ports="7000", **redirect)
    site.apply()
    assert site.flow().ask(port=7777) in ("isp1", "isp2")


def test_rows_that_can_not_be_enacted_are_invalid_and_match_nothing(site: Branch) -> None:
    rows = {
        site.config.add(
            MANGLE, chain="forward", action="mark-routing", new_routing_mark="mw-isp1"
        ): "mark-routing in forward",
        site.config.add(
            MANGLE, chain="prerouting", action="passthrough", layer7_protocol="x"
        ): "layer7-protocol is not enacted",
        site.config.add(
            MANGLE, chain="prerouting", action="passthrough", in_interface="ether9"
        ): "ether9 is a slave of bridge",
        site.config.add(MANGLE, chain="a", action="jump", jump_target="a"): "jump-target=a is a loop",
    }
    site.config.add(MANGLE, chain="forward", action="jump", jump_target="a")
    site.apply()
    assert site.flow().ask() in ("isp1", "isp2")
    assert site.derived is not None
    notes = {note.row_id: note.text for note in site.derived.notes if note.menu == MANGLE}
    for row, text in rows.items():
        assert notes[row] == text
        assert site.derived.status[MANGLE, row]["invalid"] == "true"
        assert _count(site, MANGLE, row) == 0


def test_the_kernel_takes_every_matcher_and_every_action(site: Branch) -> None:
    site.config.add("/interface/list", name="l")
    for matcher, _text in MATCHERS_AS_TEXT:
        site.config.add(MANGLE, chain="forward", action="passthrough", **matcher)
    for action in (
        {"action": "change-mss", "new_mss": "clamp-to-pmtu", "protocol": "tcp", "tcp_flags": "syn"},
        {"action": "change-mss", "new_mss": "1400", "protocol": "tcp", "tcp_flags": "syn"},
        {"action": "change-dscp", "new_dscp": "10", "src_address": "203.0.113.99"},
        {"action": "change-ttl", "new_ttl": "set:64", "src_address": "203.0.113.99"},
        {"action": "log", "log_prefix": "x", "src_address": "203.0.113.99"},
        {"action": "mark-packet", "new_packet_mark": "p"},
    ):
        site.config.add(MANGLE, chain="forward", **action)
    for more in ({"reject_with": "tcp-reset", "protocol": "tcp"}, {"reject_with": "icmp-admin-prohibited"}, {}):
        site.config.add(FILTER, chain="forward", action="reject", src_address="203.0.113.99", **more)
    for values in (
        {"chain": "dstnat", "action": "redirect", "to_ports": "53", "protocol": "udp", "dst_port": "5353"},
        {"chain": "dstnat", "action": "dst-nat", "to_ports": "53", "protocol": "udp", "dst_port": "5354"},
        {"chain": "srcnat", "action": "src-nat", "to_addresses": "10.1.1.2-10.1.1.3", "src_address": "203.0.113.99"},
        {"chain": "srcnat", "action": "masquerade", "protocol": "tcp", "to_ports": "1024-2048"},
    ):
        site.config.add("/ip/firewall/nat", **values)
    site.apply()
    assert site.derived is not None
    assert [note.text for note in site.derived.notes] == []
    assert site.flow().ask() in ("isp1", "isp2")
