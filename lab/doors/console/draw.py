# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``print`` draws. Pure: rows and options in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, str]


@dataclass(frozen=True)
class Drawing:
    """``at``: the menu of this version; ``width``: of the terminal, 0 when nothing is to be folded."""

    menu: str
    at: Any
    version: str
    width: int


def draw(drawing: Drawing, rows: Sequence[Row], options: Mapping[str, str]) -> str:
    if drawing.at is not None and drawing.at.menu.singleton:
        return "\n".join(singleton(row) for row in rows)
    return "\n".join(
        f"{index:>2} " + " ".join(f"{n}={v}" for n, v in row.items() if n != ".id") for index, row in enumerate(rows)
    )


def singleton(row: Row) -> str:
    """Names right-aligned, one property a line."""
    width = max((len(name) for name in row), default=0)
    return "\n".join(f"  {name:>{width}}: {value}" for name, value in row.items())
