# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration as it lies on flash: what a reboot brings back and what a backup holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.schema.snapshot import ConfigRow


@dataclass(frozen=True)
class Image:
    """Rows of every menu, and the next id of every id space (ids stay over a reboot)."""

    menus: Mapping[str, tuple[ConfigRow, ...]]
    next_id: Mapping[str, int]

    def without(self, *menus: str) -> Image:
        return Image({path: rows for path, rows in self.menus.items() if path not in menus}, self.next_id)

    def with_rows(self, menu: str, rows: tuple[ConfigRow, ...]) -> Image:
        return Image({**self.menus, menu: rows}, self.next_id)
