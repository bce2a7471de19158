# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations with the API, word by word: with the emulator always, with a real router when one is named.

``ROUTEROS_HOST`` (and ``ROUTEROS_PORT``, ``ROUTEROS_USER``, ``ROUTEROS_PASSWORD``) name it. Only disabled or unused
rows are added there, and taken away again.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.doors.api import ApiDoor
from lab.doors.codec import Decoder, encode
from lab.schema.model import Span
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine
from tests.conformance.score import Record, Score

TRANSCRIPTS: list[dict[str, Any]] = [
    entry
    for file in sorted((Path(__file__).parent / "transcripts").glob("*.yml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]
VERSIONS = ("6.49", "7.9", "7.12", "7.16", "7.18", "7.20", "7.22", "7.24")


@dataclass(frozen=True)
class Peer:
    host: str
    port: int
    user: str
    password: str


class Conversation:
    """One connection; ``captured`` holds what replies gave for ``$name``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.captured: dict[str, str] = {}
        self._decoder = Decoder()
        self._waiting: list[tuple[str, ...]] = []

    def _filled(self, word: str) -> str:
        for name, value in self.captured.items():
            word = word.replace(f"${name}", value)
        return word

    async def _read(self) -> tuple[str, ...]:
        while not self._waiting:
            data = await asyncio.wait_for(self.reader.read(65536), 10)
            assert data, "the connection was closed in the middle of a reply"
            self._waiting += list(self._decoder.feed(data))
        return self._waiting.pop(0)

    async def ask(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        self.writer.write(encode([self._filled(word) for word in words]))
        await self.writer.drain()
        replies = [await self._read()]
        while replies[-1][0] not in ("!done", "!fatal"):
            replies.append(await self._read())
        return replies

    def check(self, replies: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> None:
        assert [reply[0] for reply in replies] == [want[0] for want in expected], replies
        for reply, want in zip(replies, expected, strict=True):
            for word in want:
                self._check_word(reply, word)

    def _check_word(self, reply: Sequence[str], word: str) -> None:
        head, dollar, name = word.partition("$")
        if dollar and name not in self.captured:
            found = [text.removeprefix(head) for text in reply if text.startswith(head)]
            assert found, (word, reply)
            self.captured[name] = found[0]
        assert self._filled(word) in reply


async def talk(peer: Peer, transcript: Mapping[str, Any]) -> None:
    conversation = Conversation(*await asyncio.open_connection(peer.host, peer.port))
    try:
        if transcript.get("login", True):
            assert await conversation.ask(["/login", f"=name={peer.user}", f"=password={peer.password}"]) == [
                ("!done",)
            ]
        for step in transcript["talk"]:
            conversation.check(await conversation.ask(step["send"]), step["expect"])
    finally:
        conversation.writer.close()


def span_of(transcript: Mapping[str, Any]) -> Span:
    return Span(transcript.get("since", ""), transcript.get("until", ""))


async def version_of(peer: Peer) -> str:
    """``7.22.3`` of ``7.22.3 (stable)``."""
    conversation = Conversation(*await asyncio.open_connection(peer.host, peer.port))
    try:
        await conversation.ask(["/login", f"=name={peer.user}", f"=password={peer.password}"])
        replies = await conversation.ask(["/system/resource/print", "=.proplist=version"])
        return next(word for word in replies[0] if word.startswith("=version=")).split("=")[2].split()[0]
    finally:
        conversation.writer.close()


@pytest.fixture(params=VERSIONS)
async def emulator(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, Peer]]:
    store = Store(request.param)
    store.load([("/interface/ethernet", {"name": "ether1"})])
    sock = socket.create_server(("127.0.0.1", 0))
    door = ApiDoor(
        Engine(store, clock=lambda: 0.0),
        lambda user, password, peer: Caller(user, ALL_POLICIES, "api") if (user, password) == ("admin", "x") else None,
        [sock],
    )
    await door.start()
    before = store.snapshot()
    yield request.param, Peer("127.0.0.1", sock.getsockname()[1], "admin", "x")
    await door.stop()
    assert store.snapshot().menus == before.menus, "a transcript left something behind"


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda entry: entry["rule"])
async def test_the_emulator_answers_as_the_sources_say(
    emulator: tuple[str, Peer], transcript: Mapping[str, Any], record_property: Record
) -> None:
    version, peer = emulator
    if not span_of(transcript).holds(version):
        pytest.skip(f"not of {version}")
    source = "conversations over the API (manual, recorded replies of clients)"
    try:
        await talk(peer, transcript)
    except AssertionError as error:
        Score(source, 1, {}, (f"{version} {transcript['rule']}: {error}",)).note(record_property)
        raise
    Score(source, 1).note(record_property)


@pytest.mark.skipif("ROUTEROS_HOST" not in os.environ, reason="ROUTEROS_HOST names no router")
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda entry: entry["rule"])
async def test_a_real_router_answers_the_same(transcript: Mapping[str, Any]) -> None:
    peer = Peer(
        os.environ["ROUTEROS_HOST"],
        int(os.environ.get("ROUTEROS_PORT", "8728")),
        os.environ.get("ROUTEROS_USER", "admin"),
        os.environ.get("ROUTEROS_PASSWORD", ""),
    )
    version = await version_of(peer)
    if not span_of(transcript).holds(version):
        pytest.skip(f"not of {version}")
    await talk(peer, transcript)


async def test_the_version_is_read_from_the_router(emulator: tuple[str, Peer]) -> None:
    version, peer = emulator
    assert await version_of(peer) == version


def test_every_transcript_names_its_source() -> None:
    assert len({entry["rule"] for entry in TRANSCRIPTS}) == len(TRANSCRIPTS)
    assert all(entry["source"] for entry in TRANSCRIPTS)
