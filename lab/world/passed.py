# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many firewall rows a packet passes, counted by the kernel.

Before every row of the packet filter stands a counter (``derive(trace=…)``) that counts the packets of one connection
and one direction that come to the row, whether it matches or not. Packets of others, the router's own probes too, are
not counted. What RouterOS calls one row is one here, whatever it was compiled to; a jump is a row as well.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lab.world.topology import CLIENT_NS, INTERNET_NS, Topology, TopologyError
from lab.world.traffic.hosts import udp

_ANSWER_S = 2.0
_MANGLE = "/ip/firewall/mangle"


class Counting(Protocol):
    """The router."""

    def count_rules(self, packets: str | None) -> None: ...
    def rules_looked_at(self) -> Sequence[Mapping[str, Any]]: ...


async def rules_passed(
    router: Counting, topology: Topology, *, client: int, server: int, packets: int
) -> dict[str, Any]:
    """One UDP connection from a LAN client to an internet host.

    Returns ``{"uplink", "new", "established", "reply"}``: the first packet, the later ones to the internet, the later
    ones from it. Each of the three: ``{"packets": N, "mangle": rows per packet, "all": the same of all firewall menus,
    "rows": [{menu, .id, chain, action, comment, looked_at}]}``; ``rows`` are those that were looked at.
    """
    near = udp(CLIENT_NS, _at(topology.client_addresses, client, "client"))
    far = udp(INTERNET_NS, _at(topology.server_addresses, server, "server"))
    source, port = near.getsockname()
    flow = f"ct original ip saddr {source} meta l4proto udp ct original proto-src {port} ct direction"
    with near, far:
        near.connect(far.getsockname())
        try:
            uplink = ""
            result: dict[str, Any] = {}
            for kind, direction, count in (
                ("new", "original", 1),
                ("established", "original", packets),
                ("reply", "reply", packets),
            ):
                router.count_rules(f"{flow} {direction}")
                for _ in range(count):
                    uplink = topology.uplink_of_source(await _exchange(near, far))
                result[kind] = _figures(router.rules_looked_at(), count)
                router.count_rules(None)
            return {"uplink": uplink, **result}
        finally:
            router.count_rules(None)


def _at(addresses: Sequence[str], number: int, what: str) -> str:
    if not 0 <= number < len(addresses):
        raise TopologyError(f"{what} {number}: this lab has 0 to {len(addresses) - 1}")
    return addresses[number]


async def _exchange(near: socket.socket, far: socket.socket) -> str:
    """One packet there and one back; the address that the internet saw."""
    loop = asyncio.get_running_loop()
    near.send(b"there")
    try:
        async with asyncio.timeout(_ANSWER_S):
            _, seen = await loop.sock_recvfrom(far, 64)
            far.sendto(b"back", seen)
            await loop.sock_recv(near, 64)
    except TimeoutError:
        raise TopologyError("no answer from the internet: does the router forward?") from None
    return str(seen[0])


def _figures(rows: Sequence[Mapping[str, Any]], packets: int) -> dict[str, Any]:
    passed = [dict(row) for row in rows if row["looked_at"]]
    sums: Counter[str] = Counter()
    for row in passed:
        sums[row["menu"]] += row["looked_at"]
    return {
        "packets": packets,
        "mangle": sums[_MANGLE] / packets,
        "all": sums.total() / packets,
        "rows": passed,
    }
