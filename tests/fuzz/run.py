# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a number of inputs to one router and measures what they leave behind."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import corpus, mutate, programs
from tests.fuzz.router import ApiClient, Score, Target, encode

#: of eleven inputs: sentences, lines, scripts that parse, damaged bytes, keys
_SHARES = ("sentence",) * 4 + ("line",) * 3 + ("program",) * 2 + ("bytes", "keys")


@dataclass(frozen=True)
class Result:
    """``rss_kib``: resident memory after each batch, configuration reset."""

    score: Score
    seconds: float
    rss_kib: tuple[int, ...]

    @property
    def grown_kib(self) -> int:
        """From after the first fifth, when caches are warm, to the end."""
        warm = self.rss_kib[max(0, len(self.rss_kib) // 5)]
        return self.rss_kib[-1] - warm


def rss_kib() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise OSError("no VmRSS in /proc/self/status")


async def fuzz(count: int, *, seed: int, version: str = "7.22", batch: int = 1000) -> Result:
    """``count`` inputs, the same for the same seed and version."""
    rng = random.Random(f"{seed} {version}")
    target = Target(version)
    client = ApiClient(target)
    lines, sentences = corpus.lines(), corpus.sentences(target.rig.store)
    memory = []
    began = time.monotonic()
    await target.start()
    try:
        for number in range(1, count + 1):
            kind = rng.choice(_SHARES)
            if kind == "line":
                await target.line(mutate.line(rng, lines))
            elif kind == "keys":
                await target.keys(mutate.typed(rng, lines))
            elif kind == "program":
                await target.line(programs.program(rng))
            elif kind == "sentence":
                await client.send(mutate.sentence(rng, sentences))
            else:
                await client.raw(mutate.damaged(rng, encode(rng.choice(sentences))))
            if number % batch == 0 or number == count:
                await client.close()
                await target.reset()
                memory.append(rss_kib())
    finally:
        await client.close()
        await target.stop()
    return Result(target.score, time.monotonic() - began, tuple(memory))
