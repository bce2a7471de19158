# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Words of rendered files: paths, ways to find an own row, values that only the router or its owner knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .dialect import indented
from .menu_shape import Menu
from .plan import Row
from .quoting import quote, word
from .router_values import ROUTER, parse_path
from .secret_values import gap, has_secrets
from .value_forms import boolean

#: A text longer than this is put together line by line: terminals don't take lines of any length.
_LONG = 200
TEXT = "mwText"


def path(menu: Menu | str) -> str:
    """With blanks, which every version reads."""
    return "/" + (menu if isinstance(menu, str) else menu.path).removeprefix("/").replace("/", " ")


def regex(text: str) -> str:
    """``text`` and nothing else, in a regular expression of RouterOS."""
    return re.sub(r"([.*+?(){}|\^$\[\\])", r"\\\1", text)


def own(menu: Menu, tag: str) -> str:
    """The condition that finds an own row: by its tag alone, whatever people did to the words before it."""
    if menu.mark != "comment":
        return f"{menu.mark}={quote(tag)}"
    return f"comment~{quote(regex(f'[{tag}]') + '$')}{but_dynamic(menu)}"


def but_dynamic(menu: Menu) -> str:
    """The router copies the comment of a name to the addresses that it stands for."""
    return " !dynamic" if menu.path == "/ip/firewall/address-list" else ""


def about(row: Row, menu: Menu) -> str:
    """What a person reads above a row."""
    return str(row.values.get(menu.mark, row.tag))


def variable(secret: str) -> str:
    """The variable that holds a secret while the file is imported."""
    return "mwSecret" + "".join(piece.capitalize() for piece in re.split(r"[^A-Za-z0-9]+", secret))


def secrets_of(rows: Iterator[Row] | tuple[Row, ...]) -> list[str]:
    """Names of all secrets that the rows need, once each."""
    return sorted(
        {name for row in rows for value in row.values.values() if has_secrets(value) for name in value["$secrets"]}
    )


class Values:
    """The values of one row as words of a command, and the lines that must stand before it."""

    def __init__(self, menu: Menu, row: Row) -> None:
        self.before: list[str] = []
        self._menu = menu
        self._words = {name: self._word(name, value) for name, value in row.values.items()}

    def words(self, *, without: tuple[str, ...] = ()) -> str:
        """`` a=1 b="two"``; the comment last, where it reads best."""
        names = sorted(
            (name for name in self._words if name not in without), key=lambda name: (name == "comment", name)
        )
        return "".join(f" {self._words[name]}" for name in names)

    def one(self, name: str) -> str:
        return self._words[name]

    def expression(self, name: str) -> str:
        return self._words[name].removeprefix(f"{name}=")

    def _word(self, name: str, value: Any) -> str:
        if name in self._menu.switches:
            return name
        if isinstance(value, (list, tuple)) or (isinstance(value, Mapping) and ROUTER in value):
            return f"{name}={self._from_router(value if isinstance(value, (list, tuple)) else [value])}"
        if has_secrets(value):
            return f"{name}={self._text(name, str(value['$text']), tuple(value['$secrets']))}"
        text = boolean(str(value)) if self._menu.properties[name] is boolean else str(value)
        return f"{name}={word(text) if len(text) <= _LONG else self._text(name, text, ())}"

    def _from_router(self, items: list[Any] | tuple[Any, ...]) -> str:
        """A comma list. RouterOS makes what a property wants out of a text."""
        parts = []
        for item in items:
            if not isinstance(item, Mapping):
                parts.append(quote(str(item)))
                continue
            asked = parse_path(item[ROUTER])
            held = f"[{path(asked.menu)} get [{path(asked.menu)} find where name={quote(asked.name)}] {asked.property}]"
            name = f"mwValue{len(self.before)}"
            if "else" in item:
                self.before += [
                    f":local {name} {quote(str(item['else']))}",
                    f":if ([:len [{path(asked.menu)} find where name={quote(asked.name)}]] > 0) do={{"
                    f" :set {name} {held} }}",
                ]
            else:
                self.before.append(f":local {name} {held}")
            parts.append(f"${name}")
        return "(" + ' . "," . '.join(parts) + ")" if len(parts) > 1 else parts[0]

    def _text(self, name: str, text: str, secrets: tuple[str, ...]) -> str:
        """A variable, filled line by line."""
        into = TEXT + "".join(piece.capitalize() for piece in name.split("-"))
        self.before.append(f':local {into} ""')
        for line in text.splitlines(keepends=True):
            self.before.append(f":set {into} (${into} . {_line(line, secrets)})")
        return f"${into}"


def _line(line: str, secrets: tuple[str, ...]) -> str:
    pieces: list[tuple[str, bool]] = [(line, False)]
    for name in secrets:
        split: list[tuple[str, bool]] = []
        for piece, filled in pieces:
            if filled:
                split.append((piece, True))
                continue
            for number, part in enumerate(piece.split(gap(name))):
                if number:
                    split.append((f"${variable(name)}", True))
                if part:
                    split.append((part, False))
        pieces = split
    return " . ".join(piece if filled else quote(piece) for piece, filled in pieces)


def block(lines: list[str]) -> str:
    """Lines that a router reads as one: it understands all of them or runs none."""
    return "{\n" + indented("\n".join(lines), 2) + "\n}"
