# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``layouts.yml`` as data: flags, columns and order of properties of each menu, for one major version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("layouts.yml")


@dataclass(frozen=True)
class Flag:
    """``letter`` is shown where ``name`` has ``value`` (empty: is true). ``title`` as the legend says it."""

    letter: str
    name: str
    value: str
    title: str

    def holds(self, row: Mapping[str, str]) -> bool:
        text = row.get(self.name, "")
        return text == self.value if self.value else text in ("true", "yes")


@dataclass(frozen=True)
class Layout:
    """``flags``: the letters that share a column. ``legend``: how many columns of flags stand on each of its lines.

    ``without``: properties that a detailed print leaves out; ``silent``: those that it leaves out at this value.
    """

    flags: tuple[tuple[Flag, ...], ...] = ()
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    stats: tuple[str, ...] = ()
    style: str = "table"
    unnumbered: str = ""
    legend: tuple[int, ...] = ()
    without: frozenset[str] = frozenset()
    silent: Mapping[str, str] = field(default_factory=dict)

    def letters(self, row: Mapping[str, str]) -> list[str]:
        """One letter or blank for each column."""
        return [next((flag.letter for flag in column if flag.holds(row)), " ") for column in self.flags]

    @property
    def flag_names(self) -> frozenset[str]:
        return frozenset(flag.name for column in self.flags for flag in column if not flag.value)


@cache
def layout(menu: str, major: int) -> Layout:
    """How ``menu`` is drawn; a menu that the file does not name has a name and the usual flags."""
    found = _file().get(menu)
    if found is None:
        return Layout(_flags(["X disabled, I invalid", "D dynamic"]), style="detail", order=("name",))
    get = _Chooser(found, major)
    return Layout(
        flags=_flags(get("flags", [])),
        columns=tuple(get("columns", [])),
        order=tuple(get("order", [])),
        stats=tuple(get("stats", [])),
        style=str(get("style", "table")),
        unnumbered=str(get("unnumbered", "")) if major >= 7 else "",
        legend=tuple(get("legend", [])) if major >= 7 else (),
        without=frozenset(get("detail-without", [])),
        silent=dict(word.split("=", 1) for word in get("silent", [])),
    )


class _Chooser:
    def __init__(self, entry: Mapping[str, Any], major: int) -> None:
        self._entry = entry
        self._major = major

    def __call__(self, key: str, default: Any) -> Any:
        return self._entry.get(f"{key}-{self._major}", self._entry.get(key, default))


@cache
def _file() -> Mapping[str, Any]:
    loaded = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _flags(columns: list[str]) -> tuple[tuple[Flag, ...], ...]:
    return tuple(tuple(_flag(word) for word in column.split(", ")) for column in columns)


def _flag(text: str) -> Flag:
    """``X disabled``, or ``B type=blackhole: blackhole``."""
    letter, _, rest = text.partition(" ")
    condition, _, title = rest.partition(": ")
    name, _, value = condition.partition("=")
    return Flag(letter, name.lower(), value, title or condition)
