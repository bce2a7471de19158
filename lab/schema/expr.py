# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Type expressions of the menu files: ``neg(list(enum(new, related)))``, ``or(num(0,255), enum(auto))``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from lab.values import Type
from lab.values import compound as c
from lab.values import net as n
from lab.values import scalar as s
from lab.values import special as x
from lab.values.shapes import PROTOCOL, SHAPES

_TOKEN = re.compile(r"\s*([(),]|[^(),\s][^(),]*)")

_PLAIN: dict[str, Type] = {
    "bool": s.BoolType(),
    "presence": s.PresenceType(),
    "mac": s.MacType(),
    "ip": n.IpType(),
    "ip6": n.Ip6Type(),
    "prefix": n.PrefixType(),
    "hostprefix": n.HostPrefixType(),
    "addresses": n.AddressMatchType(),
    "iprange": n.IpRangeType(),
    "netmask": n.NetmaskType(),
    "domain": n.DomainType(),
    "gateway": n.GatewayType(),
    "rate": x.RateType(),
    "pcc": x.PccType(),
    "group-policy": x.GroupPolicyType(),
    "date": x.DateType(),
    "olddate": x.OldDateType(),
    "clock": x.ClockType(),
    "protocol": PROTOCOL,
    "string": s.StringType(),
    "num": s.NumType(),
    "time": s.TimeType(),
    "port": s.NumRangeType(0, 65535),
}


class SchemaError(ValueError):
    """A menu file that does not say what it must."""


def parse_type(text: str) -> Type:
    """The value type that ``text`` describes. Raises SchemaError."""
    return _parse(text)


@cache
def _parse(text: str) -> Type:
    tokens = _TOKEN.findall(text)
    if "".join(tokens).replace(" ", "") != text.replace(" ", ""):
        raise SchemaError(f"type expression {text!r} can't be read")
    kind, rest = _expression([token.strip() for token in tokens])
    if rest:
        raise SchemaError(f"type expression {text!r} has a tail {rest}")
    return kind


def _expression(tokens: Sequence[str]) -> tuple[Type, Sequence[str]]:
    if not tokens:
        raise SchemaError("type expression ends too early")
    name, rest = tokens[0], tokens[1:]
    if not rest or rest[0] != "(":
        if name not in _PLAIN:
            raise SchemaError(f"unknown type {name!r}")
        return _PLAIN[name], rest
    if name in _NESTED:
        return _nested(name, rest[1:])
    words: list[str] = []
    index = 1
    while index < len(rest) and rest[index] != ")":
        if rest[index] != ",":
            words.append(rest[index])
        index += 1
    if index == len(rest) or name not in _LITERAL:
        raise SchemaError(f"type {name!r}(…) can't be read")
    return _LITERAL[name](words), rest[index + 1 :]


def _nested(name: str, tokens: Sequence[str]) -> tuple[Type, Sequence[str]]:
    items: list[Type] = []
    while True:
        item, tokens = _expression(tokens)
        items.append(item)
        if not tokens or tokens[0] not in (",", ")"):
            raise SchemaError(f"type {name!r}(…) is not closed")
        closed, tokens = tokens[0] == ")", tokens[1:]
        if closed:
            return _NESTED[name](items), tokens


def _one(build: Callable[[Type], Type]) -> Callable[[list[Type]], Type]:
    def make(items: list[Type]) -> Type:
        if len(items) != 1:
            raise SchemaError("this type takes one inner type")
        return build(items[0])

    return make


def _number(words: list[str]) -> Type:
    low, high = words
    return s.NumType(int(low), int(high))


def _shape(words: list[str]) -> Type:
    if words[0] not in SHAPES:
        raise SchemaError(f"unknown shape {words[0]!r}")
    return SHAPES[words[0]]


_NESTED: dict[str, Callable[[list[Type]], Type]] = {
    "list": _one(c.ListType),
    "neg": _one(c.NegType),
    "pair": _one(c.PairType),
    "or": lambda items: c.OrType(tuple(items)),
}
_LITERAL: dict[str, Callable[[list[str]], Type]] = {
    "num": _number,
    "numrange": lambda words: s.NumRangeType(int(words[0]), int(words[1])),
    "decimal": lambda words: s.DecimalType(float(words[0]), float(words[1])),
    "time": lambda words: s.TimeType(*words),
    "microtime": lambda words: s.MicrosecondsType(*words),
    "string": lambda words: s.StringType(int(words[0])),
    "enum": lambda words: s.EnumType(tuple(words)),
    "flags": lambda words: x.FlagSetType(tuple(words)),
    "ref": lambda words: c.RefType(words[0]),
    "shape": _shape,
    "rate": lambda words: x.RateType(int(words[0])),
    "kib": lambda words: x.KibType(int(words[0]), int(words[1])),
    "barekib": lambda words: x.KibType(int(words[0]), int(words[1]), bare=True),
}
