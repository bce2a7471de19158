# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rows.md: how many rows a branch needs, counted from real plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.slots import choose_slots

UPLINKS = (2, 3, 4, 8, 16)
_MENUS = (
    "/routing/table",
    "/ip/route",
    "/ip/firewall/mangle",
    "/ip/firewall/nat",
    "/ip/firewall/address-list",
    "/interface/list/member",
)

_HEAD = """\
<!-- SPDX-FileCopyrightText: 2026 the multiwan.routeros authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Written by tools/golden.py; change the rules, not this page. -->

# How many rows a branch needs

Counted from plans: equal uplinks with two anchors each, one segment, no pins, no bypass of its own, Telegram on.
"""

_EXPLANATION = """
- *All* includes interface lists, addresses, scripts, the scheduler and the DHCP alert.
- *Running connection*: mangle rows that a packet of a running LAN connection meets at most: two jumps, one row per
  uplink, one test in `forward`; N+3 with N uplinks, however many slots there are.
- *Slots* are PCC remainders. The first choices follow the weights exactly. After the death of any uplinks (up to four
  uplinks) or of any one (beyond), every living uplink carries its share by weight, give or take *Off* percentage points
  of all connections; five at most. Weights whose sum is above 100 after division by their common divisor are first
  rounded to a sum of 100, each at least 1.
- Up to four uplinks a path names them all; beyond, it names two, then `main` follows by priority.
"""


def variables(count: int, *, mode: str = "balance") -> dict[str, Any]:
    """A branch with ``count`` equal uplinks."""
    return {
        "multiwan_mode": mode,
        "multiwan_uplinks": [
            {
                "name": f"isp{number}",
                "label": f"Modem {number}",
                "interface": f"ether{number}",
                "address": f"192.168.{100 + number}.2/24",
                "gateway": f"192.168.{100 + number}.1",
                "download": "10M",
                "anchors": [f"203.0.113.{number}", f"198.51.100.{number}"],
            }
            for number in range(1, count + 1)
        ],
        "multiwan_segments": [{"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}],
        "multiwan_telegram": {"bot_token": "123456789:nobody-s-token", "chat_id": -1},
    }


def page() -> str:
    heads = ("Uplinks", "Mode", "All", *(f"`{menu}`" for menu in _MENUS), "Slots", "Off", "Running connection")
    lines = [_row(heads), _row(["---"] * len(heads))]
    lines += [_row(_counts(count, mode)) for mode in ("balance", "failover") for count in UPLINKS]
    return _HEAD + "\n" + "\n".join(lines) + "\n" + _EXPLANATION


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _counts(count: int, mode: str) -> list[object]:
    raw = variables(count, mode=mode)
    plan = assemble(raw, name="example")
    menus = Counter(row.menu for row in plan.rows)
    slots, off = 1, "-"
    if mode == "balance":
        chosen = choose_slots(tuple(uplink.weight for uplink in parse_branch(raw, name="example").uplinks))
        slots, off = len(chosen.paths), f"{float(chosen.deviation * 100):.1f}"
    return [count, mode, len(plan.rows), *(menus[menu] for menu in _MENUS), slots, off, count + 3]
