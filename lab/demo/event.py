# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event, one act after the other: what ``./dev demo stage`` shows, from a router in its box to the report."""

from __future__ import annotations

import asyncio
import datetime
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from lab.demo.branch import branch_from, host_variables, mbit
from lab.demo.event_record import Drill, Event, Leases, Scan, Share, Switch
from lab.demo.event_verdict import TCP_PART, judge
from lab.demo.event_world import DEVICES, EventLab
from lab.demo.stage import Stage

#: Seconds of a measured share.
SHARES_S, SHORT_SHARES_S = 6.0, 3.0
#: The stream runs alone for so long before and after something is done to it.
AROUND_S = 2.0
#: New connections of the crew while both lines are used.
CONNECTIONS = 200
#: In the short form a line that was dead is used again sooner.
QUICK = {"multiwan_probe": {"good_checks": 3}}
TOLD_WITHIN_S = 60.0


@dataclass
class Show:
    """``stage`` with the lab of the event. ``reports``: where pages go; ``short``: for a test."""

    stage: Stage
    lab: EventLab
    reports: Path
    short: bool

    async def play(self, name: str, *words: str, playbook: str = "site") -> int:
        """How many tasks changed something."""
        return (
            await self.stage.play(name, *words, "-e", f"@{self.stage.folder / 'fleet.yml'}", playbook=playbook)
        ).changed


async def tell(show: Show) -> Event:
    """The lab must not be up; the caller takes it down."""
    stage = show.stage
    await unpack(show)
    variables = await host_variables(stage.host, stage.inventories, stage.root)
    stage.screen.branch(branch_from(stage.host, variables))
    async with stage.watching():
        again = await deploy(show)
        leases = await networks(show)
        scan = await guests_scan(show)
        shares = await limits(show, variables)
        switch = await switch_modes(show)
        drill = await rehearse(show)
    event = Event(
        began=datetime.datetime.fromtimestamp(stage.began, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        seconds=stage.now(),
        short=show.short,
        changed_again=again,
        leases=leases,
        scan=scan,
        shares=shares,
        switch=switch,
        drill=drill,
        steps=tuple(stage.steps),
        chat=tuple(stage.chat),
    )
    return replace(event, checks=tuple(judge(event)))


async def unpack(show: Show) -> None:
    stage = show.stage
    async with stage.act("up", "Out of the box: a router, two providers, a switch with three networks") as act:
        # a demo that was killed leaves its lab behind; nobody else uses this name while we hold the lock
        await show.lab.client.down()
        paths = await show.lab.up(stage.screen.note)
        stage.inventories = ("inventory", str(paths["inventory"]))
        await show.lab.name_servers()
        fleet = {
            "multiwan_ca_folder": str(stage.folder / "fleet-ca"),
            "multiwan_ca_passphrase": "for this run only",
            "multiwan_ssh_known_hosts": str(paths["known_hosts"]),
            "drill_reports": str(show.reports),
            **(QUICK if show.short else {}),
        }
        shutil.rmtree(stage.folder / "fleet-ca", ignore_errors=True)
        (stage.folder / "fleet.yml").write_text(yaml.safe_dump(fleet), encoding="utf-8")
        act.found = f"only SSH answers, port {paths['ssh_port']}"


async def deploy(show: Show) -> int:
    stage = show.stage
    async with stage.act("bootstrap", "bootstrap.yml: from SSH to API-SSL") as act:
        changed = await show.play("1-bootstrap", playbook="bootstrap")
        act.found = f"changed={changed}"
    async with stage.act("deploy", "site.yml, and again") as act:
        await show.play("2-site")
        writes = await show.lab.writes()
        again = await show.play("3-again")
        act.found = f"second run: changed={again}, {await show.lab.writes() - writes} writes"
        return again


async def networks(show: Show) -> dict[str, Leases]:
    async with show.stage.act("networks", "Stream, crew and guests plug in: leases and internet") as act:
        found = {segment: await show.lab.leases(segment) for segment in DEVICES}
        act.found = ", ".join(f"{name} {item.given} of {item.wanted}" for name, item in found.items())
        return found


async def guests_scan(show: Show) -> Scan:
    async with show.stage.act("scan", "A guest scans ports: the router, the other networks, the modems") as act:
        found = await show.lab.scan(short=show.short)
        act.found = f"{found.probes} probes, {len(found.found)} got through beside the internet"
        return found


async def limits(show: Show, variables: dict[str, Any]) -> tuple[Share, ...]:
    async with show.stage.act("limits", "Everybody wants everything") as act:
        seconds = SHORT_SHARES_S if show.short else SHARES_S
        said = {item["name"]: item["bandwidth"] for item in variables["multiwan_segments"]}
        found: list[Share] = []
        up = "stream:up:flood=6M,crew:up:clients=3:flood=20M,guests:up:clients=6:flood=20M"
        down = "crew:down:clients=3:flows=2,guests:down:clients=6"
        for groups in (up, down):
            show.stage.screen.note(groups)
            found += [_share(group, said) for group in await show.lab.shares(groups, seconds)]
        act.found = ", ".join(f"{item.segment} {item.direction} {item.mbit:.2f}" for item in found) + " Mbit/s"
        return tuple(found)


def _share(group: Mapping[str, Any], said: Mapping[str, Any]) -> Share:
    segment, way = str(group["place"]), f"{group['direction']}load"
    bandwidth = said[segment]
    limit = bandwidth.get(way)
    guaranteed = mbit((bandwidth.get("guaranteed") or {}).get(way, 0))
    part = TCP_PART if group["kind"] == "tcp" else 1.0
    return Share(
        segment=segment,
        direction=str(group["direction"]),
        mbit=float(group["goodput_mbit"]),
        ideal_mbit=mbit(limit) * part if limit else 0.0,
        fairness=float(group["fairness"]),
        guaranteed_mbit=guaranteed * part,
        limited=bool(limit),
    )


async def switch_modes(show: Show) -> Switch:
    async with show.stage.act("switch", "multiwan_mode=balance and back, while the stream runs") as act:
        async with show.lab.streaming("switch") as stream:
            await asyncio.sleep(AROUND_S)
            await show.play("4-balance", "-e", "multiwan_mode=balance")
            split = await show.lab.crew_split(CONNECTIONS)
            await show.play("5-failover", "-e", "multiwan_mode=failover")
            await asyncio.sleep(AROUND_S)
            seen = await stream.ended()
        act.found = f"{seen.lost} of {seen.sent} packets lost, moved {seen.moved} times"
        return Switch(seen, split)


async def rehearse(show: Show) -> Drill:
    """Exit code and report are the playbook's; the stream is counted beside it."""
    stage = show.stage
    words = ["-e", json.dumps({"drill_uplinks": ["isp1"]})] if show.short else []
    async with stage.act("drill", "drill.yml: each provider dies on purpose, while the stream runs") as act:
        since = stage.now()
        old = set(show.reports.glob("stage-drill-*.json"))
        async with show.lab.streaming("drill") as stream:
            await show.play("6-drill", *words, playbook="drill")
            seen = await stream.ended()
        (data,) = set(show.reports.glob("stage-drill-*.json")) - old
        report = json.loads(data.read_text(encoding="utf-8"))
        told = await stage.message_with("latihan gangguan dimulai", since_s=since, timeout_s=TOLD_WITHIN_S)
        lines = tuple({key: value for key, value in line.items() if key != "samples"} for line in report["uplinks"])
        act.found = "; ".join(
            f"{line['label']}: {line['without_internet_s']} s without internet, back after {line['used_again_s']} s"
            for line in lines
        )
        return Drill(bool(report["ok"]), lines, seen, data.with_suffix(".html").name, told is not None)
