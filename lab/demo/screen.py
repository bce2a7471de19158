# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees while the demo runs: a live picture in a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from collections import deque
from typing import Protocol, TextIO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from lab.demo.record import Branch, Message, Sample, Step

COLOURS = ("bright_blue", "orange1", "green3", "medium_purple1", "hot_pink", "yellow3")
_BLOCKS = " ▁▂▃▄▅▆▇█"
_BAR_WIDTH = 24
#: How often a plain screen tells of something that goes on.
PROGRESS_EVERY_S = 3.0
#: Below this a real terminal wraps the picture, and plain lines read better.
NARROWEST = 60


class Screen(Protocol):
    """Told of everything that happens; shows what it can."""

    def branch(self, branch: Branch) -> None: ...
    def began(self, title: str) -> None: ...
    def ended(self, step: Step) -> None: ...
    def broke(self, title: str) -> None: ...
    def note(self, words: str) -> None: ...
    def progress(self, words: str) -> None: ...
    def sample(self, sample: Sample) -> None: ...
    def message(self, message: Message) -> None: ...
    def line_died(self, uplink: str, *, dead: bool) -> None: ...
    def close(self) -> None: ...


class PlainScreen:
    """One line for each thing that happens, with the seconds since the start."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()
        self._progress_said = 0.0

    def _say(self, words: str) -> None:
        print(f"[{time.monotonic() - self._began:6.1f} s] {words}", file=self._out, flush=True)

    def branch(self, branch: Branch) -> None:
        lines = ", ".join(f"{u.label} {u.download_mbit:g}/{u.upload_mbit:g} Mbit/s" for u in branch.uplinks)
        self._say(f"branch {branch.name}: {lines}")

    def began(self, title: str) -> None:
        self._say(f"{title} …")

    def ended(self, step: Step) -> None:
        self._say(f"{step.title}: {step.found} ({step.seconds:.1f} s)")

    def broke(self, title: str) -> None:
        self._say(f"{title}: not finished")

    def note(self, words: str) -> None:
        self._say(f"  {words}")

    def progress(self, words: str) -> None:
        """A note that comes many times a second: one in a while is enough for a reader of lines."""
        if time.monotonic() - self._progress_said >= PROGRESS_EVERY_S:
            self._progress_said = time.monotonic()
            self.note(words)

    def sample(self, sample: Sample) -> None:
        """Rates come twice a second: too many for lines."""

    def message(self, message: Message) -> None:
        self._say("chat: " + " | ".join(message.text.splitlines()))

    def line_died(self, uplink: str, *, dead: bool) -> None:
        self._say(f"  the internet behind {uplink} {'is dead' if dead else 'lives again'}")

    def close(self) -> None:
        self._out.flush()


def sparkline(values: list[float], top: float) -> str:
    """Eight levels; anything above nothing shows, so that a trickle is not taken for silence."""
    cells = []
    for value in values:
        level = round(min(1.0, value / top) * 8) if top > 0 else 0
        cells.append(_BLOCKS[max(level, 1) if value > 0.01 * top else level])
    return "".join(cells)


def bar(value: float, top: float, width: int = _BAR_WIDTH) -> str:
    filled = round(min(1.0, value / top) * width) if top > 0 else 0
    return "█" * filled + "·" * (width - filled)


class LiveScreen:
    """Redrawn four times a second. Everything it shows it was told; it asks nothing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._branch: Branch | None = None
        self._steps: list[Step] = []
        self._now = "starting"
        self._now_began = self._began
        self._note = ""
        self._broken = ""
        self._last: Sample | None = None
        self._past: deque[Sample] = deque(maxlen=40)
        self._messages: list[Message] = []
        self._dead: set[str] = set()
        self._live = Live(console=console, get_renderable=self._picture, refresh_per_second=4, transient=True)
        self._live.start()

    def branch(self, branch: Branch) -> None:
        self._branch = branch

    def began(self, title: str) -> None:
        self._now, self._now_began, self._note = title, time.monotonic(), ""

    def ended(self, step: Step) -> None:
        self._steps.append(step)
        self._now = ""

    def broke(self, title: str) -> None:
        self._broken = title
        self._now = ""

    def note(self, words: str) -> None:
        self._note = words

    def progress(self, words: str) -> None:
        self.note(words)

    def sample(self, sample: Sample) -> None:
        self._last = sample
        self._past.append(sample)

    def message(self, message: Message) -> None:
        self._messages.append(message)

    def line_died(self, uplink: str, *, dead: bool) -> None:
        (self._dead.add if dead else self._dead.discard)(uplink)

    def close(self) -> None:
        """Leave the last picture's story on the screen as plain lines."""
        self._live.stop()
        self._console.print(self._done())
        for message in self._messages:
            self._console.print(_bubble(message))

    # --- the picture ---------------------------------------------------------------------------------------------
    def _picture(self) -> RenderableType:
        parts: list[RenderableType] = [self._title()]
        if self._branch is not None:
            parts += [self._lines(self._branch), Text()]
        parts.append(self._done())
        parts.append(self._doing())
        parts += [_bubble(message) for message in self._messages[-2:]]
        return Group(*parts)

    def _title(self) -> Text:
        text = Text("two lines become one", style="bold")
        if self._branch is not None:
            text = Text(f"{self._branch.title}: {len(self._branch.uplinks)} lines become one", style="bold")
        return text.append(f"   {time.monotonic() - self._began:5.0f} s", style="dim")

    def _lines(self, branch: Branch) -> Table:
        table = Table.grid(padding=(0, 1))
        for number, uplink in enumerate(branch.uplinks):
            colour = COLOURS[number % len(COLOURS)]
            dead = uplink.name in self._dead
            wire = "LAN ─ router ─ " if number == len(branch.uplinks) // 2 else " " * 15
            road = Text.assemble(
                (wire, "dim"),
                f"{uplink.interface} ─ ",
                (uplink.label, f"bold {colour}"),
                (" ─✗─ ", "bold red") if dead else (" ─── ", "dim"),
            )
            down, up = self._last.mbit.get(uplink.name, (0.0, 0.0)) if self._last else (0.0, 0.0)
            use = max(down / (uplink.download_mbit or 1), up / (uplink.upload_mbit or 1))
            history = [max(s.mbit.get(uplink.name, (0.0, 0.0))) for s in self._past]
            room = max(0, min(40, self._console.width - cell_len(road.plain) - 32))
            rates = Text.assemble(
                (bar(use, 1.0, 12), colour),
                f" ↓{down:5.1f} ↑{up:5.1f} ",
                (sparkline(history[-room:] if room else [], max(uplink.download_mbit, uplink.upload_mbit)), colour),
            )
            table.add_row(road, rates)
        return table

    def _done(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for step in self._steps:
            table.add_row(Text("✓", style="green"), step.title, Text(step.found, style="bold"), f"{step.seconds:.1f} s")
        if self._broken:
            table.add_row(Text("✗", style="red"), self._broken, Text("not finished", style="red"), "")
        return table

    def _doing(self) -> Text:
        if not self._now:
            return Text()
        seconds = f"  {time.monotonic() - self._now_began:.0f} s"
        return Text.assemble(("▸ ", "cyan"), (self._now, "bold cyan"), (seconds, "dim"), (f"\n  {self._note}", "dim"))


def _bubble(message: Message) -> Panel:
    return Panel(
        Text(message.text), title=f"chat, {message.at_s:.0f} s", title_align="left", expand=False, style="green"
    )


def screen_for(console: Console, out: TextIO) -> Screen:
    if console.is_terminal and not console.is_dumb_terminal and console.width >= NARROWEST:
        return LiveScreen(console)
    return PlainScreen(out)
