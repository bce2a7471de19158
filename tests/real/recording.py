# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a router says to a list of questions, written down; and the same questions put to another one.

A recording is YAML: version, when, and a list of {send: [...], heard: [[...], ...]}. It holds no password: logins are
not recorded. Questions change nothing: they read, or are refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.schema.load import schema_for
from tests.conformance.test_transcripts import Peer
from tests.real.target import talking, version_of

Sentences = list[list[str]]

#: differ between two routers, or between two moments
_VOLATILE = re.compile(
    r"\.id|\.nextid|uptime|time|date|.*-time|last-.*|.*(bytes?|packets?|memory|hdd-space|load)|mac-address|"
    r"build-time|board-name|cpu.*|bad-blocks|write-sect.*|factory-software|software-id|version|ret|rx-.*|tx-.*|fp-.*"
)
_HEAD = """# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
---
"""
_KINDS = {"!re", "!done", "!trap", "!fatal", "!empty"}


def questions(version: str) -> Iterator[list[str]]:
    """Sentences that change nothing, for every menu of a version: is it there, what does it refuse, and how."""
    for path, at in sorted(schema_for(version).menus.items()):
        if at.menu.hidden or path == "/":
            continue
        yield [f"{path}/bogus"]
        if "print" in at.menu.commands:
            yield [f"{path}/print", "=.proplist=.id", "?bogus=1"]
            yield [f"{path}/print", "=bogus=1"]
        if "add" in at.menu.commands:
            yield [f"{path}/add", "=bogus=1"]
        for command in ("set", "remove") if "add" in at.menu.commands else ():
            yield [f"{path}/{command}", "=.id=*FFFFFF", *(["=disabled=yes"] if command == "set" else [])]
    yield ["/bogus/print"]
    yield ["/system/identity/get", "=value-name=bogus"]
    yield ["/ping", "=address=127.0.0.1", "=count=1", "=bogus=1"]


async def record(peer: Peer, sentences: Iterable[Sequence[str]]) -> Mapping[str, Any]:
    """Ask everything over one connection."""
    version, talk = await version_of(peer), []
    async with talking(peer) as conversation:
        for words in sentences:
            heard = await conversation.ask(list(words))
            talk.append({"send": list(words), "heard": [list(sentence) for sentence in heard]})
    now = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"version": version, "recorded": now, "talk": talk}


def write(recording: Mapping[str, Any], folder: Path) -> Path:
    """``folder/7.22.1.yml``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{str(recording['version']).split()[0]}.yml"
    file.write_text(_HEAD + yaml.safe_dump(dict(recording), sort_keys=False, width=120), encoding="utf-8")
    return file


def read(file: Path) -> Mapping[str, Any]:
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(loaded) == {"version", "recorded", "talk"}, f"{file} is no recording"
    return dict(loaded)


async def replay(peer: Peer, recording: Mapping[str, Any]) -> list[str]:
    """Put the recorded questions to another router: a line for each answer that differs."""
    again = await record(peer, [entry["send"] for entry in recording["talk"]])
    different = []
    for first, second in zip(recording["talk"], again["talk"], strict=True):
        if plain(first["heard"]) != plain(second["heard"]):
            different.append(f"{' '.join(first['send'])}: recorded {first['heard']}, now {second['heard']}")
    return different


def plain(heard: Sequence[Sequence[str]]) -> Sentences:
    """Without what may differ: volatile values, the order of words, which rows there are."""
    kept: Sentences = []
    for kind, *words in heard:
        assert kind in _KINDS, kind
        steady = sorted(word for word in words if not _VOLATILE.fullmatch(word.lstrip("=").partition("=")[0]))
        if kind != "!re" or (steady and [kind, *steady] not in kept):
            kept.append([kind, *steady])
    return kept
