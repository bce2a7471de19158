# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mistakes that show only when items are compared: the same thing twice, overlaps, names of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from .branch_line_checks import check_lines
from .branch_uplinks import Read
from .fields import did_you_mean
from .model import Pin, Segment, Uplink
from .names import RESERVED_PREFIX
from .problems import Problems
from .traffic_model import Forward


def check(
    uplinks: Read[Uplink],
    segments: Read[Segment],
    pins: Read[Pin],
    gates: IPv4Network,
    problems: Problems,
    *,
    forwards: Read[Forward],
) -> None:
    """Notes every mistake between items. Those that could not be read as a whole take part with what was right."""
    for read in (uplinks, segments, pins, forwards):
        _unique(_at(read, "name"), "a name of its own", problems)
    _unique([*_at(uplinks, "interface"), *_at(segments, "interface")], "an interface of its own", problems)
    _unique(
        [(path, value.ip) for path, value in (*_at(uplinks, "address"), *_at(segments, "address"))],
        "an address of its own",
        problems,
    )
    _unique(_at(segments, "vlan"), "a VLAN of its own", problems)
    _unique(_anchors(uplinks), "an anchor of its own: it is reachable through one uplink only", problems)
    _reserved(uplinks, problems)
    _metered(uplinks, problems)
    check_lines(uplinks.seen, segments.seen, problems)
    _overlaps(uplinks, segments, gates, problems)
    _misplaced_anchors(uplinks, segments, gates, problems)
    _references(uplinks, segments, pins, forwards, problems)


def _at(read: Read[Any], key: str) -> list[tuple[str, Any]]:
    return [(path, value) for path, value in read.seen.items() if path.endswith(f"].{key}")]


def _anchors(uplinks: Read[Uplink]) -> list[tuple[str, IPv4Address]]:
    return [(path, value) for path, value in uplinks.seen.items() if re.search(r"\.anchors\[\d+\]$", path)]


def _unique(found: list[tuple[str, Any]], allowed: str, problems: Problems) -> None:
    first: dict[Any, str] = {}
    for path, value in found:
        if value in first:
            problems.add(path, f"{value}, as in {first[value]}", allowed)
        first.setdefault(value, path)


def _reserved(uplinks: Read[Uplink], problems: Problems) -> None:
    for path, name in _at(uplinks, "name"):
        if name.startswith(RESERVED_PREFIX):
            problems.add(path, name, f"a name that does not begin with {RESERVED_PREFIX} (tables of paths do)")


def _metered(uplinks: Read[Uplink], problems: Problems) -> None:
    kinds = [metered for _first, metered in _at(uplinks, "metered")]
    if kinds and all(kinds):
        allowed = "at least one uplink that is not metered (lte is, unless it says metered: false)"
        problems.add("multiwan_uplinks", "metered: true on every uplink", allowed)


_NOT_THE_INTERNET = tuple(
    IPv4Network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
)


def _networks(read: Read[Any]) -> Iterator[tuple[str, IPv4Network]]:
    for path, value in _at(read, "address"):
        interface: IPv4Interface = value
        yield path, interface.network


def _overlaps(uplinks: Read[Uplink], segments: Read[Segment], gates: IPv4Network, problems: Problems) -> None:
    """Uplinks may share a network (two modems from one box); segments share with nobody."""
    earlier = list(_networks(uplinks))
    for path, network in earlier:
        if network.overlaps(gates):
            problems.add(path, str(network), f"a network outside {gates}, where the gates are (multiwan_gate_network)")
    for path, network in _networks(segments):
        for other_path, other in earlier:
            if network.overlaps(other):
                problems.add(path, f"{network}, which overlaps {other} of {other_path}", "a network of its own")
        if network.overlaps(gates):
            problems.add(path, str(network), f"a network outside {gates}, where the gates are (multiwan_gate_network)")
        earlier.append((path, network))


def _misplaced_anchors(uplinks: Read[Uplink], segments: Read[Segment], gates: IPv4Network, problems: Problems) -> None:
    """An anchor near the router would answer although the internet behind the modem is dead."""
    allowed = "an address on the internet, behind the uplink"
    gateways = {value: path for path, value in _at(uplinks, "gateway")}
    places = [*_networks(uplinks), *_networks(segments), ("multiwan_gate_network", gates)]
    for path, anchor in _anchors(uplinks):
        if anchor in gateways:
            problems.add(path, f"{anchor}, the gateway at {gateways[anchor]}", allowed)
            continue
        for place, network in places:
            if anchor in network:
                problems.add(path, f"{anchor}, inside {network} of {place}", allowed)
                break
        else:
            if any(anchor in network for network in _NOT_THE_INTERNET):
                problems.add(path, f"{anchor}, a private address", allowed)


def _references(
    uplinks: Read[Uplink], segments: Read[Segment], pins: Read[Pin], forwards: Read[Forward], problems: Problems
) -> None:
    targets = {
        "uplink": [name for _first, name in _at(uplinks, "name")],
        "segment": [name for _first, name in _at(segments, "name")],
    }
    for read, key in ((segments, "uplink"), (pins, "uplink"), (pins, "segment"), (forwards, "uplink")):
        for path, name in _at(read, key):
            if name not in targets[key]:
                known = did_you_mean(name, targets[key]) if targets[key] else f"nothing: there is no {key}"
                place = path.removesuffix(".uplink") if read is forwards else path
                problems.add(place, f"{name}, which is no {key} of this branch", known)
