# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bare word is. The oracle of the live router is in tests/conformance; these rules must hold without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.script.literals import literal, parse_time
from lab.script.values import Array, Time, to_argument, to_text, typeof


@pytest.mark.parametrize(
    ("word", "kind", "text"),
    [
        ("5", "num", "5"),
        ("-0x10", "num", "-16"),
        ("99999999999999999999", "num", "9223372036854775807"),
        ("yes", "bool", "true"),
        ("1.1", "ip", "1.0.0.1"),
        ("1.256", "time", "00:00:01.256"),
        ("10.0.0.0/8", "ip-prefix", "10.0.0.0/8"),
        ("::1/0", "ip6-prefix", "::/0"),
        ("1w1d2h", "time", "1w1d02:00:00"),
        ("1m1m", "time", "00:02:00"),
        ("*1A", "id", "*1A"),
    ],
)
def test_words_with_a_value(word: str, kind: str, text: str) -> None:
    value = literal(word)
    assert value is not None
    assert (typeof(value), to_text(value)) == (kind, text)


@pytest.mark.parametrize("word", ["ether1", "256.0.0.1", "1.1.1.1/99", "3w4q", "00:11:22:33:44:55", "TRUE", "0x", "*G"])
def test_words_that_are_text(word: str) -> None:
    assert literal(word) is None


@given(st.integers(min_value=0, max_value=2**62))
def test_a_time_reads_back_as_it_was_printed(nanos: int) -> None:
    assert parse_time(str(Time(nanos))) == Time(nanos)


@given(st.integers(min_value=0, max_value=10**12))
def test_a_time_as_an_argument_keeps_its_microseconds(micros: int) -> None:
    assert parse_time(Time(micros * 1000).api()) == Time(micros * 1000)


def test_arguments_are_written_as_menus_want_them() -> None:
    assert to_argument(True) == "yes"
    assert to_argument(Time(90 * 10**9)) == "1m30s"
    assert to_argument(Array(("a", 5))) == "a,5"
