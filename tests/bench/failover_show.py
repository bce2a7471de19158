# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run: one row for each setting and fault, as data, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from tests.bench.failover_plan import CONTENDERS, FAULTS, Cell, Setting
from tests.bench.failover_sums import Gap, Moves, Outcome, Summary, shorter, summary, total

OUTAGES = (("new", "new connections"), ("udp", "UDP 20 ms"), ("tcp", "TCP upload"), ("http", "HTTP poller"))
#: Behind the fault and who.
COLUMNS = (
    "n",
    *(name for _, name in OUTAGES),
    *("failed", "disturbed", "stuck", "broken", "moves", "messages", "control"),
)
NOT_BUILT = "not built yet"
ORDER = [fault.key for fault in FAULTS]


@dataclass(frozen=True)
class Messages:
    """Of all repeats. ``clean``: how many of the ``cells`` have each message once, with a right time, and no other."""

    expected: int | None
    received: int
    cells: int
    clean: int
    faults: Mapping[str, int]
    down_s: float | None
    up_s: float | None

    def __str__(self) -> str:
        words = [f"{self.received} of {self.expected}" if self.expected is not None else str(self.received)]
        if self.received:
            seconds = "/".join("–" if one is None else f"{one:.0f}" for one in (self.down_s, self.up_s))
            words.append(f"{seconds} s")
        words += [f"{count} {name}" for name, count in self.faults.items() if count]
        return ", ".join(words)


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
    moves: Moves
    messages: Messages | None
    control: float
    again: int
    missing: tuple[str, ...]

    @property
    def place(self) -> tuple[str, int, str]:
        return self.setting.mode, self.setting.uplinks, self.fault

    @property
    def why(self) -> str:
        """Why cells are missing, in one line."""
        return "; ".join(self.missing).partition("\n")[0]

    @property
    def said(self) -> str:
        """The messages in words; a recipe that has none misses none."""
        if self.setting.contender.recipe or not self.repeats:
            return "none"
        return str(self.messages) if self.messages is not None else NOT_BUILT


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
        moves=max((outcome.moves for outcome in seen), default=Moves(0, 0)),
        messages=_messages(seen),
        control=max((outcome.control for outcome in seen), default=0.0),
        again=sum(outcome.again for outcome in seen),
        missing=tuple(dict.fromkeys(result for result in results if isinstance(result, str))),
    )


def _messages(seen: Sequence[Outcome]) -> Messages | None:
    known = [outcome.messages for outcome in seen if outcome.messages is not None]
    if not known:
        return None
    expected = [one.expected for one in known if one.expected is not None]
    named = {"twice": "twice", "wrong": "wrong time", "stray": "stray", "open_end": "not recalled"}
    return Messages(
        expected=sum(expected) if expected else None,
        received=sum(one.received for one in known),
        cells=len(known),
        clean=sum(one.clean for one in known),
        faults={words: sum(getattr(one, name) for one in known) for name, words in named.items()},
        down_s=_middle(second for one in known for second in one.down_s),
        up_s=_middle(second for one in known for second in one.up_s),
    )


def _middle(values: Iterable[float]) -> float | None:
    known = sorted(values)
    return known[len(known) // 2] if known else None


def table(made: Iterable[Row], title: str) -> Table:
    result = Table(title=title, caption=CAPTION, title_justify="left", caption_justify="left", show_lines=False)
    for name in ("fault, mode, lines", "who"):
        result.add_column(name, no_wrap=True)
    for name in COLUMNS:
        result.add_column(name, justify="right")
    before = None
    for row in made:
        group = row.place
        if before is not None and group != before:
            result.add_section()
        head = f"{row.fault}, {row.setting.mode} {row.setting.uplinks}" if group != before else ""
        result.add_row(head, row.setting.contender.title, *words(row))
        before = group
    return result


CAPTION = """\
Outages in seconds, middle (least–most) of the repeats, each of the worst flow; new connections, HTTP: last failing
start. >: not over when the line came back. failed: share of new connections during the fault. disturbed (on healthy
uplinks), stuck (60 s later), broken (when the line came back): of the UDP and TCP flows of all repeats. moves: of new
connections between the same two, there and back, the most. messages: received of expected, middle seconds from the
fault and from the return to arrival. control: what the machine did by itself, seconds, at worst.
Clients that only listen are not measured."""


def words(row: Row) -> list[str]:
    """The figures of a row, in the order of COLUMNS."""
    if not row.repeats:
        return ["0", *[""] * (len(COLUMNS) - 3), row.why[:60], ""]
    outages = [str(row.outages[key]) if row.outages[key] is not None else "–" for key, _ in OUTAGES]
    counts = [count_words(count) for count in (row.disturbed, row.stuck, row.broken)]
    last = [str(row.moves), row.said, f"{row.control:.2f}"]
    return [str(row.repeats), *outages, f"{row.failed_share:.0%}", *counts, *last]


def in_a_line(outcome: Outcome) -> str:
    """One cell, while the others are still measured."""
    gaps = ", ".join(f"{name} {getattr(outcome, key)}" for key, name in OUTAGES)
    counts = [("disturbed", outcome.disturbed), ("stuck", outcome.stuck), ("broken", outcome.broken)]
    bad = [f"{name} {count[0]}" for name, count in counts if count and count[0]]
    if outcome.messages is not None:
        bad.append(f"messages {outcome.messages.received}{'' if outcome.messages.clean else ' (not as expected)'}")
    return "; ".join([gaps, *bad, f"control {outcome.control:.2f}"])


def count_words(count: tuple[int, int] | None) -> str:
    return "–" if count is None else f"{count[0]} of {count[1]}"


def headlines(made: Sequence[Row]) -> list[str]:
    """Ours beside the manual's recipe, and each beside itself: a sentence for each fault."""
    said = []
    for row in made:
        if row.setting.contender.recipe or not row.repeats:
            continue
        theirs = next(
            (other for other in made if row.place == other.place and other.setting.contender.key == "b"), None
        )
        words = shorter(row.outages["new"], theirs.outages["new"]) if theirs else ""
        if words:
            place = f"{row.words} ({row.setting.mode}, {row.setting.uplinks} uplinks)"
            said.append(f"{place}: new connections, {row.setting.contender.title} beside (b): {words}")
    return said


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
            "moves": asdict(row.moves),
            "messages": None if row.messages is None else asdict(row.messages),
            "control_s": row.control,
            "measured_again": row.again,
            "missing": row.missing,
        }
        for row in made
    ]


def _summary(one: Summary | None) -> dict[str, dict[str, Any]] | None:
    def gap(value: Gap) -> dict[str, Any]:
        return {"seconds": value.seconds, "still": value.still}

    return None if one is None else {"middle": gap(one.middle), "low": gap(one.low), "high": gap(one.high)}
