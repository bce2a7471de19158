# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus and properties whose values live in the kernel or in the running router, fitted to the engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from lab.actuate.actuator import Actuator
from lab.actuate.conntrack import ConnectionTable, duration
from lab.derive.firewall import fasttrack
from lab.derive.firewall.context import identifier
from lab.router.queuestats import QUEUE_MENUS, QueueStats
from lab.router.services.base import at_least, format_moment
from lab.router.telemetry import INTERFACE_MENUS, Telemetry
from lab.store import Store, Trap
from lab.values.scalar import format_duration
from lab.verbs.show import FIRST_DYNAMIC

Values = Mapping[str, str]

RULE_MENUS = frozenset(f"/ip/firewall/{name}" for name in ("filter", "mangle", "nat", "raw"))
_FASTTRACK = ("/ip/settings", 0)
_ONE_PRINT_S = 0.05
_FILLING = ("add-src-to-address-list", "add-dst-to-address-list")


class Connections:
    """``/ip/firewall/connection``: the kernel's connection tracking."""

    finds_itself = True

    def __init__(self, table: ConnectionTable, version: str) -> None:
        self._table = table
        self._joins = not at_least(version, "7.0")

    def rows(self) -> Sequence[tuple[int, Values]]:
        rows = self._table.rows()
        return [(number, joined(values)) for number, values in rows] if self._joins else rows

    def remove(self, ids: Sequence[int]) -> None:
        """Raises Trap at the first entry that has gone; those before it are removed (facts 3.1, pitfall a)."""
        try:
            self._table.remove(ids)
        except KeyError:
            raise Trap("no such item") from None


class FilledLists:
    """Entries of ``/ip/firewall/address-list`` that firewall rows have added: dynamic, with the time they have left.

    They live in the packet filter. The kernel is asked only when some row fills a list: most routers have none.
    """

    def __init__(self, actuator: Actuator, store: Store) -> None:
        self._actuator = actuator
        self._store = store
        self._ids: dict[tuple[str, str], int] = {}

    def rows(self) -> Sequence[tuple[int, Values]]:
        names = self._filled()
        found = []
        for key, members in self._actuator.dynamic_addresses().items() if names else ():
            for address, left in members:
                number = self._ids.setdefault((key, address), len(self._ids) + 1)
                shown = {"list": names.get(key, key), "address": address, "disabled": "false"}
                found.append((number, {**shown, "timeout": format_duration(left * 1_000_000)} if left else shown))
        return found

    def remove(self, ids: Sequence[int]) -> None:
        known = {number: key for key, number in self._ids.items()}
        for number in ids:
            try:
                self._actuator.remove_dynamic_address(*known[number])
            except KeyError:
                raise Trap("no such item", 0) from None

    def _filled(self) -> dict[str, str]:
        """Name of the kernel's set -> name of the list."""
        rows = (row for menu in sorted(RULE_MENUS) for row in self._store.rows(menu) if row.enabled)
        names = (row.get("address-list") for row in rows if row.get("action") in _FILLING)
        return {identifier(name): name for name in names}


def joined(values: Values) -> Values:
    """Version 6 shows ``address:port`` in one property (facts 3.1; the version of the change is unsure)."""
    shown = dict(values)
    for side in ("src", "dst", "reply-src", "reply-dst"):
        port = shown.pop(f"{side}-port", None)
        if port is not None and f"{side}-address" in shown:
            shown[f"{side}-address"] += f":{port}"
    return shown


class Live:
    """Properties computed when somebody looks: counters, uptime, the clock."""

    def __init__(
        self,
        actuator: Actuator,
        telemetry: Telemetry,
        *,
        clock: Callable[[], float],
        booted: float,
        version: str = "7.22",
        others: Callable[[str, int], Values] = lambda menu, row_id: {},
        made_as: Callable[[int], str] = lambda row_id: "",
    ) -> None:
        self._actuator = actuator
        self._telemetry = telemetry
        self._others = others
        self._made_as = made_as
        self._queues = QueueStats(actuator.queues.counters, actuator.queue_plan)
        self._clock = clock
        self._booted = booted
        self._version = version
        self._counted: tuple[float, Mapping[tuple[str, int], tuple[int, int]]] = (0.0, {})

    def __call__(self, menu: str, row_id: int) -> Values:
        if menu in RULE_MENUS:
            dummy = row_id >= FIRST_DYNAMIC and self._made_as(row_id).startswith(fasttrack.DUMMY)
            packets, size = self._counters().get(_FASTTRACK if dummy else (menu, row_id), (0, 0))
            return {"packets": str(packets), "bytes": str(size)}
        if menu in QUEUE_MENUS:
            return self._queues(menu, row_id)
        if menu in INTERFACE_MENUS:
            return self._telemetry.interface(row_id)
        if menu == "/ip/settings":
            packets, size = self._counters().get(_FASTTRACK, (0, 0))
            return {"ipv4-fasttrack-packets": str(packets), "ipv4-fasttrack-bytes": str(size)}
        if menu == "/system/resource":
            return {"uptime": duration(int(self._clock() - self._booted))}
        if menu == "/system/clock":
            date, _, day_time = format_moment(self._version, self._clock()).partition(" ")
            return {"date": date, "time": day_time}
        return self._others(menu, row_id)

    def _counters(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """All counters, read once for the rows of one print: each reading starts an nft."""
        at, counted = self._counted
        now = time.monotonic()
        if now - at > _ONE_PRINT_S:
            counted = self._actuator.rule_counters()
            self._counted = (now, counted)
        return counted
