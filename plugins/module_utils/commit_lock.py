# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One commit at a time: a row of an address list that runs out by itself, and that a reboot takes with it.

``add`` is the claim: RouterOS refuses a second row with the same list and address (recorded by community.routeros), so
of two who want it in the same moment one gets it.
"""

from __future__ import annotations

from .diff import Found
from .router_api import Api, RouterTrap
from .tags import ascii_label

LIST = "/ip/firewall/address-list"
LOCK = "mw-commit"
ADDRESS = "240.0.0.250"
_OPERATOR = 80


class LockedError(Exception):
    """Somebody else commits: a sentence with who and since when."""


def holding(operator: str, now: str) -> str:
    """What the lock of a commit says, by which it is told from the lock of another. ``operator``: who people know.
    ``now``: the time of the controller, with its zone."""
    return f"{ascii_label(operator, _OPERATOR)} since {now}"


def take(api: Api, whose: str, *, seconds: int) -> None:
    """``whose``: see :func:`holding`. ``seconds``: after which the lock ends although nobody gave it back. Raises
    :class:`LockedError` and :class:`router_api.RouterError`."""
    try:
        api.add(LIST, {"list": LOCK, "address": ADDRESS, "timeout": f"{seconds}s", "comment": whose})
    except RouterTrap:
        held = holder(api)
        if held is None:
            raise
        raise LockedError(
            f"another commit is under way: {held}. Nothing was written; run this again when it is through. If its"
            " controller died, the router takes its change back by itself and then gives the lock back"
        ) from None


def holder(api: Api) -> str | None:
    """Who holds the lock since when, and how long it can last at most; ``None`` when it is free."""
    for row in api.rows(LIST, ("list", "timeout")):
        if row.values.get("list") == LOCK:
            ends = row.values.get("timeout", "")
            return row.values.get("comment", "nobody said who") + (f" (ends within {ends})" if ends else "")
    return None


def is_held(api: Api, whose: str) -> bool:
    """Whether this commit has the lock."""
    return bool(_of(api, whose))


def give_back(api: Api, whose: str) -> None:
    """Remove the lock, if it is still there. By then it may be the one of somebody else, and stays."""
    for row in _of(api, whose):
        api.remove(LIST, row.id)


def _of(api: Api, whose: str) -> list[Found]:
    return [
        row
        for row in api.rows(LIST, ("list",))
        if row.values.get("list") == LOCK and row.values.get("comment") == whose
    ]
