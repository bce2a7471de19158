# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes bad input of good: pure, from a random.Random, so that a seed and a number give it again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.fuzz.corpus import Sentence

NASTY: tuple[str, ...] = (
    "",
    " ",
    "=",
    "?",
    "*",
    "*0",
    "*FFFFFFFFFFFFFFFFFF",
    "*-1",
    "-1",
    "0",
    "9" * 30,
    "9" * 6000,
    "0x" + "F" * 40,
    "1e9",
    "nan",
    "٣",
    "²",
    "½",
    "é",
    "\udcff",
    "\x00",
    "\x7f",
    "\r\n",
    "\\",
    "\\E9",
    "\\ff",
    '"',
    "'",
    "$",
    "$x",
    '$"',
    "$[",
    "$(",
    "${",
    "(" * 40,
    "[" * 40,
    "{" * 40,
    "(" * 3000,
    "{" * 3000,
    "[" * 3000,
    '"$[' * 60,
    '{"$[:len ' * 40,
    "!" * 3000,
    "-" * 3000,
    "(a+)+$",
    "(a*)*b",
    "[[:alpha:]",
    "[z-a]",
    "a{999}{999}",
    "(?P<x>",
    "\\1",
    "a" * 5000,
    "1.1.1.1/99",
    "999.1.1.1",
    "::1%lo",
    "00:00:00.000000001",
    "99999999999w",
    "1d" * 500,
    "1.2.3.4.5",
    ";;;",
    ",,,",
    "->",
    "<%%",
    "any",
    "yes",
    "true",
    "no",
    "2:2/2",
    "both-addresses:0/0",
    "0-0",
    "1-",
    "9" * 20 + "-1",
    "0,1,2-9",
    "find",
    "where",
    "as-value",
    "nothing",
    "%s%n",
    "{0}",
)
ALPHABET = "abcxyz019 .,:;=/\\\"$()[]{}<>!~-+*|&^%#?@_'\n\t\r"
_WRAPS: tuple[str, ...] = (
    ":put [{}]",
    ":do {{{}}} on-error={{}}",
    ":if ({}) do={{}}",
    ":for i from=1 to=3 do={{{}}}",
    ":put ({})",
    ':put "$[{}]"',
    ':local x [:parse "{}"]; $x',
    ":foreach i in=({}) do={{:put $i}}",
    ":onerror e in={{{}}} do={{:put $e}}",
    ":execute {{{}}}",
    ":while (true) do={{{}}}",
    ":global f do={{{}}}; $f",
    ':grep pattern="{}" script={{:put a}}',
    ":local a; :for i from=1 to=60 do={{:set a ($a . {})}}",
    ":local a {{1}}; :for i from=1 to=60 do={{:set a ({{$a;$a}})}}; :put {}",
    ':put ("{}" ~ "{}")',
    '/system/script/add source="{}"',
)
_OPERATORS = ("", "-", ">", "<", "=", "#", "#|", "#&", "#!", "#9999.", "#.")
_LENGTHS = (0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xDF, 0xE0, 0xEF, 0xF0, 0xF7, 0xF8, 0xFF)
Change = Callable[[random.Random, str], str]


def _cut(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    return text[:start] + text[start + rng.randrange(1, 8) :]


def _insert(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    piece = rng.choice(NASTY) if rng.random() < 0.5 else "".join(rng.choices(ALPHABET, k=rng.randrange(1, 5)))
    return text[:start] + piece + text[start:]


def _swap(rng: random.Random, text: str) -> str:
    if not text:
        return text
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(ALPHABET) + text[at + 1 :]


def _repeat(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    end = min(len(text), start + rng.randrange(1, 20))
    return (text[:start] + text[start:end] * rng.choice((2, 5, 200)) + text[end:])[:20_000]


def _wrap(rng: random.Random, text: str) -> str:
    wrap = rng.choice(_WRAPS)
    return wrap.format(*[text] * 2)


_CHANGES: tuple[Change, ...] = (_cut, _insert, _swap, _repeat, _wrap)


def line(rng: random.Random, corpus: Sequence[str]) -> str:
    """A console line: one of the corpus, two spliced, or rubbish; then changed a few times."""
    kind = rng.random()
    if kind < 0.1:
        return "".join(rng.choices(ALPHABET, k=rng.randrange(1, 60)))
    text = rng.choice(corpus)
    if kind < 0.3:
        other = rng.choice(corpus)
        text = text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        text = rng.choice(_CHANGES)(rng, text)
    return text


def sentence(rng: random.Random, corpus: Sequence[Sentence]) -> Sentence:
    words = list(rng.choice(corpus))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        at = rng.randrange(len(words))
        kind = rng.randrange(7)
        if kind == 0 and len(words) > 1:
            del words[at]
        elif kind == 1:
            words.insert(at + 1, rng.choice(rng.choice(corpus)))
        elif kind == 2:
            words[at] = rng.choice(_CHANGES[:4])(rng, words[at])
        elif kind == 3:
            words.append(f"={rng.choice(rng.choice(corpus)).lstrip('=').partition('=')[0]}={rng.choice(NASTY)}")
        elif kind == 4:
            words.append(f"?{rng.choice(_OPERATORS)}{rng.choice(NASTY)}")
        elif kind == 5:
            name = words[at].rpartition("=")[0]
            words[at] = f"{name}={rng.choice(NASTY)}" if name else rng.choice(NASTY)
        else:
            words.append(f".{rng.choice(('proplist', 'query', 'about', 'section', ''))}={rng.choice(NASTY)}")
    return tuple(words)


def typed(rng: random.Random, corpus: Sequence[str]) -> bytes:
    """Keys: lines, and between them those that edit, page, complete, interrupt and leave."""
    out = bytearray()
    for _ in range(rng.randrange(1, 6)):
        text = line(rng, corpus)[:300].encode("utf-8", "surrogateescape")
        cut = rng.randrange(len(text) + 1)
        out += text[:cut] + rng.choice(_KEYS) + text[cut:] + rng.choice((b"\r", b"\n", b"\r\n", b"", rng.choice(_KEYS)))
    return bytes(out)


_KEYS: tuple[bytes, ...] = (
    *(bytes([code]) for code in range(32)),
    *(b"\x1b[" + end for end in (b"A", b"B", b"C", b"D", b"H", b"F", b"3~", b"200~", b"6n", b"99999999999C", b";;;m")),
    *(b"\x1b" + end for end in (b"", b"Z", b"OA", b"O", b"[", b"]0;x\x07", b"\x1b[A")),
    *(b"\x7f", b"\x7f" * 400, b"?", b"\t\t", b"\xff", b"\xc3", b"q", b" ", b"\xff\xfb\x1f"),
)


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """Bytes of a sentence with some of them wrong: lengths, control bytes, ends."""
    data = bytearray(raw)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = bytes(rng.choices(_LENGTHS, k=3))
        elif kind == 2:
            del data[at:]
            data = data or bytearray(b"\x00")
        else:
            data = data[:at] + data[at : at + 40] * 3 + data[at:]
    return bytes(data)
