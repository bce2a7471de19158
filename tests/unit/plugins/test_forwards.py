# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forwards, lists and pins: their rows. What packets make of them: tests/lab/product/test_kinds_of_traffic.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.model import CLASSIFIERS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_run import extend_plan

from tests.unit.plugins.branches import branch

NAT, MANGLE, LISTS = "/ip/firewall/nat", "/ip/firewall/mangle", "/ip/firewall/address-list"
CCTV = {"name": "cctv", "protocol": "tcp", "port": 8080, "to": "192.168.10.20", "to_port": 80}
ROOT = Path(__file__).parents[3]


def plan(**more: Any) -> Plan:
    return assemble(branch(2, **more), name="jakarta")


def mine(found: Plan, menu: str = NAT) -> list[Row]:
    return [row for row in found.of(menu) if row.tag.startswith("multiwan:pcc:")]


def test_without_forwards_there_is_no_row_for_them() -> None:
    assert mine(plan()) == []


def test_no_row_names_an_address_of_an_uplink() -> None:
    text = str([row.values for row in mine(plan(forwards=[CCTV]))])
    assert "172.16." not in text
    assert "ether1" not in text


def test_chains_are_filled_before_the_jumps_that_lead_into_them() -> None:
    rows = mine(plan(forwards=[CCTV, {**CCTV, "name": "b", "port": 81}]))
    jumps = [number for number, row in enumerate(rows) if row.values["action"] == "jump"]
    targets = {str(rows[number].values["jump-target"]) for number in jumps}
    filled = [number for number, row in enumerate(rows) if row.values["chain"] in targets]
    assert targets == {"mw-forwards", "mw-hairpin"}
    assert max(filled) < min(jumps)
    assert all(row.values["dst-address-type"] == "local" for row in rows if row.values["action"] == "jump")


def test_the_routers_own_addresses_inside_leave_the_hairpin_chain_before_any_forward() -> None:
    chain = [row.values for row in mine(plan(forwards=[CCTV])) if row.values["chain"] == "mw-hairpin"]
    assert [values["action"] for values in chain] == ["return", "dst-nat"]
    assert chain[0]["dst-address"] == "192.168.10.1"


def test_only_what_comes_from_the_hosts_own_segment_and_goes_to_its_port_gets_another_source() -> None:
    (row,) = [row for row in mine(plan(forwards=[CCTV])) if row.values["action"] == "masquerade"]
    assert {name: row.values[name] for name in ("chain", "src-address", "dst-address", "protocol", "dst-port")} == {
        "chain": "srcnat",
        "src-address": "192.168.10.0/24",
        "dst-address": "192.168.10.20",
        "protocol": "tcp",
        "dst-port": "80",
    }


def test_a_forward_without_hairpin_is_one_row_and_one_jump() -> None:
    rows = mine(plan(forwards=[{**CCTV, "hairpin": False}]))
    assert [row.values["action"] for row in rows] == ["dst-nat", "jump"]


def test_a_forward_of_some_uplinks_has_a_row_for_each() -> None:
    rows = mine(plan(forwards=[{**CCTV, "hairpin": False, "uplinks": ["isp2"]}]))
    assert [row.values.get("in-interface") for row in rows] == ["ether2", None]


@pytest.mark.parametrize("port", [80, "80", "80-90", "80,90"])
def test_ports_that_stay_the_same_are_not_said_twice(port: Any) -> None:
    rows = mine(plan(forwards=[{"name": "a", "protocol": "udp", "port": port, "to": "192.168.10.20"}]))
    assert not [row for row in rows if "to-ports" in row.values]


def test_a_public_address_on_a_modem_is_never_sent_there() -> None:
    """Else a routing mark would take the packet to the modem before it is translated."""
    found = plan(forwards=[CCTV], public_addresses=["kantor.example.net", "203.0.113.9"])
    listed = [row.values["address"] for row in found.of(LISTS) if row.values["list"] == "mw-public"]
    assert listed == ["203.0.113.9/32", "kantor.example.net"]
    classify = [row.values for row in found.of(MANGLE) if row.values["chain"] == "mw-classify"]
    (leaves,) = [n for n, values in enumerate(classify) if values.get("dst-address-list") == "mw-public"]
    marks = [n for n, values in enumerate(classify) if values["action"] == "mark-routing"]
    assert leaves < min(marks)
    assert [row for row in plan(public_addresses=["203.0.113.9"]).of(LISTS) if row.values["list"] == "mw-public"] == []


def test_a_pin_says_all_of_its_matchers() -> None:
    said = {
        "segment": "office",
        "src_address": "192.168.10.0/28",
        "src_address_list": "directors",
        "dst_address": "198.18.3.0/24",
        "dst_address_list": "banks",
        "protocol": "tcp",
        "dst_port": "443,8443",
    }
    found = plan(pins=[{"name": "all", "uplink": "isp2", **said}])
    (row,) = [row for row in found.of(MANGLE) if row.tag == "multiwan:pcc:all:pin"]
    matchers = {*row.values} - {"chain", "action", "new-routing-mark", "passthrough", "comment"}
    assert matchers == {
        *("in-interface", "src-address", "src-address-list", "dst-address", "dst-address-list", "protocol", "dst-port")
    }


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_tunnels_of_clients_stay_together_where_ports_are_hashed(classifier: str) -> None:
    found = plan(classifier=classifier)
    tunnels = [row for row in found.of(MANGLE) if row.tag.startswith("multiwan:pcc:tunnels:")]
    slots = [number for number, row in enumerate(found.of(MANGLE)) if "per-connection-classifier" in row.values]
    if "port" not in classifier:
        assert tunnels == []
        return
    assert len({str(row.values["new-routing-mark"]) for row in tunnels}) == 1
    assert {str(row.values["protocol"]) for row in tunnels} == {"ipsec-esp", "ipsec-ah", "gre", "udp", "tcp"}
    assert max(found.of(MANGLE).index(row) for row in tunnels) < min(slots)


def test_one_path_needs_no_row_for_tunnels() -> None:
    found = plan(classifier="both-ports", mode="failover")
    assert not [row for row in found.rows if ":tunnels:" in row.tag]


def test_the_list_of_the_banks_is_right_and_every_name_is_there_once() -> None:
    banks = yaml.safe_load((ROOT / "inventory/group_vars/all/banks.yml").read_text(encoding="utf-8"))
    names = banks["banks_of_indonesia"]
    found = plan(address_lists={"banks": names}, pins=[{"name": "b", "uplink": "isp1", "dst_address_list": "banks"}])
    listed = [row.values["address"] for row in found.of(LISTS) if row.values["list"] == "banks"]
    assert sorted(names) == listed
    assert all(len(str(row.values["comment"])) < 160 for row in found.of(LISTS))


def test_the_management_port_is_known_by_its_number_or_as_the_default() -> None:
    taken = {**CCTV, "port": "8000-9000", "to_port": None}
    with pytest.raises(BranchError, match="ports without 8729"):
        plan(forwards=[taken])
    assert plan(forwards=[taken], api_port=10443)
    with pytest.raises(BranchError, match="ports without 8080"):
        plan(forwards=[CCTV], api_port=8080)


def test_a_role_that_is_not_told_the_management_port_leaves_it_to_the_preflight() -> None:
    raw = branch(2, forwards=[{**CCTV, "port": 8729}])
    arguments = {name.removeprefix("multiwan_"): value for name, value in raw.items()}
    assert extend_plan("pcc", arguments, name="jakarta", variable_names={"multiwan_api_port": 10443})
    with pytest.raises(BranchError, match="ports without 8729"):
        extend_plan("pcc", arguments, name="jakarta")
