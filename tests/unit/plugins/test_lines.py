# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of every kind: what holds of their rows, whichever they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import unwritable
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch, branches, uplink

VERSIONS = ("6.49", "7.9", "7.16", "7.18", "7.22", "7.24")
SECRET = "the-secret-of-the-line"
KINDS: dict[str, dict[str, Any]] = {
    "static": {"address": "100.64.9.2/24", "gateway": "100.64.9.1"},
    "static onlink": {"address": "100.64.9.2/29", "gateway": "100.64.77.1", "onlink": True},
    "static /31": {"address": "100.64.9.2/31", "gateway": "100.64.9.3"},
    "static /32": {"address": "100.64.9.2/32", "gateway": "100.64.77.1"},
    "dhcp": {"type": "dhcp"},
    "pppoe": {"type": "pppoe", "username": "branch", "password": SECRET},
    "lte": {"type": "lte", "metered": False},
}


def line(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    whole = uplink(number)
    return {**{key: whole[key] for key in ("name", "interface", "anchors")}, **KINDS[kind], **more}


def rows_of(*lines: dict[str, Any], version: str = "7.22", **more: Any) -> tuple[Row, ...]:
    raw = {**branch(**more), "multiwan_uplinks": list(lines), "multiwan_routeros_version": version}
    return assemble(raw, name="jakarta").rows


def one(rows: tuple[Row, ...], menu: str, tag: str = "") -> Row:
    (row,) = (row for row in rows if row.menu == menu and row.tag.startswith("multiwan:wan:") and row.tag.endswith(tag))
    return row


@st.composite
def mixed(draw: st.DrawFn) -> dict[str, Any]:
    """Any branch, with lines of any kind, some of them on VLANs."""
    raw = draw(branches())
    for number, old in enumerate(raw["multiwan_uplinks"], start=1):
        kind = draw(st.sampled_from(("static", "dhcp", "pppoe", "lte")))
        if kind == "static":
            continue
        for key in ("address", "gateway"):
            del old[key]
        old.update(KINDS[kind], metered=old["metered"])
        if kind == "pppoe":
            old["username"] = f"branch{number}"
        if kind != "lte" and draw(st.booleans()):
            old.update(vlan=draw(st.integers(1, 4094)))
    raw["multiwan_routeros_version"] = draw(st.sampled_from(VERSIONS))
    return raw


@settings(max_examples=60, deadline=None)
@given(mixed())
def test_any_mixture_can_be_written_and_shows_no_password(raw: dict[str, Any]) -> None:
    plan = assemble(raw, name="branch")
    assert unwritable(plan.rows, parse_version(raw["multiwan_routeros_version"])) == []
    assert SECRET not in json.dumps(plan.to_json())
    assert SECRET not in repr(parse_branch(raw, name="branch"))
    for row in plan.rows:
        assert "None" not in str(row.values.get("gateway", "")), row.tag


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["dhcp", "pppoe", "lte"])
def test_no_client_sets_a_default_route_in_main(kind: str, version: str) -> None:
    """It would lead past every gate."""
    menus = {"dhcp": "/ip/dhcp-client", "pppoe": "/interface/pppoe-client", "lte": "/interface/lte/apn"}
    values = one(rows_of(line(kind), version=version), menus[kind]).values
    if kind == "dhcp" and parse_version(version) >= parse_version("7.18"):
        assert values["default-route-tables"] == "mw-isp1:2"
    else:
        assert values["add-default-route"] == "no"
    assert values["use-peer-dns"] == "no", "the router's names go over a live line"


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_whose_address_may_change_masquerades_and_no_other(kind: str) -> None:
    values = one(rows_of(line(kind)), "/ip/firewall/nat").values
    known = kind.startswith("static")
    assert (values["action"], values.get("to-addresses")) == (
        ("src-nat", "100.64.9.2") if known else ("masquerade", None)
    )


@pytest.mark.parametrize(
    ("kind", "gateway"),
    [
        ("static", "100.64.9.1%ether1"),
        ("static onlink", "100.64.77.1%ether1"),
        ("static /31", "100.64.9.3%ether1"),
        ("static /32", "100.64.77.1%ether1"),
        ("dhcp", "ether1"),
        ("pppoe", "pppoe-isp1"),
        ("lte", "ether1"),
    ],
)
def test_every_route_of_a_line_leaves_the_same_way(kind: str, gateway: str) -> None:
    rows = rows_of(line(kind), line("static", 2, address="172.16.2.2/24", gateway="172.16.2.1"))
    leaving = [row for row in rows if row.menu == "/ip/route" and row.tag.split(":")[2] == "isp1"]
    parts = ("default", "last-resort", "anchor1", "anchor2")
    out = [row for row in leaving if row.tag.rpartition(":")[2] in parts and "gate" not in row.tag]
    out = [row for row in out if row.tag != "multiwan:failover:isp1:default"]
    assert len(out) == 4
    assert {row.values["gateway"] for row in out} == {gateway}
    waits = kind == "dhcp"
    assert {row.values.get("disabled") for row in out} == {"yes" if waits else None}
    assert {row.runtime for row in out} == {("gateway", "disabled") if waits else ()}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_ends_of_a_31_are_written_as_a_point_to_point_line(version: str) -> None:
    values = one(rows_of(line("static /31"), version=version), "/ip/address").values
    assert (values["address"], values["network"]) == ("100.64.9.2/32", "100.64.9.3")


def test_a_vlan_is_made_and_carries_whatever_the_line_is() -> None:
    rows = rows_of(line("pppoe", vlan=35), line("dhcp", 2, interface="ether1", vlan=36), line("static", 3))
    vlans = {
        row.values["name"]: (row.values["interface"], row.values["vlan-id"]) for row in rows if "vlan-id" in row.values
    }
    assert vlans == {"ether1-vlan35": ("ether1", "35"), "ether1-vlan36": ("ether1", "36")}
    assert one(rows, "/interface/pppoe-client").values["interface"] == "ether1-vlan35"
    assert one(rows, "/ip/dhcp-client").values["interface"] == "ether1-vlan36"
    members = [row.values["interface"] for row in rows if row.values.get("list") == "mw-wan"]
    assert members == ["pppoe-isp1", "ether1-vlan36", "ether3"]


@pytest.mark.parametrize(("version", "own"), [("6.49", None), ("7.9", "no"), ("7.22", "no")])
def test_an_apn_that_is_named_is_the_one_that_is_used(version: str, own: str | None) -> None:
    values = one(rows_of(line("lte", apn="data.example"), version=version), "/interface/lte/apn").values
    assert (values["apn"], values.get("use-network-apn")) == ("data.example", own)
    assert "apn" not in one(rows_of(line("lte"), version=version), "/interface/lte/apn").values


def test_a_modem_is_metered_unless_it_says_otherwise() -> None:
    spare = {key: value for key, value in line("lte", 2).items() if key != "metered"}
    lines = parse_branch({**branch(), "multiwan_uplinks": [uplink(1), spare]}, name="x").uplinks
    assert [(one.metered, one.probe.interval_s) for one in lines] == [(False, 1), (True, 10)]


def test_the_script_of_leases_is_there_only_for_lines_with_a_lease() -> None:
    assert not any("mw-lease" in str(row.values) for row in rows_of(line("static"), line("pppoe", 2)))
    rows = rows_of(line("dhcp"), line("pppoe", 2))
    names = [row.values["name"] for row in rows if row.tag == "multiwan:wan:lease"]
    assert names == ["mw-lease", "mw-lease"]
    assert {row.values["policy"] for row in rows if row.tag == "multiwan:wan:lease"} == {"read,write"}


def test_sixteen_lines_of_every_kind() -> None:
    kinds = ["dhcp", "pppoe", "lte"] * 5 + ["static"]
    lines = [line(kind, number) for number, kind in enumerate(kinds, start=1)]
    rows = rows_of(*lines)
    assert len({(row.menu, row.tag) for row in rows}) == len(rows)
    placeholders = [row.values["address"] for row in rows if row.tag.endswith(":bypass") and row.runtime]
    assert len(set(placeholders)) == 5, "a list takes an address once"
    with pytest.raises(BranchError, match="17 uplinks"):
        rows_of(*lines, line("dhcp", 17))
