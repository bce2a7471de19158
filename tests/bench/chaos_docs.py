# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/chaos-results.md`` and its picture: what a run has tried, as a page of the documentation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from lab.demo.charts import Scale, Tick
from tests.bench.chaos_plan import CUT, KILL, NONE, REBOOT, SCENARIOS, SETTLE_S, Choice
from tests.bench.chaos_sums import COLUMNS, TICKER_S, Row, boot_s, locked_s, words
from tests.bench.failover_page import environment

PAGE, PICTURE = "chaos-results.md", "chaos-results.svg"
DRAWN = (CUT, KILL)
WIDTH, LEFT, PANEL, GAP = 1040, 60.0, 110.0, 56.0
#: Seconds, logarithmic.
LEAST, MOST = 0.04, 30.0
TICKS = (0.05, 0.1, 0.3, 1, 3, 10)
HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Made by `./dev bench chaos --report --docs`; don't edit.
-->
# Changes that are broken off, tried

What becomes of a branch when its change is broken off after write *k*, for every *k*: the controller's connections
are cut and new ones refused until after the dead man's time; the controller is killed with -9; the router's power
is cut. A write is every command over the API that does more than look: lock, backup, the dead man and its removal
among them. Clients of the branch talk to the internet all the while, 12 UDP flows with a packet every 50 ms and a
new TCP connection every 100 ms.
"""


def write(folder: Path, made: Sequence[Row], data: Mapping[str, Any], *, choice: Choice) -> list[Path]:
    """Both files; what was not tried is named."""
    page, drawing = folder / PAGE, folder / PICTURE
    page.write_text(markdown(made, data, choice=choice), encoding="utf-8")
    drawing.write_text(picture(made), encoding="utf-8")
    return [page, drawing]


def markdown(made: Sequence[Row], data: Mapping[str, Any], *, choice: Choice) -> str:
    tried = [row for row in made if row.fault is not NONE]
    cases = sum(len(row.results) for row in tried)
    survived = sum(row.survived for row in tried)
    calm = [row for row in tried if row.fault is not REBOOT]
    within = sum(row.within for row in calm)
    parts = [
        HEAD,
        f"Measured until {data['measured']}: {data['machine']}, which did other work, too. Dead man's"
        f" time {data['dead_man_s']} s (branches have"
        f" 120 s unless they say otherwise).\n",
        f"**{survived} of {cases} broken-off changes survived.** In {within} of {sum(len(row.results) for row in calm)}"
        f" cuts and kills no flow was silent for longer than the change itself makes it, by the bound below.\n",
    ]
    for version, rows in groupby(made, key=lambda row: row.version):
        parts += [f"## RouterOS {version}", "", *_table(list(rows)), ""]
    parts += [f"![Longest silence by write]({PICTURE})", "", MEANS.format(settle=SETTLE_S, ticker=TICKER_S), ""]
    played = sum(result.case.playbook for row in tried for result in row.results)
    parts += [
        f"{played} of the changes were made by a real `ansible-playbook`, the others by a process that calls the engine"
        " of the action with its arguments.",
        "",
        "Before the dead man is armed nothing of the plan is written, and little but the lock stays when a change is"
        " broken off there: who came next was told who holds it since when, and waited up to"
        f" {locked_s(made):.0f} s until it ran out.",
        "",
    ]
    boots = boot_s(made)
    if boots:
        parts += [f"The lab's router boots in {boots[0]:.1f} to {boots[1]:.1f} s; a MikroTik takes longer.", ""]
    faults = [f"- {one.case.key}: {'; '.join(one.faults)}" for row in made for one in row.results if one.faults]
    parts += ["## Not survived", "", *(faults or ["None."]), ""]
    if any("silent to the end" in line for line in faults):
        parts += [SILENT, ""]
    missing = list(_missing(made, data, choice))
    parts += ["## Not tried", "", *(f"- {line}" for line in missing)]
    return "\n".join(parts) + "\n"


MEANS = """\
- *survived*: the router is in the old or in the new state within the dead man's time and {settle:.0f} s (its look
  every tenth of that time, and the undo), rows of others are as they were, a second run reaches exactly the plan, a
  third writes nothing, nothing that a commit has for itself is left then, no flow over a line that stays is silent
  to the end, and the router does not restart by itself. *Undisturbed* changes: the new state is still there after
  the dead man's time.
- *ended old*, *ended new*: judged by the router's own export, compared with the one before and the one after an
  undisturbed change. Whether a script of the collection has closed a gate is left out.
- *longest outage*: the longest silence of any flow, from before the change until after the router came to rest,
  over a line that the branch has before and after.
- *over a line that goes*: the same for flows over a line that the change takes away, as far as they came back; and
  how many did not while they were watched. The address that they left by is gone, so their connections can't go on,
  undisturbed or not, only begin anew.
- *the change's own*: the same for the undisturbed change and its way back, whichever is longer, in the same run.
  The bound is this (at least {ticker} s, since a ticker of 50 ms sees no less) and {ticker} s, and for as long as
  the busy machine itself held up processes. For a power cycle also the boot. A case with such a
  silence before its fault is the machine's doing; it was tried once more.
- *failed new*: new connections that failed (1 s to succeed) of all.
- *recovery*: the middle of the seconds from the fault to the old state; *settled within*: the longest from the
  fault until no dead man waits any more."""


SILENT = """\
A flow that is silent to the end, after a power cycle: the router has forgotten its connections, so running flows begin
anew by the half-made state, some over the line that the change brings; then the undo takes that line away, and they
keep the source address that they got. Who talks on waits until the router forgets the connection, as with flows over a
line that goes. The configuration is the old one, and new connections work."""


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield f"| scenario | fault | {' | '.join(COLUMNS)} |"
    yield f"|---|---|{'---:|' * len(COLUMNS)}"
    for row in rows:
        yield f"| {row.scenario.words} | {row.fault.words} | {' | '.join(words(row))} |"


def _missing(made: Sequence[Row], data: Mapping[str, Any], choice: Choice) -> Iterator[str]:
    if data["cases"] < data["expected"]:
        yield f"{data['expected'] - data['cases']} of the {data['expected']} cases of {choice.version}"
    if choice.every > 1 or choice.only_k:
        yield f"every write: only each {choice.every}th" if choice.every > 1 else "every write: only chosen ones"
    have = {(row.scenario.key, row.fault.key) for row in made if row.results and row.version == choice.version}
    others = sorted({row.version for row in made} - {choice.version})
    if others:
        yield f"every write with RouterOS {' and '.join(others)}: a choice of them only"
    for scenario in SCENARIOS:
        for fault in (CUT, KILL, REBOOT):
            if (scenario.key, fault.key) not in have:
                yield f"{scenario.words}: {fault.words}"
    for row in made:
        yield from row.missing
    if data["codes"] > 1:
        yield f"all of them with the same code: it changed {data['codes'] - 1} times meanwhile"
    yield "real routers: how long they boot, how their scheduler ticks, what flash does when power fails in a write"
    yield "a dead man's time of 120 s, the default: the same scripts with another number"
    yield "two faults at once, such as a line that dies while a change is broken off"


# --- the picture


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    number: int
    words: str


@dataclass(frozen=True)
class Panel:
    """One scenario: k to the right, seconds upwards."""

    title: str
    top: float
    bottom: float
    ticks: list[Tick]
    writes: list[Tick]
    own: float | None
    dots: list[Dot]


def _y(seconds: float) -> float:
    scale = Scale(math.log(LEAST), math.log(MOST), PANEL, 24.0)
    return scale(math.log(min(MOST, max(LEAST, seconds))))


def picture(made: Sequence[Row]) -> str:
    """A panel for each scenario, as one SVG that follows the reader's dark or light."""
    panels: list[Panel] = []
    for scenario in SCENARIOS:
        rows = [row for row in made if row.scenario is scenario and row.fault in DRAWN and row.results]
        if rows:
            panels.append(_panel(scenario.words, rows, 36 + len(panels) * (PANEL + GAP)))
    template = environment().get_template("chaos.svg.j2")
    kinds = [fault.words for fault in DRAWN]
    height = 40 + len(panels) * (PANEL + GAP)
    return template.render(panels=panels, kinds=kinds, width=WIDTH, left=LEFT, height=height) + "\n"


def _panel(title: str, rows: Sequence[Row], top: float) -> Panel:
    last = max(result.case.k for row in rows for result in row.results)
    x = Scale(0, last + 1, LEFT, WIDTH)
    dots = [
        Dot(
            x(result.case.k),
            _y(result.silence.longest),
            DRAWN.index(row.fault),
            f"write {result.case.k} ({result.last}): {result.silence.longest:.2f} s, ended {result.ended}",
        )
        for row in rows
        for result in row.results
    ]
    own = rows[0].own_s
    writes = [Tick(x(k), str(k)) for k in range(10, last + 1, 10)]
    ticks = [Tick(_y(seconds), f"{seconds:g} s") for seconds in TICKS]
    return Panel(title, top, PANEL, ticks, writes, None if own is None else _y(own), dots)
