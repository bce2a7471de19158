# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo shows of a branch comes from its inventory."""

from __future__ import annotations

import pytest

from lab.demo.branch import InventoryError, branch_from, mbit


def test_rates_are_read_as_ros_writes_them() -> None:
    assert [mbit(rate) for rate in ("10M", "512k", "1G", 25_000_000, "2.5M", "10Mbps")] == [
        10,
        0.512,
        1000,
        25,
        2.5,
        10,
    ]


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(InventoryError, match="no rate"):
        mbit("fast")


def test_the_weight_is_the_download_speed_unless_given() -> None:
    lines = [
        {"name": "isp1", "interface": "ether1", "download": "20M"},
        {"name": "isp2", "interface": "ether2", "download": "10M", "weight": 3, "label": "Modem 2"},
    ]
    branch = branch_from("jakarta", {"multiwan_uplinks": lines})
    assert [uplink.weight for uplink in branch.uplinks] == [20, 3]
    assert [uplink.label for uplink in branch.uplinks] == ["isp1", "Modem 2"]
    assert branch.uplinks[0].upload_mbit == 20
    assert branch.title == "Jakarta"
