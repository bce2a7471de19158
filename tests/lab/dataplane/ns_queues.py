# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which queue takes a packet, counted by the kernel; what a change leaves alone; what FastTrack lets pass by."""

from __future__ import annotations

import socket

import pytest

from lab import netns
from lab.actuate.tc import ClassCount
from lab.derive.derive import derive
from lab.derive.observations import Observations
from tests.lab.dataplane.conftest import PORT, SERVER, Branch, Flow, until
from tests.unit.lab.derive.snapshots import LAN

SIMPLE = "/queue/simple"
UP, DOWN = 0, 1
PCQ = "pcq-upload-default/pcq-download-default"


def queue(site: Branch, name: str, target: str, **values: str) -> int:
    return site.config.add(SIMPLE, name=name, target=target, **values)


def types(site: Branch) -> None:
    site.config.add("/queue/type", name="default-small", kind="pfifo", pfifo_limit="10")
    site.config.add("/queue/type", name="pcq-upload-default", kind="pcq", pcq_classifier="src-address")
    site.config.add("/queue/type", name="pcq-download-default", kind="pcq", pcq_classifier="dst-address")
    site.config.add("/queue/type", name="flows", kind="fq-codel")


def count(site: Branch, row: int, direction: int) -> ClassCount:
    number = site.actuator.queue_plan().counted[SIMPLE, row][direction][0]
    return site.actuator.queues.counters()[number]


def packets(site: Branch, row: int) -> tuple[int, int]:
    """(up, down) since the queue was made."""
    return count(site, row, UP).packets, count(site, row, DOWN).packets


def talk(flow: Flow, times: int) -> None:
    for _ in range(times):
        assert flow.ask()


def test_both_directions_are_counted_by_the_addresses_before_nat(site: Branch) -> None:
    types(site)
    row = queue(site, "lan", LAN, queue=PCQ)
    site.apply()
    talk(site.flow(10), 3)
    talk(site.flow(11), 2)
    assert packets(site, row) == (5, 5)


def test_the_first_queue_that_fits_takes_the_packet(site: Branch) -> None:
    types(site)
    one, all_of, never = queue(site, "one", "192.168.10.10/32"), queue(site, "all", LAN), queue(site, "late", LAN)
    site.apply()
    talk(site.flow(10), 2)
    talk(site.flow(11), 3)
    assert [packets(site, row) for row in (one, all_of, never)] == [(2, 2), (3, 3), (0, 0)]


def test_a_child_takes_what_its_parent_took_and_the_rest_stays_there(site: Branch) -> None:
    types(site)
    top = queue(site, "top", LAN, max_limit="10000000/10000000", queue="flows/flows")
    child = queue(site, "child", "192.168.10.10/32", parent="top", queue=PCQ)
    stray = queue(site, "stray", "10.99.0.0/16", parent="top")
    site.apply()
    talk(site.flow(10), 2)
    talk(site.flow(12), 3)
    assert [packets(site, row) for row in (top, child, stray)] == [(5, 5), (2, 2), (0, 0)]


def test_an_interface_is_a_target_and_a_far_end(site: Branch) -> None:
    types(site)
    lan_to_isp1 = queue(site, "bridge-isp1", "bridge", dst="ether1")
    to_server = queue(site, "server", "bridge", dst=f"{SERVER}/32")
    site.apply()
    talk(site.flow_on("isp1"), 4)
    talk(site.flow_on("isp2"), 4)
    for row in (lan_to_isp1, to_server):
        up, down = packets(site, row)
        assert up == down >= 4


def test_what_fits_at_both_ends_is_a_download(site: Branch) -> None:
    types(site)
    row = queue(site, "all", "0.0.0.0/0")
    site.apply()
    talk(site.flow(10), 3)
    up, down = packets(site, row)
    assert up == 0
    assert down >= 6, "the router's own probes may be there too"


def test_a_packet_mark_decides(site: Branch) -> None:
    types(site)
    for mark in ("seen", "unseen"):
        source = {"seen": "192.168.10.10", "unseen": "192.168.10.99"}[mark]
        values = {"chain": "forward", "action": "mark-packet", "new_packet_mark": mark, "passthrough": "true"}
        site.config.add("/ip/firewall/mangle", src_address=source, **values)
    seen, unseen = queue(site, "seen", LAN, packet_marks="seen"), queue(site, "unseen", LAN, packet_marks="unseen")
    rest = queue(site, "rest", LAN, packet_marks="no-mark")
    site.apply()
    talk(site.flow(10), 4)  # the branch's own rows end forward for a first packet, before it is marked
    assert [packets(site, row) for row in (seen, unseen, rest)] == [(3, 0), (0, 0), (1, 4)]


def test_a_change_keeps_what_it_does_not_touch(site: Branch) -> None:
    types(site)
    slow = queue(site, "slow", "192.168.10.10/32", max_limit="64000/1000000")
    other = queue(site, "other", LAN, queue=PCQ)
    site.apply()
    talk(site.flow(11), 5)
    counted = packets(site, other)  # more than five when a slow machine asks twice
    assert min(counted) >= 5
    sender = netns.make_socket("lan", kind=socket.SOCK_DGRAM)
    with sender:
        sender.bind(("192.168.10.10", 0))
        for _ in range(8):
            sender.sendto(bytes(1400), (SERVER, PORT))
        until(lambda: count(site, slow, UP).queued_packets > 0)
        site.config.set(SIMPLE, slow, max_limit="10000000/10000000", limit_at="64000/64000", priority="3/3")
        queue(site, "new", "10.99.0.0/16", queue=PCQ)
        site.apply()
        until(lambda: count(site, slow, UP).packets >= 8)
        after = count(site, slow, UP)
    assert (after.packets, after.dropped) == (8, 0), "those that waited went out"
    assert packets(site, other) == counted


def test_a_child_that_comes_and_goes_leaves_a_queue_that_works(site: Branch) -> None:
    types(site)
    top = queue(site, "top", LAN, max_limit="10000000/10000000", queue=PCQ)
    site.apply()
    talk(site.flow(10), 2)
    child = queue(site, "child", "192.168.10.10/32", parent="top", queue="flows/flows")
    site.apply()
    talk(site.flow(10), 2)
    assert packets(site, child) == (2, 2)
    site.config.set(SIMPLE, child, parent="none")
    site.apply()
    talk(site.flow(10), 2)
    site.config.remove(SIMPLE, child)
    site.apply()
    talk(site.flow(10), 2)
    assert min(packets(site, top)) >= 8, "its own class was never made anew"


def test_without_queues_nothing_is_left_and_a_new_actuator_starts_clean(site: Branch) -> None:
    types(site)
    row = queue(site, "lan", LAN, queue=PCQ)
    site.apply()
    site.reopen()
    talk(site.flow(10), 2)
    assert packets(site, row) == (2, 2)
    site.config.remove(SIMPLE, row)
    site.apply()
    assert "queues" not in site.rt("ip", "link")
    assert "clsact" not in site.rt("tc", "qdisc")
    assert "routeros-queues" not in site.rt("nft", "list", "tables")
    talk(site.flow(10), 1)


def test_hundreds_of_queues_fit_into_the_kernel(site: Branch) -> None:
    types(site)
    rows = [queue(site, f"q{n}", f"10.50.{n}.0/24", queue=PCQ, max_limit="1000000/1000000") for n in range(120)]
    last = queue(site, "last", LAN)
    site.apply()
    talk(site.flow(10), 2)
    assert packets(site, last) == (2, 2)
    assert packets(site, rows[-1]) == (0, 0)


@pytest.mark.parametrize("fast", [False, True])
def test_fasttracked_packets_meet_no_queue_and_no_row(site: Branch, fast: bool) -> None:
    types(site)
    row = queue(site, "lan", LAN)
    counter = site.config.add("/ip/firewall/mangle", chain="forward", action="passthrough", src_address=LAN)
    if fast:
        site.config.add(
            "/ip/firewall/filter", chain="forward", action="fasttrack-connection", connection_state="established"
        )
    site.apply()
    flow = site.flow_on("isp1")
    before, seen = packets(site, row), site.actuator.rule_counters()["/ip/firewall/mangle", counter][0]
    talk(flow, 5)
    after, seen_after = packets(site, row), site.actuator.rule_counters()["/ip/firewall/mangle", counter][0]
    assert (after[UP] - before[UP], seen_after - seen) == ((0, 0) if fast else (5, 5))
    values = next(v for _id, v in site.actuator.connections.rows() if v.get("src-port") == str(flow.port))
    assert values["fasttrack"] == ("true" if fast else "false")


def test_a_fasttracked_connection_loses_the_table_that_mangle_gave_it(site: Branch) -> None:
    """Facts 1.7: it is routed by ``main``, with the source address of the line it began on. BCP 38 drops it there."""
    site.config.add(
        "/ip/firewall/filter", chain="forward", action="fasttrack-connection", connection_state="established"
    )
    site.apply()
    for _attempt in range(64):
        flow = site.flow()
        if flow.ask() == "isp2":
            break
    assert flow.ask(wait_s=2) == "", "its second packet went to isp1, who has never seen this address"


def test_the_plan_of_a_branch_without_queues_has_none(site: Branch) -> None:
    assert derive(site.config.snapshot(), Observations(), 0.0).kernel.queues.classes == ()
