# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as a file for ``/import`` or the clipboard, and the file that takes everything away again. Pure.

The rows go in the order of a commit, make before break, in steps. A step is one block, which a router reads as a whole
before it runs any of it, and begins only when the one before it was finished: so an error anywhere ends the file with
words, also where it is pasted line by line, and what stands by then is complete in itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .diff import unwritable
from .menu_shape import Menu
from .menus import MENUS
from .menus import menu as menu_at
from .plan import Row
from .quoting import quote
from .render_claims import add_if_nobody, claim
from .render_remove import removal, stale
from .render_rows import ROW, commands, leader, present
from .render_text import block, own, path, secrets_of, variable
from .secret_values import gap
from .tags import ascii_label
from .versions import Version

STEP = "mwStep"
#: Characters of one step. A script of the plan is up to 12 kB and is one of its own.
_PIECE = 12_000


@dataclass(frozen=True)
class Rendered:
    """Texts of two files. ``install`` may hold secrets."""

    install: str = field(repr=False)
    remove: str


@dataclass(frozen=True)
class _Item:
    """Commands for one row at its place. ``tags``: leaders that they ask about."""

    menu: Menu
    lines: tuple[str, ...]
    leaders: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


def render(branch: str, rows: Sequence[Row], version: Version, secrets: Mapping[str, str]) -> Rendered:
    """``secrets``: those to write into the file; each other one becomes a line for a person to fill in.

    Raises ``ValueError`` with a line for each row that can't be written on ``version``.
    """
    faults = unwritable(rows, version)
    if faults:
        raise ValueError("\n".join(faults))
    title = ascii_label(branch)
    return Rendered(_install(title, rows, version, secrets), _remove(title, rows, version))


def ordered(rows: Sequence[Row]) -> list[tuple[Menu, Row]]:
    """The rows in the order in which a commit writes them on an empty router."""
    placed = []
    for menu in MENUS:
        for position, row in enumerate(row for row in rows if row.menu == menu.path):
            values = {name: str(value) for name, value in row.values.items()}
            placed.append((menu.place(values), menu.substage(values), position, menu, row))
    placed.sort(key=lambda item: item[:3])
    return [item[3:] for item in placed]


# --- the file that makes


def _install(title: str, rows: Sequence[Row], version: Version, secrets: Mapping[str, str]) -> str:
    needed = secrets_of(tuple(rows))
    steps = list(_steps(rows))
    parts = [_header(title, rows, version, [name for name in needed if name not in secrets])]
    parts += [f":global {variable(name)} {quote(secrets.get(name, gap(name)))}" for name in needed]
    parts.append(_first(title, version, needed))
    for number, (heading, lines) in enumerate(steps, start=1):
        globals_ = [f":global {variable(name)}" for name in needed if f"${variable(name)}" in "\n".join(lines)]
        parts.append(_step(number, len(steps) + 1, heading, [*globals_, *_counters(), *lines]))
    parts.append(
        _step(len(steps) + 1, len(steps) + 1, "what an earlier plan had", [*_order(rows), *stale(rows, version)], title)
    )
    names = "|".join([STEP, "mwNew", "mwOld", *map(variable, needed)])
    parts.append(f'/system script environment remove [find where name~"^({names})\\$"]')
    return "\n\n".join(parts) + "\n"


def _header(title: str, rows: Sequence[Row], version: Version, missing: Sequence[str]) -> str:
    lines = [
        f"# {title}: {len(rows)} rows of multiwan.routeros, for RouterOS {version} or a newer {version.major}",
        "# Made by playbooks/render.yml from the inventory: change that, not this file.",
        "#",
        "# Copy it to the router, then /import file-name=... there, or paste it into a terminal, all of it.",
        f"# It ends with the words: multiwan: {title}: done. Else read the error, mend what it says, import it again:",
        "# rows that are there are found by the tag in their comment. Without such a tag nothing is changed.",
        "# Unlike playbooks/site.yml it can't take itself back when it cuts you off: be where you can reach it.",
        *(["#", "# Fill in first, in the lines that begin with :global :"] if missing else []),
        *(f"#   {name}" for name in missing),
    ]
    return "\n".join(lines)


def _first(title: str, version: Version, needed: Sequence[str]) -> str:
    """Nothing is written before this has passed."""
    wrong = f"multiwan: this file is for RouterOS {version} or a newer {version.major}, the router runs "
    lines = [
        f":global {STEP} 0",
        ":global mwNew 0",
        ":global mwOld 0",
        ":local mwVersion [/system resource get version]",
        ':local mwAt [:find $mwVersion "."]',
        ":local mwMinor [:pick $mwVersion ($mwAt + 1) ($mwAt + 3)]",
        ':if ([:typeof [:find "0123456789" [:pick ($mwMinor . " ") 1 2]]] != "num") do={'
        " :set mwMinor [:pick $mwMinor 0 1] }",
        f':if ([:pick $mwVersion 0 $mwAt] != "{version.major}" || [:tonum $mwMinor] < {version.minor}) do={{',
        f"  :error ({quote(wrong)} . $mwVersion)",
        "}",
    ]
    for name in needed:
        empty = f"multiwan: fill in {name} first, in the line that begins with :global {variable(name)}"
        lines += [
            f":global {variable(name)}",
            f':if ([:typeof [:find ${variable(name)} "<<"]] = "num") do={{ :error {quote(empty)} }}',
        ]
    begun = quote(f"multiwan: {title}: begun")
    return "# --- is this the right router?\n" + block([*lines, f":set {STEP} 1", f":put {begun}"])


def _step(number: int, count: int, heading: str, lines: Sequence[str], title: str = "") -> str:
    broken = f"multiwan: step {number} of {count} was not begun, since the one before it was not finished"
    guard = [f":global {STEP}", f':if ([:tostr ${STEP}] != "{number}") do={{ :error {quote(broken)} }}']
    end = [f":set {STEP} {number + 1}"]
    if title:
        said = f'({quote(f"multiwan: {title}: done, rows made: ")} . $mwNew . ", there already: " . $mwOld)'
        end += [*_counters(), f":put {said}", f":log info {said}"]
    return f"# --- step {number} of {count}: {heading}\n" + block([*guard, *lines, *end])


def _counters() -> list[str]:
    return [":global mwNew", ":global mwOld", f":local {ROW}"]


def _steps(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Heading and commands: the rows of one menu, as many as a block may have."""
    by_tag = {row.tag: row for row in rows}
    pieces: list[list[_Item]] = []
    for item in _items(rows):
        last = pieces[-1] if pieces else []
        if not last or last[0].menu is not item.menu or sum(one.size for one in last) + item.size > _PIECE:
            pieces.append([])
        pieces[-1].append(item)
    for piece in pieces:
        asked = dict.fromkeys(tag for item in piece for tag in item.leaders)
        lines = present(piece[0].menu)
        lines += [line for tag in asked for line in leader(menu_at(by_tag[tag].menu), by_tag[tag])]
        yield path(piece[0].menu), [*lines, *(line for item in piece for line in item.lines)]


def _items(rows: Sequence[Row]) -> Iterator[_Item]:
    late: list[tuple[int, _Item]] = []
    for menu, row in ordered(rows):
        lines = commands(menu, row) if not row.claims or row.absent == "add" else []
        if row.claims:
            lines = add_if_nobody(menu, row, lines) if lines else []
            stage = max([menu.stage, *(menu.late[name] for name in row.values if name in menu.late)])
            late.append((stage, _Item(menu, tuple(claim(menu, row)))))
        while late and late[0][0] < menu.stage:
            yield late.pop(0)[1]
        if lines:
            leads = row.tag if row.yields else row.follows
            yield _Item(menu, tuple(lines), (leads,) if leads else ())
        late.sort(key=lambda item: item[0])
    yield from (item for _first, item in late)


def _order(rows: Sequence[Row]) -> list[str]:
    """Only where some rows of a menu were there and others were not: else they stand as they were written."""
    lines = []
    for menu in MENUS:
        tags = [row.tag for _first, row in ordered(rows) if row.menu == menu.path] if menu.ordered else []
        if len(tags) > 1:
            wanted = "; ".join(f"[{path(menu)} find where {own(menu, tag)}]" for tag in tags)
            lines += [
                f"# {path(menu)}: in the order of the plan",
                ":if ($mwNew > 0 && $mwOld > 0) do={",
                f"  :foreach mwIds in={{{wanted}}} do={{ {path(menu)} move $mwIds }}",
                "}",
            ]
    return [*_counters(), *lines] if lines else []


# --- the file that takes away


def _remove(title: str, rows: Sequence[Row], version: Version) -> str:
    lines = [
        f"# {title}: takes away what multiwan.routeros wrote, by import or by playbook, and nothing else",
        "# Made by playbooks/render.yml. Rows are known by the tag in their comment. Import it again if it did not end",
        f"# with the words: multiwan: {title}: removed. Ways out and addresses of lines go, too: have another way in.",
        "",
        block([*removal(rows, version), f":put {quote(f'multiwan: {title}: removed')}"]),
    ]
    return "\n".join(lines) + "\n"
