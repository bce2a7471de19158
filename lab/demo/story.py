# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo, one act after the other. Reads as the table of contents of what ``./dev demo`` shows."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

import yaml

from lab.demo import facts
from lab.demo.branch import branch_from, host_variables
from lab.demo.fault import failover
from lab.demo.record import Branch, CheckMode, Message, Rates, Record, Rogue, SecondRun, Split, Traffic
from lab.demo.stage import Stage
from lab.demo.sums import macs, rates, shares
from lab.demo.verdict import CONNECTIONS, judge
from lab.demo.world import named_in

#: The rogue server of the paper.
ROGUE_MAC = "DC:2C:6E:81:CF:34"
#: From plugging in: RouterOS asks around once a minute, and a message that could not be sent waits for one more.
ROGUE_TIMEOUT_S = 150.0
RUNS = 3
TRAFFIC = Traffic(clients=8, flows=32, warmup_s=1.5, window_s=3.0)
CONNECTIONS_WANTED = CONNECTIONS + 400


@dataclass
class Plugged:
    """The rogue server while its message is awaited."""

    at_s: float
    message: asyncio.Task[Message | None]


async def tell(stage: Stage) -> Record:
    """Everything from the fresh router to the verdict. The lab must not be up; the caller takes it down."""
    await lab_up(stage)
    variables = await host_variables(stage.host, stage.inventories, stage.root)
    branch = branch_from(stage.host, variables)
    stage.screen.branch(branch)
    preview = await check_mode(stage)
    async with stage.watching():
        single = await one_line(stage, branch, variables)
        plugged = await plug_in(stage)
        try:
            both = await all_lines(stage, branch)
            second = await second_run(stage)
            split = await connections(stage, branch)
            fault = await failover(stage, branch, TRAFFIC)
            rogue = await rogue_reported(stage, plugged)
        finally:
            plugged.message.cancel()
    record = Record(
        **await facts.of(stage.root, stage.lab, stage.began),
        seconds=stage.now(),
        branch=branch,
        traffic=TRAFFIC,
        steps=tuple(stage.steps),
        single_uplink=branch.uplinks[0].name,
        single=single,
        both=both,
        split=split,
        failover=fault,
        rogue=rogue,
        second_run=second,
        check_mode=preview,
        chat=tuple(stage.chat),
        samples=tuple(stage.samples),
        moments=tuple(sorted(stage.moments, key=lambda moment: moment.at_s)),
    )
    return facts.judged(record, judge(record))


async def lab_up(stage: Stage) -> None:
    async with stage.act("up", "Lab up: an emulated router, two ISPs, an internet") as act:
        # a demo that was killed leaves its lab behind; nobody else uses this name while we hold the lock
        await stage.lab.client.down()
        paths = await stage.lab.up(stage.screen.note)
        stage.inventories = ("inventory", str(paths["inventory"]))
        act.found = f"API on 127.0.0.1:{paths['api_ssl_port']}"


async def check_mode(stage: Stage) -> CheckMode:
    async with stage.act("check", "ansible-playbook site.yml --check --diff, fresh router") as act:
        before, writes = await stage.lab.configuration(), await stage.lab.writes()
        played = await stage.play("1-check", "--check", "--diff")
        same = await stage.lab.configuration() == before and await stage.lab.writes() == writes
        act.found = f"{played.announced} rows announced, " + ("nothing written" if same else "ROUTER CHANGED")
        return CheckMode(changed_router=not same, announced=played.announced)


async def one_line(stage: Stage, branch: Branch, variables: dict[str, Any]) -> Rates:
    first = branch.uplinks[0]
    extra = stage.folder / "single.yml"
    extra.write_text(yaml.safe_dump({"multiwan_uplinks": variables["multiwan_uplinks"][:1]}), encoding="utf-8")
    async with stage.act("single", f"Today: {first.label} alone") as act:
        await stage.play("2-single", "-e", f"@{extra}")
        stage.mark("single", f"{first.label} alone")
        found = await throughput(stage)
        act.found = f"{found.down:.2f} down, {found.up:.2f} up Mbit/s"
        return found


async def all_lines(stage: Stage, branch: Branch) -> Rates:
    words = " + ".join(uplink.label for uplink in branch.uplinks)
    async with stage.act("both", f"site.yml: {words}") as act:
        await stage.play("3-both")
        stage.mark("both", words)
        found = await throughput(stage)
        act.found = f"{found.down:.2f} down, {found.up:.2f} up Mbit/s"
        return found


async def throughput(stage: Stage) -> Rates:
    measured: dict[str, list[float]] = {"down": [], "up": []}
    for way, runs in measured.items():
        for number in range(1, RUNS + 1):
            stage.screen.note(f"{way}load, run {number} of {RUNS}: {TRAFFIC.flows} flows of {TRAFFIC.clients} clients")
            runs.append(await stage.lab.throughput(way, TRAFFIC))
    return rates(measured["down"], measured["up"])


async def second_run(stage: Stage) -> SecondRun:
    async with stage.act("second", "site.yml again") as act:
        writes = await stage.lab.writes()
        played = await stage.play("4-second")
        found = SecondRun(changed=played.changed, writes=await stage.lab.writes() - writes)
        act.found = f"changed={found.changed}, {found.writes} writes"
        return found


async def plug_in(stage: Stage) -> Plugged:
    """Somebody plugs in a DHCP server. The router, which asks around once a minute, finds it while we measure on."""
    since = stage.mark("rogue", "rogue DHCP server")
    await stage.lab.client.rogue(True, mac=ROGUE_MAC)
    awaited = stage.message_with(ROGUE_MAC, since_s=since, timeout_s=ROGUE_TIMEOUT_S)
    return Plugged(since, asyncio.create_task(awaited))


async def connections(stage: Stage, branch: Branch) -> Split:
    async with stage.act("split", f"{CONNECTIONS_WANTED} new connections, counted at the ISPs") as act:
        stage.mark("split", "new connections")
        counts, failed = await stage.lab.connections(CONNECTIONS_WANTED)
        wanted = shares({uplink.name: uplink.weight for uplink in branch.uplinks})
        split = Split({name: counts.get(name, 0) for name in wanted}, wanted)
        act.found = " : ".join(f"{split.share(name) * 100:.1f} %" for name in wanted)
        act.found += f", {failed} failed" if failed else ""
        return split


async def rogue_reported(stage: Stage, plugged: Plugged) -> Rogue:
    async with stage.act("rogue", f"Rogue DHCP server {ROGUE_MAC}: the chat") as act:
        message = await plugged.message
        names = await stage.lab.interfaces()
        await stage.lab.client.rogue(False)
        if message is None:
            act.found = f"no message in {ROGUE_TIMEOUT_S:.0f} s"
            return Rogue(ROGUE_MAC, None, None, None, None)
        seconds = message.at_s - plugged.at_s
        interface = named_in(message.text, names)
        act.found = f"told after {seconds:.1f} s, interface {interface}"
        return Rogue(ROGUE_MAC, next(iter(macs(message.text)), None), interface, seconds, message.text)


async def take_down(stage: Stage) -> None:
    """Never interrupted: a second Ctrl-C waits too."""
    task = asyncio.create_task(stage.lab.client.down())
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)
    task.result()
