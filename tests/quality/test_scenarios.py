# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The molecule scenarios that share routers pass, one after the other on the same routers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lab.world.fleet import BASE, Fleet, Options
from tests.molecule.scenarios import SHARED, played


@pytest.fixture(scope="module")
def routers() -> Iterator[None]:
    if (running := Fleet.find(BASE / "molecule")) is not None:
        running.close()
    with Fleet.start(BASE / "molecule", Options(branches=3)):
        yield


@pytest.mark.parametrize("scenario", SHARED)
@pytest.mark.usefixtures("routers")
def test_scenario(scenario: str) -> None:
    said = played(scenario, {**os.environ, "MOLECULE_KEEP_ROUTERS": "1"}, timeout_s=900)
    # molecule goes on where a step has no playbook
    assert "side_effect: Executed: Missing" not in said, said[-12000:]
