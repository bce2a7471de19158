# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happened at a branch, as its router tells it: dead and living lines, foreign DHCP servers, messages that wait.

All of it is in memory of the router and ends with a reboot: lines of ``/log``, and the address lists in which scripts
keep what people were told (``fast_state.py``, ``alert_scripts.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import durations, names
from .found import Found
from .model import Branch
from .router_clock import Clock, iso

ALERT, LISTS = "/ip/dhcp-server/alert", "/ip/firewall/address-list"
#: Newest ones that are told.
MOST = 20
_OURS = "multiwan: "
_KNOWN_S = 4 * 7 * 86400.0
_MAC = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
_USED, _UNUSED = " is used again", " is not used now"
_ROGUE = re.compile(
    r"rogue DHCP server on (?P<interface>.+?)(?:, mac (?P<mac>[0-9A-F:]{17}), ip (?P<ip>\S+?)(?:,|$)| is gone)"
)
_DISCOVERED = re.compile(r"discovered unknown dhcp server, mac (?P<mac>[0-9A-Fa-f:]{17}), ip (?P<ip>[0-9.]+)")
_LINK = re.compile(r"(?P<interface>.+?):? link (?P<state>up|down)\b")


@dataclass(frozen=True)
class Line:
    """One line of ``/log``."""

    time: str
    topics: str
    message: str


def lines(rows: Iterable[Found]) -> tuple[Line, ...]:
    """Oldest first, as the router prints them. A line break within a message is a blank."""
    return tuple(
        Line(row.values.get("time", ""), row.values.get("topics", ""), " ".join(row.values.get("message", "").split()))
        for row in rows
    )


def events(log: Sequence[Line], branch: Branch, clock: Clock) -> list[dict[str, Any]]:
    """Newest first. ``time``: ISO in UTC, or what the router said where that can't be told."""
    labels = {uplink.label: uplink.name for uplink in branch.uplinks}
    ports = {port: uplink.name for uplink in branch.uplinks for port in (uplink.port, uplink.interface)}
    found = []
    for line in reversed(log):
        about = _about(line, labels, ports)
        if about is not None:
            kind, uplink, text = about
            found.append({"time": _time(line.time, clock), "kind": kind, "uplink": uplink, "text": text})
        if len(found) == MOST:
            break
    return found


def _about(line: Line, labels: Mapping[str, str], ports: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Kind, uplink and text; ``None``: nothing that a report tells."""
    if line.message.startswith(_OURS):
        text = line.message.removeprefix(_OURS)
        for ending, kind in ((_USED, "alive"), (_UNUSED, "dead")):
            label = text.removesuffix(ending)
            if label != text and label in labels:
                return kind, labels[label], text
        return ("rogue" if _ROGUE.match(text) else "other"), "", text
    link = _LINK.match(line.message) if "interface" in line.topics.split(",") else None
    if link is not None and link["interface"] in ports:
        return "other", ports[link["interface"]], line.message
    return None


def _time(text: str, clock: Clock) -> str:
    moment = clock.moment(text)
    return text if moment is None else iso(moment)


def rogues(
    router: Mapping[str, Sequence[Found]], log: Sequence[Line], branch: Branch, clock: Clock
) -> list[dict[str, Any]]:
    """Foreign DHCP servers that the router sees now, each once for a segment. ``time``: since when, empty if unknown.

    ``address``: as the router last logged it; empty when those lines are gone.
    """
    segments = {segment.interface: segment.label for segment in branch.segments}
    addresses = dict(_addresses(log))
    since = dict(_told(router.get(LISTS, ())))
    found = []
    for interface, mac in dict.fromkeys(_seen(router.get(ALERT, ()))):
        left = since.get((interface, mac))
        found.append(
            {
                "segment": segments.get(interface, ""),
                "interface": interface,
                "mac": mac,
                "address": addresses.get(mac, ""),
                "time": "" if left is None else iso(clock.ago(max(0.0, _KNOWN_S - left))),
            }
        )
    return found


def _seen(rows: Iterable[Found]) -> Iterator[tuple[str, str]]:
    """How several servers of one row are written is not documented: every MAC in the text counts."""
    for row in rows:
        for mac in _MAC.findall(row.values.get("unknown-server", "").upper()):
            yield row.values.get("interface", ""), mac


def _told(rows: Iterable[Found]) -> Iterator[tuple[tuple[str, str], float]]:
    """Interface and MAC of each server that people were told of, to the seconds that are left of the note."""
    for row in rows:
        interface, _sep, mac = row.values.get("comment", "").rpartition(" ")
        left = durations.seconds(row.values.get("timeout", ""))
        if row.values.get("list") == names.ROGUE_LIST and left is not None:
            yield (interface, mac.upper()), left


def _addresses(log: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """MAC to address, newest last."""
    for line in log:
        match = _DISCOVERED.search(line.message) or _ROGUE.search(line.message)
        if match and match["mac"] and re.fullmatch(r"[0-9.]+", match["ip"]):
            yield match["mac"].upper(), match["ip"]


def waiting(router: Mapping[str, Sequence[Found]]) -> int:
    """Messages that could not be sent yet."""
    return sum(row.values.get("list") == names.OUTBOX_LIST for row in router.get(LISTS, ()))
