# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What needs attention in a branch, the most urgent first. Pure: a branch of ``report.json``, format 1, in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .fleet_page_text import Moment, Text, clean, instant, length, moment, same, say

#: Kinds in the order of their urgency.
KINDS = ("unread", "dead", "rogue", "drift", "certificate", "metered")
#: A branch without a finding.
WELL = "well"
#: Certificates are spoken of when they end within so many days.
CERTIFICATE_DAYS = 30
REASONS = ("unreachable", "certificate", "login", "variables", "refused", "broke_off", "other")


@dataclass(frozen=True)
class Finding:
    """``what``: in one line; ``more``: what the router said; ``since`` and for how long, where that is known."""

    kind: str
    what: Text
    more: str = ""
    since: Moment | None = None
    lasts: Text | None = None


def findings(branch: Mapping[str, Any], now: int | None) -> tuple[Finding, ...]:
    """``now``: seconds since 1970 at which the report was made."""
    if not branch.get("ok"):
        return (_unread(branch),)
    found = [
        *_dead(branch, now),
        *_rogues(branch),
        *_drift(branch),
        *_certificates(branch),
        *_metered(branch),
    ]
    return tuple(found)


def worst(found: Sequence[Finding]) -> str:
    return found[0].kind if found else WELL


def line_name(line: Mapping[str, Any]) -> str:
    """What people call it."""
    return clean(line.get("label")) or clean(line.get("name"))


def _unread(branch: Mapping[str, Any]) -> Finding:
    reason = str(branch.get("reason") or "other")
    return Finding("unread", say(f"reason_{reason if reason in REASONS else 'other'}"), clean(branch.get("error")))


def _dead(branch: Mapping[str, Any], now: int | None) -> Iterator[Finding]:
    lines = branch.get("uplinks") or []
    dead = [line for line in lines if line.get("alive") is False]
    if len(dead) > 1 and len(dead) == len(lines):
        names = same(", ".join(line_name(line) for line in dead))
        yield Finding("dead", say("all_dead", line=names), "", *_since(dead[0], now))
        return
    for line in dead:
        yield Finding("dead", say("is_dead", line=line_name(line)), "", *_since(line, now))


def _since(line: Mapping[str, Any], now: int | None) -> tuple[Moment | None, Text | None]:
    since = moment(line.get("since"))
    began = instant(since.iso) if since else None
    lasts = length(now - began) if now is not None and began is not None and began <= now else None
    return since, lasts


def _rogues(branch: Mapping[str, Any]) -> Iterator[Finding]:
    rogues = branch.get("rogues") or []
    if not rogues:
        return
    first = rogues[0]
    where = clean(first.get("segment")) or clean(first.get("interface"))
    what = say("rogue_seen", mac=clean(first.get("mac")), segment=where)
    if len(rogues) > 1:
        what = what + " " + say("rogue_more", n=len(rogues) - 1)
    yield Finding("rogue", what, clean(first.get("address")), moment(first.get("time")))


def _drift(branch: Mapping[str, Any]) -> Iterator[Finding]:
    rows = branch.get("drift") or []
    if rows:
        what = say("drifted_one") if len(rows) == 1 else say("drifted", n=len(rows))
        yield Finding("drift", what, clean(rows[0].get("words"), 120))


def _certificates(branch: Mapping[str, Any]) -> Iterator[Finding]:
    for item in ending(branch):
        days, name = int(item["days"]), clean(item.get("name"), 80)
        what = say("ends", name=name, n=days) if days >= 0 else say("ended", name=name)
        yield Finding("certificate", what, clean(item.get("until"), 40))


def ending(branch: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Certificates that end soon, the first of them first."""
    known = [item for item in branch.get("certificates") or [] if isinstance(item.get("days"), int)]
    soon = [item for item in known if item["days"] <= CERTIFICATE_DAYS]
    return sorted(soon, key=lambda item: (item["days"], str(item.get("name"))))


def _metered(branch: Mapping[str, Any]) -> Iterator[Finding]:
    for line in branch.get("uplinks") or []:
        if line.get("metered") and line.get("in_use") and line.get("alive") is not False:
            yield Finding("metered", say("metered_used", line=line_name(line)))
