# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people were told of a fault: which messages should have come, which came, when, and what time they name. Pure.

Messages are known by their words as a reader of English knows them, and by the label of the line. The benchmark reads
no file of the collection: a text that was changed there is no message that this file knows, and shows as one too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tests.bench.failover_plan import DEAD, Fault, label

#: kind -> what the first line says.
WORDS: Mapping[str, re.Pattern[str]] = {
    "down": re.compile(r"\bline (?P<line>.+) is down$"),
    "up": re.compile(r"\bline (?P<line>.+) is back$"),
    "poor": re.compile(r"\bline (?P<line>.+) is slow or loses packets$"),
    "good": re.compile(r"\bline (?P<line>.+) is good again$"),
    "all": re.compile(r"\ball internet lines were down$"),
}
_RAISED = re.compile(r"^Raised: (.+)$", re.MULTILINE)
_SINCE = re.compile(r"^Since: (.+)$", re.MULTILINE)
_LENGTH = re.compile(r"^(?:Outage|It was poor for): (?:(\d+)w)?(?:(\d+)d)?(\d+):(\d\d):(\d\d)", re.MULTILINE)
#: RouterOS 7.10 and newer; before (facts: /system clock).
_DATES = ("%Y-%m-%d %H:%M:%S", "%b/%d/%Y %H:%M:%S")
#: A time on a message may be off by so much: it has whole seconds, and the router reads its clock when it has noticed.
CLOCK_S = 1.5
#: The longest that noticing may take, on either side of an outage, until a time on a message is called wrong.
NOTICED_S = 12.0
#: From the return of a line to its use, hold-down included.
USED_S = 40.0


@dataclass(frozen=True)
class Note:
    """One message. Times in seconds since the fault began; ``kind`` is empty for one that nobody expects.

    ``raised``: the time that it names; ``since``, ``length_s``: of the outage, where it says so.
    """

    at: float
    kind: str
    line: str
    text: str
    raised: float | None = None
    since: float | None = None
    length_s: float | None = None


@dataclass(frozen=True)
class Told:
    """``expected``: None where that depends on what the line happened to do. ``twice``: said again with nothing in
    between. ``wrong``: with a wrong time, or none. ``stray``: of healthy lines, or not to be understood. ``open_end``:
    the last word on the line is not how the line was. Seconds from fault and return to arrival.
    """

    expected: int | None
    received: int
    twice: int = 0
    wrong: int = 0
    stray: int = 0
    open_end: int = 0
    down_s: tuple[float, ...] = ()
    up_s: tuple[float, ...] = ()

    @property
    def clean(self) -> bool:
        """Everything once, true, and nothing else."""
        fits = self.expected is None or self.expected == self.received
        return fits and not (self.twice or self.wrong or self.stray or self.open_end)


def note(raw: Mapping[str, Any], cut_at: float) -> Note:
    """A message of the chat ({at, text}, wall clock)."""
    text = str(raw["text"])
    head = text.partition("\n")[0].strip()
    at = float(raw["at"]) - cut_at
    for kind, words in WORDS.items():
        found = words.search(head)
        if found:
            line = found.groupdict().get("line") or ""
            raised, since = (_moment(pattern.search(text), cut_at) for pattern in (_RAISED, _SINCE))
            return Note(at, kind, line, text, raised, since, _length(text))
    return Note(at, "", "", text)


def _moment(found: re.Match[str] | None, cut_at: float) -> float | None:
    if found is None:
        return None
    for form in _DATES:
        try:
            # the lab's routers are at UTC
            return datetime.strptime(found[1].strip(), form).replace(tzinfo=UTC).timestamp() - cut_at
        except ValueError:
            continue
    return None


def _length(text: str) -> float | None:
    found = _LENGTH.search(text)
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(word or 0) for word in found.groups())
    return float((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds)


def expected(fault: Fault, uplinks: int) -> int | None:
    """How many messages a fault is worth; None where that depends on what the line does, and on thresholds."""
    others = {"all": 2 * uplinks + 1, "reboot": 0, "loss": None, "delay": None, "flapping": None}
    return others.get(fault.kind, 2)


def told(notes: Sequence[Note], fault: Fault, uplinks: int, *, healed: float) -> Told:
    """``notes`` in the order of their arrival; ``healed``: when the line came back."""
    lines = [label(n) for n in range(1, uplinks + 1)]
    hit = {"all": set(lines), "reboot": set()}.get(fault.kind, {label(int(DEAD.removeprefix("isp")))})
    ours = [one for one in notes if one.line in hit or (one.kind == "all" and fault.kind == "all")]
    return Told(
        expected=expected(fault, uplinks),
        received=len(notes),
        twice=_twice(notes, ours, sorted(hit)),
        wrong=sum(not _timely(one, fault, healed) for one in ours),
        stray=len(notes) - len(ours),
        open_end=sum(_open_end(ours, line) for line in hit),
        down_s=tuple(round(one.at, 1) for one in ours if one.kind in ("down", "poor") and fault.kind != "all"),
        up_s=tuple(round(one.at - healed, 1) for one in ours if one.kind in ("up", "good", "all")),
    )


def _bad(one: Note) -> bool:
    return one.kind in ("down", "poor")


def _twice(notes: Sequence[Note], ours: Sequence[Note], lines: Iterable[str]) -> int:
    """The same words again, or the same news of a line with no other in between."""
    same = len(notes) - len({one.text for one in notes})
    for line in lines:
        news = [one for one in ours if one.line == line]
        same += sum(a.kind == b.kind and a.text != b.text for a, b in pairwise(news))
    return same + max(0, sum(one.kind == "all" for one in ours) - 1)


def _open_end(ours: Sequence[Note], line: str) -> bool:
    """Whether the last that was said of a line is that it is dead: by then it had been healthy for long."""
    news = [one for one in ours if one.line == line]
    return bool(news) and _bad(news[-1])


def _timely(one: Note, fault: Fault, healed: float) -> bool:
    """Whether a message names a time at which its event can have been, and not one after its arrival."""
    if one.raised is None or one.raised > one.at + CLOCK_S:
        return False
    steady = fault.kind not in ("flapping", "loss", "delay")
    if _bad(one):
        return -CLOCK_S <= one.raised <= (NOTICED_S if steady else healed + NOTICED_S)
    if one.raised < -CLOCK_S + (healed if steady else 0.0) or one.raised > healed + USED_S:
        return False
    if one.kind == "all":
        began = one.since is not None and -CLOCK_S <= one.since <= NOTICED_S
        # from when all were dead to when one was used again, which needs no hold-down
        return began and one.length_s is not None and abs(one.length_s - healed) <= NOTICED_S + CLOCK_S
    if one.length_s is None:
        return False
    return not steady or abs(one.raised - one.length_s) <= NOTICED_S + CLOCK_S
