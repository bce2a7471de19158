# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a branch reaches the internet: the router itself pings, by the routes that it has at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .plan import Row
from .protection import Waiting
from .router_api import Api, RouterTrap

PING = "/ping"


def anchors(rows: Iterable[Row]) -> tuple[str, ...]:
    """The addresses that a plan's uplinks are probed by."""
    found = [str(row.values["dst-address"]) for row in rows if row.menu == "/ip/route" and ":anchor" in row.tag]
    return tuple(dict.fromkeys(address.removesuffix("/32") for address in found))


def reaches(api: Api, addresses: Sequence[str]) -> str | None:
    """The first address that answers one ping. Raises :class:`router_api.RouterError` when the connection breaks."""
    return next((address for address in addresses if _answers(api, address)), None)


def wait(api: Api, addresses: Sequence[str], waiting: Waiting) -> str | None:
    """As :func:`reaches`, again and again: new gates take a moment to be checked."""
    until = waiting.clock() + waiting.limit_s
    while (found := reaches(api, addresses)) is None and waiting.clock() < until:
        waiting.sleep(0.5)
    return found


def _answers(api: Api, address: str) -> bool:
    try:
        replies = api.run(PING, {"address": address, "count": "1"})
    except RouterTrap:
        return False
    return any(reply.get("received", "0") not in ("0", "") for reply in replies)
