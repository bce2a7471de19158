# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of fifty branches, opened, looked at, clicked and typed into."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils.fleet_page_html import html

from tests.report.chromium import Chromium, Tab, tab
from tests.report.conftest import KEPT
from tests.report.sample import sample

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
#: The branches of the sample that a reader has to find.
DEAD, DRIFTED, ROGUE = "b-semarang", "b-balikpapan", "b-kupang"

#: Rules of axe-core whose result depends on colours.
COLOURS = ("color-contrast", "link-in-text-block")

#: The browser has drawn what was asked for.
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
SHOWN = "[...document.querySelectorAll('.fleet tbody')].filter(b => !b.hidden).map(b => b.dataset.branch)"
OPEN = "document.querySelector('#dialog').open ? document.querySelector('#dialog article').id : null"
ACTIVE = "document.activeElement.getAttribute('href') || document.activeElement.id || document.activeElement.tagName"


@pytest.fixture
def page(browser: Chromium, report: Path) -> Iterator[Tab]:
    with tab(browser) as opened:
        opened.open(report)
        yield opened
        assert opened.requests() == []
        assert opened.complaints() == []


def until(true: Callable[[], object], wait_s: float = 30) -> None:
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_axe_finds_nothing_in_light_and_dark(browser: Chromium, small_report: Path, axe: str, screen: str) -> None:
    """Of any weight: what a person stumbles over a little is no reason to leave it in."""
    width, height = SCREENS[screen]
    found = {}
    with tab(browser, width=width, height=height) as opened:
        opened.open(small_report)
        opened.add(axe)
        for part, where in (("page", "document"), ("details", "'#dialog'")):
            if part == "details":
                opened.run("[...document.querySelectorAll('.needy a')].find(a => a.textContent === 'Semarang').click()")
                assert opened.run(OPEN) == DEAD
            for colours in ("light", "dark"):
                opened.dark(colours == "dark")
                found[part, colours] = violations(opened, where, COLOURS if colours == "dark" else ())
    assert found == {(part, colours): [] for part in ("page", "details") for colours in ("light", "dark")}


def violations(opened: Tab, where: str = "document", rules: tuple[str, ...] = ()) -> list[Any]:
    only = json.dumps({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {})
    found = opened.run(
        f"axe.run({where}, {{resultTypes: ['violations'], ...{only}}}).then(r => JSON.stringify(r.violations.map("
        "v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)])))"
    )
    return list(json.loads(found))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("screen", list(SCREENS))
def test_screenshots_are_kept(browser: Chromium, report: Path, screen: str, dark: bool) -> None:
    width, height = SCREENS[screen]
    with tab(browser, width=width, height=height, dark=dark) as opened:
        opened.open(report)
        name = f"{screen}-{'dark' if dark else 'light'}"
        opened.screenshot(KEPT / f"{name}.png")
        opened.run(f"document.querySelector('.needy a[href=\"#{DEAD}\"]').click()")
        assert opened.run(OPEN) == DEAD
        opened.screenshot(KEPT / f"{name}-details.png")


@pytest.mark.parametrize("screen", list(SCREENS))
def test_nothing_is_wider_than_the_screen(browser: Chromium, report: Path, screen: str) -> None:
    width, height = SCREENS[screen]
    with tab(browser, width=width, height=height) as opened:
        opened.open(report, f"#{DEAD}")
        assert opened.run("document.documentElement.scrollWidth") == width
        assert opened.run("document.querySelector('#dialog').scrollWidth") <= width


def test_what_needs_attention_is_on_the_first_screen(page: Tab) -> None:
    """Listed with its sign and words, and marked and named on the map, without scrolling."""
    unseen = page.run(
        "(keys => keys.flatMap(k => [`.needy a[href='#${k}']`, `.mark[data-branch=${k}]`,"
        " `.mark[data-branch=${k}] + .name`]).filter(s => {"
        " const b = document.querySelector(s).getBoundingClientRect();"
        f" return !(b.width > 0 && b.top >= 0 && b.bottom <= innerHeight); }}))({json.dumps([DEAD, DRIFTED, ROGUE])})"
    )
    assert unseen == []


def test_marks_that_ask_for_attention_are_covered_by_nothing(page: Tab) -> None:
    covered = page.run(
        "[...document.querySelectorAll('.mark:not(.k-well)')].filter(m => { const b = m.getBoundingClientRect();"
        " return !m.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }).map(m => m.id)"
    )
    assert covered == []


def test_a_tile_shows_only_its_branches_and_lets_them_all_come_back(page: Tab) -> None:
    page.click("button[data-kind=rogue]")
    assert page.run(SHOWN) == [ROGUE]
    assert page.run("document.querySelector('#shown').textContent") == "1 dari 50 cabang ditampilkan"
    assert page.run("document.querySelector('button[data-kind=rogue]').ariaPressed") == "true"
    assert page.run("document.querySelectorAll('.mark.off').length") == 47
    listed = "[...document.querySelectorAll('.needy li[data-branch]')].filter(i => i.offsetHeight).length"
    assert page.run(listed) == 1
    page.click("button[data-kind=drift]")
    assert page.run(SHOWN) == [ROGUE, DRIFTED]
    page.click("#reset")
    assert len(page.run(SHOWN)) == 50


def test_search_looks_into_the_details_too(page: Tab) -> None:
    for words, found in (("SEMARANG", [DEAD]), ("81:cf:34", [ROGUE]), ("passthrough", [DRIFTED]), ("nowhere", [])):
        page.run("document.querySelector('#search').value = ''")
        page.click("#search")
        page.type(words)
        assert page.run(SHOWN) == found
        assert page.run("document.querySelector('#none').hidden") == bool(found)


def test_a_group_is_a_filter(page: Tab) -> None:
    page.click(".groups button:nth-child(2)")
    shown = page.run("[...document.querySelectorAll('.fleet tbody')].filter(b => !b.hidden).map(b => b.dataset.groups)")
    assert 0 < len(shown) < 50
    assert {groups.strip() for groups in shown} == {"1"}


def test_columns_are_sorted_both_ways(page: Tab) -> None:
    for key, order in (("name", str.casefold), ("load", float), ("drift", float), ("days", float), ("state", float)):
        ways = []
        for _press in range(2):
            page.click(f"button[data-sort={key}]")
            values = page.run(f"[...document.querySelectorAll('.fleet tbody')].map(b => b.dataset.{key})")
            way = page.run(f"document.querySelector('th.c-{key}').ariaSort")
            assert values == sorted(values, key=order, reverse=way == "descending")
            ways.append(way)
        assert sorted(ways) == ["ascending", "descending"]


def test_a_click_on_a_row_opens_its_details_and_escape_closes_them(page: Tab) -> None:
    page.click(f"tbody[data-branch={DRIFTED}] .c-load")
    assert page.run(OPEN) == DRIFTED
    assert page.run("location.hash") == f"#{DRIFTED}"
    assert "passthrough is 'yes', should be 'no'" in page.run("document.querySelector('#dialog').textContent")
    page.key("Escape")
    assert page.run(OPEN) is None
    # what the browser does at the end of a dialog, it does a moment later
    until(lambda: page.run("location.hash") == "")
    until(lambda: page.run(ACTIVE) == f"#{DRIFTED}")
    assert page.run("document.querySelectorAll('#details article').length") == 50


def test_next_and_previous_stay_within_what_is_shown(page: Tab) -> None:
    page.click("button[data-kind=dead]")
    first, second = page.run(SHOWN)
    page.click(f"tbody[data-branch={first}] .c-name a")
    seen = []
    for step in ("1", "1", "-1"):
        page.click(f"[data-go='{step}']")
        seen.append(page.run(OPEN))
    assert seen == [second, first, second]


def test_a_link_into_the_page_opens_the_branch(browser: Chromium, report: Path) -> None:
    with tab(browser) as opened:
        opened.open(report, f"#{ROGUE}")
        assert opened.run(f"{SETTLED}.then(() => {OPEN})") == ROGUE
        assert opened.run("document.querySelector('#dialog').scrollTop") == 0
        assert "DC:2C:6E:81:CF:34" in opened.run("document.querySelector('#dialog').innerText")


def test_the_keyboard_alone_reaches_a_branch_by_list_and_by_map(page: Tab) -> None:
    reached = []
    for _press in range(40):
        page.key("Tab")
        reached.append(page.run(ACTIVE))
    assert reached[0] == "#all"
    assert f"#{DEAD}" in reached
    # The map is one stop, and arrows lead to every branch on it.
    on_map = page.run("[...document.querySelectorAll('.mark')].filter(m => m.tabIndex === 0).length")
    assert on_map == 1
    page.run("document.querySelector('.mark[tabindex=\"0\"]').focus()")
    began = page.run(ACTIVE)
    page.key("ArrowRight")
    moved = page.run(ACTIVE)
    assert moved != began
    page.key("Enter", text="\r")
    assert page.run(OPEN) == moved[1:]
    page.key("Escape")
    until(lambda: page.run(ACTIVE) == moved)


def test_both_languages_are_complete_and_come_back_unchanged(page: Tab) -> None:
    text = "document.body.innerText.replace(/\\s+/g, ' ')"
    indonesian = page.run(text)
    page.click("input[value=en]")
    english = page.run(text)
    assert page.run("document.documentElement.lang") == "en"
    assert "9 of 50 branches need attention" in english
    assert "Rogue DHCP server DC:2C:6E:81:CF:34" in english
    for word in (" cabang ", " sejak ", " jalur ", " mati ", " hidup ", " hari "):
        assert word in indonesian
        assert word not in english
    assert page.run("document.querySelector('#search').placeholder").startswith("Search")
    page.click("input[value=id]")
    assert page.run(text) == indonesian


def test_the_switch_of_colours_wins_over_the_browser(browser: Chromium, report: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    with tab(browser, dark=True) as opened:
        opened.open(report)
        dark = opened.run(paper)
        opened.click("input[value=light]")
        light = opened.run(paper)
        opened.dark(False)
        opened.click("input[value=auto]")
        assert opened.run(paper) == light != dark
        opened.click("input[value=dark]")
        assert opened.run(paper) == dark


def test_a_hostile_text_is_shown_as_text(browser: Chromium, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=\"document.title='taken'\"><b>x</b>"
    data = sample(12)
    for branch in data["branches"]:
        branch |= {"label": evil, "notes": [evil], "groups": [evil]}
        for line in branch["uplinks"]:
            line["label"] = evil
    path = tmp_path / "evil.html"
    path.write_text(html(data), encoding="utf-8")
    with tab(browser) as opened:
        opened.open(path)
        opened.click("input[value=en]")
        opened.click(".fleet tbody a")
        assert evil in opened.run("document.querySelector('#dialog h3').textContent")
        assert opened.run("document.images.length + document.querySelectorAll('b').length") == 0
        assert opened.run("document.title") == "Contoh armada"
        assert opened.requests() == []
        assert opened.complaints() == []


def test_without_coordinates_there_is_a_grid_by_group(browser: Chromium, tmp_path: Path, axe: str) -> None:
    data = sample()
    for branch in data["branches"]:
        branch["place"] = None
    path = tmp_path / "placeless.html"
    path.write_text(html(data), encoding="utf-8")
    with tab(browser) as opened:
        opened.open(path)
        assert opened.run("document.querySelectorAll('.map').length") == 0
        assert opened.run("document.querySelectorAll('.cell').length") == 50
        assert opened.run("[...document.querySelectorAll('.group h3')].map(h => h.textContent)") == [
            "central",
            "east",
            "west",
        ]
        opened.add(axe)
        assert violations(opened, "'.grid'") == []
        opened.screenshot(KEPT / "desktop-grid.png")


def test_without_a_script_everything_is_there_to_be_read(browser: Chromium, report: Path) -> None:
    with tab(browser) as opened:
        opened.without_scripts()
        opened.open(report)
        seen = "s => [...document.querySelectorAll(s)].filter(e => e.offsetHeight > 0).length"
        counts = {what: opened.run(f"({seen})('{what}')") for what in (".detail", ".fleet tbody", ".needs-js", ".mark")}
        assert counts == {".detail": 50, ".fleet tbody": 50, ".needs-js": 0, ".mark": 48}
        opened.screenshot(KEPT / "desktop-without-script.png")


def test_it_is_printed_in_the_light_with_the_details_of_what_needs_attention(browser: Chromium, report: Path) -> None:
    with tab(browser, dark=True) as opened:
        opened.open(report)
        opened.media("print")
        assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        details = "[...document.querySelectorAll('.detail')].filter(d => d.offsetHeight > 0).length"
        assert opened.run(details) == 9
        assert (
            opened.run(
                "document.querySelector('.switches').offsetHeight + document.querySelector('.tools').offsetHeight"
            )
            == 0
        )
        opened.size(703, 994)  # what is left of A4
        assert opened.run("document.documentElement.scrollWidth") == 703
        pages = opened.pdf(KEPT / "report.pdf")
        assert 2 <= pages <= 14


def test_what_opening_costs_is_kept(browser: Chromium, report: Path) -> None:
    """Measured, not judged: a busy machine is no fault of the page."""
    with tab(browser) as opened:
        opened.open(report)
        spent = opened.run(
            "(n => ({interactive_ms: n.domInteractive, loaded_ms: n.loadEventEnd}))"
            "(performance.getEntriesByType('navigation')[0])"
        )
        shown = len(opened.run(SHOWN))
    measured = {"branches": shown, "bytes": report.stat().st_size, **spent}
    (KEPT / "measured.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    assert shown == 50
    assert measured["bytes"] < 2_000_000
