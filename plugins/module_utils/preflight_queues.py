# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Simple queues of somebody else that take a segment's packets before ours do: the first that fits wins (manual)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from .diff import Found
from .preflight_finding import Finding, warning
from .preflight_view import QUEUE, View, enabled, network

_SHOWN = 4
_MADE = " (made by the router for a lease, a hotspot or a PPP session)"


def queues(view: View) -> Iterator[Finding]:
    """Ours are added behind what is there; those that are there already keep their places."""
    if not view.queues:
        return
    targets = _targets(view)
    before = [row for row in _before_ours(view) if _takes(row.values, targets, view)]
    if before:
        shown = ", ".join(_told(row) for row in before[:_SHOWN])
        more = f" and {len(before) - _SHOWN} more" if len(before) > _SHOWN else ""
        yield warning(
            "queues",
            f"{QUEUE} {shown}{more}, not ours, before ours: a packet takes the first queue that fits, so"
            " these clients escape the limits and shares of the branch. Move such rows behind ours, or remove them",
        )


def _before_ours(view: View) -> list[Found]:
    rows = enabled(view.router.get(QUEUE, ()))
    planned = {row.tag for row in view.rows if row.menu == QUEUE}
    held = [index for index, row in enumerate(rows) if row.tag in planned]
    complete = planned <= {rows[index].tag for index in held}
    return [row for row in (rows[: held[-1]] if held and complete else rows) if row.tag is None]


def _targets(view: View) -> list[IPv4Network]:
    texts = (text for row in view.rows if row.menu == QUEUE for text in str(row.values["target"]).split(","))
    return sorted({found for text in texts if (found := network(text))})


def _takes(values: Mapping[str, str], targets: Sequence[IPv4Network], view: View) -> bool:
    """A target that is neither an address nor a segment's interface is somebody else's; no target is all of them. A
    child is asked only when its parent fits, a queue for marked packets only takes these."""
    if values.get("parent", "none") != "none" or values.get("packet-marks"):
        return False
    texts = [text for text in values.get("target", "").split(",") if text]
    for text in texts:
        found = network(text)
        if (found and any(found.overlaps(target) for target in targets)) or text in view.segments:
            return True
    return not texts


def _told(row: Found) -> str:
    name = f"{row.values.get('name', row.id)!r} ({row.values.get('target') or 'every target'})"
    return name + (_MADE if row.dynamic else "")
