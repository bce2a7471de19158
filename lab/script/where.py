# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as the script language sees them: typed properties, and comparisons in a ``where`` (facts 6.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.script import operators
from lab.script.literals import literal, parse_id, parse_number, parse_time
from lab.script.values import NOTHING, Array, Id, IpPrefix, Time, Value, to_text

#: properties that are text whatever they look like
TEXTUAL = frozenset(
    {
        *("name", "comment", "source", "on-event", "on-alert", "log-prefix", "message", "contents", "version"),
        *("up-script", "down-script", "test-script", "url", "owner", "policy-name", "identity", "value", "user"),
        *("connection-mark", "new-connection-mark", "routing-mark", "new-routing-mark", "packet-mark", "list", "chain"),
        *("routing-table", "interface", "gateway-status", "board-name", "build-time", "data", "status"),
    }
)


Textual = Callable[[str], bool]


def typed(name: str, text: str, textual: Textual) -> Value:
    """The value that ``get`` gives for a property. Addresses with a mask are strings (facts 6.2)."""
    if name == ".id":
        return parse_id(text) or text
    if name in TEXTUAL or text in ("yes", "no", "") or textual(name):
        return text
    if "," in text:
        return Array(tuple(typed(name, part, textual) for part in text.split(",")))
    value = literal(text)
    if value is None or (name == "address" and isinstance(value, IpPrefix)):
        return text
    return value


def record(row: Mapping[str, str], textual: Textual) -> Array:
    return Array((), {name: typed(name, text, textual) for name, text in row.items()})


def prop(row: Mapping[str, str], name: str, textual: Textual) -> Value:
    text = row.get(name)
    return NOTHING if text is None else typed(name, text, textual)


def is_set(row: Mapping[str, str], name: str) -> bool:
    """A property on its own: true when it is set, for a boolean when it is on."""
    return row.get(name, "") not in ("", "false", "no")


def compare(row: Mapping[str, str], name: str, operator: str, value: Value, *, bare: bool) -> bool:
    """``name OP value``; ``bare``: the value was a bare word, so it is text of the property's own type."""
    text = row.get(name, "")
    if operator == "=":
        return _equal(text, value, bare)
    if operator == "!=":
        return not _equal(text, value, bare)
    if operator == "~":
        return operators.regex(to_text(value)).search(text)
    left = literal(text) if text else NOTHING
    right = _bare(value) if bare else value
    return operators.truth(operators.BINARY[operator](text if left is None else left, right))


def _bare(value: Value) -> Value:
    found = literal(value) if isinstance(value, str) else None
    return value if found is None else found


def _equal(text: str, value: Value, bare: bool) -> bool:
    if bare and isinstance(value, str):
        return text == value or _same(text, _bare(value))
    return _same(text, value)


def _same(text: str, value: Value) -> bool:
    if isinstance(value, bool):
        return text in (("true", "yes") if value else ("false", "no", ""))
    if isinstance(value, int):
        return parse_number(text) == value
    if isinstance(value, Time):
        return parse_time(text) == value
    if isinstance(value, Array):
        return text == ",".join(to_text(item) for item in value.values())
    if isinstance(value, Id):
        return text == value.text
    return text == to_text(value)
