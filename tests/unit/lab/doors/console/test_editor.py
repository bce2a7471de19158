# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.doors.console.editor import Editor, Keys


def keys(*pieces: bytes) -> list[str]:
    reader = Keys()
    return [key for piece in pieces for key in reader.feed(piece)]


def typed(text: bytes) -> Editor:
    editor = Editor()
    for key in keys(text):
        editor.press(key)
    return editor


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_every_line_end_is_one_enter(end: bytes) -> None:
    assert keys(b"a" + end + b"b" + end) == ["a", "enter", "b", "enter"]


def test_a_line_end_that_comes_in_two_pieces_is_one_enter() -> None:
    assert keys(b"a\r", b"\n", b"\r") == ["a", "enter", "enter"]


def test_the_answer_to_the_probe_is_swallowed_and_the_return_behind_it_is_an_empty_line() -> None:
    assert keys(b"\x1b/Z\r") == ["enter"]


def test_an_escape_sequence_may_come_byte_by_byte() -> None:
    assert keys(*[bytes([byte]) for byte in b"a\x1b[D\x1b[3~\x1b[24;80Rb"]) == ["a", "left", "delete", "b"]


def test_a_character_may_come_byte_by_byte() -> None:
    assert keys(*[bytes([byte]) for byte in "é✓".encode()]) == ["é", "✓"]


def test_a_byte_that_is_no_character_survives() -> None:
    assert "".join(keys(b"\xffa")).encode("utf-8", "surrogateescape") == b"\xffa"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"abc\x7f\x7fd", "ad"),
        (b"ab\x1b[D\x1b[Dx", "xab"),
        (b"abc\x01\x1b[3~", "bc"),
        (b"abc\x02\x02\x0b", "a"),
        (b"abc\x02\x15", "c"),
        (b"one two\x17", "one "),
        (b"abc\x01\x05d", "abcd"),
    ],
)
def test_editing(text: bytes, line: str) -> None:
    assert typed(text).text == line


def test_lines_come_back_by_the_arrows() -> None:
    editor = typed(b"first")
    editor.take()
    for key in keys(b"second"):
        editor.press(key)
    editor.take()
    for key in ("up", "up"):
        editor.press(key)
    assert editor.text == "first"
    editor.press("down")
    assert editor.text == "second"
    editor.press("down")
    assert editor.text == ""


@given(st.binary(max_size=200))
def test_what_the_terminal_shows_is_what_the_line_holds(data: bytes) -> None:
    editor, screen, cursor = Editor(), [" "] * 2000, 0
    for key in keys(data):
        for character in editor.press(key):
            if character == "\b":
                cursor -= 1
            else:
                screen[cursor] = character
                cursor += 1
        assert "".join(screen).rstrip() == editor.text.rstrip()
        assert cursor == editor.at
