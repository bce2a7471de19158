# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures and page of a rehearsal, from samples."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import drill_page, drill_plan, drill_words, durations
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.drill import Outcome, Ready
from ansible_collections.multiwan.routeros.plugins.module_utils.drill_sums import Rehearsal, Sample
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version
from jinja2 import Environment

from tests.unit.plugins.branches import branch

TEMPLATE = Path(__file__).parents[3] / "roles/drill/templates/report.html.j2"
NASTY = 'Modem <script>alert("1")</script> & co'


def sample(at: float, *, answered: bool = True, open_: bool = True, carrier: str | None = "isp1") -> Sample:
    return Sample(at, 9.5 if answered else None, at + 0.2, {"isp1": open_, "isp2": True}, carrier)


def course(*, noticed: bool = True, answered: bool = True, back: bool = True) -> tuple[Sample, ...]:
    """Out at 0, noticed from 2 s on, put back at 10 s, used again from 13 s on."""
    found = []
    for number in range(61):
        at = number * 0.25
        closed = noticed and at >= 2 and not (back and at >= 13)
        dark = at < 2 if answered else at < 10
        found.append(sample(at, answered=not dark, open_=not closed, carrier="isp2" if closed else "isp1"))
    return tuple(found)


def rehearsal(samples: tuple[Sample, ...], label: str = "Modem 1", limit: float = 3.4) -> Rehearsal:
    counts = {moment: {"isp1": 7, "isp2": 9} for moment in ("before", "out", "after")}
    return Rehearsal("isp1", label, limit, "8.8.8.8", 10.0, 3.0, samples, counts)


def outcome(item: Rehearsal) -> Outcome:
    rows = assemble(branch(2), name="jakarta").rows
    lines = drill_plan.lines(rows, {"isp1": item.label, "isp2": "Modem 2"})
    ready = Ready("7.22 (stable)", Version(7, 22), lines, lines[:1])
    return Outcome(ready, (item,), () if item.ok else ("isp2",), told=True)


def test_the_figures_are_those_of_the_samples() -> None:
    item = rehearsal(course())
    assert item.noticed_s == pytest.approx(2.2)
    assert item.without_s == pytest.approx(2.0)
    assert (item.lost, item.pings, item.lost_at_return) == (8, 40, 0)
    assert item.used_again_s == pytest.approx(3.2)
    assert (item.carrier, item.ok, item.in_time) == ("isp2", True, True)


def test_one_ping_that_is_lost_later_is_counted_and_is_no_outage() -> None:
    samples = list(course())
    samples[30] = replace(samples[30], rtt_ms=None)
    item = rehearsal(tuple(samples))
    assert (item.without_s, item.lost) == (pytest.approx(2.0), 9)


def test_answers_that_do_not_hold_are_no_internet() -> None:
    samples = [replace(found, rtt_ms=None) if index % 5 == 4 else found for index, found in enumerate(course())]
    assert rehearsal(tuple(samples)).without_s is None


def test_a_line_that_nobody_noticed_has_not_failed_over() -> None:
    item = rehearsal(course(noticed=False, answered=False))
    assert (item.noticed_s, item.failed_over, item.ok) == (None, False, False)
    assert "was not noticed" in item.words()


def test_an_answer_over_the_dead_line_itself_is_no_failover() -> None:
    """Its modem may still let something through; the gate says otherwise."""
    item = rehearsal(tuple(replace(found, carrier="isp1") for found in course()))
    assert not item.failed_over


def test_slower_than_its_limit_is_told() -> None:
    item = rehearsal(course(), limit=1.0)
    assert (item.ok, item.in_time) == (True, False)
    assert "LONGER than it should" in item.words()
    assert "longer than the limit" in drill_words.verdict(item, {"isp2": "Modem 2"}, "en")


def test_the_limit_follows_the_probes_of_the_uplink() -> None:
    def limit(version: str = "7.22", **more: Any) -> float:
        variables = {**branch(2, **more), "multiwan_routeros_version": version}
        return drill_plan.lines(assemble(variables, name="jakarta").rows, {})[0].limit_s

    assert limit() == pytest.approx(3.4)
    assert limit(probe={"interval": "10s"}) == pytest.approx(12.4)
    assert limit(probe={"latency": "2s"}) == pytest.approx(2 + 0.9 + 3 + 1)
    assert limit("6.49") == pytest.approx(5.0)
    assert limit(fast_failover=False) == 30


@pytest.mark.parametrize("text", ["1m20s", "00:01:20", "80s", "80s000ms", "80000ms"])
def test_lengths_of_time_are_read_as_routers_write_them(text: str) -> None:
    assert durations.seconds(text) == pytest.approx(80)


@pytest.mark.parametrize("text", ["", "soon", "5", "1s and more"])
def test_anything_else_is_no_length(text: str) -> None:
    assert durations.seconds(text) is None


@pytest.mark.parametrize("version", [Version(6, 49), Version(7, 9), Version(7, 22)])
def test_the_way_back_takes_the_drop_away_first(version: Version) -> None:
    rows = assemble({**branch(2), "multiwan_routeros_version": str(version)}, name="jakarta").rows
    lines = drill_plan.lines(rows, {})
    written = [*drill_plan.way(lines[0], lines, "8.8.8.8", version), *drill_plan.out(lines[0], None)]
    (piece,) = drill_plan.undo(written, version).pieces
    assert piece.index("/ip firewall raw remove") < piece.index("/ip route remove")
    assert piece.count("remove [") == len(written) == 4


def page(item: Rehearsal, language: str) -> str:
    found = outcome(item)
    said = drill_page.report(found, branch="jakarta", began="2026-11-22 03:29 UTC")
    view = {"__drill_result": {"page": drill_page.page(found, said, language)}}
    environment = Environment(autoescape=False)  # as Ansible's
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(view)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_needs_nothing_else_and_has_a_drawing(language: str) -> None:
    text = page(rehearsal(course()), language)
    assert f'<html lang="{language}">' in text
    assert not re.findall(r'(?:src|href)="', text)
    assert "prefers-color-scheme: dark" in text
    (svg,) = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    drawn = ElementTree.fromstring(svg)
    assert len([bar for bar in drawn.iter("rect") if bar.get("class") == "lost"]) == 8
    assert len([bar for bar in drawn.iter("rect") if bar.get("class") == "answered"]) == 53
    edges = [float(bar.get("x", 0)) + float(bar.get("width", 0)) for bar in drawn.iter("rect")]
    assert max(edges) <= 400


def test_a_label_of_any_text_is_shown_and_not_obeyed() -> None:
    text = page(rehearsal(course(), label=NASTY), "en")
    assert "<script" not in text
    assert "Modem &lt;script&gt;" in text


def test_a_failure_is_said_first() -> None:
    text = page(rehearsal(course(noticed=False, answered=False)), "en")
    assert text.index("A LINE WAS NOT REPLACED") < text.index("<svg")
    assert "Not rehearsed, because the line before it failed: Modem 2" in text


def test_both_languages_have_the_same_words() -> None:
    first, second = drill_words.WORDS["id"], drill_words.WORDS["en"]
    assert first.keys() == second.keys()
    assert [key for key in first if first[key] == second[key]] == []
    fields = re.compile(r"\{(\w+)\}")
    assert all(fields.findall(first[key]) == fields.findall(second[key]) for key in first)
