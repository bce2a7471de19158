# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of the script language: types, ``:typeof``, and the text that ``:put`` prints (facts 6.2).

Python's str, int and bool stand for str, num and bool. All values are immutable, arrays too: ``:set ($a->"k") v``
makes a new array and stores it in the variable.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lab.script.errors import ScriptError

NANOS = 1_000_000_000
#: numbers are 64 bits, and the smallest is not reachable (values oracle, 7.23.3)
MAX_NUM = 2**63 - 1
#: the most that one value may hold, in characters and elements, and how deep arrays may nest: twenty lines of script
#: double a text or an array to more than any machine has. What a router says when its memory is full is unsure.
MOST_HELD = 4_000_000
MOST_NESTED = 100


class _Absent:
    """One of the two empty values; compared by identity."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


NOTHING = _Absent("nothing")
NIL = _Absent("nil")


@dataclass(frozen=True, order=True)
class Ip:
    number: int

    def __str__(self) -> str:
        return str(ipaddress.IPv4Address(self.number))


@dataclass(frozen=True)
class IpPrefix:
    address: Ip
    length: int

    def __str__(self) -> str:
        return f"{self.address}/{self.length}"


@dataclass(frozen=True, order=True)
class Ip6:
    number: int

    def __str__(self) -> str:
        return str(ipaddress.IPv6Address(self.number))


@dataclass(frozen=True)
class Ip6Prefix:
    address: Ip6
    length: int

    def __str__(self) -> str:
        return f"{self.address}/{self.length}"


@dataclass(frozen=True, order=True)
class Time:
    nanos: int

    def __str__(self) -> str:
        sign = "-" if self.nanos < 0 else ""
        seconds, fraction = divmod(abs(self.nanos), NANOS)
        days, rest = divmod(seconds, 86_400)
        weeks, days = divmod(days, 7)
        text = (f"{weeks}w" if weeks else "") + (f"{days}d" if days else "")
        text += f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
        return sign + text + _fraction(fraction)

    def api(self) -> str:
        """``1m30s``: the form in which arguments are sent (facts 7.4)."""
        seconds, fraction = divmod(abs(self.nanos), NANOS)
        out = "-" if self.nanos < 0 else ""
        for unit, size in (("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
            count, seconds = divmod(seconds, size)
            out += f"{count}{unit}" if count else ""
        out += f"{fraction // 1_000_000}ms" if fraction // 1_000_000 else ""
        out += f"{fraction % 1_000_000 // 1000}us" if fraction % 1_000_000 // 1000 else ""
        return out if out.removeprefix("-") else "0s"


def _fraction(nanos: int) -> str:
    """Milli, micro or nanoseconds, whichever is the first exact one (values oracle: .001, .655350, .167772150)."""
    if not nanos:
        return ""
    digits = f"{nanos:09d}"
    for width in (3, 6):
        if not int(digits[width:]):
            return "." + digits[:width]
    return "." + digits


@dataclass(frozen=True)
class Id:
    """An internal id such as ``*1A``."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Array:
    """Elements without key in their order, elements with key sorted by key (facts 6.2)."""

    items: tuple[Value, ...] = ()
    keyed: Mapping[str, Value] = field(default_factory=dict)
    #: what the whole tree below holds, and its depth; given by whoever knows it already
    held: int = field(default=0, compare=False)
    nested: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.nested:
            values = (*self.items, *self.keyed.values())
            object.__setattr__(self, "held", sum(map(held, values)) + sum(map(len, self.keyed)))
            inner = (value.nested for value in values if isinstance(value, Array))
            object.__setattr__(self, "nested", 1 + max(inner, default=0))
        if self.held > MOST_HELD or self.nested > MOST_NESTED:
            raise ScriptError("out of memory")

    def __len__(self) -> int:
        return len(self.items) + len(self.keyed)

    def pairs(self) -> Iterator[tuple[Value, Value]]:
        yield from enumerate(self.items)
        for key in sorted(self.keyed):
            yield key, self.keyed[key]

    def values(self) -> tuple[Value, ...]:
        return (*self.items, *(self.keyed[key] for key in sorted(self.keyed)))

    def get(self, key: Value) -> Value:
        if isinstance(key, int) and not isinstance(key, bool):
            every = self.values()
            return every[key] if 0 <= key < len(every) else NOTHING
        return self.keyed.get(to_text(key), NOTHING)

    def with_item(self, key: Value, value: Value) -> Array:
        """A copy with ``key`` set; NOTHING removes it. A number past the end appends."""
        if isinstance(key, int) and not isinstance(key, bool):
            return self._with_index(key, value)
        keyed = {k: v for k, v in self.keyed.items() if k != to_text(key)}
        if value is not NOTHING:
            keyed[to_text(key)] = value
        return Array(self.items, keyed)

    def _with_index(self, index: int, value: Value) -> Array:
        """A place below zero is none (inference)."""
        if index < 0:
            return self
        if index < len(self.items):
            middle = () if value is NOTHING else (value,)
            items = self.items[:index] + middle + self.items[index + 1 :]
            return Array(items, self.keyed, self.held - held(self.items[index]) + held(value), self._around(value))
        if index < len(self):
            return self.with_item(sorted(self.keyed)[index - len(self.items)], value)
        if value is NOTHING:
            return self
        return Array((*self.items, value), self.keyed, self.held + held(value), self._around(value))

    def _around(self, value: Value) -> int:
        return max(self.nested, value.nested + 1 if isinstance(value, Array) else 1)


@dataclass(frozen=True, eq=False)
class Code:
    """Parsed code: ``do={…}`` or ``:parse``. ``body`` is a lab.script.nodes.Block, ``source`` its text.

    ``unit`` is the whole text that the code was written in: places of errors count in it.
    """

    body: Any
    source: str
    unit: str


@dataclass(frozen=True, eq=False)
class Op:
    """A deferred expression, ``(>[…])`` (operators oracle)."""

    body: Any
    unit: str


Value: TypeAlias = "str | int | bool | Ip | IpPrefix | Ip6 | Ip6Prefix | Time | Id | Array | Code | Op | _Absent"


def held(value: Value) -> int:
    """How much a value holds: characters, elements."""
    if isinstance(value, str):
        return 1 + len(value)
    return 1 + value.held if isinstance(value, Array) else 1


def bounded(text: str) -> str:
    """``text``, when a script may hold so much."""
    if len(text) > MOST_HELD:
        raise ScriptError("out of memory")
    return text


_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (int, "num"),
    (str, "str"),
    (Ip, "ip"),
    (IpPrefix, "ip-prefix"),
    (Ip6, "ip6"),
    (Ip6Prefix, "ip6-prefix"),
    (Time, "time"),
    (Id, "id"),
    (Array, "array"),
    (Code, "code"),
    (Op, "op"),
)


def typeof(value: Value) -> str:
    if isinstance(value, _Absent):
        return value.name
    return next(name for kind, name in _NAMES if isinstance(value, kind))


def to_text(value: Value) -> str:
    """The text of a value as ``:tostr`` and string interpolation give it (code: values oracle, producedTypes)."""
    if isinstance(value, _Absent):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Array):
        parts = [to_text(v) for v in value.items]
        parts += [f"{key}={to_text(value.keyed[key])}" for key in sorted(value.keyed)]
        return ";".join(parts)
    if isinstance(value, Code | Op):
        return "(code)"
    return str(value)


def to_argument(value: Value) -> str:
    """The text of a value as an argument of a menu command: lists with commas, yes and no, 1m30s."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Array):
        return ",".join(to_argument(v) for v in value.values())
    if isinstance(value, Time):
        return value.api()
    if isinstance(value, Code):
        return value.source
    return to_text(value)


def absent(value: Value) -> bool:
    return isinstance(value, _Absent)


def utf8(text: str) -> bytes:
    """The bytes of a string. RouterOS strings are bytes; ``\\E9`` alone is kept as a surrogate."""
    return text.encode("utf-8", "surrogateescape")


def from_utf8(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
