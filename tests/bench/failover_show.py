# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: one row for each setting and fault, as data, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from tests.bench.failover_plan import CONTENDERS, FAULTS, Cell, Setting
from tests.bench.failover_sums import Gap, Outcome, Summary, shorter, summary, total

OUTAGES = (("new", "new connections"), ("udp", "UDP 20 ms"), ("tcp", "TCP upload"), ("http", "HTTP poller"))
NOT_BUILT = "not built yet"
ORDER = [fault.key for fault in FAULTS]


@dataclass(frozen=True)
class Row:
    """All repeats of one setting against one fault. ``missing``: why some of them could not be measured."""

    setting: Setting
    fault: str
    words: str
    repeats: int
    outages: Mapping[str, Summary | None]
    failed_share: float
    disturbed: tuple[int, int] | None
    stuck: tuple[int, int] | None
    broken: tuple[int, int] | None
    moves: int
    messages: str
    missing: tuple[str, ...]


def rows(found: Mapping[Cell, Outcome | str]) -> list[Row]:
    """Outcomes of cells, or why there is none, summed up over the repeats. Ordered by mode, lines, fault, contender."""
    groups: dict[tuple[Setting, str], list[Cell]] = {}
    for cell in found:
        groups.setdefault((cell.setting, cell.fault.key), []).append(cell)
    made = [_row(group, [found[cell] for cell in group]) for group in groups.values()]
    place = [contender.key for contender in CONTENDERS]
    return sorted(
        made,
        key=lambda r: (r.setting.mode, r.setting.uplinks, ORDER.index(r.fault), place.index(r.setting.contender.key)),
    )


def _row(group: Sequence[Cell], results: Sequence[Outcome | str]) -> Row:
    seen = [result for result in results if isinstance(result, Outcome)]
    first = group[0]
    return Row(
        setting=first.setting,
        fault=first.fault.key,
        words=first.fault.words,
        repeats=len(seen),
        outages={key: summary(getattr(outcome, key) for outcome in seen) for key, _ in OUTAGES},
        failed_share=max((outcome.failed_share for outcome in seen), default=0.0),
        disturbed=total(outcome.disturbed for outcome in seen),
        stuck=total(outcome.stuck for outcome in seen),
        broken=total(outcome.broken for outcome in seen),
        moves=max((outcome.moves for outcome in seen), default=0),
        messages=_messages(first.setting, seen),
        missing=tuple(dict.fromkeys(result for result in results if isinstance(result, str))),
    )


def _messages(setting: Setting, seen: Sequence[Outcome]) -> str:
    """received of expected; what a recipe has none of is not missing."""
    if setting.contender.recipe:
        return "none"
    told = [outcome.messages for outcome in seen if outcome.messages is not None]
    if not told:
        return NOT_BUILT
    wanted = "?" if told[0][0] is None else str(sum(expected or 0 for expected, _ in told))
    return f"{sum(received for _, received in told)} of {wanted}"


def table(made: Iterable[Row], title: str) -> Table:
    result = Table(title=title, caption=CAPTION, title_justify="left", caption_justify="left", show_lines=False)
    for name in ("fault, mode, lines", "who", "n"):
        result.add_column(name, no_wrap=True)
    for _, name in OUTAGES:
        result.add_column(name, justify="right")
    for name in ("failed", "disturbed", "stuck", "broken", "moves", "messages"):
        result.add_column(name, justify="right")
    before = None
    for row in made:
        group = (row.setting.mode, row.setting.uplinks, row.fault)
        if before is not None and group != before:
            result.add_section()
        head = f"{row.fault}, {row.setting.mode} {row.setting.uplinks}" if group != before else ""
        result.add_row(head, row.setting.contender.title, *_cells(row))
        before = group
    return result


CAPTION = """\
Outages in seconds, middle (least–most) of the repeats, each of the worst flow; new connections, HTTP: last failing
start. >: not over when the line came back. failed: share of new connections during the fault. disturbed (on healthy
uplinks), stuck (60 s later), broken (when the line came back): of the UDP and TCP flows of all repeats.
Clients that only listen are not measured."""


def _cells(row: Row) -> list[str]:
    if not row.repeats:
        return ["0", *[""] * len(OUTAGES), *[""] * 5, "; ".join(row.missing).splitlines()[0][:60]]
    outages = [str(row.outages[key]) if row.outages[key] is not None else "–" for key, _ in OUTAGES]
    counts = [count_words(count) for count in (row.disturbed, row.stuck, row.broken)]
    return [str(row.repeats), *outages, f"{row.failed_share:.0%}", *counts, str(row.moves), row.messages]


def count_words(count: tuple[int, int] | None) -> str:
    return "–" if count is None else f"{count[0]} of {count[1]}"


def headlines(made: Sequence[Row]) -> list[str]:
    """Ours beside the manual's recipe, and each beside itself: a sentence for each fault."""
    said = []
    for row in made:
        if row.setting.contender.recipe or not row.repeats:
            continue
        theirs = next((other for other in made if _same_place(row, other) and other.setting.contender.key == "b"), None)
        words = shorter(row.outages["new"], theirs.outages["new"]) if theirs else ""
        if words:
            place = f"{row.words} ({row.setting.mode}, {row.setting.uplinks} uplinks)"
            said.append(f"{place}: new connections, {row.setting.contender.title} beside (b): {words}")
    return said


def _same_place(one: Row, other: Row) -> bool:
    return (one.setting.mode, one.setting.uplinks, one.fault) == (
        other.setting.mode,
        other.setting.uplinks,
        other.fault,
    )


def as_json(made: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "contender": row.setting.contender.key,
            "name": row.setting.contender.name,
            "version": row.setting.contender.version,
            "mode": row.setting.mode,
            "uplinks": row.setting.uplinks,
            "fault": row.fault,
            "repeats": row.repeats,
            "outage_s": {key: _summary(row.outages[key]) for key, _ in OUTAGES},
            "failed_share": round(row.failed_share, 4),
            "disturbed": row.disturbed,
            "stuck_after_60_s": row.stuck,
            "broken_at_return": row.broken,
            "moves": row.moves,
            "messages": row.messages,
            "missing": row.missing,
        }
        for row in made
    ]


def _summary(one: Summary | None) -> dict[str, dict[str, Any]] | None:
    def gap(value: Gap) -> dict[str, Any]:
        return {"seconds": value.seconds, "still": value.still}

    return None if one is None else {"middle": gap(one.middle), "low": gap(one.low), "high": gap(one.high)}
