# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VLANs of others that work because a bridge does not filter are told before it does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.plugins.looked_at import GOOD, Menus, holding, joined, look, plan_of

FLAT: Menus = {
    "/interface/bridge": [{"name": "bridge", "vlan-filtering": "false"}],
    "/interface/bridge/port": [{"interface": f"ether{n}", "bridge": "bridge"} for n in (3, 5)],
    "/interface/vlan": [{"name": "cctv", "interface": "bridge", "vlan-id": "40"}],
}
OFFICE = {"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}
CREW = {"name": "crew", "vlan": 20, "address": "192.168.20.1/24"}


def told(*menus: Menus, version: str = "7.22", segments: Any = (OFFICE, CREW)) -> list[tuple[str, str]]:
    bridge = {"name": "bridge", "trunks": ["ether5"]}
    plan = plan_of(version, multiwan_bridge=bridge, multiwan_segments=list(segments))
    seen = look(joined(GOOD, *menus), plan, version=version)
    return [(item.severity, item.words) for item in seen if item.check == "vlans"]


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_a_vlan_without_a_row_in_the_table_is_cut_off_by_filtering(version: str) -> None:
    ((severity, words),) = told(FLAT, version=version)
    assert severity == "error"
    assert "(cctv; VLAN 40 on bridge)" in words
    assert "multiwan_force: [vlans]" in words


def test_so_is_one_that_the_branch_names_as_an_interface() -> None:
    cctv = {"name": "kamera", "interface": "cctv", "address": "192.168.40.1/24"}
    ((_, words),) = told(FLAT, segments=(OFFICE, CREW, cctv))
    assert "(cctv, the segment kamera; VLAN 40 on bridge)" in words


@pytest.mark.parametrize(
    "more",
    [
        {"/interface/bridge/vlan": [{"bridge": "bridge", "vlan-ids": "40", "tagged": "bridge,ether5"}]},
        {"/interface/bridge/vlan": [{"bridge": "bridge", "vlan-ids": "30-49", "tagged": "bridge,ether3"}]},
    ],
)
def test_one_that_the_table_names_is_not(more: Menus) -> None:
    assert told(FLAT, more) == []


def test_a_vlan_on_a_port_of_its_own_and_a_plan_that_is_there_are_quiet() -> None:
    assert told(FLAT | {"/interface/vlan": [{"name": "cctv", "interface": "ether3", "vlan-id": "40"}]}) == []
    assert told(FLAT | {"/interface/vlan": []}) == []
    rows = plan_of(multiwan_bridge={"name": "bridge", "trunks": ["ether5"]}, multiwan_segments=[OFFICE, CREW])
    assert told({menu: held for menu, held in holding(rows).items() if menu != "/ip/address"}) == []
