# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``mw-failover`` as a deploy leaves it, on the lab's whole control plane: killed and overtaken at every command.

Parser, menus, verbs, rights and timeouts are those of the version; what netwatch would say is said by the test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows

from lab.store import Image, Trap
from lab.verbs import Caller, Reply
from tests.lab.scriptkill import every_cut, every_overtaking
from tests.unit.lab.services.rig import Rig
from tests.unit.plugins.branches import TOKEN, branch

VERSIONS = ("6.49", "7.9", "7.12", "7.16", "7.20", "7.22", "7.24")
LISTS = "/ip/firewall/address-list"
ROUTES = "/ip/route"
WATCHES = "/tool/netwatch"
LINES = 2
#: what a script and a schedule may hold, over the longest hold-down and the lock of a killed run
LATER_S = 40


class Connections:
    """A VirtualMenu: (mark, reply source) of each connection."""

    finds_itself = True

    def __init__(self) -> None:
        self.all: dict[int, Mapping[str, str]] = {}

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return list(self.all.items())

    def remove(self, ids: Sequence[int]) -> None:
        for number in ids:
            if self.all.pop(number, None) is None:
                raise Trap("no such item")

    def open(self, mark: str, reply_source: str) -> None:
        number = max(self.all, default=0) + 1
        self.all[number] = {"connection-mark": mark, "reply-src-address": reply_source}


@cache
def deployed(version: str) -> Image:
    """The configuration of a branch with two lines."""
    raw = {**branch(LINES), "multiwan_routeros_version": version}
    rig = Rig(version)
    ports = [("/interface/ethernet", {"name": f"ether{n}", "mac-address": f"02:00:00:00:00:0{n}"}) for n in range(1, 6)]
    bridge: list[tuple[str, dict[str, str]]] = [("/interface/bridge", {"name": "bridge"})]
    rig.store.load([*ports, *bridge])
    plan = assemble(raw, name="jakarta")
    for row in fill_rows(plan.rows, {"telegram_bot_token": TOKEN}):
        values = {name: text for name, text in row.values.items() if isinstance(text, str)}
        rig.store.load([(row.menu, values)])
    return rig.store.image()


class Branch:
    def __init__(self, version: str) -> None:
        self.rig = Rig(version)
        self.rig.store.restore(deployed(version))
        self.connections = Connections()
        self.rig.engine.virtual["/ip/firewall/connection"] = self.connections
        self.rig.engine.actions["/", "ping"] = self._ping
        self.rig.services.refresh(self.rig.store.snapshot())
        for row in self.rig.store.rows("/system/scheduler"):
            self.rig.engine.set_runtime("/system/scheduler", row.id, run_count="5")
        for number in range(1, LINES + 1):
            self.connections.open(f"mw-isp{number}", "198.51.100.9")
            self.connections.open(f"mw-isp{number}", f"172.16.{number}.2")

    async def _ping(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Nobody answers: on version 6 the script asks once more before it believes."""
        assert caller.may("test")
        lost = {"sent": args["count"], "received": "0"}
        return Reply(rows=({"seq": "0", "status": "timeout", **lost},))

    def says(self, **lines: str) -> None:
        """Every probe of these lines is ``up`` or ``down``."""
        for row in self.rig.store.rows(WATCHES):
            for line, status in lines.items():
                if f":{line}:probe" in row.get("comment"):
                    answers = "3" if status == "up" else "0"
                    self.rig.engine.set_runtime(WATCHES, row.id, status=status, sent_count="3", response_count=answers)

    async def event(self) -> bool:
        """What a row of netwatch does when its status has changed; False when it was killed or failed."""
        source = self.rig.store.rows(WATCHES)[0].get("down-script")
        return await self.rig.services.scripts.run_event(source, origin="netwatch")

    async def tick(self, seconds: float = 5) -> None:
        """Time passes, and the scheduler comes by."""
        self.rig.now += seconds
        await self.rig.engine.expire()
        row = next(r for r in self.rig.store.rows("/system/scheduler") if r.get("name") == "mw-failover")
        policies = frozenset(row.get("policy").split(","))
        ran = await self.rig.services.scripts.run_event(
            row.get("on-event"), user="multiwan", policies=policies, origin="scheduler:mw-failover"
        )
        assert ran, self.rig.messages[-3:]

    def closed(self) -> set[str]:
        gates = [row for row in self.rig.store.rows(ROUTES) if ":gate" in row.get("comment")]
        assert gates
        return {row.get("comment").split(":failover:")[1].split(":")[0] for row in gates if not row.enabled}

    def marks(self) -> list[tuple[str, str]]:
        return sorted((row["connection-mark"], row["reply-src-address"]) for row in self.connections.all.values())

    def listed(self, name: str) -> list[str]:
        rows = self.rig.store.rows(LISTS)
        return sorted(row.get("comment") for row in rows if row.get("list") == name)

    def errors(self) -> list[str]:
        return [message for topics, message in self.rig.messages if "error" in topics]


async def healthy(version: str) -> Branch:
    made = Branch(version)
    made.says(isp1="up", isp2="up")
    await made.event()
    return made


def after_death(made: Branch) -> None:
    """The gate is closed, its connections are gone but the administrator's, nobody else's are, one message waits."""
    assert made.closed() == {"isp1"}
    assert made.marks() == [("mw-isp1", "172.16.1.2"), ("mw-isp2", "172.16.2.2"), ("mw-isp2", "198.51.100.9")]
    assert made.listed("mw-lock") == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_line_dies_and_comes_back_on_every_version(version: str) -> None:
    made = await healthy(version)
    assert (made.closed(), made.errors()) == (set(), [])
    made.says(isp1="down")
    assert await made.event()
    after_death(made)
    assert len(made.listed("mw-outbox")) == 1
    made.says(isp1="up")
    await made.event()
    assert made.closed() == {"isp1"}, "it must prove itself first"
    for _ in range(6):
        await made.tick()
    assert (made.closed(), made.listed("mw-state"), made.listed("mw-lock")) == (set(), [], [])
    assert len(made.listed("mw-outbox")) == 2
    assert made.errors() == []


async def dying(version: str) -> Branch:
    made = await healthy(version)
    made.says(isp1="down")
    return made


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
async def test_killed_at_any_command_the_next_run_ends_right(version: str) -> None:
    count = 0

    async def fresh() -> Branch:
        return await dying(version)

    async def event(made: Branch) -> Any:
        return await made.event()

    async for made, found in every_cut(fresh, event, which="writing"):
        count += 1
        await made.tick(LATER_S)
        after_death(made)
        waiting = made.listed("mw-outbox")
        assert len(waiting) <= 1, f"told twice after {found.next}"
    assert count > 5


@pytest.mark.parametrize("version", ["7.22"])
async def test_overtaken_at_any_command_both_runs_end_right(version: str) -> None:
    count = 0

    async def fresh() -> Branch:
        return await dying(version)

    async def event(made: Branch) -> Any:
        return await made.event()

    async for made, found in every_overtaking(fresh, event, which="touching"):
        count += 1
        after_death(made)
        assert len(made.listed("mw-outbox")) == 1, found.next
        assert made.errors() == [], found.next
    assert count > 20
