# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares a line how, what is asked of them, and what would be ideal. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: 1448 of the 1514 bytes of a full TCP frame with time stamps are the user's.
PAYLOAD = 1448 / 1514
#: Mbit/s, both ways.
LINES = {"isp1": 20, "isp2": 12}
VLANS = {"stream": 10, "crew": 20, "guests": 30}
LIMITS = {"crew": 6, "guests": 4}
GUARANTEES = {"stream": 6, "crew": 2}
_BOTH = ("download", "upload")
BANDWIDTH: Mapping[str, Mapping[str, Any]] = {
    "stream": {"guaranteed": dict.fromkeys(_BOTH, "6M"), "priority": 1},
    "crew": {**dict.fromkeys(_BOTH, "6M"), "guaranteed": dict.fromkeys(_BOTH, "2M"), "priority": 4},
    "guests": dict.fromkeys(_BOTH, "4M"),
}


@dataclass(frozen=True)
class Contender:
    """``recipe``: queues that are pasted beside the branch without its limits. Lines, VLANs and failover are the same
    for all."""

    key: str
    words: str
    version: str = "7.22"
    mode: str = "failover"
    recipe: str = ""
    limited: bool = False


CONTENDERS = (
    Contender("none", "no queues"),
    Contender("flat", "pasted: a simple queue for each VLAN", recipe="queues-flat.rsc"),
    Contender("parent", "pasted: PCQ, guarantees, a fixed parent", recipe="queues-parent.rsc"),
    Contender("ours", "this collection, 7.22", limited=True),
    Contender("ours-6", "this collection, 6.49", version="6.49", limited=True),
    Contender("ours-balance", "this collection, 7.22, mode balance", mode="balance", limited=True),
)

STATES = {"primary": "all lines live", "backup": "isp1 is dead, 12 Mbit/s are left"}


@dataclass(frozen=True)
class Cell:
    """``groups``: as ``lab traffic shares`` takes them. ``wanted``: place to Mbit/s of wire that are to be seen.
    ``least``: more is as good."""

    key: str
    words: str
    groups: str
    wanted: Mapping[str, int]
    least: bool


CELLS = (
    Cell("limit-down", "limits, download", "crew:down:clients=10,guests:down:clients=10", LIMITS, False),
    Cell("limit-up", "limits, upload", "crew:up:clients=10,guests:up:clients=10", LIMITS, False),
    Cell(
        "flood-down",
        "all want everything, download",
        "stream:down:clients=3,crew:down:clients=10,guests:down:clients=10",
        GUARANTEES,
        True,
    ),
    Cell(
        "flood-up",
        "all want everything, upload; guests flood 30 Mbit/s",
        "stream:up:clients=3,crew:up:clients=10,guests:up:clients=10:flood=30M",
        GUARANTEES,
        True,
    ),
)


def ideal(mbit: float) -> float:
    """Goodput of TCP on so much wire."""
    return mbit * PAYLOAD


def variables(who: Contender, uplinks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What ``site.yml`` gets."""
    segments = [
        {"name": name, "vlan": number, "address": f"10.0.{number}.1/24"}
        | ({"bandwidth": dict(BANDWIDTH[name])} if who.limited else {})
        for name, number in VLANS.items()
    ]
    return {
        "multiwan_mode": who.mode,
        "multiwan_uplinks": [dict(uplink) for uplink in uplinks],
        "multiwan_bridge": {"name": "bridge", "trunks": ["ether5"]},
        "multiwan_segments": segments,
    }


def figures(cell: Cell, measured: Mapping[str, Any]) -> dict[str, Any]:
    """Place to its goodput, what of the ideal that is, and how evenly its clients share."""
    found: dict[str, Any] = {}
    for group in measured["groups"]:
        place, goodput = str(group["place"]), float(group["goodput_mbit"])
        found[place] = {"mbit": goodput, "fairness": float(group["fairness"])}
        if place in cell.wanted:
            found[place]["of_ideal"] = goodput / ideal(cell.wanted[place])
    return found


#: How far from the ideal is as configured.
OFF = 0.06
FAIR = 0.95


def kept(cell: Cell, seen: Mapping[str, Any]) -> bool:
    """Whether every place has what it was to have: within 6 %, or at least so much where more is as good; and, where
    limits are asked for, ten clients share it evenly."""
    for place in cell.wanted:
        ratio = seen[place]["of_ideal"]
        if ratio < 1 - OFF or (not cell.least and (ratio > 1 + OFF or seen[place]["fairness"] < FAIR)):
            return False
    return True
