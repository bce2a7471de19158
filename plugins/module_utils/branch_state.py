# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a branch is now, as a record of ``report.json`` (format 1). Pure: from what one connection told."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import branch_events, durations, uplink_state
from .branch_look import Look, is_counter
from .found import Found
from .model import Branch, Place, Uplink
from .preflight_view import ADDRESS, yes
from .router_clock import Clock, clock, date, iso
from .uplink_state import State


def state(found: Look, branch: Branch, *, groups: Sequence[str]) -> dict[str, Any]:
    """The record of a branch whose router was read."""
    its_clock = clock(found.clock, found.at)
    log = branch_events.lines(found.log)
    states = uplink_state.states(found.router, branch.uplinks)
    return {
        **_about(branch.name, branch.label, groups, branch.place),
        "ok": True,
        "error": "",
        "reason": "",
        "version": found.version.split(" ")[0],
        "board": found.resource.get("board-name", ""),
        "uptime_s": _uptime_s(found.resource),
        "read_at": iso(found.at),
        "uplinks": _uplinks(found, branch, states, its_clock),
        "events": branch_events.events(log, branch, its_clock),
        "rogues": branch_events.rogues(found.router, log, branch, its_clock),
        "compared": found.drift is not None,
        "drift": [{"menu": row.menu, "tag": row.tag, "words": row.words} for row in found.drift or ()],
        "certificates": sorted(_certificates(found), key=lambda one: (one["until"], one["name"])),
        "notes": [*_notes(found, branch, states), *found.notes],
    }


def unread(
    name: str,
    *,
    label: str,
    groups: Sequence[str],
    place: Place | None,
    reason: str,
    error: str,
    at: datetime.datetime,
) -> dict[str, Any]:
    """The record of a branch of which nothing is known. ``reason``: as the commit tells a failure in a word."""
    return {
        **_about(name, label, groups, place),
        "ok": False,
        "error": error,
        "reason": reason,
        "version": "",
        "board": "",
        "uptime_s": None,
        "read_at": iso(at),
        "compared": False,
        **{key: [] for key in ("uplinks", "events", "rogues", "drift", "certificates", "notes")},
    }


def _about(name: str, label: str, groups: Sequence[str], place: Place | None) -> dict[str, Any]:
    where = None if place is None else {"latitude": place.latitude, "longitude": place.longitude}
    return {"name": name, "label": label, "groups": sorted(groups), "place": where}


def _uptime_s(resource: Mapping[str, str]) -> int | None:
    seconds = durations.seconds(resource.get("uptime", ""))
    return None if seconds is None else int(seconds)


# --- uplinks


def _uplinks(found: Look, branch: Branch, states: Mapping[str, State], its_clock: Clock) -> list[dict[str, Any]]:
    counters = {row.values.get("name", ""): row.values for row in found.interfaces}
    used = uplink_state.in_use(states, branch)
    octets = {uplink.name: _octets(counters.get(uplink.interface, {})) for uplink in branch.uplinks}
    moved = {name: None if both is None else sum(both) for name, both in octets.items()}
    return [
        {
            "name": uplink.name,
            "label": uplink.label,
            "type": uplink.type,
            "metered": uplink.metered,
            "alive": states[uplink.name].alive,
            "in_use": used[uplink.name],
            "since": _since(states[uplink.name], found.router, uplink, its_clock),
            "address": _address(found.router.get(ADDRESS, ()), uplink),
            "connections": found.counts.get(uplink.name),
            "connections_share": _share(uplink.name, found.counts, branch),
            **_pair("download_bytes", "upload_bytes", octets[uplink.name]),
            "bytes_share": _share(uplink.name, moved, branch),
            **_pair("download_bps", "upload_bps", found.rates.get(uplink.interface)),
            "download_limit_bps": uplink.download,
            "upload_limit_bps": uplink.upload,
        }
        for uplink in branch.uplinks
    ]


def _octets(values: Mapping[str, str]) -> tuple[int, int] | None:
    """Received and sent; ``None`` when the router does not count them."""
    both = [values.get(name, "") for name in ("rx-byte", "tx-byte")]
    return (int(both[0]), int(both[1])) if all(is_counter(text) for text in both) else None


def _pair(first: str, second: str, both: tuple[int, int] | None) -> dict[str, int | None]:
    return {first: both[0] if both else None, second: both[1] if both else None}


def _share(name: str, figures: Mapping[str, int | None], branch: Branch) -> float | None:
    """Of all uplinks together; ``None`` while one of them is not known, or there is nothing to share."""
    every = [figures.get(uplink.name) for uplink in branch.uplinks]
    own = figures.get(name)
    known = [figure for figure in every if figure is not None]
    if own is None or len(known) < len(every) or not sum(known):
        return None
    return round(own / sum(known), 4)


def _since(state: State, router: Mapping[str, Sequence[Found]], uplink: Uplink, its_clock: Clock) -> str | None:
    """Since when the uplink is as it is: of a dead one the fast layer's note, else what its probes say; ``None``: the
    router does not remember."""
    if state.alive is None:
        return None
    if state.dead_s is not None and (state.alive is False or state.poor):
        return iso(its_clock.ago(state.dead_s))
    probes = [row.values for row in uplink_state.probes(router, uplink.name)]
    status, needed = ("up", uplink.probe.quorum) if state.alive else ("down", len(probes) - uplink.probe.quorum + 1)
    moments = [its_clock.moment(values.get("since", "")) for values in probes if values.get("status") == status]
    known = sorted(moment for moment in moments if moment is not None)
    return iso(known[needed - 1]) if 0 < needed <= len(known) else None


def _address(rows: Sequence[Found], uplink: Uplink) -> str:
    for row in rows:
        ports = (row.values.get("actual-interface"), row.values.get("interface"))
        if uplink.interface in ports and not yes(row.values.get("disabled")):
            return row.values.get("address", "")
    return ""


# --- the rest


def _certificates(found: Look) -> Iterator[dict[str, Any]]:
    """What the router shows to others, and the authorities that it trusts: after their end it can't be reached, and
    sends no messages. Days are whole ones that are left; negative: it has ended."""
    for row in found.certificates:
        if not yes(row.values.get("private-key")) and not yes(row.values.get("trusted")):
            continue
        end = date(row.values.get("invalid-after", ""))
        if end is not None:
            # the form says no zone; certificates are made in UTC (RFC 5280)
            left = end.replace(tzinfo=datetime.UTC) - found.at
            yield {"name": row.values.get("name", ""), "until": end.date().isoformat(), "days": left.days}


def _notes(found: Look, branch: Branch, states: Mapping[str, State]) -> Iterator[str]:
    for uplink in branch.uplinks:
        if states[uplink.name].held:
            yield f"{uplink.label}: back, and not used before it has proved good"
        if states[uplink.name].poor:
            yield f"{uplink.label}: answers, but slowly or with losses"
    waiting = branch_events.waiting(found.router)
    if waiting:
        yield f"{waiting} message{'s wait' if waiting > 1 else ' waits'} to be sent"
