# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What FastTrack lets pass meets no mangle, no filter and no queue."""

from __future__ import annotations

import re

import pytest

from lab.derive.derive import derive
from lab.derive.observations import Link, Observations
from lab.derive.plan import Derived
from tests.unit.lab.derive.snapshots import Config

PASS = "ct label 1 accept"
CHAINS = ("mangle-prerouting", "mangle-forward", "mangle-postrouting", "filter-forward")


def router(**rule: str) -> Config:
    """A row in every chain, and one queue."""
    config = Config()
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    for chain in ("prerouting", "input", "forward", "output", "postrouting"):
        config.add("/ip/firewall/mangle", chain=chain, action="passthrough")
    for chain in ("input", "forward", "output"):
        config.add("/ip/firewall/filter", chain=chain, action="passthrough")
    config.add("/ip/firewall/filter", chain="forward", action="fasttrack-connection", **rule)
    config.add("/queue/simple", name="a", target="10.0.0.0/8")
    return config


def derived(config: Config) -> Derived:
    return derive(config.snapshot(), Observations({"ether1": Link(True, "")}), 0.0)


def first_rules(text: str) -> dict[str, str]:
    """Chain -> its first rule."""
    return dict(re.findall(r"chain (\S+) \{\n\s+type [^\n]+\n\s+([^\n]+)", text))


def test_such_packets_pass_by_mangle_and_the_forward_filter() -> None:
    first = first_rules(derived(router()).kernel.nft)
    assert {chain for chain, rule in first.items() if rule == PASS} == set(CHAINS)


def test_such_packets_pass_by_the_queues() -> None:
    assert first_rules(derived(router()).kernel.queues.nft)["choose"] == PASS


def test_the_matchers_of_the_row_count() -> None:
    text = derived(router(connection_state="established,related", connection_mark="no-mark")).kernel.nft
    assert "ct state { established, related } ct mark 0x0 counter" in text
    assert "meta l4proto { tcp, udp } ct label set 1" in text


def test_the_row_lets_the_next_one_look_at_the_packet() -> None:
    rule = next(line for line in derived(router()).kernel.nft.splitlines() if "label set" in line)
    assert not rule.endswith("accept"), "facts 1.7: the identical accept must follow"


def test_the_router_shows_dummy_rows_while_something_is_fast_tracked() -> None:
    found = derived(router())
    shown = {(row.menu, row.values["chain"]) for row in found.dynamic}
    assert shown == {
        ("/ip/firewall/filter", "forward"),
        ("/ip/firewall/raw", "prerouting"),
        *(("/ip/firewall/mangle", chain) for chain in ("prerouting", "forward", "postrouting")),
    }
    assert found.status["/ip/settings", 0] == {"ipv4-fasttrack-active": "true"}


@pytest.mark.parametrize("rule", [{"disabled": "true"}, {"action": "accept"}])
def test_without_such_a_row_nothing_is_different(rule: dict[str, str]) -> None:
    config = router()
    row = config.find("/ip/firewall/filter", action="fasttrack-connection")
    config.set("/ip/firewall/filter", row, **rule)
    found = derived(config)
    assert "label" not in found.kernel.nft + found.kernel.queues.nft
    assert found.dynamic == ()
    assert found.status["/ip/settings", 0] == {"ipv4-fasttrack-active": "false"}


def test_it_has_no_meaning_for_packets_to_and_from_the_router() -> None:
    config = router()
    row = config.find("/ip/firewall/filter", action="fasttrack-connection")
    config.set("/ip/firewall/filter", row, chain="input")
    assert derived(config).status["/ip/firewall/filter", row] == {"invalid": "true"}
