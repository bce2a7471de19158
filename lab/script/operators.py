# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators do with values (facts 6.1, 6.2; operators and values oracles, 7.23.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lab.script.errors import ScriptError
from lab.script.regex import BadPattern, Pattern, compiled
from lab.script.values import (
    MAX_NUM,
    NOTHING,
    Array,
    Ip,
    Ip6,
    Ip6Prefix,
    IpPrefix,
    Time,
    Value,
    absent,
    bounded,
    from_utf8,
    to_text,
    typeof,
    utf8,
)

#: the names of types in error texts. Only array and nothing were seen (operators oracle); the others are unsure
_TYPE_WORDS = {"num": "integer number", "str": "string", "bool": "boolean", "time": "time interval", "ip": "ip address"}


def _word(value: Value) -> str:
    return _TYPE_WORDS.get(typeof(value), typeof(value))


def _cannot(verb: str, joint: str, left: Value, right: Value) -> ScriptError:
    return ScriptError(f"cannot {verb} {_word(left)} {joint} {_word(right)}")


def clamp(number: int) -> int:
    """64 bits, wrapping as machine arithmetic does (inference)."""
    return (number + MAX_NUM + 1) % (2 * MAX_NUM + 2) - MAX_NUM - 1


def truth(value: Value) -> bool:
    """The condition of :if and :while. Nothing counts as false; anything else must be a bool."""
    if isinstance(value, bool):
        return value
    if absent(value):
        return False
    raise ScriptError("conditional not boolean")


# ---- equality and order


def equal(left: Value, right: Value) -> bool:
    """Values of different types are not equal, which is no error (facts 6.2); nothing and nil are alike."""
    if absent(left) or absent(right):
        return absent(left) and absent(right)
    if typeof(left) != typeof(right):
        return False
    if isinstance(left, Array) and isinstance(right, Array):
        pairs = list(zip(left.pairs(), right.pairs(), strict=False))
        return len(left) == len(right) and all(equal(a[0], b[0]) and equal(a[1], b[1]) for a, b in pairs)
    return left == right


def compare(left: Value, right: Value, joint: str) -> int:
    """Below, at or above zero. Nothing is less than everything: ``($unset<=1)`` is true (values oracle)."""
    if absent(left) or absent(right):
        return int(absent(right)) - int(absent(left))
    if not isinstance(left, bool) and not isinstance(right, bool) and type(left) is type(right):
        if isinstance(left, str) and isinstance(right, str):
            return _sign(utf8(left), utf8(right))
        if isinstance(left, int | Time | Ip | Ip6):
            return _sign(left, right)
    raise _cannot("compare if", f"is {joint} than", left, right)


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def matches(left: Value, right: Value) -> bool:
    if isinstance(left, Array):
        return any(matches(item, right) for item in left.values())
    return regex(to_text(right)).search(to_text(left))


def regex(pattern: str) -> Pattern:
    try:
        return compiled(pattern)
    except BadPattern as error:
        raise ScriptError("invalid regular expression") from error


def contains(left: Value, right: Value) -> bool:
    if isinstance(right, IpPrefix) and isinstance(left, Ip | IpPrefix):
        address = left if isinstance(left, Ip) else left.address
        length = 32 if isinstance(left, Ip) else left.length
        shift = 32 - right.length
        return length >= right.length and address.number >> shift == right.address.number >> shift
    if isinstance(right, Ip6Prefix) and isinstance(left, Ip6 | Ip6Prefix):
        six = left if isinstance(left, Ip6) else left.address
        length = 128 if isinstance(left, Ip6) else left.length
        shift = 128 - right.length
        return length >= right.length and six.number >> shift == right.address.number >> shift
    if isinstance(right, Array):
        return any(equal(left, item) for item in right.values())
    return False


# ---- arithmetic


def add(left: Value, right: Value) -> Value:
    """Nothing adds nothing: ``(2 + $unset)`` is 2 (operators oracle, apply-positional)."""
    if left is NOTHING or right is NOTHING:
        return right if left is NOTHING else left
    if isinstance(left, Ip) and isinstance(right, int):
        return Ip((left.number + right) % 2**32)
    if isinstance(left, Time) and isinstance(right, Time):
        return Time(clamp(left.nanos + right.nanos))
    if isinstance(left, int) and isinstance(right, int):
        return clamp(left + right)
    raise _cannot("add", "to", left, right)


def subtract(left: Value, right: Value) -> Value:
    if left is NOTHING or right is NOTHING:
        return left if right is NOTHING else negate(right)
    if isinstance(left, Ip) and isinstance(right, Ip):
        return left.number - right.number
    if isinstance(left, Ip) and isinstance(right, int):
        return Ip((left.number - right) % 2**32)
    if isinstance(left, Time) and isinstance(right, Time):
        return Time(clamp(left.nanos - right.nanos))
    if isinstance(left, int) and isinstance(right, int):
        return clamp(left - right)
    raise _cannot("subtract", "from", right, left)


def multiply(left: Value, right: Value) -> Value:
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(left, Time) and isinstance(right, int):
        return Time(clamp(left.nanos * right))
    if isinstance(left, int) and isinstance(right, Time):
        return Time(clamp(left * right.nanos))
    if isinstance(left, int) and isinstance(right, int):
        return clamp(left * right)
    raise _cannot("multiply", "by", left, right)


def divide(left: Value, right: Value) -> Value:
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(right, int | Time) and not (right.nanos if isinstance(right, Time) else right):
        raise ScriptError("division by zero")
    if isinstance(left, Time) and isinstance(right, Time):
        return _quotient(left.nanos, right.nanos)
    if isinstance(left, Time) and isinstance(right, int):
        return Time(_quotient(left.nanos, right))
    if isinstance(left, int) and isinstance(right, int):
        return _quotient(left, right)
    raise _cannot("divide", "by", left, right)


def _quotient(left: int, right: int) -> int:
    """Towards zero, as machine division."""
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def modulo(left: Value, right: Value) -> Value:
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if isinstance(left, int) and isinstance(right, int):
        if not right:
            raise ScriptError("division by zero")
        return left - right * _quotient(left, right)
    raise _cannot("divide", "by", left, right)


def _bits(name: str, calculate: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if isinstance(left, Ip) and isinstance(right, Ip | int):
            number = right.number if isinstance(right, Ip) else right
            return Ip(calculate(left.number, number) % 2**32)
        if isinstance(left, int) and isinstance(right, int):
            return clamp(calculate(left, right))
        raise _cannot(name, "with", left, right)

    return apply


# ---- text and arrays


def concatenate(left: Value, right: Value) -> Value:
    """With an array on one side, each of its elements (values oracle: ``((1,2,3) . "a")`` is 1a;2a;3a)."""
    if isinstance(left, Array):
        return _each(left, lambda item: concatenate(item, right))
    if isinstance(right, Array):
        return _each(right, lambda item: concatenate(left, item))
    return from_utf8(utf8(bounded(to_text(left))) + utf8(bounded(to_text(right))))


def _each(array: Array, change: Callable[[Value], Value]) -> Array:
    return Array(tuple(change(v) for v in array.items), {k: change(v) for k, v in array.keyed.items()})


def append(left: Value, right: Value) -> Value:
    """``,``: arrays are joined, single values appended; nothing adds no element (values oracle, ``{a,b=1}``)."""
    items: list[Value] = []
    keyed: dict[str, Value] = {}
    for side in (left, right):
        if isinstance(side, Array):
            items.extend(side.items)
            keyed.update(side.keyed)
        elif side is not NOTHING:
            items.append(side)
    return Array(tuple(items), keyed)


def member(left: Value, right: Value) -> Value:
    return left.get(right) if isinstance(left, Array) else NOTHING


# ---- prefixes


def invert(value: Value) -> Value:
    if isinstance(value, bool) or absent(value):
        return not truth(value)
    raise ScriptError(f"cannot negate {_word(value)}")


def negate(value: Value) -> Value:
    if isinstance(value, Time):
        return Time(-value.nanos)
    if isinstance(value, int) and not isinstance(value, bool):
        return -value
    if absent(value):
        return NOTHING
    raise ScriptError(f"cannot make negative {_word(value)}")


def complement(value: Value) -> Value:
    if isinstance(value, Ip):
        return Ip(value.number ^ 0xFFFFFFFF)
    if isinstance(value, int) and not isinstance(value, bool):
        return clamp(~value)
    if absent(value):
        return NOTHING
    raise ScriptError(f"cannot invert {_word(value)}")


PREFIXES: dict[str, Callable[[Value], Value]] = {
    "!": invert,
    "-": negate,
    "~": complement,
    "any": lambda value: not absent(value),
}

BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda a, b: not equal(a, b),
    "<": lambda a, b: compare(a, b, "less") < 0,
    ">": lambda a, b: compare(a, b, "more") > 0,
    "<=": lambda a, b: compare(a, b, "less") <= 0,
    ">=": lambda a, b: compare(a, b, "more") >= 0,
    "~": matches,
    "in": contains,
    ".": concatenate,
    ",": append,
    "->": member,
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "|": _bits("or", lambda a, b: a | b),
    "&": _bits("and", lambda a, b: a & b),
    "^": _bits("xor", lambda a, b: a ^ b),
    "<<": _bits("shift", lambda a, b: a << (b % 64)),
    ">>": _bits("shift", lambda a, b: a >> (b % 64)),
}


def fold(operator: str, operands: Sequence[Value]) -> Value:
    """A variadic operator from left to right. ``and`` and ``or`` evaluate every operand (short circuit is unsure)."""
    if operator in ("and", "", "or"):
        verdicts = [truth(value) for value in operands]
        return any(verdicts) if operator == "or" else all(verdicts)
    result = operands[0]
    for value in operands[1:]:
        result = BINARY[operator](result, value)
    return result
