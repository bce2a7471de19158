# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conformance suite on a real router; what it says is written to build/real and put to the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.test_transcripts import TRANSCRIPTS, Peer, span_of, talk
from tests.real import recording
from tests.real.target import version_of

FOLDER = Path(__file__).resolve().parents[2] / "build" / "real"


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda entry: entry["rule"])
def test_a_transcript(real: Peer, transcript: Mapping[str, Any]) -> None:
    version = asyncio.run(version_of(real))
    if not span_of(transcript).holds(version):
        pytest.skip(f"not of {version}")
    asyncio.run(talk(real, transcript))


def test_the_emulator_of_that_version_answers_the_same(real: Peer, lab: Callable[[str], Peer]) -> None:
    version = asyncio.run(version_of(real)).split()[0]
    recorded = asyncio.run(recording.record(real, recording.questions(version)))
    file = recording.write(recorded, FOLDER)
    different = asyncio.run(recording.replay(lab(version), recorded))
    (FOLDER / f"{version}-differences.txt").write_text("\n".join(different), encoding="utf-8")
    assert different == [], f"{len(different)} of {len(recorded['talk'])} answers differ from {file}"
