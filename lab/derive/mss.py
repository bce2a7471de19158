# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``change-tcp-mss`` of a PPP profile: two rows of ``/ip/firewall/mangle`` that the router adds for each session.

As routers print them: SYNs out of and into the session's interface get an MSS of its MTU less 40, where theirs is
more. Where among the other rows they stand is not documented; here they are the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lab.derive.lines import PPPOE_CLIENT, Line
from lab.derive.plan import DynamicRow
from lab.schema.snapshot import ConfigRow, Snapshot

MANGLE, PROFILE = "/ip/firewall/mangle", "/ppp/profile"
#: of rows that no configuration holds: above its ids, below those of the router's own rows
_FIRST_ID = 0x30000000
_HEADERS = 40


def with_clamps(snapshot: Snapshot, lines: tuple[Line, ...]) -> tuple[Snapshot, tuple[DynamicRow, ...]]:
    """The configuration with these rows before its own, and the rows as they are shown."""
    rows: list[ConfigRow] = []
    shown: list[DynamicRow] = []
    for line in lines:
        if line.menu == PPPOE_CLIENT and line.given.mtu and _clamps(snapshot, line.row_id):
            for key, values in _rows(line):
                rows.append(ConfigRow(_FIRST_ID + len(rows), values, True))
                shown.append(DynamicRow(MANGLE, f"{line.key} {key}", values))
    if not rows:
        return snapshot, ()
    return replace(snapshot, menus={**snapshot.menus, MANGLE: (*rows, *snapshot.rows(MANGLE))}), tuple(shown)


def _clamps(snapshot: Snapshot, row_id: int) -> bool:
    """``default``: as the profile ``default`` says."""
    profiles = {row.get("name"): row.get("change-tcp-mss", "default") for row in snapshot.rows(PROFILE)}
    client = next(row for row in snapshot.rows(PPPOE_CLIENT) if row.id == row_id)
    said = profiles.get(client.get("profile") or "default", "default")
    return (profiles.get("default", "yes") if said == "default" else said) == "yes"


def _rows(line: Line) -> Iterator[tuple[str, dict[str, str]]]:
    mss = line.given.mtu - _HEADERS
    for key in ("out-interface", "in-interface"):
        yield (
            key,
            {
                "chain": "forward",
                "action": "change-mss",
                "new-mss": str(mss),
                "passthrough": "true",
                "tcp-flags": "syn",
                "protocol": "tcp",
                key: line.interface,
                "tcp-mss": f"{mss + 1}-65535",
                "log": "false",
                "log-prefix": "",
                "disabled": "false",
            },
        )
