# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random scripts that parse: every operator and every computing command, on values of every type and size."""

from __future__ import annotations

import random

from lab.script.expressions import OPERATORS
from lab.script.functions import FUNCTIONS
from lab.script.grammar import COMMANDS, FLAG

_VALUES: tuple[str, ...] = (
    "0",
    "1",
    "-1",
    "63",
    "64",
    "9223372036854775807",
    "-9223372036854775807",
    "0xFFFFFFFFFFFFFFFF",
    "true",
    "false",
    '""',
    '"a"',
    '"1.5"',
    '"\\E9"',
    '"\\00"',
    '"{\\"a\\":[1,{}]}"',
    '"[1,\\"\\\\ud800\\",1e999,NaN,' + "9" * 400 + ']"',
    '"YQ=="',
    '"%zz%C3"',
    '"(a|b)*c"',
    '"[[:digit:]"',
    "1.2.3.4",
    "255.255.255.255",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "::1",
    "fe80::/64",
    "2000::ffff",
    "1s",
    "00:00:00.000000001",
    "7w17h2m47s",
    "15250w1d23:47:16.854775807",
    "*1A",
    "{1;2;3}",
    '{"k"="v";a={1;{2}}}',
    "({})",
    "[:nothing]",
    "$u",
    "$a",
    "$s",
    "$f",
    "(>[:put 1])",
    "yes",
    "abc",
    '"2024-01-01"',
    '"jan/01/1970"',
    "100000",
    "-100000",
    '"\\t"',
    '",;\\n"',
)
_START = ':local u; :local a {1;"x"={2;"y"=3s}}; :local s "text"; :local f do={:return ($1 . $x)};'
_WORDS = (
    "json",
    "dsv",
    "base64",
    "base32",
    "hex",
    "url",
    "raw",
    "num",
    "byte-array",
    "rot13",
    "md5",
    "uc",
    "reverse",
    "bit-array-lsb",
    "dsv.remap",
    "dsv.plain",
    "dsv.array",
    "json.pretty",
    "dsv.ignore-size",
    "json.no-string-conversion",
)
_LEFT_OUT = frozenset({"beep", "nothing"})


def expression(rng: random.Random, depth: int = 3) -> str:
    kind = rng.random()
    if depth <= 0 or kind < 0.35:
        return rng.choice(_VALUES)
    if kind < 0.65:
        operator = rng.choice(sorted(OPERATORS))
        return f"({expression(rng, depth - 1)} {operator} {expression(rng, depth - 1)})"
    if kind < 0.72:
        return f"({rng.choice(('!', '-', '~', 'any ', '>'))}{expression(rng, depth - 1)})"
    if kind < 0.78:
        keys = rng.choices(("", "k=", "a=", "1="), k=rng.randrange(1, 4))
        items = [f"{key}{expression(rng, depth - 1)}" for key in keys]
        return "{" + ";".join(items) + "}"
    if kind < 0.84:
        return f'"x$[:tostr {expression(rng, depth - 1)}]y"'
    return f"[{call(rng, depth - 1)}]"


def call(rng: random.Random, depth: int = 2) -> str:
    """``:find … …``, with arguments named or in turn, some missing."""
    name = rng.choice(sorted(set(FUNCTIONS) - _LEFT_OUT))
    command = COMMANDS[name]
    parts = [f":{name}"]
    for argument, slot in command.arguments.items():
        if slot == FLAG or (argument not in command.required and rng.random() < 0.4):
            continue
        words = argument in ("to", "from", "transform", "options") and name in ("convert", "serialize", "deserialize")
        value = rng.choice(_WORDS) if words else expression(rng, depth)
        parts.append(f"{argument}={value}" if rng.random() < 0.5 or words else value)
    return " ".join(parts)


def program(rng: random.Random) -> str:
    parts = [_START]
    for _ in range(rng.randrange(1, 4)):
        kind = rng.randrange(6)
        value = expression(rng)
        parts.append(
            (
                f":put {value}",
                f":do {{:put {value}}} on-error={{}}",
                f":set ($a->{expression(rng, 1)}) {value}",
                f':foreach k,v in={value} do={{:put "$k $v"; :set s ($s . $v)}}',
                f":for i from={expression(rng, 1)} to=3 step={expression(rng, 1)} do={{:put $i; :set a ($a,{value})}}",
                f":if ({value}) do={{:put [$f {value} x={value}]}} else={{:put [:typeof {value}]}}",
            )[kind]
        )
    return "; ".join(parts).replace(";;", ";")
