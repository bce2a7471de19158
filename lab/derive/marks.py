# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers for names: routing tables, routing marks, packet marks, connection marks.

A number must not change when other rows come or go: packets in flight and connections in the kernel carry it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from lab.derive.plan import MAIN_TABLE, ROUTING_MARK_MASK
from lab.schema.snapshot import ConfigRow, Snapshot

TABLE_MENU = "/routing/table"
_TABLE_BASE = 1000
#: Connection marks live above every routing mark, so that one can never be taken for the other.
_CONNECTION_BASE = 0x10000000
_CONNECTION_MASK = 0x0FFFFFFF
_PACKET_SHIFT = 16


@dataclass(frozen=True)
class Table:
    name: str
    row_id: int
    mark: int  # routing mark, 0 for main
    kernel: int  # kernel table; 0 when it has no fib, so that nothing is installed


@dataclass(frozen=True)
class Marks:
    """Name -> number. ``tables`` always holds main."""

    tables: Mapping[str, Table]
    connections: Mapping[str, int]
    packets: Mapping[str, int]


def read_marks(snapshot: Snapshot) -> Marks:
    """All names that tables and firewall rows use."""
    connections: set[str] = set()
    packets: set[str] = set()
    for menu in ("mangle", "nat", "filter", "raw"):
        for row in snapshot.rows(f"/ip/firewall/{menu}"):
            connections.update((row.get("connection-mark").lstrip("!"), row.get("new-connection-mark")))
            packets.update((row.get("packet-mark").lstrip("!"), row.get("new-packet-mark")))
    for row in snapshot.rows("/queue/simple"):
        packets.update(row.get("packet-marks").split(","))
    packet_names = sorted(packets - {"", "no-mark"})
    return Marks(
        tables=_tables(snapshot),
        connections=_hashed(connections - {"", "no-mark"}),
        packets={name: number << _PACKET_SHIFT for number, name in enumerate(packet_names, 1)},
    )


def _tables(snapshot: Snapshot) -> dict[str, Table]:
    return _free_tables(snapshot) if snapshot.version.startswith("6.") else _declared_tables(snapshot)


def _free_tables(snapshot: Snapshot) -> dict[str, Table]:
    """Version 6: whatever routes, rules and mangle call by name is a table (facts 1.2, 1.5). Numbered by the name."""
    named = [
        *(row.get("new-routing-mark") for row in snapshot.rows("/ip/firewall/mangle")),
        *(row.get("routing-mark") for row in snapshot.rows("/ip/route")),
        *(row.get(name) for row in snapshot.rows("/ip/route/rule") for name in ("routing-mark", "table")),
    ]
    found = {"main": Table("main", 0, 0, MAIN_TABLE)}
    taken = {0}
    for name in sorted(set(named) - {"", "main"}):
        mark = zlib.crc32(name.encode()) & ROUTING_MARK_MASK
        while mark in taken:
            mark = (mark + 1) & ROUTING_MARK_MASK
        taken.add(mark)
        found[name] = Table(name, 0, mark, _TABLE_BASE + mark)
    return found


def _declared_tables(snapshot: Snapshot) -> dict[str, Table]:
    found = {"main": Table("main", 0, 0, MAIN_TABLE)}
    taken: set[int] = {0}
    for row in sorted(snapshot.rows(TABLE_MENU), key=lambda row: row.id):
        name = row.get("name")
        if name == "main" or not row.enabled:
            continue
        mark = row.id & ROUTING_MARK_MASK
        while mark in taken:
            mark = (mark + 1) & ROUTING_MARK_MASK
        taken.add(mark)
        found[name] = Table(name, row.id, mark, _TABLE_BASE + mark if _on(row, "fib") else 0)
    return found


def _on(row: ConfigRow, switch: str) -> bool:
    """A value-less switch is on when present (facts 2.1)."""
    return row.has(switch) and row.get(switch) not in ("false", "no")


def _hashed(names: set[str]) -> dict[str, int]:
    """Number from the name alone; only names with the same hash (1 in 2**28) depend on each other."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name in sorted(names):
        offset = zlib.crc32(name.encode()) & _CONNECTION_MASK
        while offset in taken:
            offset = (offset + 1) & _CONNECTION_MASK
        taken.add(offset)
        found[name] = _CONNECTION_BASE | offset
    return found
