# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of any text on a router of the lab whose scripts run: messages say exactly them, and nothing of them runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from hypothesis import HealthCheck, Phase, given, settings

from lab.store import Trap
from lab.verbs import Caller, Reply
from tests.unit.lab.services.rig import Rig
from tests.versions.any_text import CANARY, LABELS, on_plain_ports
from tests.versions.test_any_text import filled, said

VERSIONS = ("6.49", "7.22")
LISTS, ROUTES, WATCHES = "/ip/firewall/address-list", "/ip/route", "/tool/netwatch"
ALERTS, SCHEDULER = "/ip/dhcp-server/alert", "/system/scheduler"
MAC, IP = "DC:2C:6E:81:CF:34", "192.168.10.66"
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


async def _no_time(_seconds: float) -> None:
    """Waits are not waited for here."""


class Branch:
    """A router with the plan's rows. ``sent``: what its scripts posted, URL-decoded."""

    def __init__(self, raw: Mapping[str, Any], version: str, name: str) -> None:
        self.rig = Rig(version)
        store = self.rig.store
        store.load([("/interface/ethernet", {"name": f"ether{number}"}) for number in (1, 2)])
        store.load([("/interface/bridge", {"name": "bridge"})])
        store.load([("/interface/vlan", {"name": "vlan20", "interface": "ether1", "vlan-id": "20"})])
        for row in filled(assemble(raw, name=name)):
            values = {key: text for key, text in row.values.items() if key != "valid-server"}
            store.load([(row.menu, values)])
        self.rig.engine.actions["/", "ping"] = self._ping
        self.rig.engine.actions["/tool", "fetch"] = self._fetch
        self.rig.services.refresh(store.snapshot())
        self.rig.services.interpreter._sleep = _no_time
        for row in store.rows(SCHEDULER):
            self.rig.engine.set_runtime(SCHEDULER, row.id, run_count="5")
        store.journal.clear()
        self.held = self._configuration()
        self.sent: list[str] = []

    async def _ping(self, args: Mapping[str, str], _caller: Caller) -> Reply:
        return Reply(rows=({"seq": "0", "status": "timeout", "sent": args["count"], "received": "0"},))

    async def _fetch(self, args: Mapping[str, str], _caller: Caller) -> Reply:
        (text,) = parse_qs(args["http-data"], strict_parsing=True)["text"]
        self.sent.append(text)
        return Reply()

    def _configuration(self) -> dict[str, list[dict[str, str]]]:
        """All that is stored, but for gates, which scripts open and close."""
        menus = self.rig.store.schema.menus
        return {
            path: [
                {key: text for key, text in row.values.items() if key != "disabled" or path != ROUTES} for row in rows
            ]
            for path in menus
            if (rows := [row for row in self.rig.store.rows(path) if not row.dynamic])
        }

    async def run(self, event: str, origin: str) -> None:
        assert await self.rig.services.scripts.run_event(event, user="admin", origin=origin), self.rig.messages[-3:]

    async def tick(self, name: str) -> None:
        (row,) = [row for row in self.rig.store.rows(SCHEDULER) if row.get("name") == name]
        policies = frozenset(row.get("policy").split(","))
        event, origin = row.get("on-event"), f"scheduler:{name}"
        ran = await self.rig.services.scripts.run_event(event, user="multiwan", policies=policies, origin=origin)
        assert ran, self.rig.messages[-3:]

    def says(self, **lines: str) -> None:
        for row in self.rig.store.rows(WATCHES):
            for line, status in lines.items():
                if f":{line}:probe" in row.get("comment"):
                    got = "10" if status == "up" else "0"
                    state = {"status": status, "sent_count": "10", "response_count": got}
                    self.rig.engine.set_runtime(WATCHES, row.id, **state)

    async def outage(self) -> None:
        """The first line dies and comes back, the second one is never touched."""
        self.says(isp1="up", isp2="up")
        event = self.rig.store.rows(WATCHES)[0].get("down-script")
        await self.run(event, "netwatch")
        self.says(isp1="down")
        await self.run(event, "netwatch")
        await self._send()
        self.says(isp1="up")
        for _ in range(4):
            await self.later(15)
            await self.tick("mw-failover")
        await self._send()

    async def rogue(self) -> None:
        """A foreign DHCP server behind every segment, and then none."""
        for row in self.rig.store.rows(ALERTS):
            self.rig.services.log.write(
                "dhcp,critical,error,warning,info,debug",
                f"dhcp alert on {row.get('interface')}:\n    discovered unknown dhcp server, mac {MAC}, ip {IP}",
            )
            self.rig.engine.set_runtime(ALERTS, row.id, unknown_server=MAC)
            await self.run(row.get("on-alert"), "dhcp-alert")
            await self._send()
            self.rig.engine.set_runtime(ALERTS, row.id, unknown_server="")
            await self.later(200)
            await self.tick("mw-dhcp-alert")
            await self._send()

    async def later(self, seconds: float) -> None:
        self.rig.now += seconds
        await self.rig.engine.expire()

    async def _send(self) -> None:
        await self.tick("mw-outbox")
        await self.later(65)

    def strange(self) -> list[str]:
        """What the scripts wrote besides their own lists and the gates; what they logged that they should not."""
        own = {f"multiwan:failover:isp1:gate{number}" for number in (1, 2)}
        gates = {f"*{row.id:X}" for row in self.rig.store.rows(ROUTES) if any(tag in row.get("comment") for tag in own)}
        found = []
        for entry in self.rig.store.journal:
            to_lists = entry.menu == LISTS and entry.command in ("add", "remove")
            named = entry.args.get("list", "mw-")
            to_gates = entry.menu == ROUTES and set(entry.args) == {"disabled", ".id"} and entry.command == "set"
            ids = set((entry.args.get(".id") or entry.args.get("numbers", "")).replace(";", ",").split(","))
            if not (to_lists and named.startswith("mw-")) and not (to_gates and ids <= gates):
                found.append(f"{entry.menu}/{entry.command} {dict(entry.args)}")
        found += [
            f"{menu} holds {CANARY}" for menu, rows in self._configuration().items() if rows != self.held.get(menu)
        ]
        return [*found, *(message for topics, message in self.rig.messages if topics == "script,error")]


@pytest.mark.parametrize("version", VERSIONS)
@SETTINGS
@given(line=LABELS, segment=LABELS, guests=LABELS, name=LABELS)
def test_messages_say_exactly_the_labels_and_nothing_of_them_runs(
    version: str, line: str, segment: str, guests: str, name: str
) -> None:
    raw = on_plain_ports(said(version))
    raw["multiwan_uplinks"][0]["label"] = line
    raw["multiwan_segments"][0]["label"], raw["multiwan_segments"][1]["label"] = segment, guests

    async def days() -> Branch:
        branch = Branch(raw, version, name)
        try:
            await branch.outage()
            await branch.rogue()
        finally:
            branch.rig.engine.stop()
        return branch

    branch = asyncio.run(days())
    begins = [
        f"Branch {name}: internet line {line} is down\n",
        f"Branch {name}: internet line {line} is back\n",
        f"Branch {name}: rogue DHCP server found\nInterface: bridge ({segment})\nMAC: {MAC}\nIP: {IP}\n",
        f"Branch {name}: rogue DHCP server is gone\nInterface: bridge ({segment})\nMAC: {MAC}\n",
        f"Branch {name}: rogue DHCP server found\nInterface: vlan20 ({guests})\nMAC: {MAC}\nIP: {IP}\n",
        f"Branch {name}: rogue DHCP server is gone\nInterface: vlan20 ({guests})\nMAC: {MAC}\n",
    ]
    assert branch.strange() == []
    assert [text[: len(begin)] for text, begin in zip(branch.sent, begins, strict=True)] == begins


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_text_that_ran_would_be_noticed(version: str) -> None:
    """The judge above, on a script into which a text was put without quoting."""
    branch = Branch(on_plain_ports(said(version)), version, "jakarta")
    text = f'"; /ip firewall address-list add list={CANARY} address=192.0.2.99; :put "'
    await branch.run(f':put "Modem {text}"', "netwatch")
    branch.rig.engine.stop()
    assert len(branch.strange()) == 2
    with pytest.raises(Trap):
        await branch.rig.call("/nowhere", "print")
