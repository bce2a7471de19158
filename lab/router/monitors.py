# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings of the moment: ``/interface/ethernet/monitor`` and ``/interface/monitor-traffic``, once each.

On a router both go on until they are stopped. Here they give one reading and end; clients ask with ``once``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lab.router.telemetry import Telemetry
from lab.store import Trap, parse_id
from lab.verbs import Caller, Engine, Reply
from lab.verbs.caller import SYSTEM

Values = Mapping[str, str]

_SAMPLE_S = 1.0  # the router counts over a second too
_KNOWN = frozenset({".id", "numbers", "once", "interface", "as-value", "without-paging", "proplist", ".proplist"})
_RATES = {
    "rx-packets-per-second": "rx-packet",
    "rx-bits-per-second": "rx-byte",
    "rx-drops-per-second": "rx-drop",
    "rx-errors-per-second": "rx-error",
    "tx-packets-per-second": "tx-packet",
    "tx-bits-per-second": "tx-byte",
    "tx-drops-per-second": "tx-drop",
    "tx-errors-per-second": "tx-error",
}


class Monitors:
    def __init__(self, engine: Engine, telemetry: Telemetry) -> None:
        self._engine = engine
        self._telemetry = telemetry

    def plug(self) -> None:
        self._engine.actions["/interface/ethernet", "monitor"] = self._ethernet
        self._engine.actions["/interface", "monitor-traffic"] = self._traffic

    async def _ethernet(self, args: Values, caller: Caller) -> Reply:
        """The link as the kernel has it. A veth link has one speed: what it tells ethtool, 10 Gbit/s full duplex."""
        _check(args, caller)
        rows = await self._rows("/interface/ethernet", args.get("numbers") or args.get(".id") or "")
        shown = []
        for row in rows:
            up = row.get("running") == "true"
            link = {"auto-negotiation": "done", "rate": "10Gbps", "full-duplex": "true"} if up else {}
            shown.append({"name": row["name"], "status": "link-ok" if up else "no-link", **link})
        return Reply(rows=tuple(shown))

    async def _traffic(self, args: Values, caller: Caller) -> Reply:
        """Rates over one second."""
        _check(args, caller)
        rows = await self._rows("/interface", args.get("interface") or args.get("numbers") or args.get(".id") or "")
        ids = [number for row in rows if (number := parse_id(row[".id"])) is not None]
        before = [dict(self._telemetry.interface(number)) for number in ids]
        await asyncio.sleep(_SAMPLE_S)
        after = [dict(self._telemetry.interface(number)) for number in ids]
        shown = [
            {"name": row["name"], **_rates(first, last)} for row, first, last in zip(rows, before, after, strict=True)
        ]
        return Reply(rows=tuple(shown))

    async def _rows(self, menu: str, which: str) -> list[Values]:
        """Rows by name, id or position, as ``numbers`` takes them."""
        found = (await self._engine.call(menu, "print", {}, caller=SYSTEM)).rows
        if not which:
            raise Trap("missing =numbers=" if menu != "/interface" else "missing =interface=", 0)
        return [_one(found, word) for word in which.split(",")]


def _one(rows: tuple[Values, ...], word: str) -> Values:
    if word.isascii() and word.isdigit() and len(word) < 9 and int(word) < len(rows):
        return rows[int(word)]
    for row in rows:
        if word in (row["name"], row[".id"]):
            return row
    raise Trap("input does not match any value of interface", 1)


def _check(args: Values, caller: Caller) -> None:
    if not caller.may("read"):
        raise Trap("not enough permissions (9)")
    if set(args) - _KNOWN:
        raise Trap("unknown parameter")


def _rates(before: Values, after: Values) -> dict[str, str]:
    shown = {}
    for name, counter in _RATES.items():
        each = int(after.get(counter, "0")) - int(before.get(counter, "0"))
        shown[name] = str(round(each * (8 if "bits" in name else 1) / _SAMPLE_S))
    return shown
