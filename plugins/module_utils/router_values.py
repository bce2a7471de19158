# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values that only the router knows: ``{"$router": "/interface/bridge/bridge/mac-address"}``.

Such a mapping stands for a whole value or for one item of a list; a list becomes a comma list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .diff import Found
from .plan import Row

KEY = "$router"


@dataclass(frozen=True, order=True)
class RouterPath:
    """A property of the row called ``name`` in ``menu``."""

    menu: str
    name: str
    property: str


def parse_path(text: str) -> RouterPath:
    """Raises ``ValueError`` for anything but ``<menu>/<row name>/<property>``."""
    menu, _, rest = text.rpartition("/")
    menu, _, name = menu.rpartition("/")
    if not (menu.startswith("/") and name and rest):
        raise ValueError(f"{text!r} is not <menu>/<row name>/<property>")
    return RouterPath(menu, name, rest)


def wanted_paths(rows: Iterable[Row]) -> list[RouterPath]:
    """Every router value that the rows refer to, each menu once per row name and property."""
    return sorted({path for row in rows for value in row.values.values() for path in _paths(value)})


def unresolved(rows: Iterable[Row], router: Mapping[str, Sequence[Found]]) -> list[str]:
    """A sentence for each value that the router does not have."""
    faults = []
    for row in rows:
        for name, value in row.values.items():
            for path in _paths(value):
                if _find(path, router) is None:
                    faults.append(
                        f"{row.menu} [{row.tag}]: {name} needs the {path.property} of {path.name!r}, but"
                        f" {path.menu} on the router has no such row"
                    )
    return faults


def with_router_values(rows: Iterable[Row], router: Mapping[str, Sequence[Found]]) -> tuple[Row, ...]:
    """The rows with plain text everywhere."""
    return tuple(
        Row(row.menu, row.tag, {name: _text(value, router) for name, value in row.values.items()}) for row in rows
    )


def _paths(value: Any) -> Iterator[RouterPath]:
    if isinstance(value, Mapping):
        yield parse_path(str(value[KEY]))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _paths(item)


def _find(path: RouterPath, router: Mapping[str, Sequence[Found]]) -> str | None:
    for found in router.get(path.menu, ()):
        if found.values.get("name") == path.name:
            return found.values.get(path.property)
    return None


def _text(value: Any, router: Mapping[str, Sequence[Found]]) -> str:
    if isinstance(value, Mapping):
        found = _find(parse_path(str(value[KEY])), router)
        if found is None:
            raise ValueError(f"{value[KEY]!r} is not on the router")
        return found
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item, router) for item in value)
    return str(value)
