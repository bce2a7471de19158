# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world import build
from lab.world.topology import LAN, Topology, TopologyError, Uplink, parse_rate, parse_uplinks, topology_from_json

counts = st.integers(1, 16)


def topology(lines: int, **more: object) -> Topology:
    return Topology(uplinks=tuple(Uplink(n, 10_000_000, 5_000_000) for n in range(1, lines + 1)), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "rate"), [("10M", 10_000_000), ("512k", 512_000), ("1.5M", 1_500_000), ("1G", 10**9)])
def test_speeds_are_decimal(text: str, rate: int) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "10", "fast", "-1M", "10m", "1k", "11G", "10M/"])
def test_a_bad_speed_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TopologyError, match="for example 10M"):
        parse_rate(text)


def test_lines_are_numbered_and_one_speed_means_both_ways() -> None:
    assert parse_uplinks("10M/2M, 20M") == (Uplink(1, 10_000_000, 2_000_000), Uplink(2, 20_000_000, 20_000_000))


def test_at_most_sixteen_lines() -> None:
    assert len(parse_uplinks(",".join(["10M"] * 16))) == 16
    with pytest.raises(TopologyError, match="1 to 16"):
        parse_uplinks(",".join(["10M"] * 17))


@given(counts)
def test_no_two_networks_overlap(lines: int) -> None:
    networks = [ipaddress.ip_network(uplink.network) for uplink in topology(lines).uplinks] + [LAN]
    assert not any(a.overlaps(b) for n, a in enumerate(networks) for b in networks[:n])


@given(counts)
def test_every_source_address_names_its_line(lines: int) -> None:
    world = topology(lines)
    for uplink in world.uplinks:
        assert world.uplink_of_source(uplink.public_address) == uplink.name
    assert world.uplink_of_source("192.168.10.10") == "unknown"


@given(counts)
def test_a_line_more_renames_nothing(lines: int) -> None:
    assert topology(lines).uplinks[: lines - 1] == topology(lines).uplinks[:-1]
    assert topology(lines).ports[:lines] == tuple(f"ether{n}" for n in range(1, lines + 1))


@given(counts, st.integers(1, 200))
def test_json_there_and_back(lines: int, clients: int) -> None:
    world = topology(lines, clients=clients, extra_anchors=("9.9.9.9",))
    assert topology_from_json(json.loads(json.dumps(world.to_json()))) == world


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clients": 0}, "1 to 200"),
        ({"clients": 201}, "1 to 200"),
        ({"version": "latest"}, "such as 7.22"),
        ({"branch": "Jakarta Pusat"}, "lower case"),
        ({"extra_anchors": ("example.org",)}, "an IPv4 address"),
        ({"extra_anchors": ("192.168.10.5",)}, "a public IPv4 address"),
        ({"extra_anchors": ("2001:db8::1",)}, "a public IPv4 address"),
    ],
)
def test_what_can_not_be_built_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(TopologyError, match=words):
        topology(2, **options)


@given(counts)
def test_every_link_end_is_used_once(lines: int) -> None:
    ends = []
    for line in build.links(topology(lines)):
        words = line.split()
        ends += [(words[words.index("netns") + 1], words[3]), (words[-1], words[words.index("peer") + 2])]
    assert len(ends) == len(set(ends))
    assert {port for place, port in ends if place == "router"} == set(topology(lines).ports)


@given(counts)
def test_the_routers_ports_are_left_to_the_router(lines: int) -> None:
    assert build.interior(topology(lines))["router"] == ["link set dev lo up"]


@given(st.integers(64_000, 10_000_000_000))
def test_a_shaper_may_send_what_its_line_carries_in_4_ms(rate: int) -> None:
    assert build.burst(rate) >= max(15_000, rate / 8 * 0.00399)
