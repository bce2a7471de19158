# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values that a plan leaves open: what only the router knows, and secrets.

``{"$router": "/interface/bridge/mac-address"}`` is a property of a named row, also inside a list, which becomes a comma
list. ``"else"`` beside it is the text for a row that is not there yet. Texts with gaps for secrets are made by
:mod:`secret_values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .diff import Found
from .plan import Row
from .secret_values import filled, has_secrets

ROUTER = "$router"


@dataclass(frozen=True, order=True)
class RouterPath:
    """A property of the row called ``name`` in ``menu``."""

    menu: str
    name: str
    property: str


def parse_path(text: str) -> RouterPath:
    """Raises ``ValueError`` for anything but ``<menu>/<row name>/<property>``."""
    menu, _sep, rest = text.rpartition("/")
    menu, _sep, name = menu.rpartition("/")
    if not (menu.startswith("/") and name and rest):
        raise ValueError(f"{text!r} is not <menu>/<row name>/<property>")
    return RouterPath(menu, name, rest)


def wanted_paths(rows: Iterable[Row]) -> list[RouterPath]:
    """Every router value that the rows refer to, once."""
    return sorted({parse_path(value[ROUTER]) for _first, _second, value in _open(rows) if ROUTER in value})


def unresolved(rows: Iterable[Row], router: Mapping[str, Sequence[Found]], secrets: Mapping[str, str]) -> list[str]:
    """A sentence for each value that can't be filled in."""
    faults = []
    for row, name, value in _open(rows):
        where = f"{row.menu} [{row.tag}]: {name}"
        if ROUTER in value:
            path = parse_path(value[ROUTER])
            if _find(path, router) is None and "else" not in value:
                faults.append(
                    f"{where} needs the {path.property} of {path.name!r}, and {path.menu} on the router has no such row"
                )
        elif has_secrets(value):
            faults += [
                f"{where} needs the secret {key}, which was not given"
                for key in value["$secrets"]
                if not secrets.get(key)
            ]
        else:
            faults.append(f"{where} is neither text nor a value that this release knows how to fill in")
    return faults


def resolved(rows: Iterable[Row], router: Mapping[str, Sequence[Found]], secrets: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows with plain text everywhere. Call :func:`unresolved` first."""
    return tuple(
        replace(row, values={name: _text(value, router, secrets) for name, value in row.values.items()}) for row in rows
    )


def _open(rows: Iterable[Row]) -> Iterator[tuple[Row, str, Mapping[str, Any]]]:
    """Row, property and mapping for everything that is to be filled in."""
    for row in rows:
        for name, value in row.values.items():
            for item in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(item, Mapping):
                    yield row, name, item


def _find(path: RouterPath, router: Mapping[str, Sequence[Found]]) -> str | None:
    for found in router.get(path.menu, ()):
        if found.values.get("name") == path.name:
            return found.values.get(path.property)
    return None


def _text(value: Any, router: Mapping[str, Sequence[Found]], secrets: Mapping[str, str]) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item, router, secrets) for item in value)
    if not isinstance(value, Mapping):
        return str(value)
    if has_secrets(value):
        return filled(value, secrets)
    return _find(parse_path(value[ROUTER]), router) or str(value.get("else", ""))
