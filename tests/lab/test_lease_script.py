# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``mw-lease`` as a deploy leaves it, on the lab's whole control plane: new leases, changed ones, none; killed and
overtaken at every command. What a client would hold is said by the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import menu
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows

from lab.store import Image
from lab.verbs import Caller, Reply
from tests.lab.scriptkill import every_cut, every_overtaking
from tests.lab.test_failover_script import Connections
from tests.unit.lab.services.rig import Rig
from tests.unit.plugins.branches import TOKEN, branch, uplink

VERSIONS = ("6.49", "7.9", "7.12", "7.16", "7.20", "7.22", "7.24")
ROUTES, LISTS, CLIENTS = "/ip/route", "/ip/firewall/address-list", "/ip/dhcp-client"


def raw(version: str) -> dict[str, Any]:
    """A static line, one by DHCP, one by DHCP on a VLAN; private networks are balanced."""
    uplinks = [
        uplink(1),
        {"name": "isp2", "interface": "ether2", "type": "dhcp", "anchors": ["203.0.113.2", "198.51.100.2"]},
        {"name": "isp3", "interface": "ether3", "vlan": 100, "type": "dhcp", "anchors": ["203.0.113.3"]},
    ]
    return {**branch(), "multiwan_uplinks": uplinks, "multiwan_bypass": [], "multiwan_routeros_version": version}


@cache
def deployed(version: str) -> Image:
    rig = Rig(version)
    ports = [("/interface/ethernet", {"name": f"ether{n}", "mac-address": f"02:00:00:00:00:0{n}"}) for n in range(1, 6)]
    bridge: list[tuple[str, dict[str, str]]] = [("/interface/bridge", {"name": "bridge"})]
    rig.store.load([*ports, *bridge])
    plan = assemble(raw(version), name="jakarta")
    for row in sorted(fill_rows(plan.rows, {"telegram_bot_token": TOKEN}), key=lambda row: menu(row.menu).stage):
        values = {name: text for name, text in row.values.items() if isinstance(text, str)}
        rig.store.load([(row.menu, values)])
    return rig.store.image()


class Branch:
    def __init__(self, version: str) -> None:
        self.rig = Rig(version)
        self.rig.store.restore(deployed(version))
        self.rig.services.refresh(self.rig.store.snapshot())

    def leases(self, interface: str, address: str = "", gateway: str = "", status: str = "bound") -> None:
        """What the client of an interface has got, and the address that RouterOS adds for it."""
        for row in self.rig.store.rows(CLIENTS):
            if row.get("interface") == interface:
                self.rig.engine.set_runtime(CLIENTS, row.id, status=status, address=address, gateway=gateway)
        there = {(row.get("address"), row.get("interface")) for row in self.rig.store.rows("/ip/address")}
        if address and (address, interface) not in there:
            self.rig.store.load([("/ip/address", {"address": address, "interface": interface})])

    async def event(self) -> bool:
        """What a client runs; False when it was killed or failed. Which rights it has is not documented: these are
        netwatch's."""
        source = self.rig.store.rows(CLIENTS)[0].get("script")
        return await self.rig.services.scripts.run_event(source, origin="netwatch")

    async def tick(self) -> None:
        row = next(r for r in self.rig.store.rows("/system/scheduler") if r.get("name") == "mw-lease")
        policies = frozenset(row.get("policy").split(","))
        ran = await self.rig.services.scripts.run_event(
            row.get("on-event"), user="multiwan", policies=policies, origin="scheduler:mw-lease"
        )
        assert ran, self.rig.messages[-3:]

    def ways(self, line: str) -> set[str]:
        """Gateways of the enabled routes that leave by a line; each has default, last resort and its anchors."""
        parts = (f":wan:{line}:default]", f":wan:{line}:last-resort]", f":failover:{line}:anchor")
        rows = [r for r in self.rig.store.rows(ROUTES) if any(part in r.get("comment") for part in parts)]
        assert len(rows) >= 3
        enabled = [row for row in rows if row.enabled]
        assert len(enabled) in (0, len(rows)), "all of them or none"
        return {row.get("gateway") for row in enabled}

    def network(self, line: str) -> tuple[list[str], list[str]]:
        """What is directly reachable by the line's table, and what is not balanced for it."""
        routes = [r for r in self.rig.store.rows(ROUTES) if f":wan:{line}:connected]" in r.get("comment") and r.enabled]
        lists = [r for r in self.rig.store.rows(LISTS) if f":pcc:{line}:bypass]" in r.get("comment") and r.enabled]
        return [row.get("dst-address") for row in routes], [row.get("address") for row in lists]

    def errors(self) -> list[str]:
        return [message for topics, message in self.rig.messages if "error" in topics]


async def bound(version: str) -> Branch:
    made = Branch(version)
    made.leases("ether2", "100.70.1.9/24", "100.70.1.1")
    return made


@pytest.mark.parametrize("version", VERSIONS)
async def test_routes_follow_a_lease_as_it_comes_changes_and_ends(version: str) -> None:
    made = Branch(version)
    assert (made.ways("isp2"), made.network("isp2")) == (set(), ([], []))
    made.leases("ether2", "100.70.1.9/24", "100.70.1.1")
    assert await made.event()
    assert made.ways("isp2") == {"100.70.1.1%ether2"}
    assert made.network("isp2") == (["100.70.1.0/24"], ["100.70.1.0/24"])
    assert (made.ways("isp3"), made.network("isp3")) == (set(), ([], []))
    made.leases("ether2", "100.99.0.7/20", "100.99.15.254")
    assert await made.event()
    assert made.ways("isp2") == {"100.99.15.254%ether2"}
    assert made.network("isp2") == (["100.99.0.0/20"], ["100.99.0.0/20"])
    made.leases("ether2", "100.99.0.7/20", "100.99.15.254", status="rebinding...")
    await made.tick()
    assert made.ways("isp2") == {"100.99.15.254%ether2"}, "who asks for more time has its address still"
    made.leases("ether2", status="searching...")
    assert await made.event()
    assert (made.ways("isp2"), made.network("isp2")) == (set(), ([], []))
    assert made.ways("isp1") == {"172.16.1.1%ether1"}
    assert made.errors() == []


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_a_client_that_was_bound_before_the_rows_came_is_found_by_the_clock(version: str) -> None:
    made = await bound(version)
    made.leases("ether3-vlan100", "192.168.1.33/24", "192.168.1.1")
    await made.tick()
    assert made.ways("isp2") == {"100.70.1.1%ether2"}
    assert made.ways("isp3") == {"192.168.1.1%ether3-vlan100"}


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_two_modems_with_the_same_gateway_and_network_have_their_own_routes(version: str) -> None:
    made = Branch(version)
    made.leases("ether2", "192.168.1.100/24", "192.168.1.1")
    made.leases("ether3-vlan100", "192.168.1.101/24", "192.168.1.1")
    await made.tick()
    assert made.ways("isp2") == {"192.168.1.1%ether2"}
    assert made.ways("isp3") == {"192.168.1.1%ether3-vlan100"}
    listed = [*made.network("isp2")[1], *made.network("isp3")[1]]
    assert listed == ["192.168.1.0/24"], "a list holds a network once"
    assert made.errors() == []


async def test_what_is_right_is_not_written_again() -> None:
    made = await bound("7.22")
    await made.tick()
    before = made.rig.store.image()
    await made.tick()
    assert made.rig.store.image() == before


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
async def test_killed_at_any_command_the_next_run_ends_right(version: str) -> None:
    count = 0

    async def fresh() -> Branch:
        return await bound(version)

    async def event(made: Branch) -> Any:
        return await made.event()

    async for made, found in every_cut(fresh, event, which="writing"):
        count += 1
        await made.tick()
        assert made.ways("isp2") == {"100.70.1.1%ether2"}, found.next
        assert made.network("isp2") == (["100.70.1.0/24"], ["100.70.1.0/24"]), found.next
    assert count > 4


async def test_overtaken_at_any_command_both_runs_end_right() -> None:
    count = 0

    async def fresh() -> Branch:
        return await bound("7.22")

    async def event(made: Branch) -> Any:
        return await made.event()

    async for made, found in every_overtaking(fresh, event, which="touching"):
        count += 1
        assert made.ways("isp2") == {"100.70.1.1%ether2"}, found.next
        assert made.errors() == [], found.next
    assert count > 10


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_a_dead_line_forgets_its_connections_by_the_address_that_it_has_now(version: str) -> None:
    """Those of the router itself bear no mark: their answers go to its address, which no plan knows."""
    made = await bound(version)
    connections = Connections()
    made.rig.engine.virtual["/ip/firewall/connection"] = connections
    made.rig.engine.actions["/", "ping"] = silence
    for row in made.rig.store.rows("/system/scheduler"):
        made.rig.engine.set_runtime("/system/scheduler", row.id, run_count="5")
    for mark, source, target in (
        ("mw-isp2", "198.51.100.9", "192.168.10.9"),
        ("mw-isp2", "100.70.1.9:8729", "198.51.100.7"),
        ("", "198.51.100.9", "100.70.1.9:51820"),
        ("", "198.51.100.9", "100.70.1.99:51820"),
        ("mw-isp1", "198.51.100.9", "192.168.10.9"),
    ):
        connections.all[len(connections.all) + 1] = {
            "connection-mark": mark,
            "reply-src-address": source,
            "reply-dst-address": target,
        }
    for row in made.rig.store.rows("/tool/netwatch"):
        dead = ":isp2:" in row.get("comment")
        answers = {"status": "down" if dead else "up", "sent_count": "3", "response_count": "0" if dead else "3"}
        made.rig.engine.set_runtime("/tool/netwatch", row.id, **answers)
    source = made.rig.store.rows("/tool/netwatch")[0].get("down-script")
    assert await made.rig.services.scripts.run_event(source, origin="netwatch")
    assert sorted(connections.all) == [2, 4, 5], "the administrator's, another address, another line"
    assert made.errors() == []


async def silence(args: Mapping[str, str], caller: Caller) -> Reply:
    return Reply(rows=({"seq": "0", "status": "timeout", "sent": args["count"], "received": "0"},))
