# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The map of the report: every branch on it, none covered."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import fleet_page_map
from ansible_collections.multiwan.routeros.plugins.module_utils.fleet_page_map import WIDTH, Map, Place, drawn, position
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.sample import CITIES

LAND = json.loads(
    (Path(__file__).resolve().parents[3] / "plugins/plugin_utils/fleet_page_files/land.json").read_text("utf-8")
)
NOWHERE: dict[str, Any] = {name: {"box": [-180, -90, 180, 90], "rings": []} for name in ("region", "world")}
PLACES = st.builds(
    Place,
    key=st.uuids().map(str),
    label=st.text(max_size=20),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    loud=st.booleans(),
)


def cities(loud: int = 6) -> Map:
    places = [Place(name, name, north, east, number < loud) for number, (name, north, east) in enumerate(CITIES)]
    found = drawn(places, LAND)
    assert found is not None
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=12))
def test_every_branch_is_on_the_map_wherever_it_is(places: list[Place]) -> None:
    found = drawn(places, NOWHERE)
    assert found is not None
    assert [mark.key for mark in found.marks] == [place.key for place in places]
    for mark in found.marks:
        assert 0 <= mark.x <= WIDTH
        assert 0 <= mark.y <= found.height
    assert drawn(places, NOWHERE) == found


def test_marks_of_fifty_cities_do_not_cover_each_other() -> None:
    for one, other in itertools.combinations(cities().marks, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > 0.8 * (one.room + other.room), (one.key, other.key)


def test_marks_stay_near_their_branch_and_say_where_it_is_when_not() -> None:
    for mark in cities().marks:
        away = math.dist((mark.x, mark.y), mark.at)
        assert away < 60
        assert mark.moved == (away > 10)


def test_fifty_branches_in_one_place_are_fifty_marks() -> None:
    found = drawn([Place(str(n), "Toko", -6.2, 106.8, False) for n in range(50)], NOWHERE)
    assert found is not None
    assert len({(mark.x, mark.y) for mark in found.marks}) == 50


def test_names_of_what_asks_for_attention_stand_beside_it_and_not_on_each_other() -> None:
    found = cities()
    named = [mark for mark in found.marks if mark.side]
    assert len(named) >= 5
    assert all(mark.loud for mark in named)
    boxes = [dict(fleet_page_map._boxes(mark))[mark.side] for mark in named]
    assert not any(fleet_page_map._meet(one, other) for one, other in itertools.combinations(boxes, 2))


def test_indonesia_is_drawn_finely_and_the_rest_of_the_world_at_all() -> None:
    fine, coarse = (
        cities(),
        drawn([Place("n", "Nairobi", -1.3, 36.8, False), Place("o", "Oslo", 59.9, 10.8, True)], LAND),
    )
    assert coarse is not None
    assert fine.land.count("M") > 150
    assert coarse.land.count("M") >= 3
    assert len(fine.land) < 40_000
    assert len(coarse.land) < 40_000


def test_the_land_says_where_it_comes_from() -> None:
    assert "Natural Earth" in LAND["source"]
    assert "public domain" in LAND["source"]


@pytest.mark.parametrize(
    "place",
    [
        None,
        "Jakarta",
        {},
        {"latitude": 1},
        {"latitude": "1", "longitude": 2},
        {"latitude": 91, "longitude": 0},
        {"latitude": float("nan"), "longitude": 0},
        {"latitude": True, "longitude": 0},
    ],
)
def test_what_is_no_place_is_none(place: Any) -> None:
    assert position(place) is None
