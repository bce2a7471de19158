# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``failover``, native layer: anchors, gates and the defaults of ``main`` over them.

An anchor is resolved by connected routes, a gate by anchors, a default by gates; ``routing.py`` has the scopes.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from .model import Branch, Uplink
from .plan import Row
from .routing import CONNECTED_SCOPE, MAIN, blackhole, in_table, over_gate, scopes
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "failover"


def failover_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Gates that are open while an anchor answers, and the router's own way out by priority."""
    return (
        *(row for uplink in branch.uplinks for row in _gate(uplink, version)),
        *(_default(uplink, distance, version) for distance, uplink in enumerate(branch.by_priority, start=1)),
    )


def _about(uplink: Uplink, purpose: str) -> str:
    return f"{ascii_label(uplink.label)}: {purpose}"


def _gate(uplink: Uplink, version: Version) -> Iterator[Row]:
    for number, anchor in enumerate(uplink.anchors, start=1):
        yield _anchor(uplink, anchor, number, version)
        yield _anchor_stop(uplink, anchor, number, version)
        yield _gate_over(uplink, anchor, number, version)


def _anchor(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{anchor}/32",
        "gateway": uplink.next_hop,
        "distance": "1",
        "scope": str(scopes(version).anchor),
        "target-scope": str(CONNECTED_SCOPE),
    }
    return owned("/ip/route", tag(ROLE, uplink.name, f"anchor{number}"), _about(uplink, f"anchor {anchor}"), values)


def _anchor_stop(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    """Without it the probes of a line that is down would leave through another one and lie."""
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{anchor}/32",
        **blackhole(version),
    }
    about = _about(uplink, f"anchor {anchor} through no other line")
    return owned("/ip/route", tag(ROLE, uplink.name, f"stop{number}"), about, values)


def _gate_over(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{uplink.gate}/32",
        "gateway": str(anchor),
        "check-gateway": "ping",
        "distance": "1",
        "scope": str(scopes(version).gate),
        "target-scope": str(scopes(version).anchor),
    }
    about = _about(uplink, f"gate, open while {anchor} answers")
    return owned("/ip/route", tag(ROLE, uplink.name, f"gate{number}"), about, values)


def _default(uplink: Uplink, distance: int, version: Version) -> Row:
    values = {**in_table(MAIN, version), **over_gate(str(uplink.gate), distance, version)}
    about = _about(uplink, f"way out number {distance} of the router itself")
    return owned("/ip/route", tag(ROLE, uplink.name, "default"), about, values)
