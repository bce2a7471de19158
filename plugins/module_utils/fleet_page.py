# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a fleet as the template shows it: from ``report.json``, format 1, to texts, figures and lengths. Pure.

Nothing here is escaped: the template escapes every text, whoever said it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import fleet_page_map
from .fleet_page_branch import Detail, Line, detail, lines
from .fleet_page_findings import KINDS, WELL, Finding, findings, worst
from .fleet_page_text import Moment, Text, clean, count, instant, moment, say

FORMAT = 1
LANGUAGES = ("id", "en")
#: Entries of the lists that people look through.
MOST_NEEDY, MOST_BUSY, MOST_EVENTS, MOST_GROUPS = 12, 8, 10, 8


@dataclass(frozen=True)
class Branch:
    """``key``: of its details in the page. ``rank``: 0 is the most urgent. ``more``: findings besides the worst."""

    key: str
    name: str
    label: str
    groups: tuple[str, ...]
    group: str
    kind: str
    rank: int
    kinds: tuple[str, ...]
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    rogues: int
    drift: int
    compared: bool
    days: int | None
    version: str
    detail: Detail
    load: float

    @property
    def loud(self) -> bool:
        return self.kind != WELL


@dataclass(frozen=True)
class Tile:
    kind: str
    number: int
    words: Text


@dataclass(frozen=True)
class Group:
    name: Text
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Share:
    """How the branches of a group are. ``parts``: kinds and their part of the whole, the well ones first."""

    name: Text
    well: int
    all: int
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Event:
    branch: Branch
    kind: str
    at: Moment | None
    what: Text
    text: str


@dataclass(frozen=True)
class Page:
    title: Text
    made: Moment | None
    headline: Text
    summary: Text
    needy: tuple[Branch, ...]
    more: tuple[Branch, ...]
    branches: tuple[Branch, ...]
    tiles: tuple[Tile, ...]
    map: fleet_page_map.Map | None
    by_key: Mapping[str, Branch]
    placeless: tuple[Group, ...]
    groups: tuple[str, ...]
    shares: tuple[Share, ...]
    busiest: tuple[tuple[Branch, Line], ...]
    events: tuple[Event, ...]


def page(report: Mapping[str, Any], land: Mapping[str, Any]) -> Page:
    """Raises ``ValueError`` when it is no report of this format."""
    if report.get("format") != FORMAT or not isinstance(report.get("branches"), list):
        raise ValueError(f"a report of format {FORMAT} is needed, not {report.get('format')!r}")
    now = instant(str(report.get("made", "")))
    keys = _keys([str(item.get("name", "")) for item in report["branches"]])
    region = _region(report["branches"])
    found = [_branch(item, key, now=now, region=region) for item, key in zip(report["branches"], keys, strict=True)]
    branches = tuple(sorted(found, key=lambda branch: (branch.rank, -len(branch.findings), branch.label.casefold())))
    places = _places(report["branches"], {branch.key: branch for branch in found}, keys)
    placed = {place.key for place in places}
    needy = tuple(branch for branch in branches if branch.loud)
    title = clean(report.get("title"))
    return Page(
        title=Text(title, title) if title else say("title"),
        made=moment(str(report.get("made", ""))),
        headline=_headline(len(needy), len(branches)),
        summary=_summary(branches),
        needy=needy[:MOST_NEEDY],
        more=needy[MOST_NEEDY:],
        branches=branches,
        tiles=tuple(_tile(kind, branches) for kind in KINDS),
        map=fleet_page_map.drawn(places, land),
        by_key={branch.key: branch for branch in branches},
        placeless=_by_group([branch for branch in branches if branch.key not in placed]),
        groups=_filters(branches),
        shares=tuple(_share(group) for group in _by_group(branches)[:MOST_GROUPS]),
        busiest=_busiest(branches),
        events=_events(branches),
    )


def _keys(names: Sequence[str]) -> list[str]:
    """Short and sure to be unique; the same branch keeps its key, so that a link into the page lasts."""
    out: list[str] = []
    for name in names:
        slug = "b-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "branch")
        key, n = slug, 1
        while key in out:
            key, n = f"{slug}-{n}x", n + 1
        out.append(key)
    return out


def _groups(item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(clean(group, 60) for group in item.get("groups") or [])


def _region(items: Sequence[Mapping[str, Any]]) -> Callable[[Sequence[str]], str]:
    """Which of its groups a branch is shown under: the largest that does not hold the whole fleet."""
    sizes = Counter(group for item in items for group in set(_groups(item)))

    def of(groups: Sequence[str]) -> str:
        parts = [group for group in groups if sizes[group] < len(items)]
        return max(parts or groups, key=lambda group: (sizes[group], group), default="")

    return of


def _branch(item: Mapping[str, Any], key: str, *, now: int | None, region: Callable[[Sequence[str]], str]) -> Branch:
    found = findings(item, now)
    kind = worst(found)
    shown = lines(item, now)
    days = [int(one["days"]) for one in item.get("certificates") or [] if isinstance(one.get("days"), int)]
    name = clean(item.get("name"))
    return Branch(
        key=key,
        name=name,
        label=clean(item.get("label")) or name,
        groups=_groups(item),
        group=region(_groups(item)),
        kind=kind,
        rank=KINDS.index(kind) if kind in KINDS else len(KINDS),
        kinds=tuple(dict.fromkeys(finding.kind for finding in found)) or (WELL,),
        findings=found,
        lines=shown,
        rogues=len(item.get("rogues") or []),
        drift=len(item.get("drift") or []),
        compared=bool(item.get("compared", True)),
        days=min(days, default=None),
        version=clean(item.get("version"), 40),
        detail=detail(item),
        load=max((line.load for line in shown), default=-1.0),
    )


def _headline(needy: int, branches: int) -> Text:
    if not branches:
        return say("no_branch")
    return say("need", n=needy, all=branches) if needy else say("all_well", all=branches)


def _summary(branches: Sequence[Branch]) -> Text:
    states = [line.state for branch in branches for line in branch.lines]
    numbers = {state: count(states.count(state)) for state in ("alive", "dead", "unknown")}
    return say("summary", lines=count(len(states)), **numbers)


def _tile(kind: str, branches: Sequence[Branch]) -> Tile:
    return Tile(kind, sum(kind in branch.kinds for branch in branches), say(f"tile_{kind}"))


def _places(
    items: Sequence[Mapping[str, Any]], branches: Mapping[str, Branch], keys: Sequence[str]
) -> list[fleet_page_map.Place]:
    """The loudest last, so that they are drawn on top."""
    found = []
    for item, key in zip(items, keys, strict=True):
        at = fleet_page_map.position(item.get("place"))
        if at is not None:
            branch = branches[key]
            found.append(fleet_page_map.Place(key, branch.label, at[0], at[1], branch.loud))
    return sorted(found, key=lambda place: (-branches[place.key].rank, place.key))


def _filters(branches: Sequence[Branch]) -> tuple[str, ...]:
    """Groups that part the fleet: one that holds all of it finds nothing."""
    sizes = Counter(group for branch in branches for group in set(branch.groups))
    return tuple(sorted((group for group, size in sizes.items() if size < len(branches)), key=str.casefold))


def _by_group(branches: Sequence[Branch]) -> tuple[Group, ...]:
    names = sorted({branch.group for branch in branches}, key=str.casefold)
    return tuple(
        Group(
            Text(name, name) if name else say("no_group"), tuple(branch for branch in branches if branch.group == name)
        )
        for name in names
    )


def _share(group: Group) -> Share:
    kinds = [branch.kind for branch in group.branches]
    parts = tuple((kind, kinds.count(kind) / len(kinds)) for kind in (WELL, *reversed(KINDS)) if kind in kinds)
    return Share(group.name, kinds.count(WELL), len(kinds), parts)


def _busiest(branches: Sequence[Branch]) -> tuple[tuple[Branch, Line], ...]:
    pairs = [(branch, line) for branch in branches for line in branch.lines if line.load >= 0]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1].load, pair[0].label, pair[1].label))[:MOST_BUSY])


def _events(branches: Sequence[Branch]) -> tuple[Event, ...]:
    """The newest of the fleet, of those whose time can be compared."""
    known = [
        Event(branch, event.kind, event.at, event.what, event.text)
        for branch in branches
        for event in branch.detail.events
        if event.at is not None and event.at.iso
    ]
    return tuple(sorted(known, key=lambda event: event.at.iso if event.at else "", reverse=True)[:MOST_EVENTS])
