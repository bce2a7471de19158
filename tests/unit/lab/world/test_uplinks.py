# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world import build
from lab.world.addresses import isp_filter
from lab.world.lines import branch_uplink
from lab.world.topology import Topology
from lab.world.uplinks import TopologyError, Uplink, parse_uplinks

WORDS = (
    "10M", "10M:dhcp", "10M:dhcp:vlan=100", "10M:static:vlan=7", "10M:static:prefix=31", "10M:static:prefix=32",
    "10M/2M:pppoe", "10M/2M:pppoe:auth=pap:vlan=35", "8M/2M:lte",
)  # fmt: skip
mixes = st.lists(st.sampled_from(WORDS), min_size=1, max_size=16)


def test_kinds_and_options_are_read() -> None:
    dhcp, pppoe, lte, more = parse_uplinks("10M:dhcp:vlan=100,10M/2M:pppoe:auth=pap:service=fiber,8M:lte,1M:lte")
    assert (dhcp.kind, dhcp.vlan, dhcp.port, dhcp.wire, dhcp.interface) == (
        "dhcp", 100, "ether1", "ether1.100", "ether1-vlan100",
    )  # fmt: skip
    assert (pppoe.auth, pppoe.service, pppoe.interface, pppoe.device) == ("pap", "fiber", "pppoe-isp2", "ppp0")
    assert (lte.port, more.port) == ("lte1", "lte2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10M:fibre", "static, dhcp, pppoe, lte"),
        ("10M:dhcp:prefix=31", "a dhcp line takes vlan"),
        ("10M:lte:vlan=3", "a lte line takes none"),
        ("10M:dhcp:vlan=5000", "is not possible"),
        ("10M:static:prefix=25", "is not possible"),
        ("10M:pppoe:auth=mschap2", "is not possible"),
        ("10M,10M:dhcp:vlan=x", "line 2"),
    ],
)
def test_what_no_line_can_be_is_refused(text: str, words: str) -> None:
    with pytest.raises(TopologyError, match=words):
        parse_uplinks(text)


@given(mixes)
def test_any_mix_is_a_lab_with_links_of_its_own(words: list[str]) -> None:
    topology = Topology(uplinks=parse_uplinks(",".join(words)))
    ends: set[tuple[str, str]] = set()
    for line in build.links(topology):
        parts = line.split()
        for name, place in ((parts[3], parts[parts.index("netns") + 1]), (parts[parts.index("peer") + 2], parts[-1])):
            assert len(name) <= 15
            assert (place, name) not in ends
            ends.add((place, name))
    for uplink in topology.uplinks:
        assert {("router", uplink.wire), (uplink.name, "cpe")} <= ends
    assert len(set(topology.ports)) == len(topology.ports)


@given(mixes, st.booleans())
def test_lines_survive_json_and_have_addresses_of_their_own(words: list[str], same: bool) -> None:
    lines = parse_uplinks(",".join(words), same_gateway=same)
    assert tuple(Uplink.from_json(json.loads(json.dumps(line.to_json()))) for line in lines) == lines
    assert len({line.router_address for line in lines}) == len(lines)
    assert len({anchor for line in lines for anchor in line.anchors}) == 2 * len(lines)


def test_modems_of_one_make_have_one_gateway() -> None:
    one, two, other = parse_uplinks("10M,10M:dhcp,10M:pppoe", same_gateway=True)
    assert (one.gateway, one.network) == (two.gateway, two.network) == ("192.168.1.1", "192.168.1.0/24")
    assert other.gateway != one.gateway


@pytest.mark.parametrize(("prefix", "outside"), [("31", False), ("32", True)])
def test_a_gateway_outside_the_network_is_told(prefix: str, outside: bool) -> None:
    (line,) = parse_uplinks(f"10M:static:prefix={prefix}")
    inside = ipaddress.ip_address(line.gateway) in ipaddress.ip_network(line.network)
    assert inside is not outside
    assert branch_uplink(line, line.addressing, "").get("onlink", False) is outside


@pytest.mark.parametrize("word", WORDS)
def test_the_filter_of_a_line_knows_where_the_branch_is(word: str) -> None:
    (line,) = parse_uplinks(word)
    text = isp_filter(line, line.addressing)
    assert f"dnat to {line.router_address}" in text
    assert f'iifname "{line.device}"' in text
