# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One case: a change, a fault after its write k, what became of the router and of its clients. Nothing is judged."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import Any

from tests.bench.chaos_controller import Controller
from tests.bench.chaos_judge import difference, foreign
from tests.bench.chaos_lab import LIST, SCHEDULER, NotTried, Say, Site, until
from tests.bench.chaos_plan import CUT, KILL, NONE, REBOOT, SETTLE_S, Case

#: Traffic before the change, and after the router has come to rest.
LEAD_S, AFTER_S = 1.5, 2.0
#: A change without a fault takes less, on a busy machine too.
CHANGE_S = 120.0
#: No change has so many writes.
NEVER = 1_000_000
#: From the end of the dead man's time to the router's answers over the API.
GRACE_S = 5.0
#: An uptime says whole seconds, and nobody boots so fast.
BOOT_S = 2.5
#: A lock that nobody gives back ends so long after the dead man's time.
LOCK_S = 60.0


async def tried(site: Site, case: Case, say: Say, *, dead_man_s: int) -> dict[str, Any] | None:
    """What was seen; None when the change was through before its write k. Wall clock seconds where a name ends in _at.

    Raises :class:`NotTried` when the lab is of no more use.
    """
    scenario = case.scenario
    say(f"back to {scenario.before.words}")
    await site.reset(scenario.before)
    site.holds = None
    await site.clients.begin()
    await asyncio.sleep(LEAD_S)
    await site.lab.hold_api(NEVER if case.fault is NONE else case.k)
    began_at = time.time()
    controller = await site.begun(scenario.after, dead_man_s=dead_man_s, playbook=case.playbook)
    try:
        raw = await _disturbed(site, case, controller, say, dead_man_s=dead_man_s)
    except BaseException:
        await controller.kill()
        raise
    if raw is None:
        await site.clients.end()
        site.holds = scenario.after
        return None
    raw |= {"scenario": scenario.key, "fault": case.fault.key, "k": case.k, "began_at": began_at}
    raw["again"] = await _again(site, case, say, dead_man_s=dead_man_s)
    site.holds = scenario.after if not raw["again"]["odd"] and not raw["again"]["error"] else None
    return raw


async def _disturbed(
    site: Site, case: Case, controller: Controller, say: Say, *, dead_man_s: int
) -> dict[str, Any] | None:
    say("changes")
    held: dict[str, Any] = {}
    ending = asyncio.create_task(controller.ended())
    while not ending.done() and not held.get("reached"):
        held = await site.lab.held(0.5)
    fault_at = time.time()
    raw: dict[str, Any] = {}
    if case.fault is NONE:
        await asyncio.wait_for(ending, CHANGE_S)
        raw["done_at"] = fault_at = time.time()
        raw["writes"] = (await site.lab.held(0.01))["writes"]
        await site.lab.release_api()
    elif not held.get("reached"):
        await asyncio.wait_for(ending, CHANGE_S)
        await site.lab.release_api()
        if ending.result().error:
            raise NotTried(f"the change itself failed: {ending.result().error}")
        return None
    else:
        raw["last"] = held["last"]
        raw |= await _break(site, case, controller, dead_man_s=dead_man_s)
    raw["fault_at"] = fault_at
    raw |= await _at_rest(site, case, say, fault_at, dead_man_s=dead_man_s)
    raw["answer"] = asdict(await asyncio.wait_for(ending, CHANGE_S))
    if case.fault is CUT:  # until the router can be reached again
        await asyncio.sleep(max(0.0, fault_at + dead_man_s + GRACE_S + 1.0 - time.time()))
    return raw


async def _break(site: Site, case: Case, controller: Controller, *, dead_man_s: int) -> dict[str, Any]:
    if case.fault is CUT:
        await site.lab.release_api(cut_s=dead_man_s + GRACE_S)
    elif case.fault is KILL:
        await controller.kill()
        await site.lab.release_api()
    elif case.fault is REBOOT:
        cycle = await site.lab.power_cycle()
        site.booted_at = time.time()
        return {"boot_s": cycle["lasted_s"], "booted_at": site.booted_at}
    return {}


async def _at_rest(site: Site, case: Case, say: Say, fault_at: float, *, dead_man_s: int) -> dict[str, Any]:
    """Wait until no dead man waits any more; then what the router holds, and what its clients saw."""
    say("waits for the router")
    before, after = (site.exports[state.key] for state in (case.scenario.before, case.scenario.after))

    async def rests() -> bool:
        return not any(row["name"].startswith("mw-dead-man") for row in await site.rows(SCHEDULER))

    taken_back: list[str] = []
    settled = await until(rests, dead_man_s + 3 * SETTLE_S)
    settled_s = None if settled is None else round(time.time() - fault_at, 2)
    if case.fault is NONE:
        await asyncio.sleep(dead_man_s + GRACE_S)
        taken_back = difference(after, await site.export())
    await asyncio.sleep(AFTER_S)
    export = await site.export()
    odd = {"old": difference(before, export), "new": difference(after, export)}
    ended = next((name for name, words in odd.items() if not words), "odd")
    rebooted = await _rebooted(site)
    return {
        "settled_s": settled_s,
        "unsettled": "" if settled is not None else ", ".join(await site.left()),
        "ended": ended,
        "odd": min(odd.values(), key=len)[:20],
        "foreign_same": foreign(export) == foreign(before),
        "left": await site.left(),
        "taken_back": taken_back[:5],
        "rebooted": rebooted,
        "traffic": await site.clients.end(),
    }


async def _rebooted(site: Site) -> bool:
    """Whether the router has restarted since it was last known to."""
    return abs(time.time() - await site.uptime_s() - site.booted_at) > BOOT_S


async def _again(site: Site, case: Case, say: Say, *, dead_man_s: int) -> dict[str, Any]:
    """The same change by another controller, and a look by a third."""
    refused = ""

    async def free() -> bool:
        return not any(row["list"] == "mw-commit" for row in await site.rows(LIST))

    after = case.scenario.after
    say("a second run")
    second = await site.brought_to(after, dead_man_s=10 * dead_man_s)
    waited = 0.0
    if second.error and not await free():
        refused = second.error
        say("waits for the lock to end")
        waited = await until(free, dead_man_s + LOCK_S + SETTLE_S) or -1.0
        second = await site.brought_to(after, dead_man_s=10 * dead_man_s)
    await site.lab.hold_api(NEVER)
    third = await site.brought_to(after, dead_man_s=10 * dead_man_s)
    wrote = (await site.lab.held(0.01))["writes"]
    await site.lab.release_api()
    export = await site.export()
    return {
        "error": second.error or third.error,
        "changed": second.changed,
        "refused": refused,
        "lock_s": round(waited, 1),
        "third": third.writes + wrote,
        "odd": difference(site.exports[after.key], export)[:20],
        "left": await site.left(),
    }
