# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cells a run has, how they share labs, what a recipe becomes for N uplinks, how it is shown."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.world.topology import Topology
from tests.bench import failover_docs as docs
from tests.bench.failover import chosen, parse
from tests.bench.failover_cell import NotMeasured
from tests.bench.failover_claims import claims
from tests.bench.failover_page import render
from tests.bench.failover_plan import (
    ANCHORS,
    CONTENDERS,
    FAULTS,
    MODES,
    PHASE_S,
    SHORT_FAULTS,
    TOGETHER,
    Cell,
    Setting,
    branch,
    digest,
    expand,
    phase_s,
    recipe,
    visits,
)
from tests.bench.failover_show import NOT_BUILT, as_json, headlines, rows
from tests.bench.failover_sums import Gap, Moves, Outcome
from tests.bench.failover_told import Told

RECIPES = [contender for contender in CONTENDERS if contender.recipe]


def test_the_short_form_is_four_contenders_two_faults_three_times() -> None:
    found = chosen(parse(["--short"]))
    assert len(found) == len({cell.key for cell in found}) == 4 * 2 * 3
    assert {cell.setting.contender.key for cell in found} == set("abcd")
    assert {(cell.setting.mode, cell.setting.uplinks) for cell in found} == {("balance", 2)}


def test_the_long_form_is_everything_five_times() -> None:
    found = chosen(parse([]))
    assert len(found) == len({cell.key for cell in found}) == (5 * 8 + 1 * 2) * 2 * 2 * 5


@pytest.mark.parametrize(
    "words", [["--faults", "fire"], ["--contenders", "x"], ["--modes", "both"], ["--uplinks", "9"]]
)
def test_a_word_that_names_nothing_is_refused(words: list[str]) -> None:
    with pytest.raises(NotMeasured, match="see --help"):
        chosen(parse(words))


def test_what_a_run_has_when_it_ends_early_compares_with_each_other() -> None:
    order = visits(chosen(parse([])))
    assert sum(len(visit) for visit in order) == 840
    assert all(len({(cell.setting, cell.repeat) for cell in visit}) == 1 for visit in order)
    first = order[:100]
    assert {cell.fault.key for visit in first for cell in visit} == {"upstream", "cable"}
    assert [visit[0].repeat for visit in order] == [n for n in range(1, 6) for _ in range(20)] + [
        n for n in range(1, 6) for _ in range(64)
    ]
    assert len({visit[0].setting for visit in order[100:120]}) == 20
    assert [cell.fault.key for cell in order[100]] == ["gateway", "flapping"]
    assert [cell.fault.key for cell in order[144]] == ["all", "reboot"]


def test_contenders_of_one_place_are_measured_beside_each_other() -> None:
    order = visits(chosen(parse([])))
    assert [visit[0].setting.contender.key for visit in order[:10]] == [*"abcde", *"abcde"]
    assert {(visit[0].setting.mode, visit[0].setting.uplinks) for visit in order[:5]} == {("balance", 2)}


def test_faults_come_at_every_moment_of_a_period() -> None:
    phases = [phase_s(cell) for cell in chosen(parse([]))]
    assert phases == [phase_s(cell) for cell in chosen(parse([]))]
    assert all(0 <= phase < PHASE_S for phase in phases)
    quarters = Counter(int(phase % 2 / 0.5) for phase in phases)
    assert all(150 < quarters[n] < 270 for n in range(4))


def test_every_fault_has_its_place_in_the_order() -> None:
    assert sorted(key for group in TOGETHER for key in group) == sorted(fault.key for fault in FAULTS)


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
    uplinks = branch(Setting(CONTENDERS[3], "balance", 4), {})["multiwan_uplinks"]
    anchors = [anchor for uplink in uplinks for anchor in uplink["anchors"]]
    assert len(set(anchors)) == len(anchors) == 8
    Topology(extra_anchors=tuple(anchor for pair in ANCHORS for anchor in pair))  # the lab lets them answer


def test_messages_are_in_the_language_that_is_judged() -> None:
    telegram = branch(Setting(CONTENDERS[3], "balance", 2), {"bot_token": "1:x", "language": "id"})["multiwan_telegram"]
    assert telegram == {"bot_token": "1:x", "language": "en"}


def test_thresholds_are_those_of_one_contender_and_its_faults() -> None:
    assert [branch(Setting(who, "balance", 2), {})["multiwan_probe"] for who in CONTENDERS[2:]] == [
        *({},) * 3,
        {"loss": 20, "latency": 300},
    ]
    found = chosen(parse(["--contenders", "f", "--repeats", "1", "--modes", "balance", "--uplinks", "2"]))
    assert [cell.fault.key for cell in found] == ["loss", "delay"]


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


def outcome(seconds: float, *, still: bool = False, said: Told | None = None) -> Outcome:
    gap = Gap(still, seconds)
    return Outcome(gap, gap, None, gap, 0.5, (0, 9), None, (1, 8), Moves(1, 2), said, 0.06)


SAID = Told(expected=2, received=2, down_s=(4.2,), up_s=(27.0,))


def found() -> dict[Cell, Outcome | str]:
    a, b, _, d, e, _ = (Setting(contender, "balance", 2) for contender in CONTENDERS)
    fault = SHORT_FAULTS[0]
    return {
        Cell(a, fault, 1): outcome(36, still=True),
        **{Cell(b, fault, n): outcome(10.0 * n) for n in (1, 2, 3)},
        **{Cell(d, fault, n): outcome(2.0 + n, said=SAID) for n in (1, 2)},
        Cell(e, fault, 1): "site.yml failed: <no> & never",
    }


def test_repeats_are_one_row_and_counts_are_added() -> None:
    made = rows(found())
    assert [(row.setting.contender.key, row.repeats) for row in made] == [("a", 1), ("b", 3), ("d", 2), ("e", 0)]
    assert str(made[1].outages["new"]) == "20.0 (10.0–30.0)"
    assert (made[1].disturbed, made[1].broken, made[1].stuck) == ((0, 27), (3, 24), None)
    assert [row.said for row in made[:3]] == ["none", "none", "4 of 4, 4/27 s"]
    ours = {cell: outcome(1.0) for cell in found() if cell.setting.contender.key == "d"}
    assert [row.said for row in rows(ours)] == [NOT_BUILT]
    assert made[3].missing == ("site.yml failed: <no> & never",)


def test_the_headline_compares_with_the_manuals_recipe() -> None:
    (said,) = headlines(rows(found()))
    assert said.endswith("(d) ours, 7.22 beside (b): 5.0 × shorter")


def test_the_page_stands_alone_and_says_what_is_missing() -> None:
    made = rows(found())
    page = render(made, "a title", headlines(made), claims(made))
    assert "not measured: site.yml failed: &lt;no&gt; &amp; never" in page
    assert page.count("<circle") == 3 * 3, "three kinds of traffic of three contenders; TCP saw nobody"
    assert not re.search(r"(src|href)=|<script", page)
    assert "messages: 4 of 4, 4/27 s · control 0.06 s" in page
    assert '<li class="fails">✗ Connections broken at recovery: none: does not hold (2 of 16: upstream)' in page
    assert as_json(made)[0]["outage_s"]["new"]["middle"] == {"seconds": 36, "still": True}


def test_the_documents_are_made_of_the_same_rows_and_name_what_is_missing(tmp_path: Path) -> None:
    made = rows(found())
    page, drawing = docs.write(tmp_path, made, claims(made), measured="2026-01-02T03:04:05Z", machine="2 cores")
    text = page.read_text(encoding="utf-8")
    assert "Measured until 2026-01-02T03:04:05Z: 2 cores. 6 cells." in text
    assert "| (d) ours, 7.22 | 2 |" in text
    assert "- internet behind the gateway dead, balance, 2 uplinks: (c), (e)\n" in text
    assert "- router rebooted, failover, 4 uplinks: anybody\n" in text
    svg = drawing.read_text(encoding="utf-8")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "prefers-color-scheme: dark" in svg
