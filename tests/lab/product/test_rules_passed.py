# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many mangle rows a packet of a running LAN connection passes: counted by the kernel, ours beside the manual's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.lines import EXTRA_ANCHORS, deployed

pytestmark = pytest.mark.lab

MANGLE = "/ip/firewall/mangle"
PACKETS = 10
#: Clients tried until every line has carried one; four lines of the same speed need a handful.
TRIES = 40


def worst(branch: Branch, lines: int) -> Mapping[str, float]:
    """Mangle rows per packet of a connection over the line where they are most: to the internet, and from it."""
    most: dict[str, dict[str, float]] = {}
    for number in range(TRIES):
        passed = asyncio.run(branch.lab.rules_passed(client=number, server=number, packets=PACKETS))
        assert passed["established"]["packets"] == passed["reply"]["packets"] == PACKETS
        seen = most.setdefault(passed["uplink"], {})
        for kind in ("new", "established", "reply"):
            seen[kind] = max(seen.get(kind, 0.0), passed[kind]["mangle"])
        if len(most) == lines:
            break
    assert len(most) == lines, f"{TRIES} clients, and only {sorted(most)} carried one"
    return {kind: max(seen[kind] for seen in most.values()) for kind in ("new", "established", "reply")}


def manual(lines: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The PCC set of the vendor's manual (high-availability-solutions, per-connection-classifier), in its order.

    What is inside is accepted first, a row for each line; what comes in is marked in ``input``; LAN packets without a
    mark are classified; those with one get their route, and the answers of the router itself too.
    """
    numbers = range(1, lines + 1)
    lan = {"chain": "prerouting", "in-interface": "bridge"}
    for i in numbers:
        yield "/ip/address", {"address": f"192.168.{i}.2/24", "interface": f"ether{i}"}
        yield "/routing/table", {"name": f"to_isp{i}", "fib": "yes"}
        yield "/ip/route", {"dst-address": "0.0.0.0/0", "gateway": f"192.168.{i}.1", "routing-table": f"to_isp{i}"}
        yield "/ip/route", {"dst-address": "0.0.0.0/0", "gateway": f"192.168.{i}.1", "distance": str(i)}
        yield "/ip/firewall/nat", {"chain": "srcnat", "action": "masquerade", "out-interface": f"ether{i}"}
    for i in numbers:
        yield MANGLE, {**lan, "action": "accept", "dst-address": f"192.168.{i}.0/24"}
    for i in numbers:
        came_in = {"chain": "input", "in-interface": f"ether{i}", "connection-mark": "no-mark"}
        yield MANGLE, {**came_in, "action": "mark-connection", "new-connection-mark": f"isp{i}_conn"}
    for i in numbers:
        unmarked = {**lan, "connection-mark": "no-mark", "dst-address-type": "!local"}
        slot = {"per-connection-classifier": f"both-addresses:{lines}/{i - 1}"}
        yield MANGLE, {**unmarked, **slot, "action": "mark-connection", "new-connection-mark": f"isp{i}_conn"}
    for chain in (lan, {"chain": "output"}):
        for i in numbers:
            marked = {**chain, "connection-mark": f"isp{i}_conn"}
            yield MANGLE, {**marked, "action": "mark-routing", "new-routing-mark": f"to_isp{i}"}


def pasted(start: Start, lines: int) -> Branch:
    branch = start(f"manual-{lines}", ",".join(["10M/10M"] * lines), EXTRA_ANCHORS)
    for menu, row in manual(lines):
        branch.call(menu, "add", **row)
    return branch


@pytest.mark.parametrize("lines", [2, 3, 4])
def test_a_packet_of_a_running_lan_connection_passes_at_most_n_plus_3_rows(
    start: Start, capsys: pytest.CaptureFixture[str], lines: int
) -> None:
    ours = worst(deployed(start, f"rules-{lines}", (10,) * lines), lines)
    theirs = worst(pasted(start, lines), lines)
    with capsys.disabled():
        print(f"\n{lines} lines: mangle rows passed per packet   first   to the internet   from it")
        for name, seen in (("multiwan", ours), ("the manual's set", theirs)):
            print(f"{name:>38}   {seen['new']:5.0f}   {seen['established']:15.0f}   {seen['reply']:7.0f}")
    assert ours["established"] <= lines + 3
    assert ours["reply"] <= lines + 3
    assert theirs["established"] == 3 * lines, "one accept, one classifier, one route mark for each line"
    assert ours["established"] < theirs["established"]
