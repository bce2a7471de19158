# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether each uplink is alive, and whether new connections use it: pure, from rows that a comparison has read anyway.

With the fast layer the probes decide, as ``mw-failover`` does (``fast_script.py``). Where there are none, or they have
not said anything yet, a gate that RouterOS itself holds open or closed does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import durations, names
from .fast_state import LONG
from .found import Found
from .model import Branch, Uplink

NETWATCH, ROUTE, LISTS = "/tool/netwatch", "/ip/route", "/ip/firewall/address-list"
_PART = re.compile(r"multiwan:failover:(?P<uplink>[^:]+):(?P<part>gate|probe)\d+")
_TRUE = ("true", "yes")


@dataclass(frozen=True)
class State:
    """``alive``: reaches the internet; ``None``: not known. ``poor``: it answers, but worse than the branch allows.
    ``open``: its gate is; ``None``: not known. ``held``: it is back and waits before it is used again. ``dead_s``:
    seconds since the fast layer took it out; ``None`` when it did not, or the router has rebooted since."""

    alive: bool | None
    poor: bool = False
    open: bool | None = None
    held: bool = False
    dead_s: float | None = None


def alive(router: Mapping[str, Sequence[Found]], uplinks: Sequence[Uplink]) -> dict[str, bool | None]:
    """By name. ``router``: the managed menus, as :func:`reading.managed` reads them."""
    return {name: state.alive for name, state in states(router, uplinks).items()}


def states(router: Mapping[str, Sequence[Found]], uplinks: Sequence[Uplink]) -> dict[str, State]:
    """By name, in the order of ``uplinks``."""
    # A router of which nobody asked for the flag says of no route that it is active; one that was asked has at least
    # the network that the question came from.
    flags = any("active" in row.values for row in router.get(ROUTE, ()))
    return {uplink.name: _state(uplink, router, flags=flags) for uplink in uplinks}


def in_use(found: Mapping[str, State], branch: Branch) -> dict[str, bool | None]:
    """Whether new connections take the uplink, those aside that are pinned to one. In mode ``failover`` the best of
    those that are open carries alone; so does a metered one, when no other is open."""
    used: dict[str, bool | None] = {}
    better: bool | None = False  # whether one that comes first is open
    for uplink in branch.by_priority:
        gate = found[uplink.name].open
        taken = better if branch.mode == "failover" or uplink.metered else False
        used[uplink.name] = _both(gate, None if taken is None else not taken)
        better = True if gate or better else None if gate is None else better
    return {uplink.name: used[uplink.name] for uplink in branch.uplinks}


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _state(uplink: Uplink, router: Mapping[str, Sequence[Found]], *, flags: bool) -> State:
    gates = list(_parts(router.get(ROUTE, ()), uplink.name, "gate"))
    gate = _open(gates, flags=flags)
    verdict, poor = _verdict(probes(router, uplink.name), uplink)
    if verdict is None:
        # a gate that a script closed says nothing of the line, one that is enabled is RouterOS' own check
        verdict = gate if any(not _yes(row, "disabled") for row in gates) else None
    notes = _notes(router.get(LISTS, ()), uplink.name)
    left = durations.seconds(notes.get("down", ""))
    long = durations.seconds(LONG)
    return State(
        alive=verdict,
        poor=poor,
        open=gate,
        held=gate is False and verdict is True and not poor and "hold" in notes,
        dead_s=max(0.0, long - left) if left is not None and long is not None else None,
    )


def probes(router: Mapping[str, Sequence[Found]], uplink: str) -> list[Found]:
    """The rows of netwatch that ask through the uplink."""
    return [row for row in _parts(router.get(NETWATCH, ()), uplink, "probe") if not _yes(row, "disabled")]


def _verdict(probes: Sequence[Found], uplink: Uplink) -> tuple[bool | None, bool]:
    """As ``fast_script._verdict``: alive while enough anchors answer, dead when too few can."""
    spare = len(probes) - uplink.probe.quorum
    status = [row.values.get("status", "") for row in probes]
    bad = [row for row in probes if row.values.get("status") == "down"]
    mute = [row for row in bad if row.values.get("response-count", "0") in ("", "0")]
    if not probes:
        return None, False
    if status.count("up") >= uplink.probe.quorum:
        return True, False
    if len(mute) > spare:
        return False, False
    return (True, True) if len(bad) > spare else (None, False)


def _open(gates: Sequence[Found], *, flags: bool) -> bool | None:
    enabled = [row for row in gates if not _yes(row, "disabled")]
    if not enabled:
        return False if gates else None
    return any(_yes(row, "active") for row in enabled) if flags else None


def _parts(rows: Sequence[Found], uplink: str, part: str) -> Iterator[Found]:
    for row in rows:
        match = _PART.fullmatch(row.tag or "")
        if match and (match["uplink"], match["part"]) == (uplink, part):
            yield row


def _notes(rows: Sequence[Found], uplink: str) -> dict[str, str]:
    """Kind of the fast layer's notes about the uplink, to the time that is left of each."""
    words = ((row.values, row.values.get("comment", "").split(" ")) for row in rows)
    return {
        said[0]: values.get("timeout", "")
        for values, said in words
        if values.get("list") == names.STATE_LIST and said[1:2] == [uplink]
    }


def _yes(row: Found, flag: str) -> bool:
    return row.values.get(flag) in _TRUE
