# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.quoting import quote
from hypothesis import example, given
from hypothesis import strategies as st
from routeros_lsp.analyze import analyze

NAMED = {"n": b"\n", "r": b"\r", "t": b"\t", '"': b'"', "\\": b"\\", "$": b"$"}
TEXTS = st.one_of(st.text(), st.text(st.sampled_from('\n\r\t\\"$?[](){};#é本\x00\x7f aZ0')))


def read(quoted: str) -> bytes:
    """What RouterOS makes of a quoted string; knows the escapes of the manual and nothing of ``quote``."""
    assert quoted[0] == quoted[-1] == '"'
    result, rest = b"", quoted[1:-1]
    while rest:
        if rest[0] == "\\":
            if re.match(r"[0-9A-F]{2}", rest[1:]):
                result, rest = result + bytes([int(rest[1:3], 16)]), rest[3:]
            else:
                result, rest = result + NAMED[rest[1]], rest[2:]
        else:
            assert rest[0] not in '"$'
            result, rest = result + rest[0].encode("ascii"), rest[1:]
    return result


@given(TEXTS)
@example('a "quoted" $variable? [command] \\ {block} # \n\r\t\x00é本😀')
def test_a_quoted_text_stands_for_its_utf8_bytes(text: str) -> None:
    assert read(quote(text)) == text.encode("utf-8")


@given(TEXTS)
def test_a_quoted_text_is_one_line_of_printable_ascii(text: str) -> None:
    assert re.fullmatch(r'"[ -~]*"', quote(text))
    assert "?" not in quote(text)


@given(TEXTS)
def test_a_quoted_text_is_one_argument_for_the_linter(text: str) -> None:
    assert analyze(f":put {quote(text)}", scope="script").findings == []


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        quote("\ud800")
