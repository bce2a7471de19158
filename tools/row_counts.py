# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rows.md: how many rows a branch needs, counted from real plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import perm
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils import slots
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble

UPLINKS = (2, 3, 4, 8, 16)
_MENUS = (
    "/routing/table",
    "/ip/route",
    "/ip/firewall/mangle",
    "/ip/firewall/nat",
    "/ip/firewall/address-list",
    "/interface/list/member",
    "/tool/netwatch",
    "/system/script",
    "/system/scheduler",
)

_HEAD = """\
<!-- SPDX-FileCopyrightText: 2026 the multiwan.routeros authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Written by tools/golden.py; change the rules, not this page. -->

# How many rows a branch needs

Counted from plans: equal uplinks with two anchors each, one segment, no pins, no bypass of its own, Telegram on.
"""

_EXPLANATION = """
- *All* includes interface lists, addresses and the DHCP alert. What the fast layer notes while lines are down (dynamic
  entries of `/ip/firewall/address-list` that run out) is not counted.
- *At most*: all rows of such a branch whatever its weights are: {most} slots, and every path that slots can name (up to
  four uplinks all orders of all of them, beyond four all pairs).
- *Slots* are PCC remainders: rows that only a new connection meets. *Off*: how far the share of a living uplink is from
  its weight among the living, in percentage points of all connections, in the worst of the deaths that count.
- *Running connection*: mangle rows that a packet of a running LAN connection meets at most: two jumps, one row per
  uplink, one test in `forward`; N+3 with N uplinks, however many slots there are.

## Shares after a death

The slots of a dead uplink fall on the living ones by weight, and nobody else moves. Up to four uplinks a path names
them all in order, and *every combination* of dead uplinks leaves each living one within {few} percentage points of its
share. Beyond four a path names two, then `main` follows by priority: *every single* death leaves each living one within
{many}. The fewest slots are taken that keep this with a point to spare, which is left to the hash.

| Uplinks | Weights | Slots | Path tables | All | Off |
| --- | --- | --- | --- | --- | --- |
{weights}

- First choices follow the weights exactly where these, divided by their common divisor, add up to {exact} or less;
  otherwise they are rounded to a slot, and *Off* is counted from the weights as given.
- A slot is the least that an uplink can have, 1 of {most}. With weights such that more than eight of sixteen uplinks
  are each less than that, what they get too much can add up to six points. Four uplinks can't get there.
"""

#: Weights that people write, or that show a limit.
_WEIGHTS: tuple[tuple[int, ...], ...] = (
    (1, 1),
    (100, 20),
    (1, 99),
    (1, 1, 1),
    (10, 20, 50),
    (100, 50, 20),
    (1, 1, 1, 1),
    (1, 2, 3, 4),
    (10, 10, 10, 50),
    (3, 7, 11, 50),
    (1000, 100, 10, 1),
    (1,) * 8,
    (1,) * 16,
    (100, 50, 20, 10) * 4,
)


def variables(count: int, *, mode: str = "balance", weights: Sequence[int] = ()) -> dict[str, Any]:
    """A branch with ``count`` uplinks, equal ones unless ``weights`` are given."""
    return {
        "multiwan_mode": mode,
        "multiwan_uplinks": [
            {
                "name": f"isp{number}",
                "label": f"Modem {number}",
                "interface": f"ether{number}",
                "address": f"192.168.{100 + number}.2/24",
                "gateway": f"192.168.{100 + number}.1",
                "anchors": [f"203.0.113.{number}", f"198.51.100.{number}"],
                **({"weight": weights[number - 1]} if weights else {"download": "10M"}),
            }
            for number in range(1, count + 1)
        ],
        "multiwan_segments": [{"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}],
        "multiwan_telegram": {"bot_token": "123456789:nobody-s-token", "chat_id": -1},
    }


def page() -> str:
    menus = (f"`{menu}`" for menu in _MENUS)
    heads = ("Uplinks", "Mode", "All", "At most", *menus, "Slots", "Off", "Running connection")
    lines = [_row(heads), _row(["---"] * len(heads))]
    lines += [_row(_counts(count, mode)) for mode in ("balance", "failover") for count in UPLINKS]
    explanation = _EXPLANATION.format(
        most=slots.MAX_SLOTS,
        exact=slots.MAX_WEIGHT_SUM,
        few=int(slots.TOLERANCE_FULL * 100),
        many=int(slots.TOLERANCE_BEYOND * 100),
        weights="\n".join(_row(_weighted(weights)) for weights in _WEIGHTS),
    )
    return _HEAD + "\n" + "\n".join(lines) + "\n" + explanation


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _counts(count: int, mode: str) -> list[object]:
    plan = assemble(variables(count, mode=mode), name="example")
    menus = Counter(row.menu for row in plan.rows)
    some: tuple[object, ...] = (len(plan.rows), 1, "-")
    if mode == "balance":
        chosen = slots.choose_slots((1,) * count)
        some = (at_most(count), len(chosen.paths), _points(chosen))
    most, used, off = some
    return [count, mode, len(plan.rows), most, *(menus[menu] for menu in _MENUS), used, off, count + 3]


def at_most(count: int) -> int:
    """Rows if every slot there may be and every path that slots can name were used: a table each and its routes."""
    chosen = slots.choose_slots((1,) * count)
    rows = len(assemble(variables(count), name="example").rows)
    length = len(chosen.paths[0])
    paths = min(perm(count, length), slots.MAX_SLOTS)
    more: int = slots.MAX_SLOTS - len(chosen.paths) + (paths - len(set(chosen.paths))) * (1 + length)
    return rows + more


def _weighted(weights: tuple[int, ...]) -> list[object]:
    chosen = slots.choose_slots(weights)
    rows = len(assemble(variables(len(weights), weights=weights), name="example").rows)
    text = f"{weights[0]} each" if len(set(weights)) == 1 else ":".join(map(str, weights))
    return [len(weights), text, len(chosen.paths), len(set(chosen.paths)), rows, _points(chosen)]


def _points(chosen: slots.Slots) -> str:
    return f"{float(chosen.deviation * 100):.1f}"
