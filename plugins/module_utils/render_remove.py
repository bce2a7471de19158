# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Removals in files: everything of ours, known by its tag, in the reverse of the order in which it was made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from . import leftovers, names, orphans
from .menu_shape import Menu
from .menus import MENUS
from .menus import menu as menu_at
from .plan import Row
from .quoting import quote
from .render_claims import CLAIMED, give_back
from .render_text import but_dynamic, own, path
from .versions import Version

#: What no removal takes: rows of a change that is under way, and the way in that bootstrap made.
ROLES = ("wan", "lan", "notify", "failover", "pcc", "bandwidth", "dhcp_alert", "drill")
_ROLES = "|".join(ROLES)
#: Rows that nobody makes or removes, only claims.
_HARDWARE = ("/interface/lte",)
#: Menus of packages that a router may not have; a word that it does not know would end the whole file.
_PACKAGED = ("/ppp/", "/interface/pppoe-client", "/interface/lte")
OURS = rf"\[multiwan:({_ROLES}):[^]]*\]$"


def removal(rows: Sequence[Row], version: Version) -> list[str]:
    """``rows``: of the plan; what an earlier one had goes, too, since nothing but the tag counts."""
    menus = _menus(rows, version)
    lines = ["# what moves the way out, first", *_late(rows)]
    for menu in menus:
        lines += [f"# {path(menu)}", *_given_back(menu, rows), *_sweep(menu)]
    return [*lines, *_leftovers(rows, version)]


def _menus(rows: Sequence[Row], version: Version) -> list[Menu]:
    """Those that hold rows of the plan, and those in which an earlier one may have had some; latest first."""
    used = {row.menu for row in rows}
    return [
        menu
        for menu in reversed(MENUS)
        if menu.on(version) and (menu.path in used or not menu.path.startswith(_PACKAGED))
    ]


def _late(rows: Sequence[Row]) -> Iterator[str]:
    """Routes by which the router itself goes out; they came last."""
    for row in reversed(rows):
        menu = menu_at(row.menu)
        if menu.late_stage and menu.place({name: str(value) for name, value in row.values.items()}) == menu.late_stage:
            yield f"{path(menu)} remove [find where {own(menu, row.tag)}]"


def _sweep(menu: Menu) -> Iterator[str]:
    if menu.path in _HARDWARE:
        return
    for value in _latest_first(menu):
        yield f"{path(menu)} remove [find where {menu.ordered_within}={value} {_ours(menu)}]"
    yield f"{path(menu)} remove [find where {_ours(menu)}]"


def _ours(menu: Menu) -> str:
    if menu.mark != "comment":
        return f"{menu.mark}~{quote(f'^multiwan:({_ROLES}):')}"
    return f"comment~{quote(OURS)} !(comment~{quote(CLAIMED)}){but_dynamic(menu)}"


def _latest_first(menu: Menu) -> Iterable[str]:
    """What leads into our chains goes before them."""
    if menu.path.endswith("/nat"):
        return ("dstnat",)
    return sorted(menu.stages_within, key=lambda value: -menu.stages_within[value])


def _given_back(menu: Menu, rows: Iterable[Row]) -> list[str]:
    claimed = {
        name
        for row in rows
        if row.menu == menu.path and row.claims
        for name in set(row.values) - {*row.claims, *menu.unclaimed, *row.runtime, "comment"}
    }
    return give_back(menu, sorted(claimed)) if claimed else []


def _leftovers(rows: Sequence[Row], version: Version) -> list[str]:
    """What scripts keep, and connections that have the address of a line which is no more."""
    lists = sorted({name for kept in leftovers.LISTS.values() for name in kept})
    marks = dict.fromkeys(
        names.uplink_table(row.tag.split(":")[2]) for row in rows if row.menu == "/ip/address" and ":wan:" in row.tag
    )
    return [
        "# what scripts kept",
        f"/ip firewall address-list remove [find where dynamic list~{quote('^(' + '|'.join(lists) + ')$')}]",
        f"/certificate remove [find where name~{quote('^' + leftovers.IMPORTED.pattern + '$')}]",
        f"/file remove [find where name~{quote(leftovers.FILE_NAME.pattern + '$')}]",
        "# connections with the address of a line that is no more",
        *(orphans.forgotten(mark, version) for mark in marks),
    ]


def stale(rows: Sequence[Row], version: Version) -> list[str]:
    """What a file of an earlier plan made and this plan has not, latest first. Claims stay as they are."""
    lines: list[str] = [':local mwKnown ""']
    for menu in _menus(rows, version):
        if menu.path in _HARDWARE:
            continue
        known = [row.tag for row in rows if row.menu == menu.path]
        if not known:
            lines += [f"# {path(menu)}: none of ours", *_sweep(menu)]
            continue
        text, tag = _tag_of(menu)
        lines += [
            f"# {path(menu)}",
            ':set mwKnown ""',
            *(f":set mwKnown ($mwKnown . {quote(f'[{tag}]')})" for tag in known),
            f":foreach mwOne in=[{path(menu)} find where {_ours(menu)}] do={{",
            f"  :local mwSaid {text}",
            f'  :if ([:typeof [:find $mwKnown {tag}]] != "num") do={{ {path(menu)} remove $mwOne }}',
            "}",
        ]
    return lines


def _tag_of(menu: Menu) -> tuple[str, str]:
    """How a script reads the text that holds the tag, and the tag in brackets."""
    text = f"[{path(menu)} get $mwOne {menu.mark}]"
    if menu.mark != "comment":
        return text, '("[" . $mwSaid . "]")'
    return text, '[:pick $mwSaid [:find $mwSaid "[multiwan:"] [:len $mwSaid]]'
