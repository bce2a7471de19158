# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a rehearsal knows of a branch and writes on its router: pure, from the rows of the plan.

An internet line dies behind its modem: link, address and modem stay, and nothing comes back any more. A rule in
``/ip/firewall/raw`` does that to one line, one in ``/ip/firewall/filter`` to what clients send; both let the line's own
network through, where the modem is. What clients would see is told by pings to an address that takes the way of a new
connection which begins with that line: rows of ``/ip/route`` for that single address, over the gates, the rehearsed
line first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from . import dialect, names
from .durations import seconds
from .plan import Row
from .quoting import quote
from .routing import MAIN, in_table, over_gate
from .tags import owned, tag
from .undo_script import Undo
from .versions import Version

ROLE = "drill"
RAW, FILTER, ROUTE = "/ip/firewall/raw", "/ip/firewall/filter", "/ip/route"
MEMBER, NETWATCH = "/interface/list/member", "/tool/netwatch"
#: Public resolvers that answer pings; the first that is no anchor and answers is taken.
TARGETS = ("8.8.8.8", "1.1.1.1", "9.9.9.9", "208.67.220.220")
#: Without the fast layer: twice ten seconds and the answer's time, doubled by older versions (facts of RouterOS 7.20).
_NATIVE_S = 30.0
#: More than its limit, in which a line may still be replaced.
_MORE_S = 20.0
#: For the script that follows a probe, and for a look from here.
_SCRIPT_S = 1.0


@dataclass(frozen=True)
class Line:
    """One uplink of the plan. ``interface``: the one that carries IP. ``gate``: its virtual next hop. ``limit_s``: in
    which the router should have noticed that it is dead."""

    name: str
    label: str
    interface: str
    gate: IPv4Address
    anchors: frozenset[str]
    limit_s: float


@dataclass(frozen=True)
class Drill:
    """What is asked for. ``uplinks``: names; empty: all. ``seconds``: how long each stays out; ``None``: until another
    has carried for a while. ``targets``: addresses of which one is pinged."""

    uplinks: tuple[str, ...] = ()
    seconds: int | None = None
    targets: tuple[str, ...] = TARGETS
    labels: Mapping[str, str] = field(default_factory=dict)


def asked(arguments: Mapping[str, Any]) -> Drill:
    """From the arguments of the module."""
    return Drill(
        uplinks=tuple(arguments["uplinks"]),
        seconds=arguments["seconds"],
        targets=tuple(arguments["targets"]),
        labels={str(name): str(label) for name, label in arguments["labels"].items()},
    )


def lines(rows: Sequence[Row], labels: Mapping[str, str]) -> tuple[Line, ...]:
    """The uplinks, best first: the order of the router's own ways out."""
    defaults = [row for row in rows if row.menu == ROUTE and re.fullmatch(r"multiwan:failover:[^:]+:default", row.tag)]
    return tuple(
        _line(row.tag.split(":")[2], rows, labels)
        for row in sorted(defaults, key=lambda row: int(row.values["distance"]))
    )


def _line(name: str, rows: Sequence[Row], labels: Mapping[str, str]) -> Line:
    own = [row for row in rows if row.tag.split(":")[1:3] == ["failover", name]]
    gates = [str(row.values["dst-address"]) for row in own if re.search(r":gate\d+$", row.tag)]
    anchors = (str(row.values["dst-address"]) for row in own if re.search(r":anchor\d+$", row.tag))
    return Line(
        name=name,
        label=labels.get(name) or name,
        interface=_interface(name, rows),
        gate=IPv4Address(gates[0].removesuffix("/32")),
        anchors=frozenset(address.removesuffix("/32") for address in anchors),
        limit_s=max((_noticed_s(row.values) for row in own if row.menu == NETWATCH), default=_NATIVE_S),
    )


def _interface(name: str, rows: Sequence[Row]) -> str:
    return next(
        str(row.values["interface"])
        for row in rows
        if row.menu == MEMBER and row.values.get("list") == names.WAN_LIST and row.tag.split(":")[2] == name
    )


def _noticed_s(probe: Mapping[str, object]) -> float:
    """The line may die right after a check; the next one must be over. A check of RouterOS 6 is one packet, and its
    script asks with two more, a second each."""
    said = {key: str(value) for key, value in probe.items()}
    train = seconds(said.get("packet-interval", "")) or 0.0
    count = int(said.get("packet-count", "1"))
    again = 0.0 if "packet-count" in said else 2.0
    return (
        (seconds(said["interval"]) or 0.0) + train * (count - 1) + (seconds(said["timeout"]) or 0.0) + again + _SCRIPT_S
    )


def out_for_s(line: Line, asked: int | None) -> float:
    """How long the line stays out at most: a router that is busy may take longer than its limit."""
    return float(asked) if asked is not None else line.limit_s + _MORE_S


# --- what is written


def way(line: Line, others: Sequence[Line], target: str, version: Version) -> tuple[Row, ...]:
    """The way of a new connection that begins with ``line``, for one address: over its gate, then over the others'."""
    order = [line, *(other for other in others if other is not line)]
    return tuple(
        owned(
            ROUTE,
            tag(ROLE, line.name, f"way{place}"),
            f"Rehearsal: way {place} to {target} over {other.name}",
            {
                **in_table(MAIN, version),
                **over_gate(str(other.gate), place, version),
                "dst-address": f"{target}/32",
            },
        )
        for place, other in enumerate(order, start=1)
    )


def out(line: Line, near: IPv4Network | None) -> tuple[Row, ...]:
    """Nothing comes in by the line any more but from ``near``, the network that it shares with its modem, and nothing
    of clients leaves by it: a stream that nobody answers would not notice the first alone."""
    about = f"Rehearsal: {line.name} is taken out on purpose"
    inward = {"chain": "prerouting", "action": "drop", "in-interface": line.interface}
    outward = {"chain": "forward", "action": "drop", "out-interface": line.interface}
    return (
        owned(FILTER, tag(ROLE, line.name, "outward"), about, {**outward, **_but("dst-address", near)}),
        owned(RAW, tag(ROLE, line.name, "inward"), about, {**inward, **_but("src-address", near)}),
    )


def _but(name: str, near: IPv4Network | None) -> dict[str, str]:
    return {name: f"!{near}"} if near is not None else {}


def undo(rows: Iterable[Row], version: Version) -> Undo:
    """What the router itself does when nobody says that all is well: the rows go, the line comes back first."""
    commands = [
        f"{path} remove [{path} find where comment={quote(str(row.values['comment']))}]"
        for row in reversed(list(rows))
        for path in [_path(row.menu)]
    ]
    failed = ":set mwBad ($mwBad + 1)"
    counted = (dialect.attempt(command, failed, version, error="mwError") for command in commands)
    return Undo(("\n".join([":local mwBad 0", *counted, ":return $mwBad"]) + "\n",), ())


def _path(menu: str) -> str:
    """With blanks, which every version reads."""
    return "/" + menu.removeprefix("/").replace("/", " ")
