# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router whose lines can be taken out by a row of /ip/firewall/raw: gates close and open as if its probes saw that.

A look of the controller takes a second here, since its time moves in whole ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import Request, commit
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.drill import Place
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row

from lab.verbs import Reply
from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.guarded_router import GuardedRouter

RAW, ROUTE, CONNECTION = "/ip/firewall/raw", "/ip/route", "/ip/firewall/connection"
_GATE = re.compile(r"\[multiwan:failover:(\w+):gate\d+\]$")
_WAY = re.compile(r"\[multiwan:drill:\w+:way\d+\]$")


class DrillRouter(GuardedRouter):
    """``close_s``: how long a dead line is used on; ``open_s``: how long one that is back is not; ``None``: for ever.
    ``lost``: uplinks that are dead whatever the rows say. ``mark``: of the controller's own connections."""

    def __init__(self, plan: Sequence[Row], version: str = "7.22") -> None:
        super().__init__(version)
        self.uplinks: dict[str, str] = {
            row.tag.split(":")[2]: str(row.values["interface"])
            for row in plan
            if row.menu == "/interface/list/member" and row.values["list"] == "mw-wan"
        }
        self.close_s: float | None = 3.0
        self.open_s: float | None = 20.0
        self.lost: set[str] = set()
        self.sessions: list[Mapping[str, str]] = []
        self.mark = ""
        self.ports_beside = False
        self.log: list[str] = []
        self.open = dict.fromkeys(self.uplinks, True)
        self._known: dict[str, str] = {}
        self._since = dict.fromkeys(self.uplinks, 0.0)
        self._was_out = dict.fromkeys(self.uplinks, False)
        commit(Request("jakarta", tuple(plan), None, {"telegram_bot_token": TOKEN}, protection=self.protection()), self)
        self.writes = 0

    def place(self, language: str = "id", **more: Any) -> Place:
        return Place(self, self.protection(progress=self.log.append, **more).controller, language)

    # --- its lines

    def out(self, uplink: str) -> bool:
        dropped = [row for row in self._raw() if row.get("in-interface") == self.uplinks[uplink]]
        return bool(dropped) or uplink in self.lost

    def _raw(self) -> list[dict[str, str]]:
        return [dict(row) for row in self._do(self.rig.rows(RAW))]

    def sleep(self, seconds: float) -> None:
        until = self.rig.now + seconds
        while self.rig.now < until:
            super().sleep(1.0)
            self._look()

    def _look(self) -> None:
        for uplink in self.uplinks:
            out = self.out(uplink)
            if out != self._was_out[uplink]:
                self._was_out[uplink], self._since[uplink] = out, self.rig.now
            delay = self.close_s if out else self.open_s
            if self.open[uplink] == out and delay is not None and self.rig.now - self._since[uplink] >= delay:
                self.open[uplink] = not out

    def _carrier(self, ways: Sequence[Mapping[str, str]]) -> tuple[str | None, str]:
        """Uplink and id of the best way of a rehearsal over an open gate."""
        uplinks = {gate: name for name, gate in self._gates().items()}
        for row in sorted(ways, key=lambda row: int(row["distance"])):
            if self.open[uplinks[row["gateway"]]]:
                return uplinks[row["gateway"]], row[".id"]
        return None, ""

    def gate(self, uplink: str) -> str:
        return self._gates()[uplink]

    def _gates(self) -> dict[str, str]:
        """They don't change while a rehearsal runs."""
        if not self._known:
            self._known.update(self._read_gates())
        return self._known

    def _read_gates(self) -> dict[str, str]:
        rows = [dict(row) for row in self._do(self.rig.rows(ROUTE))]
        return {
            found[1]: row["dst-address"].removesuffix("/32")
            for row in rows
            if (found := _GATE.search(row.get("comment", "")))
        }

    def _ways(self) -> list[dict[str, str]]:
        rows = (dict(row) for row in self._do(self.rig.rows(ROUTE)))
        return [row for row in rows if _WAY.search(row.get("comment", ""))]

    # --- what it says

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        if menu == "/user/active":
            return [Found(f"*{number}", row) for number, row in enumerate(self.sessions, start=1)]
        if menu == "/ip/service":
            return [Found("*1", {"name": "api-ssl", "port": "8729"})]
        if menu == CONNECTION:
            return [Found(f"*{number}", self._session(row)) for number, row in enumerate(self.sessions, start=1)]
        found = super().rows(menu, properties)
        return self._with_state(found) if menu == ROUTE else found

    def _session(self, row: Mapping[str, str]) -> Mapping[str, str]:
        peer, mark = row["address"], {"connection-mark": self.mark}
        if self.ports_beside:
            return {**mark, "src-address": peer, "src-port": "40000", "dst-address": "172.16.1.2", "dst-port": "8729"}
        return {**mark, "src-address": f"{peer}:40000", "dst-address": "172.16.1.2:8729"}

    def _with_state(self, found: Sequence[Found]) -> list[Found]:
        way = self._carrier(self._ways())[1]
        states = []
        for row in found:
            gate = _GATE.search(row.values.get("comment", ""))
            active = self.open[gate[1]] if gate else row.id == way
            states.append(Found(row.id, {**row.values, "active": "true"}) if active else row)
        return states

    def run(self, command: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        return [{"ret": "0"}] if command == f"{CONNECTION}/print" else super().run(command, values)

    def _ask(self, menu: str, command: str, words: Mapping[str, str]) -> Reply:
        if command != "ping" or self.rig.now < self.back_at:
            return super()._ask(menu, command, words)
        carrier = self._carrier(self._ways())[0] if self._ways() else next(iter(self.uplinks))
        good = carrier is not None and not self.out(carrier)
        row = {"host": words["address"], "sent": "1", "received": "1" if good else "0", "time": "9ms500us"}
        return Reply(rows=(row if good else {**row, "status": "timeout"},))
