# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of real routers, put to the emulator; and that the comparison can fail, shown with the emulator alone."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.test_transcripts import Peer
from tests.real import recording

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.yml"))


@pytest.mark.parametrize("file", RECORDINGS or [None], ids=lambda file: file.stem if file else "none")
def test_the_emulator_answers_as_the_router_was_recorded(file: Path | None, lab: Callable[[str], Peer]) -> None:
    if file is None:
        pytest.skip("nobody has recorded a router yet (tests/real/README.md)")
    recorded = recording.read(file)
    assert asyncio.run(recording.replay(lab(file.stem), recorded)) == []


def test_questions_ask_every_menu_and_change_nothing() -> None:
    asked = list(recording.questions("7.22"))
    menus = {words[0].rpartition("/")[0] for words in asked}
    assert {"/ip/firewall/mangle", "/routing/table", "/tool/netwatch", "/system/identity"} <= menus
    harmless = ("bogus", "print", "get", "ping")
    for words in asked:
        command = words[0].rpartition("/")[2]
        assert command in harmless or "=bogus=1" in words or "=.id=*FFFFFF" in words, words


def test_a_router_answers_like_its_own_recording(lab: Callable[[str], Peer], tmp_path: Path) -> None:
    peer = lab("7.22")
    recorded = asyncio.run(recording.record(peer, recording.questions("7.22")))
    file = recording.write(recorded, tmp_path)
    assert file.name == "7.22.yml"
    assert peer.password not in file.read_text(encoding="utf-8")
    assert asyncio.run(recording.replay(peer, recording.read(file))) == []


def test_another_answer_is_noticed(lab: Callable[[str], Peer]) -> None:
    peer = lab("7.22")
    recorded = copy.deepcopy(dict(asyncio.run(recording.record(peer, [["/bogus/print"], ["/ip/address/print"]]))))
    assert recorded["talk"][0]["heard"][0][0] == "!trap"
    recorded["talk"][0]["heard"][0][-1] = "=message=something else"
    (line,) = asyncio.run(recording.replay(peer, recorded))
    assert line.startswith("/bogus/print: ")


def test_what_differs_between_two_routers_of_one_kind_does_not_count() -> None:
    one = [["!re", "=.id=*1", "=name=a", "=uptime=1s"], ["!re", "=.id=*2", "=name=a", "=uptime=2s"], ["!done"]]
    other = [["!re", "=name=a", "=.id=*9", "=uptime=5h"], ["!done"]]
    assert recording.plain(one) == recording.plain(other)
    assert recording.plain(one) != recording.plain([["!re", "=name=b"], ["!done"]])
