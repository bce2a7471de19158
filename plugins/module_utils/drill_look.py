# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a rehearsal asks of a router, again and again: a ping, the gates, and where a new connection would leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from . import drill_plan, durations, names
from .drill_plan import Line
from .drill_sums import Sample
from .preflight_view import ADDRESS, enabled, network, yes
from .router_api import Api, RouterTrap

#: Between two looks.
PACE_S = 0.25
#: An answer counts within the interval (manual of 2.7, /ping): no shorter than this, and three times what is usual.
_SHORTEST_S, _LONGEST_S = 0.2, 1.0
#: More than these are not counted by their marks: that costs a small router too much.
_MOST_CONNECTIONS = 20_000
CONNECTION, LISTS = "/ip/firewall/connection", "/ip/firewall/address-list"
SERVICE, _APIS = "/ip/service", ("api", "api-ssl")
_GATE = re.compile(r"multiwan:failover:([^:]+):gate\d+")
_WAY = re.compile(r"multiwan:drill:[^:]+:way(\d+)")


def ping(api: Api, target: str, interval_s: float) -> float | None:
    """Milliseconds of one ping; ``None``: lost."""
    words = {"address": target, "count": "1", "interval": f"{round(interval_s * 1000)}ms"}
    try:
        replies = api.run("/ping", words)
    except RouterTrap:  # no route, on some versions
        return None
    for reply in replies:
        if reply.get("received", "0") not in ("0", ""):
            said = durations.seconds(reply.get("time", "") or reply.get("avg-rtt", ""))
            return 0.0 if said is None else said * 1000
    return None


def interval_s(rtts_ms: Sequence[float]) -> float:
    """How long an answer is waited for, from those of the line as it is."""
    usual = max(rtts_ms, default=0.0) / 1000
    return min(_LONGEST_S, max(_SHORTEST_S, 3 * usual))


@dataclass(frozen=True)
class State:
    """As :class:`drill_sums.Sample` says them."""

    gates: dict[str, bool]
    carrier: str | None


def state(api: Api, lines: Sequence[Line], rehearsed: Line | None = None) -> State:
    """Gates and, where ``way`` stands, who carries. Raises :class:`router_api.RouterError`."""
    rows = api.rows(drill_plan.ROUTE, ("active", "disabled", "distance"))
    gates = {line.name: False for line in lines}
    order = [rehearsed, *(line for line in lines if line is not rehearsed)] if rehearsed else []
    carrier = None
    for row in rows:
        if row.tag is None or not yes(row.values.get("active")) or yes(row.values.get("disabled")):
            continue
        if (gate := _GATE.fullmatch(row.tag)) and gate[1] in gates:
            gates[gate[1]] = True
        elif (place := _WAY.fullmatch(row.tag)) and order:
            carrying = order[int(place[1]) - 1]
            carrier = carrying.name if carrying else None
    return State(gates, carrier)


def near(api: Api, line: Line) -> IPv4Network | None:
    """The network that the line shares with its modem; ``None`` where it has none (PPPoE, LTE)."""
    rows = enabled(api.rows(ADDRESS, ("address", "network", "interface", "actual-interface", "disabled")))
    held = [
        network(row.values.get("address"))
        for row in rows
        if line.interface in (row.values.get("interface"), row.values.get("actual-interface"))
    ]
    return next((found for found in held if found is not None and found.prefixlen < 32), None)


def hold_s(api: Api, line: Line) -> float | None:
    """How long the router means to hold the line back from now on; ``None``: it does not say so."""
    for row in api.rows(LISTS, ("list", "timeout")):
        if row.values.get("list") == names.STATE_LIST and row.values.get("comment") == f"hold {line.name}":
            return durations.seconds(row.values.get("timeout", ""))
    return None


def connections(api: Api, lines: Sequence[Line]) -> dict[str, int]:
    """Connections by the line that they bear the mark of; empty where there are too many to look at."""
    total = sum(int(reply.get("ret", "0")) for reply in api.run(f"{CONNECTION}/print", {"count-only": ""}))
    if total > _MOST_CONNECTIONS:
        return {}
    marks = [row.values.get("connection-mark", "") for row in api.rows(CONNECTION, ("connection-mark",))]
    return {line.name: marks.count(names.uplink_table(line.name)) for line in lines}


def marked(api: Api, peers: Iterable[IPv4Address], lines: Sequence[Line]) -> frozenset[str] | None:
    """The uplinks that API sessions of ``peers`` came in by, from the marks of their connections; ``None`` when that is
    not known, as for a session that is older than the marks."""
    wanted = {str(peer) for peer in peers}
    marks = {names.uplink_table(line.name): line.name for line in lines}
    ports = {row.values.get("port") for row in api.rows(SERVICE, ("name", "port")) if row.values.get("name") in _APIS}
    found = {
        marks.get(row.values.get("connection-mark", ""))
        for row in api.rows(CONNECTION, ("src-address", "dst-address", "dst-port", "connection-mark"))
        if row.values.get("src-address", "").partition(":")[0] in wanted and _port(row.values) in ports
    }
    return frozenset(name for name in found if name) if found and None not in found else None


def _port(values: Mapping[str, str]) -> str:
    """Some versions write it behind the address, others beside it."""
    return values.get("dst-port") or values.get("dst-address", "").partition(":")[2]


@dataclass(frozen=True)
class Watch:
    """Looks at one rehearsal. ``zero``: when the line was taken out, by ``clock``."""

    lines: Sequence[Line]
    rehearsed: Line
    target: str
    interval_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def look(self, api: Api, zero: float) -> Sample:
        began = self.clock()
        rtt = ping(api, self.target, self.interval_s)
        now = state(api, self.lines, self.rehearsed)
        return Sample(began - zero, rtt, self.clock() - zero, now.gates, now.carrier)

    def rest(self, began: float) -> None:
        """Until the next look is due."""
        left = began + PACE_S - self.clock()
        if left > 0:
            self.sleep(left)
