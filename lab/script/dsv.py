# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of delimited values (7.16) for :serialize and :deserialize, after the manual's examples.

Unsure: what :deserialize gives without options (here the counterpart of :serialize: an array of columns), and which
elements become values (here those that a bare word would make).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest

from lab.script.errors import ScriptError
from lab.script.literals import word_value
from lab.script.values import Array, Value, bounded, to_text


def serialize(value: Value, *, delimiter: str, options: Collection[str], order: Sequence[str]) -> str:
    """Columns by name, their names in the first line; rows with ``dsv.remap``: what ``print as-value`` gives."""
    if not isinstance(value, Array):
        return _cell(value, options)
    if "dsv.remap" in options:
        return _lines([list(line) for line in _remapped(value, order, options)], delimiter)
    if not value.keyed:
        rows = [list(row.values()) if isinstance(row, Array) else [row] for row in value.items]
        return _lines([[_cell(cell, options) for cell in row] for row in rows], delimiter)
    names = list(order) or sorted(value.keyed)
    columns = [_column(value.get(name)) for name in names]
    if len({len(column) for column in columns}) > 1 and "dsv.ignore-size" not in options:
        raise ScriptError("array size mismatch")
    cells = [[_cell(cell, options) for cell in row] for row in zip_longest(*columns, fillvalue="")]
    return _lines([names, *cells], delimiter)


def _remapped(value: Array, order: Sequence[str], options: Collection[str]) -> list[list[str]]:
    rows = [row for row in value.values() if isinstance(row, Array)]
    names = list(order) or sorted({name for row in rows for name in row.keyed})
    cells = [[_cell(row.keyed[name], options) if name in row.keyed else "" for name in names] for row in rows]
    return [names, *cells]


def _column(value: Value) -> Sequence[Value]:
    return value.values() if isinstance(value, Array) else (value,)


def _cell(value: Value, options: Collection[str]) -> str:
    text = to_text(value)
    return f'"{text}"' if isinstance(value, str) and "dsv.wrap-strings" in options else text


def _lines(rows: list[list[str]], delimiter: str) -> str:
    return bounded("\n".join(delimiter.join(row) for row in rows))


def deserialize(text: str, *, delimiter: str, options: Collection[str]) -> Value:
    """``dsv.plain``: an array for each line; ``dsv.array``: the first line names the keys of the others."""
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    rows = [[_value(cell) for cell in _cells(line, delimiter)] for line in lines]
    if "dsv.plain" in options:
        return Array(tuple(Array(tuple(row)) for row in rows))
    names = [to_text(cell) for cell in rows[0]]
    if "dsv.array" in options:
        return Array(tuple(Array((), dict(zip(names, row, strict=False))) for row in rows[1:]))
    columns = {name: Array(tuple(row[at] for row in rows[1:] if at < len(row))) for at, name in enumerate(names)}
    return Array((), columns)


def _cells(line: str, delimiter: str) -> list[str]:
    return line.split(delimiter) if delimiter and delimiter != "\n" else [line]


def _value(text: str) -> Value:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else word_value(text)
