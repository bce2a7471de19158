# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small router behind the verbs: rows in dictionaries, just enough of the protocol for the language's own tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lab.script import Interpreter, Value
from lab.verbs import ALL_POLICIES, Caller, Reply, Trap


@dataclass
class Verbs:
    menus: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    #: rows that other commands give
    replies: dict[tuple[str, str], tuple[dict[str, str], ...]] = field(default_factory=dict)

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply:
        if command != "print":
            self.calls.append((menu, command, dict(args)))
        await asyncio.sleep(0)
        if (menu, command) in self.replies:
            return Reply(self.replies[menu, command])
        rows = self.menus.setdefault(menu, [])
        if command == "print":
            return Reply(tuple(dict(row) for row in rows))
        if command == "add":
            row = {".id": f"*{len(rows) + 1:X}", **args}
            rows.append(row)
            return Reply(ret=row[".id"])
        if command == "resolve":
            return Reply(ret="10.9.8.7")
        for name in args.get(".id", "").split(","):
            row = next((r for r in rows if name in (r.get(".id"), r.get("name"))), None)
            if row is None:
                raise Trap("no such item")
            if command == "set":
                row.update({k: v for k, v in args.items() if k != ".id"})
            elif command == "remove":
                rows.remove(row)
        return Reply()


@dataclass
class Bench:
    """An interpreter with everything around it visible."""

    verbs: Verbs = field(default_factory=Verbs)
    version: str = "7.22"
    log: list[tuple[str, str]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    globals: dict[str, dict[str, Value]] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    now: float = 1_700_000_000.0

    def __post_init__(self) -> None:
        self.interpreter = Interpreter(
            self.verbs,
            clock=lambda: self.now,
            sleep=self._sleep,
            log=lambda topics, message: self.log.append((topics, message)),
            globals_for=lambda user: self.globals.setdefault(user, {}),
            version=self.version,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    async def run(self, source: str, *, user: str = "admin", **variables: Value) -> Value:
        return await self.interpreter.run(
            source, caller=Caller(user, ALL_POLICIES, "test"), variables=variables, output=self.printed.append
        )

    async def put(self, source: str, **variables: Value) -> list[str]:
        self.printed.clear()
        await self.run(source, **variables)
        return list(self.printed)
