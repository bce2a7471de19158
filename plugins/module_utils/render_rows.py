# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One row of a plan as commands of a file: made when it is missing, mended when it is there, found by its tag."""

from __future__ import annotations

from collections.abc import Mapping

from .dialect import indented
from .menu_shape import Menu
from .plan import Row
from .quoting import quote, word
from .render_text import Values, about, but_dynamic, own, path, regex
from .value_forms import boolean

#: Where a ``set`` of what is there already could interrupt a line: nothing is written unless it differs.
_DELICATE = ("/interface/", "/ip/address", "/ip/dhcp-", "/ppp/")
ROW, LEFT, HAVE = "mwRow", "mwLeft", "mwHave"


def commands(menu: Menu, row: Row) -> list[str]:
    """A comment for people, then the commands. They need :func:`present` before them."""
    values = Values(menu, row)
    add = [f"{path(menu)} add{values.words()}", ":set mwNew ($mwNew + 1)"]
    found = f":set {ROW} (${HAVE}->{quote(f'[{row.tag}]')})"
    missing = f'[:typeof ${ROW}] = "nothing"'
    body = [*values.before, found, *_either(missing, _unless_held(menu, row, values, add), _mend(menu, row, values))]
    return [f"# {_plain(about(row, menu))}", *_unless_left(row, body)]


def present(menu: Menu) -> list[str]:
    """Tag to row: a menu is searched once, not once for each row of the file."""
    said, tag = f"[{path(menu)} get $mwOne {menu.mark}]", '[:pick $mwSaid [:find $mwSaid "[multiwan:"] [:len $mwSaid]]'
    where = f"comment~{quote(regex('[multiwan:') + '[^]]*]$')}"
    if menu.mark != "comment":
        where, tag = f"{menu.mark}~{quote('^multiwan:')}", '("[" . $mwSaid . "]")'
    return [
        f':local {HAVE} [:toarray ""]',
        f":foreach mwOne in=[{path(menu)} find where {where}{but_dynamic(menu)}] do={{",
        f"  :local mwSaid {said}",
        f"  :set (${HAVE}->{tag}) $mwOne",
        "}",
    ]


def _plain(text: str) -> str:
    """A comment ends at the end of its line, and a backslash there would take the next one in."""
    return "".join(character if " " <= character <= "~" and character != "\\" else "?" for character in text)


def _either(condition: str, then: list[str], otherwise: list[str]) -> list[str]:
    lines = [f":if ({condition}) do={{", indented("\n".join(then), 2)]
    return [*lines, *(["} else={", indented("\n".join(otherwise), 2)] if otherwise else []), "}"]


def _mend(menu: Menu, row: Row, values: Values) -> list[str]:
    """What scripts change by themselves stays as it is; a switch that is there is on."""
    names = [name for name in row.values if name not in row.runtime and name not in menu.switches]
    left = tuple(name for name in row.values if name not in names)
    count = ":set mwOld ($mwOld + 1)"
    if not names:
        return [count]
    change = f"{path(menu)} set ${ROW}{values.words(without=left)}"
    if not menu.path.startswith(_DELICATE) or menu.path.startswith("/interface/list"):
        return [change, count]
    return [*_either(" || ".join(_differs(menu, values, name) for name in sorted(names)), [change], []), count]


def _differs(menu: Menu, values: Values, name: str) -> str:
    wanted = values.expression(name)
    if menu.properties[name] is boolean:
        wanted = {"yes": '"true"', "no": '"false"'}.get(wanted, wanted)
    elif not wanted.startswith(('"', "$", "(")):
        wanted = quote(wanted)
    return f"[:tostr [{path(menu)} get ${ROW} {name}]] != {wanted}"


# --- rows of others


def _unless_held(menu: Menu, row: Row, values: Values, add: list[str]) -> list[str]:
    """Somebody else's row that says the same is as good as ours. One that says something else is not overruled."""
    if not menu.unique or menu.mark != "comment" or menu.long or menu.switches:
        return add
    names = sorted({*row.values} - {*menu.unique, *row.runtime, "comment"})
    words = _words(menu, row.values)
    refusal = f"multiwan: a row that is not ours has {words} already and differs: make it equal, or remove it"
    found = [f":put {quote('left as it is, since it is there already: ' + words)}"]
    if names:
        differs = " || ".join(_differs(menu, values, name) for name in names)
        found = [f":if ({differs}) do={{ :error {quote(refusal)} }}", *found]
    held = f":set {ROW} [{path(menu)} find where {key(menu, row.values)}{but_dynamic(menu)}]"
    return [held, *_either(f"[:len ${ROW}] > 0", found, add)]


def key(menu: Menu, values: Mapping[str, object]) -> str:
    return " ".join(f"{name}={word(str(values[name]))}" for name in menu.unique if name in values)


def _words(menu: Menu, values: Mapping[str, object]) -> str:
    return f"{menu.path} " + " ".join(f"{name}={values[name]}" for name in menu.unique if name in values)


def leader(menu: Menu, row: Row) -> list[str]:
    """Asks whether somebody else's row is in the place of one that yields; for each block that needs to know."""
    there = f"[:len [{path(menu)} find where {key(menu, row.values)}]]"
    mine = f"[:len [{path(menu)} find where {key(menu, row.values)} {own(menu, row.tag)}]]"
    return [f":local {left_variable(row.tag)} (({there} - {mine}) > 0)"]


def left_variable(tag: str) -> str:
    return LEFT + "".join(piece.capitalize() for piece in "".join(c if c.isalnum() else " " for c in tag).split()[1:])


def _unless_left(row: Row, body: list[str]) -> list[str]:
    leads = row.tag if row.yields else row.follows
    if not leads:
        return body
    note = [f":put {quote(f'left to a row of others that is there already: {row.menu} {row.tag}')}"]
    return _either(f"${left_variable(leads)} = false", body, note)
