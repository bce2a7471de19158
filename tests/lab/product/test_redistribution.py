# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines die: the same 2,000 pairs of addresses connect again, and only those of the dead lines go elsewhere.

Which line a connection took is what the router's connection table says after its packets have left; that this is true
is held against what the internet saw.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.lines import deployed

pytestmark = pytest.mark.lab

COUNT = 2000
#: Of all connections; the plan's arithmetic leaves a part of it to the hash (docs/rows.md).
TOLERANCE = 0.03
#: The router's own timers need up to 30 s where nothing faster closes a gate; the rest is for a machine that is busy.
VERDICT_S = 150
#: A kernel that lists a table while it changes may leave an entry out.
READINGS = 30

Pair = tuple[str, str]
TABLE = "/ip/firewall/connection"


def keep_closed_connections(branch: Branch) -> None:
    """The administrator lets the router remember what is closed, so that slow machines can read it in peace."""
    branch.call(f"{TABLE}/tracking", "set", tcp_time_wait_timeout="10m", tcp_close_timeout="10m")


def connect(branch: Branch) -> Mapping[Pair, str]:
    """Client and server -> line, for 2,000 different pairs; always the same pairs."""
    known = {row[".id"] for row in branch.call(TABLE)}
    seen = branch.measure("connections", count=COUNT, clients=100, servers=64)
    assert seen["failed"] == 0
    lines: dict[Pair, str] = {}
    for _ in range(READINGS):
        lines |= {pair: line for number, pair, line in carried_by(branch) if number not in known}
        if len(lines) == COUNT:
            break
        time.sleep(0.5)
    assert Counter(lines.values()) == Counter(seen["seen_by_servers"])
    return lines


def carried_by(branch: Branch) -> Iterator[tuple[str, Pair, str]]:
    for row in branch.call(TABLE):
        if row.get("protocol") == "tcp" and row["src-address"].startswith("192.168.10."):
            own, client, server = (
                row[key].partition(":")[0] for key in ("reply-dst-address", "src-address", "dst-address")
            )
            line = f"isp{own.split('.')[2]}"
            assert row["connection-mark"] == f"mw-{line}", "a mark names the line that carries"
            yield row[".id"], (client, server), line


def die(branch: Branch, number: int) -> None:
    """The internet behind a modem is gone; the modem still answers. Returns when the router has closed the gate."""
    asyncio.run(branch.lab.cut(f"isp{number}", "upstream"))
    end = time.monotonic() + VERDICT_S
    while any(
        row["dst-address"] == f"192.0.2.{number}/32" and row.get("active") == "true" for row in branch.call("/ip/route")
    ):
        assert time.monotonic() < end, f"isp{number} was never given up"
        time.sleep(0.2)


def check_shares(lines: Mapping[Pair, str], speeds: Sequence[int], dead: frozenset[int] = frozenset()) -> None:
    carried = Counter(lines.values())
    living = {number: speed for number, speed in enumerate(speeds, start=1) if number not in dead}
    assert set(carried) == {f"isp{number}" for number in living}
    for number, speed in living.items():
        assert abs(carried[f"isp{number}"] / COUNT - speed / sum(living.values())) <= TOLERANCE, (carried, dead)


def check_moved(before: Mapping[Pair, str], after: Mapping[Pair, str], dead: frozenset[int]) -> None:
    gone = {f"isp{number}" for number in dead}
    assert before.keys() == after.keys()
    moved = {pair for pair, line in after.items() if line != before[pair]}
    assert moved == {pair for pair, line in before.items() if line in gone}


@pytest.mark.parametrize(
    ("speeds", "deaths"),
    [((10, 10, 10), (2,)), ((10, 20, 50), (3,)), ((10, 20, 30, 40), (3, 1))],
    ids=["three-equal", "three-10-20-50", "four-two-dead"],
)
def test_only_connections_of_dead_lines_move_and_they_spread_by_weight(
    start: Start, speeds: tuple[int, ...], deaths: tuple[int, ...]
) -> None:
    branch = deployed(start, f"spread-{'-'.join(map(str, speeds))}", speeds)
    keep_closed_connections(branch)
    before = connect(branch)
    check_shares(before, speeds)
    for count, number in enumerate(deaths, start=1):
        dead = frozenset(deaths[:count])
        die(branch, number)
        after = connect(branch)
        check_shares(after, speeds, dead)
        check_moved(before, after, dead)
