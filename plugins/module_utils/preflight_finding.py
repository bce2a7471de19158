# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the preflight on the router finds, and the names of its checks. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """``check``: a name of :data:`CHECKS`. An ``error`` refuses the commit. ``words``: what was seen and its cure."""

    check: str
    severity: Severity
    words: str


@dataclass(frozen=True)
class Check:
    """``words``: what is looked for. ``severity``: how bad it can be. ``forceable``: whether going on may be right."""

    words: str
    severity: Severity = "warning"
    forceable: bool = True


#: In the order in which findings are told.
TABLE: Mapping[str, Check] = {
    "version": Check("a RouterOS newer than this release knows"),
    "packages": Check("a package that the plan needs is disabled or not installed", "error", forceable=False),
    "device-mode": Check(
        "the device forbids the scheduler (without it nothing could bring the branch back), or fetch", "error"
    ),
    "permissions": Check("the user may not read something that a check needs, so that check was left out"),
    "interfaces": Check("an interface of the plan does not exist", "error", forceable=False),
    "bridge-port": Check("an interface of the plan is a port of a bridge or a member of a bond", "error"),
    "line-down": Check("an interface of the plan is disabled or has no link"),
    "addresses": Check(
        "an address of the plan, or its network, is also on another interface (a segment, for example)", "error"
    ),
    "line-clients": Check(
        "a DHCP client, PPPoE session or VLAN of others on the port of an uplink works against it", "error"
    ),
    "management-path": Check("the plan would cut the way by which the controller reaches the router", "error"),
    "vlans": Check("VLAN filtering would cut off VLANs of others on the bridge", "error"),
    "fasttrack": Check("FastTrack takes connections past the rules that keep them on their line", "error"),
    "hardware-offload": Check("the switch chip routes packets past the rules (L3 hardware offload)", "error"),
    "hotspot": Check("a hotspot on a segment: its clients would not get the login page", "error"),
    "mangle": Check("rows of others mark connections or routes of the same traffic, before ours", "error"),
    "references": Check("rows of others refer to a list or table that would be removed", "error"),
    "routes": Check("routes of others compete with those of the plan"),
    "routing-rules": Check("routing rules of others, which balanced connections no longer see"),
    "nat": Check("destination NAT of others that may catch connections of the segments"),
    "queues": Check("simple queues of others take packets of the segments before ours"),
    "firewall-lists": Check("the firewall names a list that holds some uplinks, not all"),
    "isolation": Check("a row of others lets packets of isolated segments past their isolation", "error"),
    "resolver": Check(
        "the router would have no resolver left; its resolver is an anchor, so names die with that line; or it answers"
        " no client",
        "error",
    ),
    "invalid": Check("a row of ours is there, but the router does not use it"),
    "leftovers": Check("a row carries our mark, but not at the end of its comment, so it counts as foreign"),
    "authority": Check("no authority could vouch for the server of the messages"),
    "clock": Check("the clock is behind the making of the RouterOS that runs, so it was never set"),
    "space": Check("too little free space for the backup and the way back", "error"),
    "ram-disk": Check("files outside the folder flash are lost by a reboot, a backup there too"),
}
CHECKS: Mapping[str, str] = {name: check.words for name, check in TABLE.items()}
#: Those that ``multiwan_force`` can silence. Of the errors, the others would be refused by the router itself.
FORCEABLE = frozenset(name for name, check in TABLE.items() if check.forceable)


def error(check: str, words: str) -> Finding:
    return _made(check, "error", words)


def warning(check: str, words: str) -> Finding:
    return _made(check, "warning", words)


def _made(check: str, severity: Severity, words: str) -> Finding:
    if check not in TABLE or (severity == "error" and TABLE[check].severity != "error"):
        raise KeyError(f"{check!r} is not a check with the severity {severity}")
    return Finding(check, severity, words)
