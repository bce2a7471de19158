# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab router without doors and data plane whose time is the test's: its scheduler ticks when the controller waits.

The connection can be cut after any write: the write is done, nobody is told, and nobody gets in for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.protection import Controller, Protection
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError, RouterTrap

from lab.store import Trap
from lab.verbs import ALL_POLICIES, Caller, Reply
from lab.verbs.export import export
from tests.unit.lab.services.rig import Rig

T = TypeVar("T")

RESOURCE, LISTS, SCHEDULER = "/system/resource", "/ip/firewall/address-list", "/system/scheduler"
LIMIT_S = 60
_OPERATOR = Caller("multiwan", ALL_POLICIES, "api", 1)


class ControllerDied(BaseException):
    """What kill -9 does: nothing of the controller runs any more."""


class GuardedRouter:
    """``cut_after``: number of the write (from 1) after which the connection is lost for ``away_s``; 0: never.
    ``dies``: the controller is killed then. ``reboots``: the router loses what has a timeout then.
    ``refuse``: beginning of a command to what the router says of it."""

    def __init__(self, version: str = "7.22", *, rows: Iterable[tuple[str, Mapping[str, str]]] = ()) -> None:
        self.version = version
        self.rig = Rig(version)
        self._loop = asyncio.new_event_loop()
        self.rig.store.load([("/interface/ethernet", {"name": f"ether{number}"}) for number in range(1, 9)])
        for name in ("bridge", "bridge-lan"):
            self.rig.store.load([("/interface/bridge", {"name": name, "mac-address": "48:A9:8A:00:00:01"})])
        self.rig.store.load(rows)
        self.rig.engine.actions["/", "ping"] = self._ping
        self.rig.store.journal.clear()
        self.cut_after = 0
        self.dies = self.reboots = False
        self.away_s = 300.0
        self.back_at = 0.0
        self.writes = 0
        self.connections = 0
        self.answering: Callable[[str], bool] = lambda _address: True
        self.refuse: dict[str, str] = {}

    def close(self) -> None:
        self._loop.close()

    def protection(
        self, *, progress: Callable[[str], None] = lambda _words: None, operator: str = "rina@kantor", **other: Any
    ) -> Protection:
        controller = Controller(operator, lambda: self.rig.now, self.sleep, lambda: "2026-11-21 10:00:00 UTC", progress)
        return Protection(controller, **{"dead_man_s": LIMIT_S, **other})

    # --- time

    def sleep(self, seconds: float) -> None:
        """Second by second; the scheduler ticks as the lab's would."""
        until = self.rig.now + seconds
        while self.rig.now < until:
            self.rig.now += 1.0
            self._do(self._pass())

    async def _pass(self) -> None:
        await self.rig.engine.expire()
        for row in await self.rig.rows(SCHEDULER):
            interval = int(str(row["interval"]).removesuffix("s")) if row["name"] == "mw-dead-man" else 0
            if interval and int(self.rig.now) % interval == 0:
                policies = frozenset(str(row["policy"]).split(","))
                await self.rig.services.scripts.run_event(
                    str(row["on-event"]), user=str(row["owner"]), policies=policies, origin=f"scheduler:{row['name']}"
                )

    def power_cycle(self) -> None:
        """What has a timeout is gone; what is stored stays."""
        for row in self._do(self.rig.rows(LISTS)):
            if row.get("dynamic") == "true":
                self._do(self.rig.engine.call(LISTS, "remove", {".id": row[".id"]}, caller=_OPERATOR))

    # --- connection

    def __call__(self) -> GuardedRouter:
        self.connections += 1
        if self.rig.now < self.back_at:
            raise RouterError("no connection to the router: no answer in time")
        return self

    def __enter__(self) -> GuardedRouter:
        return self

    def __exit__(self, *_exc: object) -> None:
        pass

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        if menu == RESOURCE:
            return [Found("*0", {"version": f"{self.version} (stable)", "free-hdd-space": "10000000"})]
        words = {"proplist": ",".join({".id", "comment", "dynamic", *properties})} if properties else {}
        try:
            shown = [dict(row) for row in self._ask(menu, "print", words).rows]
        except RouterTrap:
            if menu in ("/interface", "/user/active"):
                return []
            raise
        return [Found(row.pop(".id", ""), row) for row in shown]

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        return str(self._write(menu, "add", {**values, **({"place-before": before} if before else {})}).ret)

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        self._write(menu, "set", {".id": row_id, **values})

    def unset(self, menu: str, row_id: str, name: str) -> None:
        self._write(menu, "unset", {".id": row_id, "value-name": name})

    def move(self, menu: str, row_id: str, before: str | None) -> None:
        self._write(menu, "move", {"numbers": row_id, **({"destination": before} if before else {})})

    def remove(self, menu: str, row_id: str) -> None:
        self._write(menu, "remove", {".id": row_id})

    def run(self, command: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        menu, _, name = command.rpartition("/")
        done = self._ask(menu or "/", name, values) if name == "ping" else self._write(menu, name, values)
        return [dict(row) for row in done.rows]

    # --- inside

    def _write(self, menu: str, command: str, words: Mapping[str, str]) -> Reply:
        said = next(
            (text for key, text in self.refuse.items() if f"{menu}/{command} {dict(words)}".startswith(key)), None
        )
        if said is not None:
            raise RouterTrap(f"{menu}/{command}: the router says: {said}", trap=said)
        answer = self._ask(menu, command, words)
        self.writes += 1
        if self.writes == self.cut_after:
            self.back_at = self.rig.now + self.away_s
            if self.reboots:
                self.power_cycle()
            if self.dies:
                raise ControllerDied
            raise RouterError(f"{menu}/{command}: the connection broke: no answer in time")
        return answer

    def _ask(self, menu: str, command: str, words: Mapping[str, str]) -> Reply:
        if self.rig.now < self.back_at:
            raise RouterError(f"{menu}/{command}: the connection broke: no answer in time")
        try:
            return self._do(self.rig.engine.call(menu, command, words, caller=_OPERATOR))
        except Trap as trap:
            raise RouterTrap(f"{menu}/{command}: the router says: {trap}", trap=str(trap)) from None

    async def _ping(self, args: Mapping[str, str], _caller: Caller) -> Reply:
        received = "1" if self.answering(args["address"]) else "0"
        return Reply(rows=({"host": args["address"], "sent": "1", "received": received},))

    def _do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(coroutine)

    # --- what is judged

    def export(self) -> str:
        return export(self.rig.store)

    def names(self, menu: str) -> list[str]:
        return [str(row.get("name", "")) for row in self._do(self.rig.rows(menu))]

    def lists(self) -> list[str]:
        return [str(row["list"]) for row in self._do(self.rig.rows(LISTS)) if str(row["list"]).startswith("mw-")]

    def logged(self) -> list[str]:
        return [message for _, message in self.rig.messages]
