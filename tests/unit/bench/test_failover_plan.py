# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cells a run has, how they share labs, what a recipe becomes for N uplinks, how it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.world.topology import Topology
from tests.bench.failover import chosen, parse
from tests.bench.failover_cell import NotMeasured
from tests.bench.failover_page import render
from tests.bench.failover_plan import (
    ANCHORS,
    CONTENDERS,
    FAULTS,
    MODES,
    SHORT_FAULTS,
    Cell,
    Setting,
    batches,
    branch,
    digest,
    expand,
    recipe,
)
from tests.bench.failover_show import NOT_BUILT, as_json, headlines, rows
from tests.bench.failover_sums import Gap, Outcome

RECIPES = [contender for contender in CONTENDERS if contender.recipe]


def test_the_short_form_is_four_contenders_two_faults_three_times() -> None:
    found = chosen(parse(["--short"]))
    assert len(found) == len({cell.key for cell in found}) == 4 * 2 * 3
    assert {cell.setting.contender.key for cell in found} == set("abcd")
    assert {(cell.setting.mode, cell.setting.uplinks) for cell in found} == {("balance", 2)}


def test_the_long_form_is_everything_five_times() -> None:
    found = chosen(parse([]))
    assert len(found) == len({cell.key for cell in found}) == 5 * 2 * 2 * 8 * 5


@pytest.mark.parametrize(
    "words", [["--faults", "fire"], ["--contenders", "x"], ["--modes", "both"], ["--uplinks", "9"]]
)
def test_a_word_that_names_nothing_is_refused(words: list[str]) -> None:
    with pytest.raises(NotMeasured, match="see --help"):
        chosen(parse(words))


@pytest.mark.parametrize(("count", "jobs"), [(1, 3), (2, 3), (4, 3), (5, 3), (6, 2)])
def test_no_more_labs_than_jobs_and_every_setting_has_one(count: int, jobs: int) -> None:
    settings = [Setting(contender, "balance", 2) for contender in CONTENDERS] + [Setting(CONTENDERS[0], "failover", 2)]
    made = list(batches(settings[:count], jobs))
    assert all(len(batch) == jobs for batch in made)
    assert [setting for batch in made for setting in dict.fromkeys(batch)] == settings[:count]


def test_a_line_with_a_place_for_the_uplink_stands_once_for_each() -> None:
    text = "# said <i>\n/ip route\nadd gateway=192.168.<i>.1\nadd dst=<target> x=<n>/<i-1>\n"
    assert list(expand(text, 2)) == [
        "/ip route",
        "add gateway=192.168.1.1",
        "add gateway=192.168.2.1",
        "add dst=8.8.8.8 x=2/0",
        "add dst=8.8.4.4 x=2/1",
    ]


@pytest.mark.parametrize("contender", RECIPES, ids=lambda contender: contender.recipe)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("uplinks", [2, 4])
def test_a_recipe_has_no_place_left_open(contender: object, mode: str, uplinks: int) -> None:
    lines = recipe(contender, mode, uplinks)  # type: ignore[arg-type]
    assert not re.search(r"<[a-z]", "\n".join(lines))
    remainders = re.findall(rf"per-connection-classifier=both-addresses:{uplinks}/(\d)", "\n".join(lines))
    assert remainders == ([str(n) for n in range(uplinks)] if mode == "balance" else [])


def test_our_branch_has_anchors_of_its_own_for_every_uplink() -> None:
    uplinks = branch("balance", 4)["multiwan_uplinks"]
    anchors = [anchor for uplink in uplinks for anchor in uplink["anchors"]]
    assert len(set(anchors)) == len(anchors) == 8
    Topology(extra_anchors=tuple(anchor for pair in ANCHORS for anchor in pair))  # the lab lets them answer


def test_a_result_belongs_to_what_it_measured(tmp_path: Path) -> None:
    for name in ("tests/bench/recipes/x.rsc", "plugins/x.py", "roles/x.yml", "lab/x.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    recipe_, ours = (Setting(CONTENDERS[n], "balance", 2) for n in (0, 3))
    before = digest(tmp_path, recipe_), digest(tmp_path, ours)
    assert before == (digest(tmp_path, recipe_), digest(tmp_path, ours))
    assert len({*before, digest(tmp_path, Setting(CONTENDERS[3], "failover", 2))}) == 3
    (tmp_path / "roles" / "x.yml").write_text("changed")
    assert digest(tmp_path, recipe_) == before[0]
    assert digest(tmp_path, ours) != before[1]
    (tmp_path / "lab" / "x.py").write_text("changed")
    assert digest(tmp_path, recipe_) != before[0]


def test_every_fault_of_the_short_form_is_one_of_the_long_form() -> None:
    assert {fault.key for fault in SHORT_FAULTS} < {fault.key for fault in FAULTS}


def outcome(seconds: float, *, still: bool = False) -> Outcome:
    gap = Gap(still, seconds)
    return Outcome(gap, gap, None, gap, 0.5, (0, 9), None, (1, 8), 1, None)


def found() -> dict[Cell, Outcome | str]:
    a, b, _, d, e = (Setting(contender, "balance", 2) for contender in CONTENDERS)
    fault = SHORT_FAULTS[0]
    return {
        Cell(a, fault, 1): outcome(36, still=True),
        **{Cell(b, fault, n): outcome(10.0 * n) for n in (1, 2, 3)},
        **{Cell(d, fault, n): outcome(2.0 + n) for n in (1, 2)},
        Cell(e, fault, 1): "site.yml failed: <no> & never",
    }


def test_repeats_are_one_row_and_counts_are_added() -> None:
    made = rows(found())
    assert [(row.setting.contender.key, row.repeats) for row in made] == [("a", 1), ("b", 3), ("d", 2), ("e", 0)]
    assert str(made[1].outages["new"]) == "20.0 (10.0–30.0)"
    assert (made[1].disturbed, made[1].broken, made[1].stuck) == ((0, 27), (3, 24), None)
    assert [row.messages for row in made[:3]] == ["none", "none", NOT_BUILT]
    assert made[3].missing == ("site.yml failed: <no> & never",)


def test_the_headline_compares_with_the_manuals_recipe() -> None:
    (said,) = headlines(rows(found()))
    assert said.endswith("(d) ours, 7.22 beside (b): 5.0 × shorter")


def test_the_page_stands_alone_and_says_what_is_missing() -> None:
    made = rows(found())
    page = render(made, "a title", headlines(made))
    assert "not measured: site.yml failed: &lt;no&gt; &amp; never" in page
    assert page.count("<circle") == 3 * 3, "three kinds of traffic of three contenders; TCP saw nobody"
    assert not re.search(r"(src|href)=|<script", page)
    assert as_json(made)[0]["outage_s"]["new"]["middle"] == {"seconds": 36, "still": True}
