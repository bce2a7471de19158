# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.observe.netwatch_config import Defaults, Icmp, config_of, defaults, http_codes, not_enacted, read_row
from lab.observe.netwatch_probes import train
from lab.schema.snapshot import ConfigRow

LIMITS = Icmp(10, 0.05, 50, 255, False, 1.0, 0.1, 0.25, 1.0, 85.0, 4294967295)
rtts = st.lists(st.floats(0.00001, 3.0), max_size=10)


def row(**values: str) -> ConfigRow:
    return ConfigRow(1, {"host": "8.8.8.8", **{name.replace("_", "-"): text for name, text in values.items()}})


def test_a_row_without_anything_has_the_defaults_of_the_manual() -> None:
    found = read_row(row(), defaults("7.22"))
    assert (found.type, found.port, found.http_codes) == ("simple", 80, ((100, 299),))
    assert (found.interval_s, found.timeout_s, found.start_delay_s, found.startup_delay_s) == (10, 3, 3, 300)
    assert (found.tcp_limit_s, found.http_limit_s) == (1, 10)
    assert found.icmp == LIMITS


def test_what_a_row_says_wins() -> None:
    found = read_row(
        row(
            type="icmp",
            interval="1s",
            startup_delay="0s",
            packet_count="3",
            packet_interval="20ms",
            thr_avg="2s500ms",
            thr_loss_percent="30.5",
            thr_loss_count="1",
            accept_icmp_time_exceeded="true",
            ttl="3",
        ),
        Defaults(),
    )
    assert (found.interval_s, found.startup_delay_s) == (1, 0)
    expected = {"count": 3, "interval_s": 0.02, "avg_s": 2.5, "loss_percent": 30.5, "loss_count": 1}
    assert found.icmp == dataclasses.replace(LIMITS, accept_exceeded=True, ttl=3, **expected)


@pytest.mark.parametrize(
    ("version", "startup_s", "interval_s"),
    [("6.49.10", 0, 60), ("7.8", 0, 10), ("7.9", 300, 10), ("7.24beta1", 300, 10)],
)
def test_defaults_by_version(version: str, startup_s: float, interval_s: float) -> None:
    found = defaults(version)
    assert (found.startup_delay_s, found.interval_s) == (startup_s, interval_s)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"type": "icmp"},
        {"type": "tcp-conn"},
        {"type": "http-get"},
        {"type": "https-get"},
        {"type": "dns", "host": "mikrotik.com"},
    ],
)
def test_what_is_enacted(values: dict[str, str]) -> None:
    assert not_enacted(row(**values)) == ""


@pytest.mark.parametrize(
    "values",
    [
        {"type": "dns", "host": ""},
        {"host": "2001:db8::1"},
        {"host": "8.8.8.8@vrf1"},
        {"host": "mikrotik.com"},
    ],
)
def test_what_is_not_enacted_says_so(values: dict[str, str]) -> None:
    assert not_enacted(row(**values))


def test_the_routers_own_properties_are_no_change_of_a_row() -> None:
    assert config_of(row(status="up", since="2026-01-01 00:00:00", done_tests="5")) == config_of(row())
    assert config_of(row(comment="x")) != config_of(row())


@pytest.mark.parametrize(
    ("text", "codes"), [("", ((100, 299),)), ("200", ((200, 200),)), ("200-204,404", ((200, 204), (404, 404)))]
)
def test_http_codes(text: str, codes: tuple[tuple[int, int], ...]) -> None:
    assert http_codes(text) == codes


@given(rtts, st.integers(0, 10))
def test_the_statistics_of_a_train_hang_together(times: list[float], lost: int) -> None:
    found = train(len(times) + lost, times)
    assert (found.responses, found.lost) == (len(times), lost)
    if not times:
        assert found.avg_s is None
        return
    assert found.avg_s is not None
    assert found.min_s is not None
    assert found.max_s is not None
    assert found.jitter_s == found.max_s - found.min_s
    assert found.min_s <= found.avg_s or math.isclose(found.min_s, found.avg_s)
    assert found.avg_s <= found.max_s or math.isclose(found.max_s, found.avg_s)
    assert found.stdev_s is not None
    assert 0 <= found.stdev_s <= found.jitter_s + 1e-9


def test_the_standard_deviation_is_that_of_the_whole_train() -> None:
    assert train(2, [0.1, 0.3]).stdev_s == pytest.approx(0.1)


@pytest.mark.parametrize(("lost", "passes"), [(0, True), (8, True), (9, False), (10, False)])
def test_by_default_more_than_85_percent_loss_fails(lost: int, passes: bool) -> None:
    assert train(10, [0.01] * (10 - lost)).passes(LIMITS) is passes


def test_by_default_a_line_slower_than_100_ms_fails() -> None:
    assert train(10, [0.1] * 10).passes(LIMITS)
    assert not train(10, [0.101] * 10).passes(LIMITS)


@pytest.mark.parametrize("limit", ["max_s", "stdev_s", "jitter_s"])
def test_each_threshold_fails_on_its_own(limit: str) -> None:
    found = train(4, [0.01, 0.01, 0.01, 0.05])
    loose = dataclasses.replace(LIMITS, max_s=9, avg_s=9, stdev_s=9, jitter_s=9)
    assert found.passes(loose)
    assert not found.passes(dataclasses.replace(loose, **{limit: getattr(found, limit) - 0.0001}))
    assert found.passes(dataclasses.replace(loose, **{limit: getattr(found, limit)}))


def test_the_loss_count_fails_above_its_threshold_only() -> None:
    found = train(10, [0.01] * 8)
    assert found.passes(dataclasses.replace(LIMITS, loss_count=2))
    assert not found.passes(dataclasses.replace(LIMITS, loss_count=1))
