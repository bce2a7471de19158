# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of ``print``. The texts were recorded from routers (ntc-templates, manual, posts), addresses changed."""

from __future__ import annotations

import pytest

from lab.doors.console.draw import Drawing, draw
from lab.doors.console.layouts import _file, layout
from lab.doors.console.shown import shown, size
from lab.schema.load import schema_for

ADDRESSES = [
    {".id": "*1", "address": "192.0.2.26/30", "network": "192.0.2.24", "interface": "vlan11", "comment": "INET Uplink"},
    {".id": "*2", "address": "100.64.247.75/32", "network": "100.64.1.248", "interface": "pppoe-out1"},
]
ADDRESSES[1]["dynamic"] = "true"
ROUTES = [
    {".id": "*1", "dst-address": "0.0.0.0/0", "gateway": "10.0.0.1", "routing-table": "main", "distance": "1"}
    | {"static": "true", "active": "true", "dynamic": "false"},
    {".id": "*80000001", "dst-address": "10.0.0.0/24", "gateway": "sfp1", "routing-table": "main", "distance": "0"}
    | {"connect": "true", "active": "true", "dynamic": "true"},
]


def test_a_table_of_version_7_names_the_flags_and_columns_that_it_shows() -> None:
    assert draw(Drawing("/ip/address"), ADDRESSES, {}) == "\n".join(
        [
            "Flags: D - DYNAMIC",
            "Columns: ADDRESS, NETWORK, INTERFACE",
            "#   ADDRESS           NETWORK       INTERFACE ",
            ";;; INET Uplink",
            "0   192.0.2.26/30     192.0.2.24    vlan11    ",
            "1 D 100.64.247.75/32  100.64.1.248  pppoe-out1",
        ]
    )


def test_without_flags_there_is_no_column_for_them() -> None:
    assert draw(Drawing("/ip/address"), ADDRESSES[:1], {}).splitlines()[:2] == [
        "Columns: ADDRESS, NETWORK, INTERFACE",
        "# ADDRESS        NETWORK     INTERFACE",
    ]


def test_the_routers_own_routes_have_no_number_in_version_7_and_numbers_stand_right() -> None:
    assert draw(Drawing("/ip/route"), ROUTES, {}) == "\n".join(
        [
            "Flags: D - DYNAMIC; A - ACTIVE; c - CONNECT, s - STATIC",
            "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE",
            "#     DST-ADDRESS  GATEWAY   ROUTING-TABLE  DISTANCE",
            "0  As 0.0.0.0/0    10.0.0.1  main                  1",
            "  DAc 10.0.0.0/24  sfp1      main                  0",
        ]
    )


def test_with_only_its_own_routes_there_is_no_column_of_numbers() -> None:
    assert draw(Drawing("/ip/route"), ROUTES[1:], {}).splitlines()[2:] == [
        "    DST-ADDRESS  GATEWAY  ROUTING-TABLE  DISTANCE",
        "DAc 10.0.0.0/24  sfp1     main                  0",
    ]


def test_terse_has_no_legend_and_no_quotes() -> None:
    assert draw(Drawing("/ip/route"), ROUTES[1:], {"terse": ""}) == (
        "DAc   dst-address=10.0.0.0/24 routing-table=main gateway=sfp1 distance=0 "
    )


def test_version_6_shows_every_flag_in_small_letters_and_the_comment_in_the_row() -> None:
    text = draw(Drawing("/ip/address", major=6), ADDRESSES, {})
    assert text.splitlines() == [
        "Flags: X - disabled, I - invalid, D - dynamic",
        " #   ADDRESS          NETWORK      INTERFACE ",
        " 0   ;;; INET Uplink",
        "     192.0.2.26/30    192.0.2.24   vlan11    ",
        " 1 D 100.64.247.75/32 100.64.1.248 pppoe-out1",
    ]


def test_detail_folds_below_the_first_word() -> None:
    rows = [
        {".id": "*1", "chain": "srcnat", "action": "masquerade", "out-interface-list": "WAN"}
        | {"log": "false", "log-prefix": "", "comment": "dmz-1: masquerade", "bytes": "12"},
        {".id": "*2", "chain": "srcnat", "action": "accept", "disabled": "true"},
    ]
    drawing = Drawing("/ip/firewall/nat", text=lambda name: name == "log-prefix", width=60)
    assert draw(drawing, rows, {}) == "\n".join(
        [
            "Flags: X - disabled, I - invalid; D - dynamic ",
            " 0    ;;; dmz-1: masquerade",
            "      chain=srcnat action=masquerade out-interface-list=WAN ",
            '      log=no log-prefix="" ',
            "",
            " 1 X  chain=srcnat action=accept ",
            "",
        ]
    )


def test_the_legend_of_routes_has_three_lines() -> None:
    lines = draw(Drawing("/ip/route"), ROUTES, {"detail": ""}).splitlines()
    assert lines[0] == "Flags: D - dynamic; X - disabled, I - inactive, A - active;"
    assert lines[2:4] == [
        "H - hw-offloaded; + - ecmp ",
        " 0  As   dst-address=0.0.0.0/0 routing-table=main gateway=10.0.0.1 distance=1 ",
    ]


def test_one_row_stands_with_its_names_to_the_right() -> None:
    row = {"uptime": "6w5d11h55m45s", "free-memory": "42152755", "cpu-load": "1", "architecture-name": "mipsbe"}
    assert draw(Drawing("/system/resource", singleton=True), [row], {}) == "\n".join(
        [
            "             uptime: 6w5d11h55m45s",
            "        free-memory: 40.2MiB",
            "           cpu-load: 1%",
            "  architecture-name: mipsbe",
        ]
    )


def test_stats_are_a_table_of_counters_in_groups_of_three() -> None:
    row = {".id": "*1", "chain": "forward", "action": "drop", "bytes": "47603", "packets": "1234567"}
    assert draw(Drawing("/ip/firewall/filter"), [row], {"stats": ""}).splitlines()[1:] == [
        "# CHAIN    ACTION   BYTES    PACKETS",
        "0 forward  drop    47 603  1 234 567",
    ]


def test_ids_may_stand_for_numbers_and_a_list_of_properties_chooses() -> None:
    options = {"show-ids": "", "proplist": "interface", "terse": ""}
    assert draw(Drawing("/ip/address"), ADDRESSES, options).splitlines() == [
        "*1     interface=vlan11 ",
        "*2  D  interface=pppoe-out1 ",
    ]


def test_an_empty_table_prints_nothing_and_an_empty_detail_its_legend() -> None:
    assert draw(Drawing("/ip/address"), [], {}) == ""
    assert draw(Drawing("/ip/address"), [], {"detail": ""}).rstrip("\n") == (
        "Flags: X - disabled, I - invalid; D - dynamic; S - slave "
    )


def test_values_of_all_rows_stand_side_by_side() -> None:
    text = draw(Drawing("/ip/address"), ADDRESSES, {"value-list": ""})
    assert text.splitlines()[0] == "    address: 192.0.2.26/30 100.64.247.75/32"


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("disabled", "true", "yes"),
        ("max-limit", "10000000/512000", "10M/512k"),
        ("max-limit", "0/0", "0/0"),
        ("orig-bytes", "47603", "47 603"),
        ("orig-rate", "1344", "1344bps"),
        ("distance", "1000", "1000"),
        ("address", "192.0.2.1/24", "192.0.2.1/24"),
    ],
)
def test_values_are_in_the_words_of_the_console(name: str, text: str, seen: str) -> None:
    assert shown(name, text) == seen


@pytest.mark.parametrize(
    ("count", "text"), [(19, "19"), (1224704, "1196.0KiB"), (3510272, "3428.0KiB"), (67108864, "64.0MiB")]
)
def test_the_next_unit_begins_at_4096(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize("menu", sorted(_file()))
@pytest.mark.parametrize("major", [6, 7])
def test_every_layout_can_be_read(menu: str, major: int) -> None:
    shape = layout(menu, major)
    letters = [flag.letter for column in shape.flags for flag in column]
    assert all(len(letter) == 1 for letter in letters)
    assert len(set(letters)) == len(letters)
    assert sum(shape.legend) in (0, len(shape.flags))


#: of hardware and services that no router of the lab has; recorded (ntc-templates)
ELSEWHERE = {"creation-time", "model", "revision", "firmware-type", "factory-firmware", "current-firmware"} | {
    "upgrade-firmware",
    "serial-number",
    "board-name",
}


def names(menu: str) -> set[str]:
    found: set[str] = set()
    for version in ("6.49", "7.9", "7.22", "7.24"):
        at = schema_for(version).get(menu)
        if at is not None:
            found |= {*at.arguments, *at.menu.readonly}
    return found


@pytest.mark.parametrize("menu", sorted(_file()))
def test_every_column_is_a_property_of_its_menu_and_every_name_of_some_menu(menu: str) -> None:
    shapes = layout(menu, 6), layout(menu, 7)
    own = names(menu)
    if own:
        assert {name for shape in shapes for name in (*shape.columns, *shape.stats)} - own - ELSEWHERE == set()
    everywhere = {name for path in schema_for("7.22").menus for name in names(path)} | own
    assert {name for shape in shapes for name in (*shape.order, *shape.without)} - everywhere - ELSEWHERE == set()
