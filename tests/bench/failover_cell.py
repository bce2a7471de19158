# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab, its router set up by a contender, and one cell measured in it. What is seen is kept; nothing is judged."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import yaml

from lab.demo.play import PlayFailed, play
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_uplinks
from tests.bench.failover_plan import (
    ANCHORS,
    DEAD,
    FLAP_S,
    HTTP_TIMEOUT_S,
    LEAD_S,
    NEW_TIMEOUT_S,
    Fault,
    Setting,
    branch,
    recipe,
)
from tests.bench.failover_told import expected

ROOT = Path(__file__).parents[2]
BRANCH = "jakarta"
#: The same for everybody. All run at once, each kind over the same pairs of clients and servers.
TRAFFIC: dict[str, tuple[str, dict[str, float]]] = {
    "new": ("probe", {"interval": 0.1, "timeout": NEW_TIMEOUT_S}),
    "udp": ("ticker", {"interval": 0.02}),
    "tcp": ("upload", {"interval": 0.05}),
    "http": ("poller", {"interval": 0.5, "timeout": HTTP_TIMEOUT_S}),
}
#: Traffic goes on for so long after the cell, so that its last moments are seen by every kind.
SPARE_S = 3.0
SETTLE_S = 90.0
#: A message that has not come so long after the end of a cell is lost.
LATE_S = 90.0
#: After the configuration: netwatch begins 5 s after it was written.
READY_S = 6.0
#: Few, since the ARP entries of all labs of a machine share one table (gc_thresh3 is 1024): eight labs with 200
#: clients each lose packets of new clients. Four, since then the first ten flows meet every uplink, also with the
#: kernel's hash of their addresses, by which the lab's router balances.
CLIENTS = 4
Say = Callable[[str], None]


class NotMeasured(Exception):
    """A cell or a lab that could not be; the text says why."""


@contextlib.asynccontextmanager
async def lab_for(
    setting: Setting, name: str, folder: Path, *, deploying: asyncio.Lock, say: Say
) -> AsyncIterator[LabClient]:
    """A lab with the contender's configuration on its router; it dies with this process."""
    lab = LabClient(name)
    known = {anchor for anchors in ANCHORS[: setting.uplinks] for anchor in anchors}
    topology = Topology(
        uplinks=parse_uplinks(",".join(["10M/10M"] * setting.uplinks)),
        clients=CLIENTS,
        extra_anchors=tuple(sorted(known)),
        version=setting.contender.version,
        branch=BRANCH,
    )
    await lab.down()  # what a killed run left
    try:
        async with deploying:  # one after the other: a deploy would disturb what the others do
            say("starts")
            paths = await lab.up(Options(topology, 0, 0, hold=True))
            await (paste if setting.contender.recipe else deploy)(lab, setting, paths, folder, say)
        await _sleep(READY_S, say, "the router comes to rest")
        yield lab
    finally:
        await lab.down()


async def paste(lab: LabClient, setting: Setting, _paths: dict[str, Any], _folder: Path, say: Say) -> None:
    say("pastes the recipe")
    said = await lab.console("\n".join(recipe(setting.contender, setting.mode, setting.uplinks)))
    if said.strip():
        raise NotMeasured(f"the router did not take the recipe: {said.strip()}")


async def deploy(lab: LabClient, setting: Setting, paths: dict[str, Any], folder: Path, say: Say) -> None:
    extra = folder / f"{setting.key}-{lab.folder.name}.yml"
    extra.write_text(yaml.safe_dump(branch(setting, telegram(paths["inventory"]))), encoding="utf-8")
    words = ["-i", "inventory", "-i", str(paths["inventory"]), "playbooks/site.yml", "--limit", BRANCH]
    try:
        await play(
            [*words, "-e", f"@{extra}"],
            host=BRANCH,
            root=ROOT,
            log=extra.with_suffix(".log"),
            task=lambda task: say(f"site.yml: {task.rpartition(' : ')[2]}"),
        )
    except PlayFailed as error:
        raise NotMeasured(f"site.yml failed: {error}") from None


def telegram(inventory: str) -> dict[str, Any]:
    """The bot and the chat of a lab."""
    overlay = yaml.safe_load(Path(inventory).read_text(encoding="utf-8"))
    return dict(overlay["all"]["hosts"][BRANCH]["multiwan_telegram"])


async def settle(lab: LabClient, setting: Setting, say: Say) -> None:
    """Until every line that should carry new connections does, and none fails."""
    wanted = {f"isp{n}" for n in range(1, setting.uplinks + 1)} if setting.mode == "balance" else {DEAD}
    end = time.monotonic() + SETTLE_S
    while True:
        say("waits until all lines carry")
        seen = await lab.measure("connections", count=40 * setting.uplinks, timeout=2.0)
        if not seen["failed"] and {name for name, count in seen["split"].items() if count} == wanted:
            return
        if time.monotonic() > end:
            raise NotMeasured(f"before the fault, connections went {seen['split']}, {seen['failed']} failed")
        await asyncio.sleep(1)


def crowd_size(uplinks: int) -> int:
    """Long-lived flows of each kind: enough that every uplink carries three, few enough that many labs fit."""
    return max(10, 3 * uplinks)


async def measure(lab: LabClient, setting: Setting, fault: Fault, say: Say, *, phase: float = 0.0) -> dict[str, Any]:
    """One cell: what every kind of traffic saw. Wall clock seconds where a name ends in _at.

    ``phase``: how much later than LEAD_S the fault comes, seconds.
    """
    await settle(lab, setting, say)
    told = len((await lab.chat())["messages"])
    lead = LEAD_S + phase
    seconds = lead + fault.lasts_s + fault.after_s + SPARE_S
    flows = crowd_size(setting.uplinks)
    crowd = {"udp": {"flows": flows}, "tcp": {"flows": flows}, "http": {"pollers": flows}}
    async with asyncio.TaskGroup() as group:
        running = {
            name: group.create_task(_traffic(lab, kind, {**options, **crowd.get(name, {}), "seconds": seconds}))
            for name, (kind, options) in TRAFFIC.items()
        }
        await _sleep(lead, say, "traffic")
        cut_at = time.time()
        healed_at = await _break(lab, setting, fault, say)
        await _sleep(fault.after_s, say, "the line is back" if fault.lasts_s else "after the reboot")
        ended_at = time.time()
        say("reads")
    can_send = await sends(lab)
    chat = await _messages(lab, setting, fault, told, say) if can_send else []
    return {
        "cut_at": cut_at,
        "healed_at": healed_at,
        "ended_at": ended_at,
        "messages": [{"at": message["at"], "text": message["text"]} for message in chat],
        "sends": can_send,
        "log": await lab.console('/log print where topics~"script|fetch|error|warning"'),
        "waits": await lab.console('/ip firewall address-list print where list~"^mw-(outbox|sen|refused)"'),
        **{name: task.result() for name, task in running.items()},
    }


async def _messages(lab: LabClient, setting: Setting, fault: Fault, told: int, say: Say) -> list[Any]:
    """Those behind the first ``told``. What is missing is waited for; by then there is no traffic that it could hurt.

    Where nobody knows how many there should be, a death without a return is one too few.
    """
    had = len((await lab.chat(after=told))["messages"])
    wanted = expected(fault, setting.uplinks)
    wanted = had + had % 2 if wanted is None else wanted
    say(f"waits for {wanted - had} messages")
    return list((await lab.chat(after=told, count=wanted, wait_s=LATE_S))["messages"])


async def sends(lab: LabClient) -> bool:
    """Whether the router holds a row of the failover role that could send a message of an uplink."""
    export = (await lab.export()).replace("\\\n", "").replace("/", " ")
    menus = ("tool netwatch", "system script", "system scheduler")
    parts = [part.strip() for part in export.split("\n ")]
    return any(part.startswith(menus) and "[multiwan:failover" in part for part in parts)


async def _traffic(lab: LabClient, kind: str, options: dict[str, float]) -> Any:
    """The result; of a probe its attempts as (when it began, who carried it)."""
    attempts: list[tuple[float, str]] = []
    result: Any = None
    async for message in lab.traffic(kind, **options):
        if message.get("event") == "probe":
            attempts.append((round(message["at"], 3), message["uplink"]))
        result = message.get("result", result)
    return sorted(attempts) if kind == "probe" else result


async def _break(lab: LabClient, setting: Setting, fault: Fault, say: Say) -> float:
    """The fault from its beginning to its end; when that was."""
    if fault.kind == "reboot":
        await lab.router_call("/system", "reboot")
        return time.time()
    lines = [f"isp{n}" for n in range(1, setting.uplinks + 1)] if fault.kind == "all" else [DEAD]
    if fault.kind == "flapping":
        end = time.monotonic() + fault.lasts_s
        healed_at = time.time()
        while time.monotonic() < end:
            healed_at = await _for_a_while(lab, lines, "upstream", FLAP_S, say)
            await _sleep(min(FLAP_S, max(0.0, end - time.monotonic())), say, "flaps")
        return healed_at
    kind = "upstream" if fault.kind == "all" else fault.kind
    return await _for_a_while(lab, lines, kind, fault.lasts_s, say, percent=fault.percent, delay_ms=fault.delay_ms)


async def _for_a_while(
    lab: LabClient, lines: list[str], kind: str, seconds: float, say: Say, **options: float | None
) -> float:
    """Cut, wait, heal, also when this is interrupted; when the healing began: what breaks then broke at recovery."""
    cut: list[str] = []
    try:
        for line in lines:
            await lab.cut(line, kind, **options)
            cut.append(line)
        await _sleep(seconds, say, kind)
    finally:
        healed_at = time.time()
        for line in cut:
            with contextlib.suppress(LabError):  # a lab that is gone needs no healing
                await lab.heal(line)
    return healed_at


async def _sleep(seconds: float, say: Say, what: str) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        say(f"{what}, {left:.0f} s to go")
        await asyncio.sleep(min(1.0, left))
