# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab with a branch that a technician set up by hand, and what every state of it exports."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_uplinks
from tests.bench.chaos_controller import Answer, Controller, Light, Order, Playbook
from tests.bench.chaos_judge import PROTECTION, difference, parsed
from tests.bench.chaos_plan import (
    ANCHORS,
    BRANCH,
    BY_HAND,
    FORCED,
    HAND,
    LINES,
    STATES,
    State,
    variables,
)
from tests.bench.chaos_traffic import Clients, clients_of

ROOT = Path(__file__).parents[2]
#: Four, so that few flows meet every line (failover_cell).
CLIENTS = 4
LIST, SCRIPT, SCHEDULER, FILE = "/ip/firewall/address-list", "/system/script", "/system/scheduler", "/file"
Say = Callable[[str], None]


class NotTried(Exception):
    """A case or a lab that could not be; the text says why."""


@dataclass
class Site:
    """``holds``: the state that its router is in, None when that is not known. ``exports``: state to its export."""

    lab: LabClient
    clients: Clients
    version: str
    folder: Path
    inventory: str
    overlay: Mapping[str, Any]
    ca_file: str
    holds: State | None = HAND
    exports: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    booted_at: float = 0.0

    # -- the collection

    def variables(self, state: State) -> dict[str, Any] | None:
        if not state.lines:
            return None
        text = (ROOT / "inventory" / "host_vars" / f"{BRANCH}.yml").read_text(encoding="utf-8")
        telegram = self.overlay["multiwan_telegram"]
        return {**yaml.safe_load(text), **variables(state, version=self.version, telegram=telegram)}

    def order(self, state: State, *, dead_man_s: int, do: str = "commit") -> Order:
        """With ``dead_man_s`` 0 without any protection."""
        bare = {"backup": False, "reach": []} if not dead_man_s else {}
        arguments = {
            "host": "127.0.0.1",
            "port": self.overlay["multiwan_api_port"],
            "user": self.overlay["multiwan_api_user"],
            "password": self.overlay["multiwan_api_password"],
            "ca_file": self.ca_file,
            "secrets": {"telegram_bot_token": self.overlay["lab_telegram_token"]},
            "dead_man_s": dead_man_s,
            "force": list(FORCED),
            **bare,
        }
        return Order(do, self.variables(state), arguments)

    async def begun(self, state: State, *, dead_man_s: int, playbook: bool = False) -> Controller:
        """A controller that is on its way to bring the router to a state."""
        if not playbook:
            return Light(self.order(state, dead_man_s=dead_man_s))
        extra: dict[str, Any] = {"multiwan_dead_man_s": dead_man_s, "multiwan_force": list(FORCED)}
        if state.lines:
            extra |= variables(state, version=self.version, telegram=self.overlay["multiwan_telegram"])
        return await Playbook.start("site" if state.lines else "remove", self.inventory, extra, self.folder)

    async def brought_to(self, state: State, *, dead_man_s: int = 0, do: str = "commit") -> Answer:
        """The same, to its end. Raises :class:`NotTried` when it ends without a word."""
        answer = await Light(self.order(state, dead_man_s=dead_man_s, do=do)).ended()
        if answer.killed:
            raise NotTried("a controller that nobody killed ended without an answer")
        return answer

    async def reset(self, state: State) -> None:
        """In a known state. Raises :class:`NotTried` when it can't be brought there."""
        if self.holds is not state:
            answer = await self.brought_to(state)
            if answer.error:
                raise NotTried(f"could not be brought to {state.words}: {answer.error}")
        odd = difference(self.exports[state.key], await self.export())
        if odd:
            raise NotTried(f"{state.words} looks otherwise than before: {odd[:3]}")
        self.holds = state

    # -- the router, past its doors

    async def export(self) -> dict[str, list[str]]:
        return parsed(await self.lab.export())

    async def rows(self, menu: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = (await self.lab.router_call(menu, "print"))["rows"]
        return found

    async def left(self) -> list[str]:
        """What a commit has for itself and is there now."""
        found = []
        for menu, name in ((SCHEDULER, "name"), (SCRIPT, "name"), (LIST, "list"), (FILE, "name")):
            found += [f"{menu} {row[name]}" for row in await self.rows(menu) if PROTECTION.search(row.get(name, ""))]
        return found

    async def uptime_s(self) -> float:
        (row,) = await self.rows("/system/resource")
        return seconds(row["uptime"])


def seconds(text: str) -> float:
    """``1w2d3h4m5s`` as RouterOS says a time."""
    sizes = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    total, number = 0.0, ""
    for letter in text:
        if letter in sizes:
            total += float(number or 0) * sizes[letter]
            number = ""
        else:
            number += letter
    return total


@contextlib.asynccontextmanager
async def site(name: str, version: str, folder: Path, *, starting: asyncio.Semaphore, say: Say) -> AsyncIterator[Site]:
    """A lab as the technician left it, after it has shown every state once; it dies with this process."""
    lab = LabClient(name)
    topology = Topology(
        uplinks=parse_uplinks(",".join(["10M/10M"] * LINES)),
        clients=CLIENTS,
        extra_anchors=tuple(sorted({anchor for anchors in ANCHORS for anchor in anchors})),
        version=version,
        branch=BRANCH,
    )
    await lab.down()  # what a killed run left
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    try:
        async with starting, contextlib.AsyncExitStack() as stack:
            say("starts")
            paths = await lab.up(Options(topology, 0, 0, hold=True))
            clients = await stack.enter_async_context(clients_of(lab, topology))
            inventory = paths["inventory"]
            made = Site(lab, clients, version, own, inventory, _overlay(inventory), paths["ca_file"])
            await _learn(made, say)
            kept = stack.pop_all()
        async with kept:
            yield made
    finally:
        await lab.down()


def _overlay(inventory: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(inventory).read_text(encoding="utf-8"))["all"]["hosts"][BRANCH]
    return found


async def _learn(made: Site, say: Say) -> None:
    """Every state once, undisturbed and unprotected: what it exports."""
    said = await made.lab.console("\n".join(BY_HAND))
    if said.strip():
        raise NotTried(f"the router did not take the technician's line: {said.strip()}")
    for state in STATES:
        say(f"learns {state.words}")
        if state.lines:
            answer = await made.brought_to(state)
            if answer.error:
                raise NotTried(f"could not be brought to {state.words}: {answer.error}")
        made.exports[state.key] = await made.export()
        made.holds = state
    await made.reset(HAND)
    made.booted_at = time.time() - await made.uptime_s()


async def until(look: Callable[[], Any], within_s: float, every_s: float = 0.25) -> float | None:
    """Seconds until ``look`` gave something true; None when it did not in time. A router that boots gives nothing."""
    began = time.monotonic()
    while time.monotonic() - began < within_s:
        with contextlib.suppress(LabError):
            if await look():
                return time.monotonic() - began
        await asyncio.sleep(every_s)
    return None
