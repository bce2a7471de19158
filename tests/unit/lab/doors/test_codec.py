# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import librouteros.protocol
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.doors.api import parse_sentence
from lab.doors.codec import Decoder, ProtocolError, decode_length, encode, encode_length, length_size, to_text

EDGES = [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0xFFFFFFF, 0x10000000, 0xFFFFFFFF]
words = st.lists(st.binary(min_size=1, max_size=400).map(to_text), min_size=1, max_size=5)


@pytest.mark.parametrize("length", EDGES)
def test_every_length_class_reads_back(length: int) -> None:
    raw = encode_length(length)
    assert length_size(raw[0]) == len(raw)
    assert decode_length(raw) == length


@given(st.integers(0, 0xFFFFFFFF))
def test_a_length_reads_back(length: int) -> None:
    raw = encode_length(length)
    assert length_size(raw[0]) == len(raw)
    assert decode_length(raw) == length


@pytest.mark.parametrize("length", [n for n in EDGES if n < 0x10000000])
def test_lengths_are_those_of_another_implementation(length: int) -> None:
    assert encode_length(length) == librouteros.protocol.encode_length(length)


def test_a_word_beyond_four_gigabytes_can_not_be_sent() -> None:
    with pytest.raises(ProtocolError):
        encode_length(0x100000000)


@pytest.mark.parametrize("first", range(0xF8, 0x100))
def test_control_bytes_are_refused(first: int) -> None:
    with pytest.raises(ProtocolError):
        list(Decoder().feed(bytes([first])))


@given(st.lists(words, max_size=4), st.data())
def test_sentences_survive_any_cut_of_the_stream(sentences: list[list[str]], data: st.DataObject) -> None:
    stream = b"".join(encode(sentence) for sentence in sentences)
    decoder, found, at = Decoder(), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, 50))
        found += list(decoder.feed(stream[at : at + size]))
        at += size
    assert [list(sentence) for sentence in found] == sentences
    assert not decoder.pending


@given(words, st.data())
def test_a_truncated_sentence_is_never_given(sentence: list[str], data: st.DataObject) -> None:
    stream = encode(sentence)
    cut = data.draw(st.integers(1, len(stream) - 1))
    decoder = Decoder()
    assert list(decoder.feed(stream[:cut])) == []
    assert decoder.pending


@given(st.binary(max_size=300))
def test_no_bytes_break_the_decoder_in_another_way_than_refusal(raw: bytes) -> None:
    try:
        list(Decoder(max_word=200).feed(raw))
    except ProtocolError:
        return


@given(st.binary(min_size=1, max_size=300))
def test_bytes_of_any_encoding_are_kept(raw: bytes) -> None:
    (sentence,) = Decoder().feed(encode([to_text(raw)]))
    assert sentence[0].encode("utf-8", "surrogateescape") == raw


def test_a_word_that_is_too_long_is_refused_before_it_arrives() -> None:
    with pytest.raises(ProtocolError):
        list(Decoder(max_word=100).feed(encode_length(101)))


def test_empty_sentences_are_skipped() -> None:
    assert list(Decoder().feed(b"\x00\x00" + encode(["/quit"]))) == [("/quit",)]


def test_a_sentence_has_menu_command_arguments_and_queries() -> None:
    found = parse_sentence(["/ip/address/print", "=.proplist=a,b", "=x=1=2", ".tag=7", "?a=b", "?#!", "=empty="])
    assert (found.menu, found.command, found.tag) == ("/ip/address", "print", "7")
    assert found.args == {".proplist": "a,b", "x": "1=2", "empty": ""}
    assert found.queries == ("?a=b", "?#!")
    with pytest.raises(ProtocolError):
        parse_sentence(["/ip/address/print", "address"])
