# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One router to be fuzzed, without a network: its API on a loopback port, and a console."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.doors.api import ApiDoor
from lab.doors.console.session import ConsoleSession, Host
from lab.doors.console.settings import TerminalSettings, split_login
from lab.doors.console.terminal import Terminal
from lab.router.services.fetch import read_order
from lab.router.services.tools import wanted_ping
from lab.script.engine_tree import EngineTree
from lab.verbs import Caller, Reply, Trap
from tests.unit.lab.services.rig import ADMIN, Rig

#: what a reply must never hold
PYTHON = re.compile(
    r"Traceback|internal error|object at 0x|<class |NoneType|\b(Key|Value|Type|Index|Attribute|Name|Overflow|Recursion"
    r"|Memory|Unicode\w*|Runtime|Assertion|ZeroDivision|OS|Lookup|Import|Syntax|Schema)Error\b|positional argument"
)
#: an input may run so long before it is cancelled: endless loops are legal
PATIENCE_S = 0.4
#: and may so long keep everybody else from running, on a machine that is busy with something else, too
BLOCKED_S = 60.0


@dataclass
class Found:
    """What went wrong, with the input."""

    what: str
    given: object

    def __str__(self) -> str:
        return f"{self.what}: {str(self.given)[:600]!r}"


@dataclass
class Score:
    sent: int = 0
    done: int = 0
    refused: int = 0
    closed: int = 0
    cancelled: int = 0
    slowest_s: float = 0.0
    found: list[Found] = field(default_factory=list)


class Typist:
    """A Stream (lab.doors.console.terminal): bytes in small pieces, then the end. ``seen``: the last of the screen."""

    def __init__(self, data: bytes) -> None:
        self._left = data
        self.seen = b""

    async def read(self) -> bytes:
        await asyncio.sleep(0)
        piece, self._left = self._left[:7], self._left[7:]
        return piece

    async def write(self, data: bytes) -> None:
        self.seen = (self.seen + data)[-20_000:]


class Target:
    """A Rig with doors. ``reset`` brings the configuration back; what grows beside it is a leak."""

    def __init__(self, version: str = "7.22", *, patience_s: float = PATIENCE_S) -> None:
        self.rig = Rig(version)
        self.patience_s = patience_s
        engine = self.rig.engine
        macs = [(f"ether{n}", f"02:00:00:00:00:{n:02X}") for n in range(1, 5)]
        self.rig.store.load([("/interface/ethernet", {"name": name, "mac-address": mac}) for name, mac in macs])
        # a network is not there, and nobody waits for one
        engine.actions["/tool", "fetch"] = self._fetch
        engine.actions["/", "ping"] = self._ping
        engine.actions["/", "resolve"] = self._resolve
        self.rig.services.interpreter.use_tree(EngineTree(engine))
        self._clean = self.rig.store.image()
        self.score = Score()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(self.socket.getsockname()[1])
        self.door = ApiDoor(engine, lambda user, password, peer: ADMIN, (self.socket,))

    async def _fetch(self, args: Mapping[str, str], caller: Caller) -> Reply:
        read_order(args, self.rig.spec.version)
        raise Trap("failure: connection timeout", 4)

    async def _ping(self, args: Mapping[str, str], caller: Caller) -> Reply:
        wanted_ping(args)
        raise Trap("failure: no network")

    async def _resolve(self, args: Mapping[str, str], caller: Caller) -> Reply:
        raise Trap("failure: dns server failure")

    async def start(self) -> None:
        await self.door.start()

    async def stop(self) -> None:
        await self.door.stop()
        await self.rig.services.stop()

    async def reset(self) -> None:
        await self.rig.services.scripts.jobs.stop()
        await self.rig.services.scheduler.stop()
        environment = self.rig.services.scripts.environment
        environment.remove([number for number, _ in environment.rows()])
        self.rig.store.restore(self._clean)
        self.rig.store.journal.clear()
        self.rig.store.history.clear()
        self.rig.services.refresh(self.rig.store.snapshot())
        gc.collect()

    # ---- console

    async def line(self, text: str) -> None:
        """One line at a console of its own."""
        settings = TerminalSettings()
        host = Host(self.rig.engine, self.rig.services.interpreter, self.rig.spec.version)
        session = ConsoleSession(host, ADMIN, settings)
        printed: list[str] = []
        began = time.monotonic()
        self.score.sent += 1
        task = asyncio.create_task(session.run(text, lambda piece: self._take(printed, piece)))
        await asyncio.wait({task}, timeout=self.patience_s)
        if not task.done():
            self.score.cancelled += 1
            task.cancel()
            await asyncio.wait({task}, timeout=BLOCKED_S)
        self._timed(began, text)
        if not task.done():
            self.score.found.append(Found("can't be cancelled", text))
        elif not task.cancelled() and (error := task.exception()) is not None:
            self.score.found.append(Found(f"raised {error!r}", text))
        else:
            self.score.done += 1
        said = "\n".join(printed)
        if PYTHON.search(said) and not PYTHON.search(text):
            self.score.found.append(Found(f"said {said[-300:]!r}", text))

    async def keys(self, data: bytes) -> None:
        """What somebody types at an interactive console, who then hangs up."""
        settings = split_login(f"admin+{'c' * (len(data) % 2)}t{len(data) % 90}w20h")[1]
        host = Host(self.rig.engine, self.rig.services.interpreter, self.rig.spec.version)
        stream = Typist(data)
        began = time.monotonic()
        self.score.sent += 1
        task = asyncio.create_task(Terminal(ConsoleSession(host, ADMIN, settings), stream).run())
        await asyncio.wait({task}, timeout=PATIENCE_S + BLOCKED_S)
        self._timed(began, data)
        if not task.done():
            task.cancel()
            self.score.found.append(Found("goes on after the end of the line", data))
        elif (error := task.exception()) is not None:
            self.score.found.append(Found(f"raised {error!r}", data))
        else:
            self.score.done += 1
        said = stream.seen.decode(errors="replace")
        if PYTHON.search(said) and not PYTHON.search(data.decode(errors="replace")):
            self.score.found.append(Found(f"said {said[-300:]!r}", data))

    @staticmethod
    def _take(printed: list[str], piece: str) -> None:
        printed.append(piece[:20_000])
        del printed[:-50]

    def _timed(self, began: float, given: object) -> None:
        took = time.monotonic() - began
        self.score.slowest_s = max(self.score.slowest_s, took)
        if took > self.patience_s + BLOCKED_S:
            self.score.found.append(Found(f"held up the router for {took:.1f} s", given))


def encode(words: tuple[str, ...]) -> bytes:
    """One sentence as the protocol has it, written anew here: the lab's own codec is under test, too."""
    out = bytearray()
    for word in words:
        raw = word.encode("utf-8", "surrogateescape")
        size = len(raw)
        if size < 0x80:
            out.append(size)
        elif size < 0x4000:
            out += struct.pack(">H", size | 0x8000)
        elif size < 0x200000:
            out += struct.pack(">I", size | 0xC00000)[1:]
        else:
            out += struct.pack(">I", size | 0xE0000000)
        out += raw
    return bytes(out) + b"\x00"


class ApiClient:
    """Speaks to the door; connects again when it was closed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.score = target.score
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._number = 0

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.target.port)
            self._streams[1].write(encode(("/login", "=name=admin", "=password=")))
            assert await self._sentence(self._streams[0]) == ["!done"]
        return self._streams

    async def _sentence(self, reader: asyncio.StreamReader) -> list[str]:
        """The next sentence; empty at the end of the connection."""
        words: list[str] = []
        try:
            while True:
                first = (await reader.readexactly(1))[0]
                size = first
                for mark, more in ((0xE0, 3), (0xC0, 2), (0x80, 1)):
                    if first >= mark:
                        size = int.from_bytes(bytes([first & ~mark & 0xFF]) + await reader.readexactly(more), "big")
                        break
                if not size:
                    return words
                words.append((await reader.readexactly(size)).decode("utf-8", "surrogateescape"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return []

    async def send(self, words: tuple[str, ...]) -> None:
        """One sentence with a tag of its own; waits for its end, and cancels what has none."""
        self._number += 1
        tag = f"f{self._number}"
        # an empty word would end the sentence
        words = tuple(word for word in words if word and not word.startswith(".tag=")) or ("/",)
        reader, writer = await self._connected()
        began = time.monotonic()
        self.score.sent += 1
        writer.write(encode((*words, f".tag={tag}")))
        ended = asyncio.create_task(self._until(reader, tag, words))
        await asyncio.wait({ended}, timeout=PATIENCE_S)
        if not ended.done():
            self.score.cancelled += 1
            writer.write(encode(("/cancel", f"=tag={tag}", ".tag=c")))
            await asyncio.wait({ended}, timeout=BLOCKED_S)
        self.target._timed(began, words)
        if not ended.done():
            ended.cancel()
            self.score.found.append(Found("no answer, and can't be cancelled", words))
            await self.close()

    async def _until(self, reader: asyncio.StreamReader, tag: str, given: tuple[str, ...]) -> None:
        sent = "\n".join(given)
        while True:
            words = await self._sentence(reader)
            text = "\n".join(words)
            if PYTHON.search(text) and not PYTHON.search(sent):
                self.score.found.append(Found(f"said {text[:300]!r}", given))
            if not words or words[0] == "!fatal":
                self.score.closed += 1
                await self.close()
                return
            if words[0] == "!trap":
                self.score.refused += 1
            if words[0] == "!done" and f".tag={tag}" in words:
                self.score.done += 1
                return

    async def raw(self, data: bytes) -> None:
        """Bytes that are no protocol: whatever they do to their connection, the next one is served."""
        await self.close()
        reader, writer = await self._connected()
        self.score.sent += 1
        began = time.monotonic()
        writer.write(data)
        try:
            writer.write_eof()
            async with asyncio.timeout(PATIENCE_S):
                while words := await self._sentence(reader):
                    text = "\n".join(words)
                    if PYTHON.search(text) and not PYTHON.search(data.decode("latin-1")):
                        self.score.found.append(Found(f"said {text[:300]!r}", data))
        except (TimeoutError, ConnectionError):
            self.score.cancelled += 1
        self.score.closed += 1
        self.target._timed(began, data)
        await self.close()
