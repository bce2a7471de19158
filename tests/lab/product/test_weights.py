# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of different speeds, deployed by an inventory that says so."""

from __future__ import annotations

import pytest

from tests.lab.product.conftest import Start
from tests.lab.product.lines import deployed

pytestmark = pytest.mark.lab

COUNT = 4000
SPEEDS = {"isp1": 10, "isp2": 20, "isp3": 50}


def test_new_connections_follow_10_20_50(start: Start) -> None:
    branch = deployed(start, "weights", list(SPEEDS.values()))
    seen = branch.measure("connections", count=COUNT)
    assert seen["failed"] == 0
    total = sum(SPEEDS.values())
    off = {name: abs(seen["split"][name] / COUNT - speed / total) for name, speed in SPEEDS.items()}
    assert max(off.values()) <= 0.03, seen["split"]
