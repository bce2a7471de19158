# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Claims in files: single properties of a row that is there already, taken from their default and given back."""

from __future__ import annotations

from collections.abc import Sequence

from .dialect import indented
from .menu_shape import Menu
from .plan import Row
from .quoting import quote
from .render_rows import ROW
from .render_text import Values, own, path, regex
from .value_forms import boolean

CLAIMED = ":claimed:[a-z0-9,-]+]$"


def claim(menu: Menu, row: Row) -> list[str]:
    """For every row of others with the key. One that says something else by hand is refused in words."""
    values = Values(menu, row)
    taken = sorted(name for name in row.values if name not in {*row.claims, *row.runtime, *menu.unclaimed, "comment"})
    mark = f'($mwWords . {quote(f"[{row.tag}:claimed:")} . $mwTaken . "]")'
    one = [
        f":local mwWords [{path(menu)} get $mwOne comment]",
        ':if ([:len $mwWords] > 0) do={ :set mwWords ($mwWords . " ") }',
        ':local mwTaken ""',
        *(line for name in taken for line in _take(menu, row, values, name)),
        f":if ([:len $mwTaken] > 0) do={{ {path(menu)} set $mwOne comment={mark} }}",
    ]
    unmarked = f':if ([:typeof [:find [{path(menu)} get $mwOne comment] "[multiwan:"]] != "num") do={{'
    keys = " ".join(values.one(name) for name in row.claims)
    lines = [f"# {row.tag}: on rows that are there already", *values.before]
    if row.absent == "refuse":
        lines += [
            f":if ([:len [{path(menu)} find where {keys}]] = 0) do={{",
            f"  :error {quote(f'multiwan: the router has no row {menu.path} with {keys}')}",
            "}",
        ]
    return [
        *lines,
        f":foreach mwOne in=[{path(menu)} find where {keys}] do={{",
        f"  {unmarked}",
        indented("\n".join(one), 4),
        "  }",
        "}",
    ]


def _take(menu: Menu, row: Row, values: Values, name: str) -> list[str]:
    held = f"[:tostr [{path(menu)} get $mwOne {name}]]"
    default = menu.defaults.get(name, "")
    wanted, free = (_shown(menu, name, text) for text in (str(row.values[name]), default))
    refusal = f"multiwan: {menu.path}: {name} of a row that is not ours was set otherwise by hand"
    return [
        f":if ({held} != {wanted}) do={{",
        f'  :if ({held} != {free} && {held} != "") do={{ :error {quote(refusal)} }}',
        f"  {path(menu)} set $mwOne {values.one(name)}",
        '  :if ([:len $mwTaken] > 0) do={ :set mwTaken ($mwTaken . ",") }',
        f"  :set mwTaken ($mwTaken . {quote(name)})",
        "}",
    ]


def _shown(menu: Menu, name: str, text: str) -> str:
    if menu.properties[name] is boolean:
        text = {"yes": "true", "no": "false"}.get(boolean(text), text)
    return quote(text)


def add_if_nobody(menu: Menu, row: Row, add: Sequence[str]) -> list[str]:
    """The row of its own that a claim makes where there is none to take from."""
    keys = " ".join(Values(menu, row).one(name) for name in row.claims)
    return [
        f":set {ROW} [{path(menu)} find where {keys}]",
        f":if ([:len ${ROW}] = 0 || [:len [{path(menu)} find where {own(menu, row.tag)}]] > 0) do={{",
        indented("\n".join(add), 2),
        "}",
    ]


def give_back(menu: Menu, names: Sequence[str]) -> list[str]:
    """Each claimed property gets RouterOS' default again, the comment what people wrote."""
    where = path(menu)
    lines = [
        f":foreach mwRow in=[{where} find where comment~{quote(regex('[multiwan:') + '.*' + CLAIMED)}] do={{",
        f"  :local mwComment [{where} get $mwRow comment]",
        '  :local mwAt [:find $mwComment "[multiwan:"]',
        '  :local mwNames [:pick $mwComment ([:find $mwComment ":claimed:"] + 9) ([:len $mwComment] - 1)]',
        '  :set mwNames ("," . $mwNames . ",")',
    ]
    for name in names:
        back = (
            f"{where} set $mwRow {name}={quote(menu.defaults.get(name, ''))}"
            if menu.is_set_back(name) and menu.properties[name] is not boolean
            else f"{where} set $mwRow {name}={menu.defaults[name]}"
            if menu.is_set_back(name)
            else f"{where} unset $mwRow {name}"
        )
        found = f'[:typeof [:find $mwNames ",{name},"]] = "num"'
        lines.append(f"  :if ({found}) do={{ {back} }}")
    return [
        *lines,
        '  :local mwWords ""',
        "  :if ($mwAt > 0) do={ :set mwWords [:pick $mwComment 0 ($mwAt - 1)] }",
        f"  {where} set $mwRow comment=$mwWords",
        "}",
    ]
