# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.world.manage import Way, way_from
from lab.world.topology import ADMIN_ADDRESS, OFFICE_ADDRESS, Topology, TopologyError, parse_uplinks

THREE = Topology(parse_uplinks("10M,10M,10M"), clients=200)


@pytest.mark.parametrize(
    ("place", "way"),
    [
        ("lan", Way("client", "192.168.10.5", "192.168.10.1")),
        ("isp1", Way("inet", "198.51.100.200", "203.0.113.1")),
        ("isp3", Way("inet", "198.51.100.200", "203.0.113.3")),
    ],
)
def test_a_controller_connects_as_it_would_in_life(place: str, way: Way) -> None:
    assert way_from(THREE, place) == way


def test_the_controllers_addresses_are_nobody_elses() -> None:
    assert ADMIN_ADDRESS not in THREE.client_addresses
    assert OFFICE_ADDRESS not in THREE.server_addresses


@pytest.mark.parametrize("place", ["isp4", "guest", "", "LAN"])
def test_a_place_that_is_not_there_is_refused_by_name(place: str) -> None:
    with pytest.raises(TopologyError, match=rf"from '{place}': lan, isp1, isp2, isp3 are possible"):
        way_from(THREE, place)
