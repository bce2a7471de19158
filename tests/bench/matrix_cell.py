# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab of the matrix: deployed by site.yml, every fault on every line, judged by which ISP sees new connections.

Faults hit half of the lines at a time, so that the other half is there to carry; in mode failover they hit one line
after the other, each while it is the one that carries.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab.demo.play import PlayFailed, play
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_uplinks
from tests.bench.matrix_plan import FLAP_S, FLAPS, Fault, Setting, branch

ROOT = Path(__file__).parents[2]
BRANCH = "jakarta"
CLIENTS = 4
#: Generous: what is asked is whether it comes to be, not how soon. How soon is written down.
LEAVES_S, RETURNS_S, DEPLOY_S = 120.0, 180.0, 600.0
Say = Callable[[str], None]
_MISTAKE = re.compile(r"^ +(multiwan_[^:\s]+): saw .*; allowed: (.+)$", re.MULTILINE)


class NotMade(Exception):
    """What should have come to be did not; the text says what was seen instead."""


class Refused(Exception):
    """The collection does not take this branch; the text is its reason."""


@dataclass
class Lab:
    """A deployed lab. ``names``: its lines in the order of their priority."""

    client: LabClient
    setting: Setting
    names: tuple[str, ...]
    say: Say
    #: lines with a fault now
    cut: set[str] = field(default_factory=set)

    def alive(self, dead: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in dead)

    def expected(self, dead: Collection[str]) -> set[str]:
        """Who is to carry new connections."""
        alive = self.alive(dead)
        return set(alive) if self.setting.mode == "balance" else set(alive[:1])


@contextlib.asynccontextmanager
async def lab_for(
    setting: Setting, name: str, folder: Path, *, deploying: asyncio.Lock, say: Say, thresholds: bool
) -> AsyncIterator[Lab]:
    """Raises Refused with the collection's words, NotMade when it fails otherwise."""
    client = LabClient(name)
    uplinks = parse_uplinks(setting.group.uplinks, same_gateway=setting.group.same_gateway)
    topology = Topology(uplinks=uplinks, clients=CLIENTS, version=setting.version, branch=BRANCH)
    await client.down()
    try:
        async with deploying:
            say("starts")
            await client.up(Options(topology, 0, 0, hold=True))
            await _deploy(client, setting, folder, say, thresholds=thresholds)
        lab = Lab(client, setting, tuple(uplink.name for uplink in uplinks), say)
        await settled(lab, (), RETURNS_S)
        yield lab
    finally:
        await client.down()


async def _deploy(client: LabClient, setting: Setting, folder: Path, say: Say, *, thresholds: bool) -> None:
    overlay = yaml.safe_load(client.folder.inventory.read_text(encoding="utf-8"))["all"]["hosts"][BRANCH]
    variables = branch(setting, overlay["lab_uplinks"], thresholds=thresholds)
    extra = folder / f"{client.folder.name}.yml"
    extra.write_text(yaml.safe_dump(variables), encoding="utf-8")
    words = ["-i", "inventory", "-i", str(client.folder.inventory), "playbooks/site.yml", "--limit", BRANCH]
    log = folder / f"{setting.key}.log"
    try:
        await play(
            [*words, "-e", f"@{extra}"],
            host=BRANCH,
            root=ROOT,
            log=log,
            task=lambda task: say(f"site.yml: {task.rpartition(' : ')[2]}"),
        )
    except PlayFailed as error:
        reasons = refusals(log.read_text(encoding="utf-8"))
        if reasons:
            raise Refused("; ".join(reasons)) from None
        raise NotMade(str(error)) from None
    finally:
        extra.unlink()


def refusals(log: str) -> list[str]:
    """What a play says of a branch that it does not take: ``multiwan_probe.loss: nothing on RouterOS 6.49: …``."""
    return [f"{variable}: {allowed}" for variable, allowed in dict.fromkeys(_MISTAKE.findall(log))]


async def settled(lab: Lab, dead: Collection[str], within_s: float) -> float:
    """Seconds until new connections go by those that are to carry them, and none fails. Raises NotMade."""
    begin = time.monotonic()
    wanted = lab.expected(dead)
    while True:
        seen = await lab.client.measure("connections", count=30 * len(lab.names), timeout=2.0)
        split = {name for name, count in seen["split"].items() if count}
        if split == wanted and not seen["failed"]:
            return time.monotonic() - begin
        if time.monotonic() - begin > within_s:
            raise NotMade(
                f"after {within_s:.0f} s new connections go {seen['split']}, {seen['failed']} failed; "
                f"expected {', '.join(sorted(wanted)) or 'none'}"
            )
        await asyncio.sleep(0.5)


def rounds(lab: Lab, lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Which of these lines are hit together."""
    if lab.setting.mode == "failover":
        return [(name,) for name in lines]
    half = len(lab.names) // 2
    first, second = set(lab.names[:half]), set(lab.names[half:])
    found = [tuple(name for name in lines if name in part) for part in (first, second)]
    return [part for part in found if part]


async def hit(lab: Lab, fault: Fault, lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Line -> {"left_s", "back_s"} or {"error"}: the fault on each of these lines."""
    if fault.kind in ("all", "reboot"):
        result = await _tried(_everywhere(lab, fault))
        if lab.setting.mode == "failover" and "error" not in result:
            return await _down_the_priorities(lab, fault, lines)
        return dict.fromkeys(lines, result)
    if lab.setting.mode == "failover":
        down = _down_the_priorities if fault.kind == "renumber" else _one_after_the_other
        return await down(lab, fault, lines)
    found: dict[str, dict[str, Any]] = {}
    for part in rounds(lab, lines) if fault.kind != "renumber" else [tuple(lines)]:
        found |= dict.fromkeys(part, await _tried(_together(lab, fault, part)))
    return found


async def _tried(work: Any) -> dict[str, Any]:
    try:
        return dict(await work)
    except (NotMade, LabError) as error:
        return {"error": str(error)}


async def _break(lab: Lab, fault: Fault, line: str) -> None:
    lab.say(f"{fault.key} of {line}")
    kind = "upstream" if fault.kind in ("flapping", "all") else fault.kind
    await lab.client.cut(line, kind, percent=fault.percent, delay_ms=fault.delay_ms)
    lab.cut.add(line)


async def _mend(lab: Lab, lines: Collection[str] | None = None) -> None:
    """These lines, or all that are broken."""
    for line in sorted(lab.cut if lines is None else lines):
        lab.cut.discard(line)
        await lab.client.heal(line)


async def _together(lab: Lab, fault: Fault, lines: Sequence[str]) -> dict[str, float]:
    """Balance: these lines at once. They are left, and used again when the fault is over."""
    left: dict[str, float] = {}
    try:
        if fault.kind == "flapping":
            await _flap(lab, fault, lines)
        elif fault.kind == "renumber":
            for line in lines:
                lab.say(f"{fault.key} of {line}")
                await _renumber(lab, line)
        else:
            for line in lines:
                await _break(lab, fault, line)
            left = {"left_s": await settled(lab, lines, LEAVES_S)}
    finally:
        await _mend(lab)
    lab.say(f"after {fault.key}")
    return {**left, "back_s": await settled(lab, (), RETURNS_S)}


async def _renumber(lab: Lab, line: str) -> None:
    """A line by DHCP gets another network with another gateway, the others another address."""
    uplink = next(one for one in (await lab.client.status())["uplinks"] if one["name"] == line)
    if uplink["kind"] == "dhcp":
        octet = 200 + int(line.removeprefix("isp"))
        await lab.client.renumber(line, gateway=f"172.20.{octet}.1", address=f"172.20.{octet}.20/24")
    else:
        await lab.client.renumber(line)


async def _flap(lab: Lab, fault: Fault, lines: Sequence[str]) -> None:
    for _ in range(FLAPS):
        for line in lines:
            await _break(lab, fault, line)
        await asyncio.sleep(FLAP_S)
        await _mend(lab, lines)
        await asyncio.sleep(FLAP_S)


async def _one_after_the_other(lab: Lab, fault: Fault, lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Failover: down the priorities, each line while it carries, then up again. The last has nobody behind it.

    So the last is hit alone with all above it dead: it is enough that it carries again.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in lines}
    try:
        for name in lab.names[:-1]:
            if fault.kind == "flapping":
                await _flap(lab, fault, (name,))
            await _break(lab, fault, name)
            found[name] |= await _tried(_left(lab, tuple(lab.cut)))
        last = lab.names[-1]
        await _break(lab, fault, last)
        await asyncio.sleep(FLAP_S)
        for name in reversed(lab.names):
            lab.say(f"after {fault.key} of {name}")
            await _mend(lab, (name,))
            found[name] |= await _tried(_back(lab, tuple(lab.cut)))
    finally:
        await _mend(lab)
    return {name: found[name] for name in lines}


async def _down_the_priorities(lab: Lab, fault: Fault, lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Failover: each line with all above it dead, since only then it carries; these lines are renumbered meanwhile."""
    found: dict[str, dict[str, Any]] = {name: {} for name in lab.names}
    try:
        for name in lab.names:
            if fault.kind == "renumber" and name in lines:
                await settled(lab, tuple(lab.cut), RETURNS_S)
                lab.say(f"{fault.key} of {name}")
                await _renumber(lab, name)
            found[name] |= await _tried(_back(lab, tuple(lab.cut)))
            lab.say(f"{fault.key}: below {name}")
            await lab.client.cut(name, "upstream")
            lab.cut.add(name)
    finally:
        await _mend(lab)
    return {name: found[name] for name in lines}


async def _left(lab: Lab, dead: Collection[str]) -> dict[str, float]:
    return {"left_s": await settled(lab, dead, LEAVES_S)}


async def _back(lab: Lab, dead: Collection[str]) -> dict[str, float]:
    return {"back_s": await settled(lab, dead, RETURNS_S)}


async def _everywhere(lab: Lab, fault: Fault) -> dict[str, float]:
    """All lines dead for a while, or the router rebooted: everything is as before afterwards."""
    try:
        if fault.kind == "reboot":
            lab.say("reboot")
            await lab.client.router_call("/system", "reboot")
            await asyncio.sleep(5.0)
        else:
            for line in lab.names:
                await _break(lab, fault, line)
            await asyncio.sleep(3 * FLAP_S)
    finally:
        await _mend(lab)
    lab.say(f"after {fault.key}")
    return {"back_s": await settled(lab, (), RETURNS_S)}
