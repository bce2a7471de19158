# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pretended company: the same number always gives the same branch, and every branch is one that could be."""

from __future__ import annotations

import ipaddress

import pytest

from lab.world.fleet_branch import SICK, branches, spread


def test_names_are_unique_and_a_larger_fleet_begins_like_a_smaller_one() -> None:
    many = branches(300)
    assert len({branch.name for branch in many}) == 300
    assert branches(50) == many[:50]


def test_branches_stand_in_indonesia_and_no_two_at_one_place() -> None:
    places = [(branch.latitude, branch.longitude) for branch in branches(300)]
    assert all(-11 <= latitude <= 6.1 and 95 <= longitude <= 141.1 for latitude, longitude in places)
    assert len(set(places)) == 300


def test_gateways_are_in_the_lines_networks_and_anchors_are_used_once() -> None:
    for branch in branches(50):
        lines = branch.variables()["multiwan_uplinks"]
        for line in lines:
            network = ipaddress.ip_interface(line["address"]).network
            assert ipaddress.ip_address(line["gateway"]) in network
        anchors = [anchor for line in lines for anchor in line["anchors"]]
        assert len(anchors) == len(set(anchors))


def test_bad_variables_have_two_kinds_of_mistakes() -> None:
    well, sick = branches(1)[0].variables(), branches(1, sick={"jakarta": "bad_vars"})[0].variables()
    gateway = ipaddress.ip_address(sick["multiwan_uplinks"][0]["gateway"])
    assert gateway not in ipaddress.ip_interface(sick["multiwan_uplinks"][0]["address"]).network
    assert sick["multiwan_uplinks"][1]["anchors"] == well["multiwan_uplinks"][0]["anchors"]


def test_the_first_half_of_a_fleet_stays_well() -> None:
    names = [branch.name for branch in branches(50)]
    chosen = spread(names, dict.fromkeys(SICK, 1))
    assert sorted(chosen.values()) == sorted(SICK)
    assert not set(chosen) & set(names[:25])


def test_too_many_sick_branches_and_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        spread(["a", "b"], {"unreachable": 2})
    with pytest.raises(ValueError, match="atlantis"):
        branches(3, sick={"atlantis": "unreachable"})
