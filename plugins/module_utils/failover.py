# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``failover``, native layer: anchors, gates and the defaults of ``main`` over them.

Scopes (manual, "routing decision"; RouterOS 7 raises a scope above the target-scope by itself, so they are written as
it would): an anchor has scope 11 and is resolved by connected routes (10); a gate has scope 12 and is resolved by
anchors (11); a default has scope 30 and is resolved by gates (12).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from .model import Branch, Uplink
from .plan import Row
from .tags import ascii_label, owned, tag
from .versions import Version
from .wan import ANYWHERE, BLACKHOLE_DISTANCE

ROLE = "failover"
CONNECTED_SCOPE = 10
ANCHOR_SCOPE = 11
GATE_SCOPE = 12
DEFAULT_SCOPE = 30


def failover_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Gates that are open while an anchor answers, and the router's own way out by priority."""
    del version
    return (
        *(row for uplink in branch.uplinks for row in _gate(uplink)),
        *(_default(uplink, distance) for distance, uplink in enumerate(branch.by_priority, start=1)),
    )


def over_gate(gate: str, distance: int) -> dict[str, str]:
    """The part of a default route that goes through a gate, alike in ``main`` and in the paths."""
    return {
        "dst-address": ANYWHERE,
        "gateway": gate,
        "distance": str(distance),
        "scope": str(DEFAULT_SCOPE),
        "target-scope": str(GATE_SCOPE),
    }


def _gate(uplink: Uplink) -> Iterator[Row]:
    label = ascii_label(uplink.label)
    for number, anchor in enumerate(uplink.anchors, start=1):
        yield _anchor(uplink, anchor, number, label)
        yield _anchor_stop(uplink, anchor, number, label)
        yield _gate_over(uplink, anchor, number, label)


def _anchor(uplink: Uplink, anchor: IPv4Address, number: int, label: str) -> Row:
    values = {
        "routing-table": "main",
        "dst-address": f"{anchor}/32",
        "gateway": uplink.next_hop,
        "distance": "1",
        "scope": str(ANCHOR_SCOPE),
        "target-scope": str(CONNECTED_SCOPE),
    }
    return owned("/ip/route", tag(ROLE, uplink.name, f"anchor{number}"), f"{label}: anchor {anchor}", values)


def _anchor_stop(uplink: Uplink, anchor: IPv4Address, number: int, label: str) -> Row:
    """Without it the probes of a line that is down would leave through another one and lie."""
    values = {
        "routing-table": "main",
        "dst-address": f"{anchor}/32",
        "blackhole": "",
        "distance": str(BLACKHOLE_DISTANCE),
    }
    about = f"{label}: anchor {anchor} through no other line"
    return owned("/ip/route", tag(ROLE, uplink.name, f"stop{number}"), about, values)


def _gate_over(uplink: Uplink, anchor: IPv4Address, number: int, label: str) -> Row:
    values = {
        "routing-table": "main",
        "dst-address": f"{uplink.gate}/32",
        "gateway": str(anchor),
        "check-gateway": "ping",
        "distance": "1",
        "scope": str(GATE_SCOPE),
        "target-scope": str(ANCHOR_SCOPE),
    }
    return owned(
        "/ip/route", tag(ROLE, uplink.name, f"gate{number}"), f"{label}: gate, open while {anchor} answers", values
    )


def _default(uplink: Uplink, distance: int) -> Row:
    values = {"routing-table": "main", **over_gate(str(uplink.gate), distance)}
    about = f"{ascii_label(uplink.label)}: way out number {distance} of the router itself"
    return owned("/ip/route", tag(ROLE, uplink.name, "default"), about, values)
