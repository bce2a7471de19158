# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One commit at a time: a row of an address list that runs out by itself, and that a reboot takes with it.

``add`` is the claim: RouterOS refuses a second row with the same list and address (recorded by community.routeros), so
of two who want it in the same moment one gets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .router_api import Api, RouterTrap
from .tags import ascii_label

LIST = "/ip/firewall/address-list"
LOCK = "mw-commit"
ADDRESS = "240.0.0.250"
_OPERATOR = 80


class LockedError(Exception):
    """Somebody else commits: a sentence with who and since when."""


@dataclass(frozen=True)
class Lock:
    """The row that was added."""

    id: str


def take(api: Api, *, operator: str, now: str, seconds: int) -> Lock:
    """``operator``: who people know. ``now``: the time of the controller, with its zone. ``seconds``: after which the
    lock ends although nobody gave it back. Raises :class:`LockedError` and :class:`router_api.RouterError`."""
    comment = f"{ascii_label(operator, _OPERATOR)} since {now}"
    try:
        made = api.add(LIST, {"list": LOCK, "address": ADDRESS, "timeout": f"{seconds}s", "comment": comment})
    except RouterTrap:
        held = holder(api)
        if held is None:
            raise
        raise LockedError(
            f"another commit is under way: {held}. Nothing was written; run this again when it is through. If its"
            " controller died, the router takes its change back by itself and then gives the lock back"
        ) from None
    return Lock(made)


def holder(api: Api) -> str | None:
    """Who holds the lock since when, and how long it can last at most; ``None`` when it is free."""
    for row in api.rows(LIST, ("list", "timeout")):
        if row.values.get("list") == LOCK:
            ends = row.values.get("timeout", "")
            return row.values.get("comment", "nobody said who") + (f" (ends within {ends})" if ends else "")
    return None


def give_back(api: Api) -> None:
    """Remove the lock, if it is still there."""
    for row in api.rows(LIST, ("list",)):
        if row.values.get("list") == LOCK:
            api.remove(LIST, row.id)
