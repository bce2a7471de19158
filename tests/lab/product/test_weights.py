# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of different speeds, deployed by an inventory that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.lab.product.conftest import ROOT, Start

pytestmark = pytest.mark.lab

COUNT = 4000
SPEEDS = {"isp1": 10, "isp2": 20, "isp3": 50}


def uplinks() -> list[dict[str, object]]:
    jakarta = yaml.safe_load(Path(ROOT / "inventory/host_vars/jakarta.yml").read_text(encoding="utf-8"))
    first, second = jakarta["multiwan_uplinks"]
    third = {
        **second,
        "name": "isp3",
        "label": "Modem 3",
        "interface": "ether3",
        "address": "192.168.3.2/24",
        "gateway": "192.168.3.1",
        "priority": 3,
        "anchors": ["4.2.2.1", "4.2.2.2"],
    }
    lines = [first, second, third]
    return [
        {**line, "download": f"{SPEEDS[str(line['name'])]}M", "upload": f"{SPEEDS[str(line['name'])]}M"}
        for line in lines
    ]


def test_new_connections_follow_10_20_50(start: Start) -> None:
    branch = start("weights", "10M/10M,20M/20M,50M/50M", ("4.2.2.1", "4.2.2.2"))
    played = branch.play("site", variables={"multiwan_uplinks": uplinks()})
    assert played.code == 0, played.output
    seen = branch.measure("connections", count=COUNT)
    assert seen["failed"] == 0
    total = sum(SPEEDS.values())
    off = {name: abs(seen["split"][name] / COUNT - speed / total) for name, speed in SPEEDS.items()}
    assert max(off.values()) <= 0.03, seen["split"]
