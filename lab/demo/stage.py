# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the acts of the demo happen: the clock, the screen, the lab, and what was written down so far."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from lab.demo.play import Played, play
from lab.demo.record import Message, Moment, Sample, Step
from lab.demo.screen import Screen
from lab.demo.sums import rate_between
from lab.demo.world import Lab, LabError

SAMPLE_EVERY_S = 0.5
CHAT_WAIT_S = 5.0


@dataclass
class Act:
    """One step while it runs; ``found`` is what its title will be followed by."""

    found: str = ""


@dataclass
class Stage:
    """``began``: wall clock of the start; every recorded time counts from it."""

    host: str
    root: Path
    folder: Path
    screen: Screen
    lab: Lab
    began: float
    inventories: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    chat: list[Message] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    def now(self) -> float:
        return time.time() - self.began

    def mark(self, kind: str, words: str, at_s: float | None = None) -> float:
        at = self.now() if at_s is None else at_s
        self.moments.append(Moment(at, kind, words))
        return at

    @contextlib.asynccontextmanager
    async def act(self, name: str, title: str) -> AsyncIterator[Act]:
        act = Act()
        began = self.now()
        self.screen.began(title)
        try:
            yield act
        except BaseException:
            self.screen.broke(title)
            raise
        step = Step(name, title, began, self.now() - began, act.found)
        self.steps.append(step)
        self.screen.ended(step)

    async def play(self, name: str, *words: str, playbook: str = "site") -> Played:
        """A playbook on the branch, with the inventory of the checkout and the overlay of the lab."""
        arguments = [word for inventory in self.inventories for word in ("-i", inventory)]
        return await play(
            [*arguments, f"playbooks/{playbook}.yml", "--limit", self.host, *words],
            host=self.host,
            root=self.root,
            log=self.folder / f"ansible-{name}.log",
            task=lambda task: self.screen.note(f"ansible: {task.rpartition(' : ')[2]}"),
        )

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """While the block runs, the rates of the lines and the chat are written down and shown."""
        async with asyncio.TaskGroup() as tasks:
            watchers = [tasks.create_task(self._watch_lines()), tasks.create_task(self._watch_chat())]
            yield
            for watcher in watchers:
                watcher.cancel()

    async def _watch_lines(self) -> None:
        before, then = await self.lab.counters(), self.now()
        while True:
            await asyncio.sleep(SAMPLE_EVERY_S)
            after, now = await self.lab.counters(), self.now()
            mbit = {
                name: (
                    rate_between(before[name][0], down, now - then),
                    rate_between(before[name][1], up, now - then),
                )
                for name, (down, up) in after.items()
            }
            sample = Sample((then + now) / 2, mbit)
            self.samples.append(sample)
            self.screen.sample(sample)
            before, then = after, now

    async def _watch_chat(self) -> None:
        last = 0
        while True:
            for announcement in await self.lab.chat(after=last, wait_s=CHAT_WAIT_S):
                last = announcement.number
                self.chat.append(announcement.message)
                self.screen.message(announcement.message)
            async with self.heard:
                self.heard.notify_all()

    async def message_with(self, text: str, *, since_s: float, timeout_s: float) -> Message | None:
        """The first message since then that holds the text, in any case; None when none came in time."""

        def found() -> Message | None:
            return next((m for m in self.chat if m.at_s >= since_s and text.lower() in m.text.lower()), None)

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self.heard:
                return await self.heard.wait_for(found)
        return found()


__all__ = ["Act", "LabError", "Stage"]
