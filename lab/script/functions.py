# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that compute a value from values (facts 6.2, 6.4). Pure, but for the random ones."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping

from lab.script import conversion
from lab.script.errors import ScriptError
from lab.script.literals import parse_id, parse_ip, parse_ip6, parse_number, parse_time, word_value
from lab.script.machine import Handler, Machine
from lab.script.nodes import Node, Word
from lab.script.operators import equal
from lab.script.scope import Scope
from lab.script.values import (
    MAX_NUM,
    MOST_HELD,
    NANOS,
    NIL,
    NOTHING,
    Array,
    Id,
    Ip,
    Ip6,
    Time,
    Value,
    absent,
    from_utf8,
    to_text,
    typeof,
    utf8,
)

Values = Mapping[str, Value]
#: one that fits into a variable; the router's own limit is not known
_LONGEST_RANDOM = 65_536


def _len(given: Values) -> Value:
    """Bytes of a text, elements of an array; of nothing 0."""
    value = given["value"]
    return len(value) if isinstance(value, Array) else len(utf8(to_text(value)))


def _number(value: Value, otherwise: int) -> int:
    if absent(value):
        return otherwise
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ScriptError("invalid value, number expected")


def _find(given: Values) -> Value:
    """The place of ``key`` or nil; the search begins after ``from`` (the manual's -1 means the very begin)."""
    start = _number(given.get("from", NOTHING), -1) + 1
    holder, key = given["in"], given["key"]
    if isinstance(holder, Array):
        for place, (name, value) in enumerate(holder.pairs()):
            if place >= start and equal(value, key):
                return name if isinstance(name, str) else place
        return NIL
    place = utf8(to_text(holder)).find(utf8(to_text(key)), max(start, 0))
    return NIL if place < 0 else place


def _pick(given: Values) -> Value:
    """One element or character, or those from ``begin`` up to ``end``, which is not included."""
    holder, begin = given["counter"], _number(given["begin"], 0)
    end = _number(given.get("end", NOTHING), begin + 1)
    if isinstance(holder, Array):
        if "end" not in given:
            return holder.get(begin)
        return Array(holder.values()[max(begin, 0) : max(end, 0)])
    return from_utf8(utf8(to_text(holder))[max(begin, 0) : max(end, 0)])


def _tonum(given: Values) -> Value:
    value = given["value"]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, Ip):
        return value.number
    if isinstance(value, Time):
        return value.nanos // NANOS
    number = parse_number(to_text(value).strip())
    return NIL if number is None else number


def _tobool(given: Values) -> Value:
    value = given["value"]
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    return {"true": True, "yes": True, "false": False, "no": False}.get(to_text(value), NIL)


def _totime(given: Values) -> Value:
    value = given["value"]
    if isinstance(value, Time):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _seconds(value)
    text = to_text(value)
    number = parse_number(text)
    if number is not None:
        return _seconds(number)
    return parse_time(text) or NIL


def _seconds(number: int) -> Value:
    return Time(number * NANOS) if abs(number) <= MAX_NUM // NANOS else NIL


def _parsed(kind: type, parse: Callable[[str], Value | None]) -> Callable[[Values], Value]:
    def convert(given: Values) -> Value:
        value = given["value"]
        if isinstance(value, kind):
            return value
        if kind is Ip and isinstance(value, int) and not isinstance(value, bool):
            return Ip(value % 2**32)
        found = parse(to_text(value))
        return NIL if found is None else found

    return convert


def _toarray(given: Values) -> Value:
    """Splits text at commas, or at ``delimiter`` (7.21). Elements that look like values become them (inference)."""
    value = given["value"]
    if isinstance(value, Array):
        return value
    text = to_text(value)
    if not text:
        return Array()
    if not isinstance(value, str):
        return Array((value,))
    delimiter = to_text(given.get("delimiter", ","))
    if not delimiter:
        raise ScriptError("invalid value for argument delimiter")
    return Array(tuple(word_value(part) for part in text.split(delimiter)))


def _range(given: Values) -> Value:
    first, last = _number(given["from"], 0), _number(given["to"], 0)
    if last - first > MOST_HELD:
        raise ScriptError("out of memory")
    return Array(tuple(range(first, last + 1)))


def _rndstr(given: Values) -> Value:
    letters = to_text(given.get("from", string.digits + string.ascii_letters))
    length = _number(given.get("length", NOTHING), 16)
    if not letters or not 0 <= length <= _LONGEST_RANDOM:
        raise ScriptError("invalid value")
    return "".join(random.choices(letters, k=length))


def _rndnum(given: Values) -> Value:
    low, high = _number(given["from"], 0), _number(given["to"], 0)
    if low > high:
        raise ScriptError("invalid value")
    return random.randint(low, high)


def _nsec(given: Values) -> Value:
    value = given["value"]
    return value.nanos if isinstance(value, Time) else NIL


FUNCTIONS: dict[str, Callable[[Values], Value]] = {
    "len": _len,
    "typeof": lambda given: typeof(given["value"]),
    "find": _find,
    "pick": _pick,
    "tostr": lambda given: to_text(given["value"]),
    "tonum": _tonum,
    "tobool": _tobool,
    "toip": _parsed(Ip, parse_ip),
    "toip6": _parsed(Ip6, parse_ip6),
    "totime": _totime,
    "toid": _parsed(Id, parse_id),
    "tonsec": _nsec,
    "toarray": _toarray,
    "tocrlf": lambda given: to_text(given["input"]).replace("\r\n", "\n").replace("\n", "\r\n"),
    "tolf": lambda given: to_text(given["input"]).replace("\r\n", "\n"),
    "nothing": lambda given: NIL,
    "beep": lambda given: NOTHING,
    "range": _range,
    "rndstr": _rndstr,
    "rndnum": _rndnum,
    "convert": conversion.convert,
    "serialize": conversion.serialize,
    "deserialize": conversion.deserialize,
}
_NAMED_WORDS = {"from", "to", "transform", "options"}


def _handler(name: str, function: Callable[[Values], Value]) -> Handler:
    words = name in ("convert", "serialize", "deserialize")

    async def handle(machine: Machine, arguments: Mapping[str, Node], scope: Scope) -> Value:
        given: dict[str, Value] = {}
        for key, node in arguments.items():
            if words and key in _NAMED_WORDS and isinstance(node, Word):
                given[key] = node.text
            else:
                given[key] = await machine.value(node, scope)
        return function(given)

    return handle


PURE: dict[str, Handler] = {name: _handler(name, function) for name, function in FUNCTIONS.items()}
