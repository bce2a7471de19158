# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A frozen view of the configuration, handed from the store to the pure rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_UNITS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 0.000001}
_TIME = re.compile(r"(\d+)(ms|us|w|d|h|m|s)")


@dataclass(frozen=True)
class ConfigRow:
    """One row. ``values`` holds canonical text as the API prints it (``true``, ``10s``, ``10000000/10000000``).

    A property that is unset and has no shown default is absent. ``dynamic`` rows were made by the router itself.
    """

    id: int
    values: Mapping[str, str]
    dynamic: bool = False

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def has(self, name: str) -> bool:
        return name in self.values

    def flag(self, name: str) -> bool:
        return self.values.get(name, "false") in ("true", "yes")

    def num(self, name: str, default: int = 0) -> int:
        text = self.values.get(name)
        return default if text is None else int(text)

    def seconds(self, name: str, default: float = 0.0) -> float:
        """A duration such as ``1m30s`` in seconds; ``none`` and absence give ``default``."""
        text = self.values.get(name)
        if text is None or text == "none":
            return default
        return sum(int(n) * _UNITS[u] for n, u in _TIME.findall(text))

    @property
    def enabled(self) -> bool:
        return not self.flag("disabled")


@dataclass(frozen=True)
class Snapshot:
    """All menus at one revision. Rows stand in menu order; a singleton menu has exactly one row."""

    revision: int
    menus: Mapping[str, tuple[ConfigRow, ...]] = field(default_factory=dict)
    version: str = "7.22"

    def rows(self, menu: str) -> tuple[ConfigRow, ...]:
        return self.menus.get(menu, ())

    def single(self, menu: str) -> ConfigRow:
        rows = self.menus.get(menu, ())
        return rows[0] if rows else ConfigRow(0, {})
