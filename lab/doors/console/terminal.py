# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person (or a program that plays one) at a terminal: banner, prompt, echo, paging, Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Protocol

from lab.doors.console import welcome
from lab.doors.console.editor import Editor, Keys
from lab.doors.console.session import ConsoleSession, Page, SafeMode
from lab.script.balance import open_brackets
from lab.verbs import Trap

_PAGER = "-- [Q quit|D dump|down]"
_PROBE = "\x1bZ"


class Stream(Protocol):
    """Bytes both ways. ``read`` gives b"" at the end; ``write`` raises ConnectionError when nobody listens."""

    async def read(self) -> bytes: ...
    async def write(self, data: bytes) -> None: ...


class Closed(Exception):
    """The other side has gone."""


class Terminal:
    """``run`` until /quit or until the other side goes."""

    def __init__(self, session: ConsoleSession, stream: Stream) -> None:
        self.session = session
        self.stream = stream
        self.editor = Editor()
        self._keys = Keys()
        #: keys that wait for the next line, and those typed while a command ran
        self._waiting: deque[str] = deque()
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        #: what is to be said before the next prompt
        self._news: deque[str] = deque()
        self._reader: asyncio.Task[bytes] | None = None
        self._ended = False

    async def run(self) -> bool:
        """True when the session was left by /quit."""
        self.session.interactive = True
        self.session.ask = self._ask
        try:
            await self._greet()
            while True:
                line = await self._line()
                if line is None or line.strip() in ("/quit", "quit"):
                    return True
                if line.strip():
                    await self._perform(line)
        except (Closed, ConnectionError):
            return False
        finally:
            if self._reader is not None:
                self._reader.cancel()

    # ---- out

    async def _write(self, text: str) -> None:
        await self.stream.write(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    async def _greet(self) -> None:
        settings = self.session.settings
        probe = _PROBE if settings.detect else ""
        await self._write(f"{probe}\n\n  MikroTik RouterOS {self.session.host.version} (emulated)\n\n")
        host = self.session.host
        if host.welcome is not None:
            skips = host.engine.at_least("7.24")
            await welcome.ask(host.welcome, self.session.caller, self._key, self._write, skips=skips)

    async def _prompt(self) -> None:
        while self._news:
            await self._write(self._news.popleft() + "\n")
        # painted twice, with blanks to the end of the line in between (recorded on 7.21.5; scrapli waits for both)
        blank = " " * max(0, self._width - len(self.session.prompt) - 1)
        await self._write(f"\r\r\r\r{self._painted}{blank}\r{self._painted}")

    @property
    def _painted(self) -> str:
        prompt = self.session.prompt
        if not self.session.settings.colours:
            return prompt
        head, bracket, tail = prompt.partition("]")
        return f"\x1b[m\x1b[32m{head}{bracket}\x1b[m{tail}"

    @property
    def _width(self) -> int:
        return self.session.settings.width or 80

    async def _repaint(self) -> None:
        """The finished line once more, as Enter has it; of one that is too long its end (recorded on 7.21.5)."""
        text = self.editor.text
        if len(self.session.prompt) + len(text) < self._width:
            await self._write(f"\r{self._painted}{text}\n")
        else:
            await self._write(f"\r<{text[-(self._width - 2) :]}\n")

    # ---- in

    async def _key(self) -> str:
        while not self._waiting:
            data = await self._read()
            if not data:
                raise Closed
            self._waiting.extend(self._keys.feed(data))
        return self._waiting.popleft()

    async def _read(self) -> bytes:
        """A read that was begun while a command ran is taken up again."""
        if self._ended:
            return b""
        if self._reader is None:
            self._reader = asyncio.ensure_future(self.stream.read())
        data = await asyncio.shield(self._reader)
        self._reader = None
        self._ended = not data
        return data

    async def _line(self) -> str | None:
        """A whole command: one line, or several when brackets stay open. None at Ctrl-D."""
        await self._prompt()
        lines: list[str] = []
        while True:
            key = await self._key()
            if key == "enter":
                await (self._write("\n") if lines else self._repaint())
                lines.append(self.editor.take())
                still = open_brackets("\n".join(lines))
                if not still:
                    return "\n".join(lines)
                await self._write(f"{still}... ")
            elif key == "interrupt":
                self.editor.take()
                lines.clear()
                await self._write("\n")
                await self._prompt()
            elif key == "eof" and not self.editor.text:
                if not self.session.in_safe_mode:
                    return None
                await self._safe(leave=True)
            elif key == "safe":
                await self._safe(leave=False)
            elif key == "redraw":
                await self._write("\n")
                await self._prompt()
                await self._write(self.editor.text)
            else:
                await self._write(self.editor.press(key))

    async def _safe(self, *, leave: bool) -> None:
        """Ctrl-X takes safe mode or gives it back; Ctrl-D undoes and leaves it (facts 8)."""
        keeper, caller = self.session.host.safe_mode, self.session.caller
        if keeper is None:
            return
        await self._write("\n")
        try:
            if leave:
                await keeper.unroll(caller)
                said = "[Safe Mode unrolled]"
            elif keeper.holds(caller):
                keeper.release(caller)
                said = "[Safe Mode released]"
            else:
                said = await self._take(keeper)
        except Trap as trap:
            said = trap.message
        await self._write(f"{said}\n")
        await self._prompt()
        await self._write(self.editor.text)

    async def _take(self, keeper: SafeMode) -> str:
        """What another session holds is taken only after the question (facts 8)."""
        holder, hijack = keeper.holder, ""
        if holder is not None:
            await self._write(f"Hijacking Safe Mode from {holder.user} - unroll/release/don't take it [u/r/d]: ")
            answer = await self._key()
            await self._write((answer if len(answer) == 1 else "") + "\n")
            hijack = {"u": "unroll", "r": "release"}.get(answer.lower(), "")
            if not hijack:
                return ""
        await keeper.take(self.session.caller, hijack=hijack, lost=self._lost_safe_mode)
        return "[Safe Mode taken]"

    def _lost_safe_mode(self, text: str) -> None:
        self._news.append(f"[{text}]")

    # ---- commands

    async def _perform(self, line: str) -> None:
        """Run a line. What it prints is shown as it comes; Ctrl-C ends it."""
        printed: asyncio.Queue[str | None] = asyncio.Queue()

        async def work() -> None:
            try:
                await self.session.run(line, printed.put_nowait)
            finally:
                printed.put_nowait(None)

        task = asyncio.create_task(work())
        watcher = asyncio.create_task(self._interrupted(task))
        try:
            lines = 0
            while (text := await printed.get()) is not None:
                lines = await self._page(text, lines)
                if lines < 0:
                    task.cancel()
                    break
            with contextlib.suppress(asyncio.CancelledError):
                await task
            if task.cancelled() and lines >= 0:
                await self._write("interrupted\n")
        finally:
            task.cancel()
            watcher.cancel()
            await asyncio.gather(task, watcher, return_exceptions=True)
            typed = [self._typed.get_nowait() for _ in range(self._typed.qsize())]
            self._waiting.extend(key for key in typed if key != "interrupt")

    async def _interrupted(self, task: asyncio.Task[None]) -> None:
        """Watches for Ctrl-C; whatever else is typed meanwhile waits for its turn. Runs until it is cancelled."""
        while True:
            data = await self._read()
            if not data:
                task.cancel()
                self._typed.put_nowait("interrupt")
                return
            for key in self._keys.feed(data):
                if key == "interrupt":
                    task.cancel()
                self._typed.put_nowait(key)

    async def _ask(self, question: str) -> str:
        """One key answers; it may have been typed already."""
        await self._write(question)
        key = self._waiting.popleft() if self._waiting else await self._typed.get()
        await self._write((key if len(key) == 1 else "") + "\n")
        return key

    async def _page(self, text: str, lines: int) -> int:
        """Write a piece of output; returns the lines on this page so far, -1 when the reader has had enough.

        Only what print draws stops at the end of a page, and only on a terminal that can take the question back.
        """
        settings = self.session.settings
        page = room = settings.height - 1
        if settings.dumb or page < 1 or not (isinstance(text, Page) and text.pages):
            await self._write(text + "\n")
            return lines
        for line in text.split("\n"):
            if 0 <= room <= lines:
                room, lines = await self._more(page), 0
                if room == 0:
                    return -1
            await self._write(line + "\n")
            lines += 1
        return lines

    async def _more(self, page: int) -> int:
        """How many lines may follow: 0 after Q, all (-1) after D, a page, or one line after Enter or Down."""
        await self._write(_PAGER)
        while True:
            key = self._waiting.popleft() if self._waiting else await self._typed.get()
            if key in ("q", "Q", "interrupt", "d", "D", " ", "enter", "down"):
                await self._write("\r" + " " * len(_PAGER) + "\r")
                return {"q": 0, "interrupt": 0, "d": -1, " ": page}.get(key.lower(), 1)
