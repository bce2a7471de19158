# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A difference as people read it: Ansible's before and after for each menu, and one sentence for each write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .diff import Difference, Found, Operation, is_of, own_rows
from .found import claim_of
from .menus import Menu, canonical
from .menus import menu as menu_at
from .plan import Row
from .secret_values import MASK
from .secrets_mask import Mask


def diffs(
    host: str,
    difference: Difference,
    plan: Sequence[Row],
    router: Mapping[str, Sequence[Found]],
    *,
    owners: Collection[str] | None,
    mask: Mask,
) -> list[dict[str, str]]:
    """For each menu with a write: its own rows before and after, one line each, in the form of Ansible's ``diff``."""
    result = []
    for path in difference.writes():
        menu = menu_at(path)
        writes = [item for item in difference.operations if item.menu == path]
        held = [found for found in own_rows(router.get(path, ()), owners) if not found.claim]
        # What somebody else's row says already is not written.
        shown = {*(found.tag for found in held), *(item.tag for item in writes)}
        wanted = [row for row in plan if row.menu == path and is_of(row.tag, owners) and row.tag in shown]
        hidden = {row.tag for row in wanted if any(mask.touches(str(row.values.get(name, ""))) for name in menu.long)}
        hidden |= {found.tag or "" for found in held} - {row.tag for row in wanted}
        result.append(
            {
                "before_header": f"{host} {path}",
                "after_header": f"{host} {path}",
                "before": _lines(menu, _as_planned(held, wanted), hidden, mask)
                + _theirs(menu, writes, mask, after=False),
                "after": _lines(menu, [(row.tag, row.values) for row in wanted], hidden, mask)
                + _theirs(menu, writes, mask, after=True),
            }
        )
    return result


def sentence(operation: Operation, mask: Mask) -> str:
    """What one write changes and why: ``/ip/route [multiwan:wan:isp1]: missing``."""
    return mask(f"{operation.menu} [{operation.tag}]: {operation.words}")


def _theirs(menu: Menu, writes: Sequence[Operation], mask: Mask, *, after: bool) -> str:
    """Somebody else's rows of which we take or give back properties."""
    rows: dict[str, dict[str, str]] = {}
    tags: dict[str, str] = {}
    for item in writes:
        if item.id is None or claim_of(item.tag) is None:
            continue
        values = rows.setdefault(item.id, dict(item.old))
        tags[item.id] = item.tag
        if after:
            values.update(item.values)
            values.pop(item.name, None)
    return "".join(_row_text(menu, tags[row_id], values, False, mask) for row_id, values in rows.items())


def _as_planned(held: Sequence[Found], wanted: Sequence[Row]) -> list[tuple[str, Mapping[str, str]]]:
    """What the router holds, with run-time state as the plan has it: no difference is shown that is none."""
    planned = {row.tag: row for row in wanted if row.runtime}
    shown: list[tuple[str, Mapping[str, str]]] = []
    for found in held:
        row = planned.get(found.tag or "")
        values = dict(found.values)
        for name in row.runtime if row else ():
            values.pop(name, None)
            if row and name in row.values:
                values[name] = str(row.values[name])
        shown.append((found.tag or "", values))
    return shown


def _lines(menu: Menu, rows: Sequence[tuple[str, Mapping[str, str]]], hidden: Collection[str], mask: Mask) -> str:
    if menu.ordered:  # rows of different chains have no order between them
        ordered = sorted(rows, key=lambda item: menu.stratum(item[1]))
    else:
        ordered = sorted(rows, key=lambda item: item[0])
    return "".join(_row_text(menu, tag, values, tag in hidden, mask) for tag, values in ordered)


def _row_text(menu: Menu, tag: str, values: Mapping[str, str], hidden: bool, mask: Mask) -> str:
    form = canonical(menu, values)
    form = {name: text for name, text in form.items() if name not in menu.derived}
    short = [_pair(menu, name, text, hidden) for name, text in sorted(form.items()) if not _block(menu, name, hidden)]
    blocks = [
        "".join(f"    {name}| {line}\n" for line in text.splitlines())
        for name, text in sorted(form.items())
        if _block(menu, name, hidden)
    ]
    return mask(f"[{tag}] " + " ".join(short) + "\n" + "".join(blocks))


def _block(menu: Menu, name: str, hidden: bool) -> bool:
    return name in menu.long and not hidden


def _pair(menu: Menu, name: str, text: str, hidden: bool) -> str:
    if name in menu.switches:
        return name
    if name in menu.secret:
        return f"{name}={MASK}"
    if hidden and name in menu.long:
        # Scripts that hold the token, and scripts about to go (which may hold a token that we do not know).
        return f"{name}=(hidden, {len(text)} characters)"
    return f'{name}="{text}"' if " " in text or not text else f"{name}={text}"
