# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that hold for every text, looked for by Hypothesis."""

from __future__ import annotations

import contextlib
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.doors.codec import Decoder, ProtocolError
from lab.script import ScriptSyntaxError, parse
from lab.script.listing import code
from lab.script.literals import literal, parse_number
from lab.script.regex import BadPattern, compiled
from lab.script.values import MAX_NUM, to_text
from tests.fuzz.router import encode

SYNTAX = st.text(alphabet="ab01 .,:;=/\\\"$()[]{}<>!~-+*|&^%#?@_'\n\t²é\udcff", max_size=60)
PIECES = st.lists(
    st.sampled_from(
        [
            ":put ",
            ":local a ",
            "$a",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            '"',
            "=",
            ";",
            " ",
            "do=",
            "1",
            "a",
            "->",
            "/ip ",
            "\\",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(SYNTAX | PIECES)
def test_the_parser_refuses_in_its_own_words_or_gives_code_that_can_be_listed(source: str) -> None:
    for late in (False, True):
        assert _PLACED.search(listed(source, late=late))


_PLACED = re.compile(r"\A\(|\(line [1-9][0-9]* column [1-9][0-9]*\)\Z", re.DOTALL)


def listed(source: str, *, late: bool) -> str:
    try:
        return code(parse(source, late=late).body)
    except ScriptSyntaxError as refused:
        return refused.message


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789.:/xwdhmsu-*²٣%", max_size=30) | st.text(max_size=20))
def test_a_bare_word_is_a_value_or_none(word: str) -> None:
    value = literal(word)
    assert value is None or isinstance(to_text(value), str)


@given(st.integers())
def test_numbers_stay_within_64_bits(number: int) -> None:
    assert parse_number(str(number)) == max(-MAX_NUM, min(MAX_NUM, number))


#: what POSIX and Python read alike: no quantifier of a quantifier, no special meaning of ``\\Z``
SAFE = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\.", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}"])).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(SAFE, st.text(alphabet="ab.", max_size=8))
def test_patterns_match_where_pythons_own_do(pattern: str, text: str) -> None:
    assert compiled(pattern).search(text) == (re.search(pattern.replace("$", "\\Z"), text) is not None)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab()[]{}*+?|^$\\.-,0129:", max_size=25), st.text(alphabet="ab-", max_size=40))
def test_any_pattern_is_read_or_refused(pattern: str, text: str) -> None:
    try:
        found = compiled(pattern).search(text)
    except BadPattern:
        return
    assert found in (True, False)


@given(st.lists(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=5), max_size=5), st.integers(1, 50))
def test_sentences_come_out_of_the_decoder_however_they_were_cut(sentences: list[list[str]], size: int) -> None:
    sentences = [[word for word in words if _encodable(word)] for words in sentences]
    sentences = [words for words in sentences if words]
    data = b"".join(encode(tuple(words)) for words in sentences)
    decoder, got = Decoder(), []
    for start in range(0, len(data), size):
        got += [list(words) for words in decoder.feed(data[start : start + size])]
    assert got == sentences


def _encodable(word: str) -> bool:
    try:
        word.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


@given(st.binary(max_size=300))
def test_bytes_that_are_no_protocol_are_refused_as_such(data: bytes) -> None:
    got = []
    with contextlib.suppress(ProtocolError):
        got += list(Decoder().feed(data))
    assert all(got)
