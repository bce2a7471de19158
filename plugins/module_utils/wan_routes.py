# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Routes that every line has, dead or alive: its own table, and the way out when no line seems alive."""

from __future__ import annotations

from collections.abc import Iterator

from . import line_ways, names
from .model import Branch, Uplink
from .plan import Row
from .routing import ANYWHERE, MAIN, blackhole, in_table
from .tags import owned, tag
from .versions import Version
from .wan_lines import ROLE, about

#: Main routes of last resort begin here: above every gate route, below the blackholes.
LAST_RESORT_DISTANCE = 200


def route_rows(branch: Branch, version: Version) -> Iterator[Row]:
    for uplink in branch.uplinks:
        yield from _own_routes(uplink, version)
    for rank, uplink in enumerate(branch.by_priority, start=1):
        yield _last_resort(uplink, rank, version)


def _own_routes(uplink: Uplink, version: Version) -> Iterator[Row]:
    """The uplink's own table. No gateway check: a connection of this line can't use another one, so short flaps are
    survived. The blackhole stops RouterOS from looking further in ``main`` when the interface is down."""
    table = in_table(names.uplink_table(uplink.name), version)
    way = line_ways.out_of(uplink)
    default = {**table, "dst-address": ANYWHERE, **way.values, "distance": "1"}
    words = about(uplink, "its connections leave here")
    yield owned("/ip/route", tag(ROLE, uplink.name, "default"), words, default, runtime=way.runtime)
    for number, into in enumerate(line_ways.into(uplink), start=1):
        part = "connected" if number == 1 else f"connected{number}"
        values = {**table, **into.values, "distance": "1"}
        words = about(uplink, "its own network")
        yield owned("/ip/route", tag(ROLE, uplink.name, part), words, values, runtime=into.runtime)
    stop = {**table, "dst-address": ANYWHERE, **blackhole(version)}
    yield owned(
        "/ip/route", tag(ROLE, uplink.name, "stop"), about(uplink, "its connections never leave elsewhere"), stop
    )


def _last_resort(uplink: Uplink, rank: int, version: Version) -> Row:
    """When no gate is open, a probe that lies must not cut the branch off."""
    way = line_ways.out_of(uplink)
    values = {
        **in_table(MAIN, version),
        "dst-address": ANYWHERE,
        **way.values,
        "distance": str(LAST_RESORT_DISTANCE + rank),
    }
    words = about(uplink, "when no uplink seems alive")
    return owned("/ip/route", tag(ROLE, uplink.name, "last-resort"), words, values, runtime=way.runtime)
