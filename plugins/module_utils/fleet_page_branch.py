# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One branch of the report: its lines with their bars, and what its details tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .fleet_page_findings import CERTIFICATE_DAYS, line_name
from .fleet_page_text import (
    Moment,
    Text,
    clean,
    count,
    instant,
    length,
    moment,
    of_limit,
    percent,
    same,
    say,
    size,
    speed,
)

#: Colours of the template.
COLOURS = 6
#: A line is called full from this part of its limit on.
FULL = 0.9
NOTHING = same("–")
_STATES: Mapping[bool | None, str] = {True: "alive", False: "dead", None: "unknown"}
_USES: Mapping[bool | None, str] = {True: "in_use", False: "not_in_use"}
_EVENTS = ("dead", "alive", "rogue", "other")


@dataclass(frozen=True)
class Bar:
    """``part``: 0 to 1, or nothing where nothing is known. ``words``: the same for reading."""

    part: float | None
    words: Text
    full: bool = False


@dataclass(frozen=True)
class Line:
    """``state``: alive, dead or unknown. ``load``: the busier direction, -1 where no limit or speed is known."""

    label: str
    name: str
    colour: str
    state: str
    type: str
    metered: bool
    use: str
    since: Moment | None
    lasts: Text | None
    address: str
    connections: Text
    connections_bar: Bar
    downloaded: Text
    uploaded: Text
    bytes_bar: Bar
    down: Bar
    up: Bar
    load: float
    load_bar: Bar


@dataclass(frozen=True)
class Happening:
    kind: str
    at: Moment | None
    what: Text
    text: str


@dataclass(frozen=True)
class Certificate:
    name: str
    until: str
    days: Text
    soon: bool


@dataclass(frozen=True)
class Detail:
    """``facts``: what it is and how long it runs, in pairs of words and values."""

    facts: tuple[tuple[Text, Text], ...]
    read_at: Moment | None
    events: tuple[Happening, ...]
    rogues: tuple[Mapping[str, Any], ...]
    drift: tuple[Mapping[str, str], ...]
    certificates: tuple[Certificate, ...]
    notes: tuple[str, ...]


def lines(branch: Mapping[str, Any], now: int | None) -> tuple[Line, ...]:
    return tuple(_line(item, place, now) for place, item in enumerate(branch.get("uplinks") or []))


def _line(item: Mapping[str, Any], place: int, now: int | None) -> Line:
    since = moment(item.get("since"))
    began = instant(since.iso) if since else None
    down = _against(item.get("download_bps"), item.get("download_limit_bps"))
    up = _against(item.get("upload_bps"), item.get("upload_limit_bps"))
    busier = max(down, up, key=lambda bar: -1.0 if bar.part is None else bar.part)
    load = -1.0 if busier.part is None else busier.part
    return Line(
        label=line_name(item),
        name=clean(item.get("name"), 60),
        colour=f"u{place % COLOURS}",
        state=_STATES.get(item.get("alive"), "unknown"),
        type=clean(item.get("type"), 30),
        metered=bool(item.get("metered")),
        use=_USES.get(item.get("in_use"), ""),
        since=since,
        lasts=length(now - began) if now is not None and began is not None and began <= now else None,
        address=clean(item.get("address"), 80),
        connections=_known(item.get("connections"), count),
        connections_bar=_share(item.get("connections_share")),
        downloaded=_known(item.get("download_bytes"), size),
        uploaded=_known(item.get("upload_bytes"), size),
        bytes_bar=_share(item.get("bytes_share")),
        down=down,
        up=up,
        load=load,
        load_bar=Bar(None, NOTHING) if load < 0 else Bar(load, percent(load), load >= FULL),
    )


def _number(value: object) -> float | None:
    """A number that can be drawn: neither a truth value nor beyond all measure."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        return None
    return float(value)


def _known(value: object, shown: Callable[[int], Text]) -> Text:
    known = _number(value)
    return NOTHING if known is None else shown(int(known))


def _share(value: object) -> Bar:
    part = _number(value)
    return Bar(None, NOTHING) if part is None else Bar(min(part, 1.0), percent(min(part, 1.0)))


def _against(value: object, limit: object) -> Bar:
    """A speed against what the line is rented for."""
    known, most = _number(value), _number(limit)
    if known is None:
        return Bar(None, NOTHING)
    if not most:
        return Bar(None, speed(known))
    part = known / most
    return Bar(min(part, 1.0), of_limit(known, most), part >= FULL)


def detail(branch: Mapping[str, Any]) -> Detail:
    labels = {str(item.get("name")): line_name(item) for item in branch.get("uplinks") or []}
    return Detail(
        facts=_facts(branch),
        read_at=moment(branch.get("read_at")),
        events=tuple(_event(item, labels) for item in branch.get("events") or []),
        rogues=tuple(_rogue(item) for item in branch.get("rogues") or []),
        drift=tuple(
            {key: clean(item.get(key)) for key in ("menu", "tag", "words")} for item in branch.get("drift") or []
        ),
        certificates=tuple(_certificate(item) for item in branch.get("certificates") or []),
        notes=tuple(clean(note) for note in branch.get("notes") or []),
    )


def _facts(branch: Mapping[str, Any]) -> tuple[tuple[Text, Text], ...]:
    uptime = _number(branch.get("uptime_s"))
    groups = ", ".join(clean(group, 60) for group in branch.get("groups") or [])
    facts = (
        ("name", same(clean(branch.get("name")))),
        ("groups", same(groups)),
        ("version", same(clean(branch.get("version"), 40))),
        ("board", same(clean(branch.get("board"), 80))),
        ("uptime", length(uptime) if uptime else same("")),
    )
    return tuple((say(key), value) for key, value in facts if value.en)


def _event(item: Mapping[str, Any], labels: Mapping[str, str]) -> Happening:
    kind = str(item.get("kind"))
    kind = kind if kind in _EVENTS else "other"
    name = str(item.get("uplink") or "")
    what = say(f"event_{kind}")
    label = clean(labels.get(name, name))
    # Of a line that died or came back the router's own words tell nothing more.
    text = "" if label and kind in ("dead", "alive") else clean(item.get("text"))
    return Happening(kind, moment(item.get("time")), what + f": {label}" if label else what, text)


def _rogue(item: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {key: clean(item.get(key), 80) for key in ("segment", "interface", "mac", "address")}
    return {**said, "at": moment(item.get("time"))}


def _certificate(item: Mapping[str, Any]) -> Certificate:
    days = item.get("days")
    if isinstance(days, bool) or not isinstance(days, int):
        return Certificate(clean(item.get("name"), 80), clean(item.get("until"), 40), NOTHING, False)
    words = say("days", n=count(days)) if days >= 0 else say("ran_out")
    return Certificate(clean(item.get("name"), 80), clean(item.get("until"), 40), words, days <= CERTIFICATE_DAYS)
