# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewall rows as nft text."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.derive.derive import derive
from lab.derive.firewall.pcc import CLASSIFIERS
from lab.derive.observations import Link, Observations
from lab.derive.plan import Derived
from tests.unit.lab.derive.cases import MATCHERS_AS_TEXT
from tests.unit.lab.derive.snapshots import Config, branch, plain

GOLDEN = Path(__file__).parent / "branch.nft"
MANGLE, FILTER, NAT = "/ip/firewall/mangle", "/ip/firewall/filter", "/ip/firewall/nat"


def _derive(config: Config, **down: bool) -> Derived:
    return derive(config.snapshot(), Observations({port: Link(up, "") for port, up in down.items()}), 0.0)


def _lines(config: Config, chain: str) -> list[str]:
    """The rules of one nft chain, without its head and without counters."""
    text = _derive(config).kernel.nft
    body = text.partition(f"\n  chain {chain} {{\n")[2].partition("  }\n")[0]
    return [line.strip() for line in body.splitlines() if " hook " not in line]


def test_the_branch_of_the_collection_as_one_table() -> None:
    assert _derive(branch()).kernel.nft == GOLDEN.read_text()


def test_disabled_rows_and_unreached_chains_are_not_in_the_table() -> None:
    config = plain()
    before = _derive(config).kernel.nft
    config.add(MANGLE, chain="prerouting", action="accept", disabled="true")
    config.add(MANGLE, chain="somewhere", action="accept")
    assert _derive(config).kernel.nft == before


@pytest.mark.parametrize(("matcher", "expected"), MATCHERS_AS_TEXT)
def test_a_matcher_becomes_a_condition(matcher: dict[str, str], expected: str) -> None:
    config = plain()
    config.add("/interface/list", name="l")
    config.add(MANGLE, chain="forward", action="passthrough", **matcher)
    assert _lines(config, "mangle-forward") == [f'{expected} counter name "mangle-1"'.strip()]


@pytest.mark.parametrize(
    "matcher",
    [
        {"in_interface_list": "none"},
        {"in_interface_list": "!all"},
        {"per_connection_classifier": "src-address:2/2"},
        {"ipsec_policy": "in,ipsec"},
    ],
)
def test_a_condition_that_no_packet_meets_leaves_no_match(matcher: dict[str, str]) -> None:
    config = plain()
    config.add(MANGLE, chain="forward", action="passthrough", **matcher)
    text = _derive(config).kernel.nft
    lines = _lines(config, "mangle-forward")
    assert lines == [] or ("iifname @iflist-none" in lines[0] and "set iflist-none { type ifname;\n  }" in text)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_classifier_hashes_its_fields_with_a_fixed_seed(classifier: str) -> None:
    config = plain()
    config.add(MANGLE, chain="forward", action="passthrough", per_connection_classifier=f"{classifier}:3/1")
    lines = _lines(config, "mangle-forward")
    assert all(" seed 0x" in line for line in lines)
    fields = lines[0].partition("jhash ")[2].partition(" mod")[0]
    assert ("saddr" in fields) == (classifier.startswith(("src-address", "both-addresses")))
    assert ("daddr" in fields) == (classifier.startswith(("dst-address", "both-addresses")))
    assert ("sport" in fields) == (
        classifier in ("src-port", "both-ports") or (classifier in _PORTS and "dst" not in classifier)
    )
    assert ("dport" in fields) == (
        classifier in ("dst-port", "both-ports") or (classifier in _PORTS and "src" not in classifier)
    )


_PORTS = ("both-addresses-and-ports", "src-address-and-port", "dst-address-and-port")


def test_a_condition_that_is_an_or_becomes_rules_that_exclude_each_other() -> None:
    config = plain()
    config.add(FILTER, chain="forward", action="drop", protocol="tcp", port="80,81")
    assert _lines(config, "filter-forward") == [
        'meta l4proto 6 th sport { 80, 81 } counter name "filter-1" drop',
        'meta l4proto 6 th sport != { 80, 81 } th dport { 80, 81 } counter name "filter-1" drop',
    ]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"chain": "forward", "action": "mark-routing", "new_routing_mark": "main"}, "mark-routing in forward"),
        ({"chain": "prerouting", "action": "mark-routing", "new_routing_mark": "gone"}, "no routing table gone"),
        ({"chain": "forward", "action": "sniff-tzsp"}, "action=sniff-tzsp is not enacted"),
        ({"chain": "forward", "action": "accept", "content": "x"}, "content is not enacted"),
        ({"chain": "forward", "action": "accept", "in_interface": "ether9"}, "ether9 is a slave of bridge"),
        ({"chain": "forward", "action": "accept", "in_interface": "gone"}, "no interface gone"),
        ({"chain": "forward", "action": "accept", "dst_port": "80"}, "ports without a protocol that has them"),
        ({"chain": "forward", "action": "jump", "jump_target": "forward"}, "jump-target=forward is a loop"),
    ],
)
def test_a_row_that_can_not_be_enacted_is_invalid_and_says_why(values: dict[str, str], reason: str) -> None:
    config = plain()
    row = config.add(MANGLE, **values)
    derived = _derive(config)
    assert derived.status[MANGLE, row] == {"invalid": "true"}
    assert [note.text for note in derived.notes] == [reason]
    assert f"mangle-{row}" not in derived.kernel.nft


def test_a_routing_mark_in_a_custom_chain_counts_only_where_it_may() -> None:
    config = plain()
    config.add("/routing/table", name="t", fib="")
    row = config.add(MANGLE, chain="both", action="mark-routing", new_routing_mark="t")
    for chain in ("prerouting", "forward"):
        config.add(MANGLE, chain=chain, action="jump", jump_target="both")
    assert len(_lines(config, "mangle-prerouting.both")) == 1
    assert _lines(config, "mangle-forward.both") == []
    derived = _derive(config)
    assert derived.status[MANGLE, row] == {"invalid": "false"}
    assert "mark-routing in forward" in [note.text for note in derived.notes]


def test_masquerade_is_the_address_that_the_interface_has_now() -> None:
    config = plain()
    config.add("/interface/list", name="wan")
    for port in ("ether1", "ether2"):
        config.add("/interface/list/member", list="wan", interface=port)
    config.add(NAT, chain="srcnat", action="masquerade", out_interface_list="wan")
    both = _derive(config, ether1=True)
    assert both.kernel.masquerade == {("ether1", "10.1.1.2"), ("ether2", "10.2.2.2")}
    assert 'oifname "ether1" counter name "nat-1" snat to 10.1.1.2' in both.kernel.nft
    one = _derive(config, ether1=False)
    assert one.kernel.masquerade == {("ether2", "10.2.2.2")}
    assert "10.1.1.2" not in one.kernel.nft


def test_lists_include_and_exclude_others() -> None:
    config = plain()
    config.add("/interface/list", name="a")
    config.add("/interface/list", name="b", include="a,c", exclude="d")
    config.add("/interface/list", name="c", include="b")
    config.add("/interface/list", name="d")
    for name, port in (("a", "ether1"), ("c", "ether2"), ("c", "bridge"), ("d", "ether2")):
        config.add("/interface/list/member", list=name, interface=port)
    config.add(MANGLE, chain="forward", action="passthrough", in_interface_list="b")
    assert 'set iflist-b { type ifname; elements = { "bridge", "ether1" }' in _derive(config).kernel.nft


def test_strange_names_stay_apart_and_text_can_not_break_out() -> None:
    config = plain()
    for name in ("a b", "a/b"):
        config.add(MANGLE, chain=name, action="accept")
        config.add(MANGLE, chain="forward", action="jump", jump_target=name)
    config.add(MANGLE, chain="forward", action="log", log_prefix='x" drop; \n y')
    text = _derive(config).kernel.nft
    assert len({line for line in text.splitlines() if "chain mangle-forward.a_b." in line}) == 2
    assert 'log prefix "x drop;  y" group 5' in text


def test_a_name_in_an_address_list_is_noted_and_left_out() -> None:
    config = plain()
    row = config.add("/ip/firewall/address-list", list="l", address="bank.example")
    config.add("/ip/firewall/address-list", list="l", address="10.0.0.0/25")
    config.add("/ip/firewall/address-list", list="l", address="10.0.0.128/25")
    config.add(MANGLE, chain="forward", action="accept", dst_address_list="l")
    derived = _derive(config)
    assert "elements = { 10.0.0.0/24 }" in derived.kernel.nft
    assert [(note.row_id, note.text) for note in derived.notes] == [(row, "bank.example is not resolved")]
