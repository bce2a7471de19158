# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The binary API on the wire: sentences of length-prefixed words (facts 7.1). Pure; bytes in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MAX_WORD = 4 * 1024 * 1024  # our own bound: a script source fits, a stray length does not eat the memory
MAX_WORDS = 10_000


class ProtocolError(ValueError):
    """Bytes that are no API sentence."""


def encode_length(length: int) -> bytes:
    """One to five bytes; the leading bits say how many."""
    if length < 0x80:
        return bytes([length])
    if length < 0x4000:
        return (length | 0x8000).to_bytes(2, "big")
    if length < 0x200000:
        return (length | 0xC00000).to_bytes(3, "big")
    if length < 0x10000000:
        return (length | 0xE0000000).to_bytes(4, "big")
    if length <= 0xFFFFFFFF:
        return b"\xf0" + length.to_bytes(4, "big")
    raise ProtocolError(f"a word of {length} bytes can't be sent")


def length_size(first: int) -> int:
    """How many bytes the length takes that begins with ``first``. Raises ProtocolError for control bytes."""
    if first < 0x80:
        return 1
    if first < 0xC0:
        return 2
    if first < 0xE0:
        return 3
    if first < 0xF0:
        return 4
    if first < 0xF8:
        return 5
    raise ProtocolError(f"control byte 0x{first:02x}")


def decode_length(raw: bytes) -> int:
    """The length in ``raw``, which holds exactly ``length_size(raw[0])`` bytes."""
    size = len(raw)
    if size == 5:
        return int.from_bytes(raw[1:], "big")
    return int.from_bytes(raw, "big") & ((1 << (7 * size)) - 1)


def to_text(word: bytes) -> str:
    """Bytes of any encoding survive the way there and back."""
    return word.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def encode(words: Iterable[str]) -> bytes:
    """One sentence."""
    out = bytearray()
    for word in words:
        raw = to_bytes(word)
        if len(raw) < 0x80:  # nearly all words are short
            out.append(len(raw))
        else:
            out += encode_length(len(raw))
        out += raw
    out.append(0)
    return bytes(out)


class Decoder:
    """Fed with bytes as they come, gives whole sentences. Empty sentences are skipped."""

    def __init__(self, *, max_word: int = MAX_WORD) -> None:
        self._buffer = bytearray()
        self._words: list[str] = []
        self._max_word = max_word

    @property
    def pending(self) -> bool:
        """Whether a sentence has begun that is not complete."""
        return bool(self._buffer or self._words)

    def feed(self, data: bytes) -> Iterator[tuple[str, ...]]:
        """Sentences that ``data`` completes. Raises ProtocolError; then the stream can't be read on."""
        self._buffer += data
        while (word := self._word()) is not None:
            if word:
                self._words.append(to_text(word))
                if len(self._words) > MAX_WORDS:
                    raise ProtocolError("too many words in one sentence")
            elif self._words:
                sentence, self._words = tuple(self._words), []
                yield sentence

    def _word(self) -> bytes | None:
        if not self._buffer:
            return None
        size = length_size(self._buffer[0])
        if len(self._buffer) < size:
            return None
        length = decode_length(bytes(self._buffer[:size]))
        if length > self._max_word:
            raise ProtocolError(f"a word of {length} bytes is too long")
        if len(self._buffer) < size + length:
            return None
        word = bytes(self._buffer[size : size + length])
        del self._buffer[: size + length]
        return word
