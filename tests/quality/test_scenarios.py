# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The molecule scenarios that share routers pass, one after the other on the same routers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.world.fleet import BASE, Fleet, Options
from tests.molecule.scenarios import SHARED, molecule

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def routers() -> Iterator[None]:
    if (running := Fleet.find(BASE / "molecule")) is not None:
        running.close()
    with Fleet.start(BASE / "molecule", Options(branches=3)):
        yield


@pytest.mark.parametrize("scenario", SHARED)
@pytest.mark.usefixtures("routers")
def test_scenario(scenario: str) -> None:
    done = subprocess.run(
        ["molecule", "test", "--scenario-name", scenario],
        cwd=ROOT,
        env=molecule({**os.environ, "MOLECULE_KEEP_ROUTERS": "1"}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12000:]
    # molecule goes on where a step has no playbook
    assert "side_effect: Executed: Missing" not in done.stdout, done.stdout[-12000:]
