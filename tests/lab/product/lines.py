# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches with more lines than the example of the inventory has, for the lab that is built to fit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.world.topology import ANCHORS
from tests.lab.product.conftest import Branch, Start

#: Beyond those that every lab has: two for each line.
EXTRA_ANCHORS = ("4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4")


def uplinks(speeds: Sequence[int]) -> list[dict[str, Any]]:
    """``multiwan_uplinks`` for lines of so many Mbit/s, as the lab wires them."""
    anchors = (*ANCHORS, *EXTRA_ANCHORS)
    return [
        {
            "name": f"isp{number}",
            "label": f"Modem {number}",
            "interface": f"ether{number}",
            "type": "static",
            "address": f"192.168.{number}.2/24",
            "gateway": f"192.168.{number}.1",
            "download": f"{speed}M",
            "upload": f"{speed}M",
            "priority": number,
            "anchors": list(anchors[2 * number - 2 : 2 * number]),
        }
        for number, speed in enumerate(speeds, start=1)
    ]


def deployed(start: Start, name: str, speeds: Sequence[int]) -> Branch:
    """A lab with such lines, and the branch on its router."""
    branch = start(name, ",".join(f"{speed}M/{speed}M" for speed in speeds), EXTRA_ANCHORS)
    played = branch.play("site", variables={"multiwan_uplinks": uplinks(speeds)})
    assert played.code == 0, played.output
    return branch
