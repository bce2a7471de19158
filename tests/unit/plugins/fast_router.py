# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small router for ``mw-failover``: the lab's interpreter over rows in dictionaries, with a clock that a test moves.

It can end a run before any command, and let two runs take turns.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows

from lab.script import Interpreter
from lab.values.scalar import format_duration, parse_duration
from lab.verbs import Caller, Reply, Trap
from tests.unit.plugins.branches import TOKEN, branch

LISTS = "/ip/firewall/address-list"
CONNECTIONS = "/ip/firewall/connection"
#: What netwatch gives its scripts (facts 3.2).
RIGHTS = frozenset({"read", "write", "test", "reboot"})
#: For scripts that netwatch starts; a test of rights is not what this router is for.
SYS = Caller("*sys", RIGHTS, "netwatch")


class Killed(BaseException):
    """The run ended here. No script can catch it."""


class FastRouter:
    """``commands``: how many were made. ``kill_at``: the run ends before that one.

    ``pings``: whether ping is answered at all, ``silent``: addresses that never answer it. Connections are (mark, reply
    source). A connection that is new goes by the first open gate.
    """

    def __init__(
        self,
        uplinks: int = 2,
        *,
        version: str = "7.22",
        change: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        raw = {**branch(uplinks), "multiwan_routeros_version": version}
        raw["multiwan_telegram"]["language"] = "en"
        change(raw)
        self.uplinks = uplinks
        self.version = version
        self.now = 0.0
        self.commands = 0
        self.kill_at: int | None = None
        self.turns = False
        self.menus: dict[str, list[dict[str, str]]] = {LISTS: [], CONNECTIONS: []}
        for row in fill_rows(assemble(raw, name="jakarta").rows, {"telegram_bot_token": TOKEN}):
            values = {key: value for key, value in row.values.items() if isinstance(value, str)}
            self._insert(row.menu, values)
        for row in self.menus["/system/scheduler"]:
            row["run-count"] = "1"
        for row in self.menus["/tool/netwatch"]:
            row["status"] = "unknown"
        self.pings = True
        self.silent: set[str] = set()
        self.log: list[str] = []
        self.interpreter = self._interpreter()

    def _interpreter(self) -> Interpreter:
        return Interpreter(
            self,
            clock=lambda: self.now,
            sleep=self._sleep,
            log=lambda _, text: self.log.append(text),
            globals_for=lambda _: {},
            version=self.version,
        )

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds

    _number = 0

    def _insert(self, menu: str, values: Mapping[str, str]) -> str:
        self._number += 1
        row = {".id": f"*{self._number:X}", **values}
        self.menus.setdefault(menu, []).append(row)
        return row[".id"]

    # --- what scripts call

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply:
        del queries
        if (menu, command) == ("/system/script", "run"):
            name = args.get(".id") or args.get("number") or args["numbers"]
            await self.interpreter.run(self.script(name), caller=caller)
            return Reply()
        self.commands += 1
        if self.turns:
            await asyncio.sleep(0)
        if self.kill_at == self.commands:
            raise Killed
        return self._perform(menu, command, args)

    def _perform(self, menu: str, command: str, args: Mapping[str, str]) -> Reply:
        if (menu, command) == ("/", "ping"):
            received = "3" if self.pings and args["address"] not in self.silent else "0"
            return Reply(tuple({"received": received} for _ in range(3)), ret="3")
        if menu == "/system/clock":
            return Reply(({"date": "2026-11-21", "time": time.strftime("%H:%M:%S", time.gmtime(self.now))},))
        rows = self._alive(menu)
        if command == "print":
            return Reply(tuple(self._shown(row) for row in rows))
        if command == "add":
            if any((row["list"], row["address"]) == (args["list"], args["address"]) for row in rows):
                raise Trap("failure: already have such entry")
            ends = str(self.now + parse_duration(args["timeout"]) / 1e6)
            return Reply(ret=self._insert(menu, {**args, "ends": ends}))
        ids = (args.get(".id") or args["numbers"]).split(",")
        if not {row[".id"] for row in rows} >= set(ids):
            raise Trap("no such item")
        if command == "remove":
            self.menus[menu] = [row for row in rows if row[".id"] not in ids]
            return Reply()
        assert command == "set", command
        for row in rows:
            if row[".id"] in ids:
                row.update({key: value for key, value in args.items() if key not in (".id", "numbers")})
        return Reply()

    def _alive(self, menu: str) -> list[dict[str, str]]:
        rows = self.menus.setdefault(menu, [])
        rows[:] = [row for row in rows if float(row.get("ends", "inf")) > self.now]
        return rows

    def _shown(self, row: dict[str, str]) -> dict[str, str]:
        shown = {key: value for key, value in row.items() if key != "ends"}
        if "ends" in row:
            shown["timeout"] = format_duration(round((float(row["ends"]) - self.now) * 1e6))
        if "gateway" in row or "on-event" in row:
            shown.setdefault("disabled", "false")
            shown["disabled"] = {"yes": "true", "no": "false"}.get(shown["disabled"], shown["disabled"])
        return shown

    # --- what a test does

    def copy(self) -> FastRouter:
        """Another router in the same state."""
        other = FastRouter.__new__(FastRouter)
        other.__dict__ |= copy.deepcopy({key: value for key, value in vars(self).items() if key != "interpreter"})
        other.interpreter = other._interpreter()
        return other

    def script(self, name: str) -> str:
        return next(row["source"] for row in self.menus["/system/script"] if row["name"] == name)

    async def run(self) -> None:
        """As the scheduler does."""
        self.commands = 0
        (row,) = (row for row in self.menus["/system/scheduler"] if row["name"] == "mw-failover")
        await self.interpreter.run(row["on-event"], caller=SYS)

    async def event(self) -> None:
        """As netwatch does."""
        self.commands = 0
        await self.interpreter.run(self.menus["/tool/netwatch"][0]["up-script"], caller=SYS)

    async def killed_run(self, at: int) -> bool:
        """Whether the run came so far."""
        self.kill_at = at
        try:
            await self.run()
        except Killed:
            return True
        finally:
            self.kill_at = None
        return False

    async def ticks(self, seconds: float) -> None:
        """Time passes and the scheduler runs the script."""
        for _ in range(int(seconds // 5)):
            self.now += 5
            await self.run()

    def set_probes(self, uplink: int, *statuses: str, answers: int = 0) -> None:
        """The status of the uplink's anchors in their order; ``answers`` of those that are down."""
        rows = [row for row in self.menus["/tool/netwatch"] if f":isp{uplink}:probe" in row["comment"]]
        assert len(rows) == len(statuses)
        for row, status in zip(rows, statuses, strict=True):
            row["status"] = status
            row["response-count"] = str(answers if status == "down" else 10)

    def live(self, *uplinks: int) -> None:
        """These answer, all others don't."""
        for uplink in range(1, self.uplinks + 1):
            self.set_probes(uplink, *(["up" if uplink in uplinks else "down"] * 2))

    def closed(self) -> set[int]:
        """Uplinks with a closed gate; all rows of a gate are alike."""
        found = set()
        for uplink in range(1, self.uplinks + 1):
            gates = [row for row in self.menus["/ip/route"] if f":failover:isp{uplink}:gate" in row["comment"]]
            states = {row.get("disabled", "no") == "yes" for row in gates}
            assert len(states) == 1, "the rows of a gate differ"
            if states == {True}:
                found.add(uplink)
        return found

    def closed_gates(self) -> int:
        gates = [row for row in self.menus["/ip/route"] if ":gate" in row.get("comment", "")]
        return sum(row.get("disabled") == "yes" for row in gates)

    def connect(
        self, uplink: int, reply_source: str = "198.51.100.1:443", *, marked: bool = True, reply_to: str = ""
    ) -> None:
        """``reply_to``: the router's own address on the line when a source NAT or the router itself sent it."""
        mark = f"mw-isp{uplink}" if marked else "no-mark"
        address = reply_to or "192.168.10.20:50000"
        self._insert(
            CONNECTIONS, {"connection-mark": mark, "reply-src-address": reply_source, "reply-dst-address": address}
        )

    def connections(self) -> list[tuple[str, str]]:
        return [(row["connection-mark"], row["reply-src-address"]) for row in self.menus[CONNECTIONS]]

    def rows(self, name: str) -> list[dict[str, str]]:
        return [row for row in self._alive(LISTS) if row["list"] == name]

    def forget(self) -> None:
        """All state is gone, as after a reboot."""
        self.menus[LISTS] = []

    def messages(self) -> list[str]:
        """What waits in the outbox, decoded."""
        return [unquote(row["comment"]) for row in self.rows("mw-outbox")]
