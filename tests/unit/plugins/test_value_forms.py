# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import value_forms as forms


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (forms.boolean, "yes", "true"),
        (forms.boolean, "no", "false"),
        (forms.duration, "1h", "60m"),
        (forms.duration, "1m30s", "00:01:30"),
        (forms.duration, "1d", "1d00:00:00"),
        (forms.duration, "1w2d3h4m5s", "1w2d03:04:05"),
        (forms.duration, "1500ms", "1s500ms"),
        (forms.prefix, "8.8.8.8", "8.8.8.8/32"),
        (forms.host, "8.8.8.8/32", "8.8.8.8"),
        (forms.gateway, "192.0.2.1@main", "192.0.2.1"),
        (forms.word_set, "read,write", "write,read"),
        (forms.word_set, "!new,related", "!related,new"),
        (forms.mac_set, "dc:2c:6e:81:cf:34", "DC:2C:6E:81:CF:34"),
        (forms.script, ":put 1\r\n:put 2", ":put 1\n:put 2"),
        (forms.rate, "9500k", "9500000"),
        (forms.rate, "9.5M", "9500k"),
        (forms.rates, "5M/2M", "5000000/2000000"),
        (forms.rates, "1G/0", "1000M/0"),
        (forms.durations, "0s/12s", "00:00:00/00:00:12"),
        (forms.prefixes, "10.0.0.0/24,192.168.1.5", "192.168.1.5/32,10.0.0.0/24"),
        (forms.prefixes, "bridge", "bridge"),
        (forms.kibibytes, "50KiB", "50"),
    ],
)
def test_two_ways_to_write_one_value_are_equal(form: object, one: str, other: str) -> None:
    assert callable(form)
    assert form(one) == form(other)


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (forms.boolean, "yes", "no"),
        (forms.rate, "5M", "5k"),
        (forms.rate, "unlimited", "0"),
        (forms.rates, "5M/2M", "2M/5M"),
        (forms.prefixes, "10.0.0.0/24", "10.0.0.0/25"),
        (forms.duration, "1m", "1ms"),
        (forms.duration, "none", "0s"),
        (forms.prefix, "8.8.8.8", "8.8.8.8/31"),
        (forms.word_set, "local", "!local"),
        (forms.gateway, "192.168.1.1%ether1", "192.168.1.1"),
        (forms.word_set, "a,b", "a"),
    ],
)
def test_different_values_stay_different(form: object, one: str, other: str) -> None:
    assert callable(form)
    assert form(one) != form(other)


@pytest.mark.parametrize("text", ["", "none", "startup", "1x", "h"])
def test_what_is_no_duration_stays_as_it_is(text: str) -> None:
    assert forms.duration(text) == text


def test_a_duration_reads_as_routeros_prints_it() -> None:
    assert forms.duration("694861s") == "1w1d1h1m1s"
    assert forms.duration("00:00:00") == "0s"
