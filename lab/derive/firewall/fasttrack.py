# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastTrack: a connection that is fast-tracked passes without mangle, filter and queues (facts 1.7, 9.3).

A label of the kernel's connection tracking says so (the mark is the rows' own). Such packets have no routing mark then,
so that ``main`` routes them; source and destination NAT are done. Raw stands before connection tracking and is passed.
"""

from __future__ import annotations

from collections.abc import Iterator

from lab.derive.plan import FASTTRACK_LABEL, DynamicRow
from lab.schema.snapshot import ConfigRow, Snapshot

ACTION = "fasttrack-connection"
#: "works for TCP and UDP only" (facts 1.7)
MARK_CONNECTION = f"meta l4proto {{ tcp, udp }} ct label set {FASTTRACK_LABEL}"
#: First rule of the chains that fast-tracked packets do not meet.
PASS = f"ct label {FASTTRACK_LABEL} accept"
COUNTER = "fasttrack-0"
#: the keys of the router's own rows begin with it
DUMMY = "fasttrack "
_SKIPPED = (("filter", "forward"), ("mangle", "prerouting"), ("mangle", "forward"), ("mangle", "postrouting"))
#: The router's own rows on top of the lists, which show how much went past them; in raw too.
_DUMMIES = (*_SKIPPED, ("raw", "prerouting"))
_MENUS = tuple(f"/ip/firewall/{name}" for name in ("filter", "mangle"))


def fasttracks(snapshot: Snapshot) -> bool:
    """Whether an enabled row fast-tracks anything."""
    return any(_is_one(row) for menu in _MENUS for row in snapshot.rows(menu))


def _is_one(row: ConfigRow) -> bool:
    return row.enabled and row.get("action") == ACTION


def skips(family: str, hook: str) -> bool:
    return (family, hook) in _SKIPPED


def count_chain() -> str:
    """Counts what is fast-tracked, before all that it skips."""
    return (
        "  chain fasttrack {\n    type filter hook forward priority -160; policy accept;\n"
        f'    ct label {FASTTRACK_LABEL} counter name "{COUNTER}"\n  }}'
    )


def dummies(snapshot: Snapshot) -> Iterator[DynamicRow]:
    """``special dummy rule to show fasttrack counters``, in each chain that is skipped."""
    if fasttracks(snapshot):
        for family, chain in _DUMMIES:
            values = {
                "chain": chain,
                "action": "passthrough",
                "comment": "special dummy rule to show fasttrack counters",
            }
            yield DynamicRow(f"/ip/firewall/{family}", DUMMY + chain, values)
