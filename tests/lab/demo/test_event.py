# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event from the router's box to the report, in its short form. Each promise is judged by the demo itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.demo.test_interrupted import ROOT, environment
from tests.lab.guides.guide import shown

pytestmark = pytest.mark.lab


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "out"
    command = [sys.executable, "-m", "lab.world.cli", "down", "--name", "stage"]
    subprocess.run(command, cwd=ROOT, env=environment(tmp_path), check=False, capture_output=True, timeout=400)


def test_the_event_keeps_its_promises(out: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lab.demo", "stage", "--short", "--plain", "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(tmp_path), text=True, capture_output=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown("events", __file__, done.stdout), done.stdout
    event = json.loads((out / "stage.json").read_text(encoding="utf-8"))
    assert [check["rule"] for check in event["checks"] if not check["ok"]] == []
    assert event["switch"]["stream"]["sent"] > 0
    assert [step["name"] for step in event["steps"]] == [
        *("up", "bootstrap", "deploy", "networks", "scan", "limits", "switch", "drill"),
    ]
    assert "<svg" in (out / "stage-drill.html").read_text(encoding="utf-8")
