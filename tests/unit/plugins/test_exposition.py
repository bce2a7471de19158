# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text format of Prometheus. The reader here is written from its description; ``tests/report`` has another."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import fleet_data
from ansible_collections.multiwan.routeros.plugins.module_utils.exposition import Metric, Sample, escaped, exposition
from hypothesis import given
from hypothesis import strategies as st

from tests.report.sample import sample

_LINE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)', re.DOTALL)
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_MEANT = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def read(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Lines end with a line feed and nothing else does; a back-slash, a quote and a line feed are escaped."""
    found = []
    for line in text.split("\n")[:-1]:
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (gauge|counter))", line), line
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        pairs = _PAIR.findall(match[2] or "")
        labels = {name: re.sub(r"\\[\\\"n]", lambda one: _MEANT[one[0]], value) for name, value in pairs}
        found.append((match[1], labels, float(match[3])))
    return found


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_every_text_and_number_is_read_back(text: str, value: float) -> None:
    whole = exposition([Metric("metric", "gauge", "Words.", [Sample({"label": text, "other": "x"}, value)])])
    ((name, labels, number),) = read(whole)
    assert (name, labels["other"]) == ("metric", "x")
    assert labels["label"] == text
    assert math.isclose(number, value, rel_tol=1e-12)


@given(st.text())
def test_no_text_ends_a_line_or_a_label_early(text: str) -> None:
    written = escaped(text)
    assert "\n" not in written
    assert re.fullmatch(r'(?:[^"\\\n]|\\[\\"n])*', written)


def test_half_a_surrogate_pair_can_be_written_as_utf_8() -> None:
    assert escaped("a\ud800b").encode("utf-8") == b"a?b"


@pytest.mark.parametrize(
    ("name", "kind", "labels"),
    [
        ("1metric", "gauge", [{}]),
        ("metric", "histogram", [{}]),
        ("metric", "counter", [{}]),
        ("metric_total", "gauge", [{}]),
        ("metric", "gauge", [{"__name__": "x"}]),
        ("metric", "gauge", [{"a-b": "x"}]),
        ("metric", "gauge", [{"a": "x", "b": "y"}, {"b": "y", "a": "x"}]),
    ],
)
def test_what_a_reader_would_refuse_is_not_made(name: str, kind: str, labels: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match=name):
        Metric(name, kind, "Words.", [Sample(one, 1) for one in labels])


def test_what_is_not_known_has_no_sample() -> None:
    figures = read(fleet_data.prometheus(sample()))
    names = {(name, labels.get("branch"), labels.get("uplink")) for name, labels, _ in figures}
    assert ("multiwan_branch_up", "palu", None) in names
    assert ("multiwan_branch_uptime_seconds", "palu", None) not in names
    unknown = next(
        (branch["name"], line["name"])
        for branch in sample()["branches"]
        for line in branch["uplinks"]
        if line["alive"] is None
    )
    assert ("multiwan_uplink_info", *unknown) in names
    assert ("multiwan_uplink_alive", *unknown) not in names
    assert ("multiwan_uplink_connections", *unknown) not in names


def test_the_figures_are_those_of_the_report_in_base_units() -> None:
    report = sample()
    figures = {
        (name, labels.get("branch"), labels.get("uplink")): value
        for name, labels, value in read(fleet_data.prometheus(report))
    }
    for branch in report["branches"]:
        assert figures["multiwan_branch_up", branch["name"], None] == branch["ok"]
        if branch["ok"]:
            assert figures["multiwan_branch_drift_rows", branch["name"], None] == len(branch["drift"])
            assert figures["multiwan_branch_rogue_dhcp_servers", branch["name"], None] == len(branch["rogues"])
        for line in branch["uplinks"]:
            where = branch["name"], line["name"]
            assert figures.get(("multiwan_uplink_alive", *where)) == line["alive"]
            assert figures["multiwan_uplink_receive_bytes_total", *where] == line["download_bytes"]
            if line["download_bps"] is not None:
                assert figures["multiwan_uplink_receive_bytes_per_second", *where] == line["download_bps"] / 8
    assert figures["multiwan_report_timestamp_seconds", None, None] == 1795330800


def test_a_branch_that_was_not_compared_has_no_count_of_drift() -> None:
    report = sample(12)
    report["branches"][0]["compared"] = False
    first = report["branches"][0]["name"]
    assert ("multiwan_branch_drift_rows", first) not in {
        (name, labels.get("branch")) for name, labels, _ in read(fleet_data.prometheus(report))
    }


def test_the_docs_name_every_metric_and_every_figure() -> None:
    docs = (Path(__file__).resolve().parents[3] / "docs" / "report.md").read_text(encoding="utf-8")
    report = sample()
    names = {name for name, _, _ in read(fleet_data.prometheus(report))}
    assert names == set(re.findall(r"`(multiwan_(?:branch|uplink|certificate|report)_[a-z_]+[a-z])`", docs))
    line = next(branch["uplinks"][0] for branch in report["branches"] if branch["ok"])
    told = set(line) - {"name", "label", "type", "metered"}
    assert told <= set(re.findall(r"`([a-z_]+)`", docs))
