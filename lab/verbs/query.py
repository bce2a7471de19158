# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API queries: a stack of truth values, as facts 7.5 describes it [man: developer-guides/api]."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lab.store import Trap

_SAME = {"yes": "true", "no": "false"}


#: digits that RouterOS would call so; longer ones are compared as texts
_NUMBER = re.compile(r"-?[0-9]{1,20}")
_PLACE = re.compile(r"[0-9]+")


def matches(row: Mapping[str, str], queries: Sequence[str]) -> bool:
    """Whether ``row`` passes the query words (with or without the leading ``?``). Raises Trap on a bad word."""
    stack: list[bool] = []
    for word in queries:
        text = word.removeprefix("?")
        if text.startswith("#"):
            _operate(stack, text[1:])
        else:
            stack.append(_test(row, text))
    # The stack begins with infinitely many true values; one false left anywhere fails the item.
    return all(stack)


def _test(row: Mapping[str, str], text: str) -> bool:
    if text.startswith("-"):
        return text[1:] not in row
    if text[:1] in "<>=" and "=" in text[1:]:
        name, _, value = text[1:].partition("=")
        return _compare(row.get(name), text[0], value)
    name, equals, value = text.partition("=")
    if equals and name:
        return _compare(row.get(name), "=", value)
    return text.removeprefix("=") in row


def _compare(have: str | None, operator: str, want: str) -> bool:
    if have is None:
        return False
    if operator == "=":
        # Clients send yes/no where rows show true/false (facts 7.5).
        return have == want or _SAME.get(have, have) == _SAME.get(want, want)
    if _NUMBER.fullmatch(have) and _NUMBER.fullmatch(want):
        return int(have) < int(want) if operator == "<" else int(have) > int(want)
    return have < want if operator == "<" else have > want


def _pop(stack: list[bool]) -> bool:
    return stack.pop() if stack else True


def _operate(stack: list[bool], operations: str) -> None:
    index = 0
    while index < len(operations):
        char = operations[index]
        if char == "!":
            stack.append(not _pop(stack))
        elif char in "&|":
            first, second = _pop(stack), _pop(stack)
            stack.append((first and second) if char == "&" else (first or second))
        elif char == ".":
            stack.append(stack[-1] if stack else True)
        elif (digits := _PLACE.match(operations, index)) is not None:
            index += len(digits[0]) - 1
            # no stack is deeper than a sentence has words
            depth = int(digits[0][:9])
            value = stack[-1 - depth] if depth < len(stack) else True
            if index == len(operations) - 1:
                stack.clear()
            stack.append(value)
        else:
            raise Trap(f"invalid query operation {char}", 5)
        index += 1
