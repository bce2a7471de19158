# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every molecule scenario that has a lab of its own passes; those that share routers: tests/quality."""

from __future__ import annotations

import os
import re

import pytest

from tests.molecule.scenarios import ALONE, ROOT, SCENARIOS, SHARED, played


def test_there_are_scenarios() -> None:
    assert ALONE
    assert SHARED


def test_the_table_names_every_scenario() -> None:
    text = (ROOT / "molecule" / "README.md").read_text(encoding="utf-8")
    assert tuple(sorted(re.findall(r"^\| `([a-z_]+)` \| [a-z].{40,} \|$", text, re.MULTILINE))) == SCENARIOS


@pytest.mark.lab
@pytest.mark.parametrize("scenario", ALONE)
def test_scenario(scenario: str) -> None:
    played(scenario, os.environ, timeout_s=420)
