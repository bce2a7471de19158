# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a route is written in RouterOS 7 and in RouterOS 6.

Recursion: a next hop is resolved through routes whose scope is at most the route's target-scope (manual, "routing
decision"). RouterOS 7 wants every step one higher and raises a scope that is not above the target-scope by itself, so
the scopes are written as it would: anchor 11, gate 12, default 30. RouterOS 6 has one object per gateway address, which
takes the smallest target-scope of all routes that name it (help, "moving from ROSv6 to v7"), so that a foreign route
with the default of 10 would close a gate that needs 11 or 12. There every step has 10, as in the recipe of its manual
("advanced routing failover without scripting"); what a next hop finds is then decided by the longer prefix.
"""

from __future__ import annotations

from dataclasses import dataclass

from .versions import TABLES, Version

MAIN = "main"
ANYWHERE = "0.0.0.0/0"
BLACKHOLE_DISTANCE = 250
DEFAULT_SCOPE = 30
CONNECTED_SCOPE = 10


@dataclass(frozen=True)
class Scopes:
    """Of the two steps below a default route; each is what the next one has as its target-scope."""

    anchor: int
    gate: int


def scopes(version: Version) -> Scopes:
    return Scopes(11, 12) if TABLES.on(version) else Scopes(CONNECTED_SCOPE, CONNECTED_SCOPE)


def in_table(name: str, version: Version) -> dict[str, str]:
    """The table of a route. RouterOS 6 says it by a mark, and nothing for ``main``."""
    if TABLES.on(version):
        return {"routing-table": name}
    return {} if name == MAIN else {"routing-mark": name}


def blackhole(version: Version) -> dict[str, str]:
    kind = {"blackhole": ""} if TABLES.on(version) else {"type": "blackhole"}
    return {**kind, "distance": str(BLACKHOLE_DISTANCE)}


def looked_up_in_main(gateway: str, version: Version) -> str:
    """A next hop of a route in another table. ``@main`` is what the manual of 7 writes; 6 knows no other place."""
    return f"{gateway}@{MAIN}" if TABLES.on(version) else gateway


def over_gate(gate: str, distance: int, version: Version) -> dict[str, str]:
    """The part of a default route that goes through a gate, alike in ``main`` and in the paths."""
    return {
        "dst-address": ANYWHERE,
        "gateway": gate,
        "distance": str(distance),
        "scope": str(DEFAULT_SCOPE),
        "target-scope": str(scopes(version).gate),
    }
