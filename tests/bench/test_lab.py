# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark runs and its figures hang together; how large they are is nobody's business here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.lab


def test_the_benchmark_of_the_lab_gives_figures(tmp_path: Path) -> None:
    target = tmp_path / "lab.json"
    command = [
        sys.executable,
        "-m",
        "tests.bench",
        "lab",
        "--seconds",
        "0.1",
        "--routers",
        "3",
        "--output",
        str(target),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    if "does not allow network namespaces" in done.stderr:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(target.read_text())
    assert [(row["routers"], row["data plane"]) for row in figures["fleet"]] == [
        *((1, False), (3, False), (1, True), (3, True)),
    ]
    assert all(row["start_s"] > 0 and row["process_kb"] > row["memory_kb"] > 0 for row in figures["fleet"])
    assert figures["api"]["100 rows"]["bytes"] > 20 * figures["api"]["one row"]["bytes"]
    for shape in figures["api"].values():
        assert shape["router"] > 0
        assert 0 < shape["ratio"] < 50  # a tenth of a second each, and the machine may be busy in one of them


def test_an_unknown_benchmark_is_an_error_that_names_the_known_ones() -> None:
    command = [sys.executable, "-m", "tests.bench", "nonsense"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "lab " in done.stderr
