# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of a fleet says: words in both languages, figures, and what needs attention first."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import fleet_page, fleet_page_findings, fleet_page_text
from ansible_collections.multiwan.routeros.plugins.module_utils.fleet_page_findings import KINDS, findings
from ansible_collections.multiwan.routeros.plugins.module_utils.fleet_page_text import Text
from ansible_collections.multiwan.routeros.plugins.module_utils.fleet_page_words import WORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.sample import sample

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
NO_LAND: dict[str, Any] = {name: {"box": [-180, -90, 180, 90], "rings": []} for name in ("region", "world")}
FLEET = sample()
NOW = fleet_page_text.instant("2026-11-22T07:00:00Z")


def page(**changes: Any) -> fleet_page.Page:
    return fleet_page.page({**FLEET, **changes}, NO_LAND)


def branch(**changes: Any) -> dict[str, Any]:
    healthy = next(item for item in FLEET["branches"] if item["name"] == "jakarta")
    return {**healthy, **changes}


def uplink(**changes: Any) -> dict[str, Any]:
    return {**branch()["uplinks"][0], **changes}


# --- words


def fields(words: str) -> set[str]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_each_text_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    indonesian, english = WORDS[key]
    assert indonesian.strip()
    assert english.strip()
    assert fields(indonesian) == fields(english)


def test_each_text_is_used_and_each_that_is_used_is_there() -> None:
    files = [*PLUGINS.glob("module_utils/fleet_page*.py"), *PLUGINS.glob("plugin_utils/fleet_page_files/*.j2")]
    source = "".join(path.read_text(encoding="utf-8") for path in files if path.name != "fleet_page_words.py")
    said = set(re.findall(r"""say\(\s*f?["']([a-z_]+)["']""", source))
    begun = set(re.findall(r"""say\(\s*f?["']([a-z]+_)(?:\{|["'] ~)""", source))
    begun |= set(re.findall(r"""say\(["']([a-z]+_)["'] ~""", source))
    assert said - begun <= set(WORDS)
    # keys that a list names, and those that are put together from a beginning
    loose = set(re.findall(r"""["']([a-z_]+)["']""", source))
    unused = {key for key in WORDS if key not in loose and not any(key.startswith(part) for part in begun)}
    assert not unused


# --- figures


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (fleet_page_text.size(999), "999 B", "999 B"),
        (fleet_page_text.size(1_234), "1,23 kB", "1.23 kB"),
        (fleet_page_text.size(999_999), "1 MB", "1 MB"),
        (fleet_page_text.size(45_600_000_000), "45,6 GB", "45.6 GB"),
        (fleet_page_text.speed(7_900_000), "7,9 Mbit/s", "7.9 Mbit/s"),
        (fleet_page_text.of_limit(7_940_000, 10_000_000), "7,9 / 10 Mbit/s", "7.9 / 10 Mbit/s"),
        (fleet_page_text.of_limit(20_000, 12_500_000), "<0,1 / 12,5 Mbit/s", "<0.1 / 12.5 Mbit/s"),
        (fleet_page_text.of_limit(0, 512_000), "0 / 512 kbit/s", "0 / 512 kbit/s"),
        (fleet_page_text.percent(0.004), "<1%", "<1%"),
        (fleet_page_text.percent(0), "0%", "0%"),
        (fleet_page_text.count(1234567), "1.234.567", "1,234,567"),
        (fleet_page_text.length(59), "kurang dari semenit", "less than a minute"),
        (fleet_page_text.length(3 * 3600 + 120), "3 jam 2 menit", "3 h 2 min"),
        (fleet_page_text.length(90_000), "1 hari 1 jam", "1 d 1 h"),
    ],
)
def test_figures_are_written_as_each_language_does(value: Text, indonesian: str, english: str) -> None:
    assert (value.id, value.en) == (indonesian, english)


@settings(max_examples=40, deadline=None)
@given(st.datetimes(timezones=st.timezones()).filter(lambda at: 1971 < at.year < 9000))
def test_a_time_is_the_same_instant_however_it_is_written(at: Any) -> None:
    at = at.replace(microsecond=0)
    whole_minutes = at.utcoffset().total_seconds() % 60 == 0
    if not whole_minutes:
        return
    assert fleet_page_text.instant(at.isoformat()) == int(at.timestamp())
    shown = fleet_page_text.moment(at.isoformat())
    assert shown is not None
    assert fleet_page_text.instant(shown.iso) == int(at.timestamp())


@pytest.mark.parametrize("words", ["nov/22 06:13:01", "2026-13-01T00:00:00Z", "2026-11-22T07:00:00", "00:13:01"])
def test_what_is_no_time_with_a_zone_is_shown_as_it_was_said(words: str) -> None:
    shown = fleet_page_text.moment(words)
    assert shown is not None
    assert (shown.iso, shown.shown.id) == ("", words)


@given(st.text())
def test_what_a_router_said_becomes_one_line_without_marks_that_turn_text_around(said: str) -> None:
    shown = fleet_page_text.clean(said)
    assert len(shown) <= fleet_page_text.LONGEST
    assert not re.search("[\x00-\x1f\u2028-\u202e\u2066-\u2069]", shown)
    shown.encode("utf-8")


# --- what needs attention


def test_the_most_urgent_come_first_and_the_well_ones_last() -> None:
    ranks = [item.rank for item in page().branches]
    assert ranks == sorted(ranks)
    assert {item.kind for item in page().branches[:9]} >= {"unread", "dead", "rogue", "drift", "certificate"}
    assert page().branches[-1].kind == "well"


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"ok": False, "reason": "unreachable", "error": "no answer"}, "unread", "The router can't be reached"),
        ({"ok": False, "reason": "login"}, "unread", "The router refuses the login"),
        ({"ok": False, "reason": "something new"}, "unread", "The router could not be read"),
        ({"drift": [{"menu": "/ip/route", "tag": "t", "words": "w"}]}, "drift", "1 row differs from the plan"),
        ({"certificates": [{"name": "c", "until": "2026-12-22", "days": 30}]}, "certificate", "c ends in 30 days"),
        ({"certificates": [{"name": "c", "until": "2026-11-20", "days": -1}]}, "certificate", "c has run out"),
        (
            {"rogues": [{"segment": "guests", "interface": "vlan20", "mac": "DC:2C:6E:81:CF:34", "address": ""}] * 2},
            "rogue",
            "Rogue DHCP server DC:2C:6E:81:CF:34 in guests and 1 more",
        ),
        ({"uplinks": [uplink(alive=False, label="Modem 9", since=None)]}, "dead", "Modem 9 is dead"),
        (
            {"uplinks": [uplink(alive=False, label="A"), uplink(alive=False, label="B")]},
            "dead",
            "All lines are dead: A, B",
        ),
        (
            {"uplinks": [uplink(metered=True, in_use=True, label="4G")]},
            "metered",
            "4G, which is metered, is in use",
        ),
    ],
)
def test_each_trouble_is_told(changes: dict[str, Any], kind: str, words: str) -> None:
    (found,) = findings(branch(**changes), NOW)
    assert (found.kind, found.what.en.endswith(words)) == (kind, True)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"certificates": [{"name": "c", "until": "2026-12-23", "days": 31}]},
        {"uplinks": [uplink(alive=None, in_use=None)]},
        {"uplinks": [uplink(metered=True, in_use=False)]},
    ],
)
def test_what_is_no_trouble_is_not_told(changes: dict[str, Any]) -> None:
    assert findings(branch(**changes), NOW) == ()


def test_how_long_a_line_is_dead_is_counted_to_when_the_report_was_made() -> None:
    (found,) = findings(branch(uplinks=[uplink(alive=False, since="2026-11-22T05:30:00Z")]), NOW)
    assert found.lasts == fleet_page_text.length(5400)


def test_tiles_and_headline_count_branches() -> None:
    shown = page()
    by_kind = {tile.kind: tile.number for tile in shown.tiles}
    assert list(by_kind) == list(KINDS)
    assert (by_kind["rogue"], by_kind["drift"]) == (1, 1)
    needy = sum(item.loud for item in shown.branches)
    assert shown.headline.en == f"{needy} of 50 branches need attention"
    assert len(shown.needy) + len(shown.more) == needy


def test_a_fleet_without_trouble_and_one_without_branches_are_told_as_such() -> None:
    well = [item for item in FLEET["branches"] if not findings(item, NOW)]
    assert page(branches=well).headline.en == f"All {len(well)} branches are well"
    assert page(branches=[]).headline.en == "There is no branch in this report"
    assert page(branches=[]).map is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=6))
def test_each_branch_has_a_key_of_its_own_that_a_link_can_hold(names: list[str]) -> None:
    shown = page(branches=[branch(name=name) for name in names])
    keys = [item.key for item in shown.branches]
    assert len(set(keys)) == len(names)
    assert all(re.fullmatch(r"b-[a-z0-9-]+", key) for key in keys)


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 1"):
        page(format=2)


def test_a_speed_beyond_its_limit_fills_the_bar_and_no_more() -> None:
    shown = page(branches=[branch(uplinks=[uplink(download_bps=30_000_000, download_limit_bps=10_000_000)])])
    (line,) = shown.branches[0].lines
    assert (line.down.part, line.down.full, line.down.words.en) == (1.0, True, "30 / 10 Mbit/s")


@pytest.mark.parametrize("value", [None, True, -1, float("nan"), float("inf"), "12"])
def test_what_is_no_figure_is_not_drawn(value: Any) -> None:
    shown = page(branches=[branch(uplinks=[uplink(download_bps=value, upload_bps=value, bytes_share=value)])])
    (line,) = shown.branches[0].lines
    assert (line.down.part, line.bytes_bar.part, line.load) == (None, None, -1.0)


def test_certificates_are_spoken_of_soon_enough_to_be_renewed() -> None:
    assert fleet_page_findings.CERTIFICATE_DAYS >= 14


def test_a_branch_is_shown_under_the_largest_group_that_is_not_the_whole_fleet() -> None:
    told = {"a": ["all_of_it", "java", "shops"], "b": ["all_of_it", "java"], "c": ["all_of_it", "bali"]}
    shown = page(branches=[branch(name=name, label=name, groups=groups) for name, groups in told.items()])
    assert {item.name: item.group for item in shown.branches} == {"a": "java", "b": "java", "c": "bali"}
    assert shown.groups == ("bali", "java", "shops")
    assert [(share.name.en, share.well, share.all) for share in shown.shares] == [("bali", 1, 1), ("java", 2, 2)]
    assert page(branches=[branch(groups=[])]).branches[0].group == ""
