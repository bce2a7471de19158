# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VLANs of the branch: trunk and access ports, who meets whom, DHCP on each, rogue servers, and what a scan finds."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lab.world import state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_vlans

pytestmark = pytest.mark.lab
VLANS = "stream=10,guests=30"
TRUNK = "ether5"
ACCESS = {10: "ether6", 30: "ether7"}
ONLY_UNTAGGED = "admit-only-untagged-and-priority-tagged"
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    """A branch with two VLANs as its manual would set them up, and one line."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("segments")
        asyncio.run(lab.up(Options(Topology(clients=4, vlans=parse_vlans(VLANS)), 0, 0)))
        try:
            asyncio.run(_set_up(lab))
            yield lab
        finally:
            asyncio.run(lab.down())


async def call(lab: LabClient, menu: str, command: str, **args: str) -> Any:
    return await lab.router_call(menu, command, {name.replace("_", "-"): value for name, value in args.items()})


async def row(lab: LabClient, menu: str, **values: str) -> dict[str, str]:
    """The one row with these values."""
    named = {name.replace("_", "-"): value for name, value in values.items()}
    rows = (await lab.router_call(menu, "print"))["rows"]
    (found,) = [one for one in rows if named.items() <= one.items()]
    return dict(found)


async def change(lab: LabClient, menu: str, which: dict[str, str], **values: str) -> None:
    await call(lab, menu, "set", **{".id": (await row(lab, menu, **which))[".id"], **values})


async def _set_up(lab: LabClient) -> None:
    for vid, name in ((10, "stream"), (30, "guests")):
        await call(lab, "/interface/vlan", "add", name=name, vlan_id=str(vid), interface="bridge")
        await call(lab, "/ip/address", "add", address=f"10.0.{vid}.1/24", interface=name)
        await call(lab, "/interface/bridge/vlan", "add", bridge="bridge", tagged=f"bridge,{TRUNK}", vlan_ids=str(vid))
        await change(
            lab, "/interface/bridge/port", {"interface": ACCESS[vid]}, pvid=str(vid), frame_types=ONLY_UNTAGGED
        )
        await call(lab, "/ip/pool", "add", name=name, ranges=f"10.0.{vid}.100-10.0.{vid}.199")
        await call(lab, "/ip/dhcp-server/network", "add", address=f"10.0.{vid}.0/24", gateway=f"10.0.{vid}.1")
        await call(lab, "/ip/dhcp-server", "add", name=name, interface=name, address_pool=name, disabled="no")
    await call(lab, "/interface/bridge", "set", numbers="bridge", vlan_filtering="yes")
    await call(lab, "/ip/address", "add", address="192.168.1.2/24", interface="ether1")
    await call(lab, "/ip/route", "add", dst_address="0.0.0.0/0", gateway="192.168.1.1")
    await call(lab, "/ip/firewall/nat", "add", chain="srcnat", action="masquerade", out_interface="ether1")


async def reaches(lab: LabClient, place: str, address: str) -> bool:
    """Does an echo from a host of this place come back?"""
    found = await lab.measure("scan", segment=place, targets=address, tcp="", udp="", timeout=1.0)
    return any(one["protocol"] == "icmp" for one in found["reached"])


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """What the condition gives, once it gives something."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if found := await condition():
                return found
            await asyncio.sleep(0.1)


@pytest.fixture
async def rogues(branch: LabClient) -> AsyncIterator[LabClient]:
    yield branch
    await branch.rogue(False)


async def test_the_hosts_of_a_vlan_meet_its_router_and_one_another(branch: LabClient) -> None:
    for vid, other in ((10, 30), (30, 10)):
        for place in (f"vlan{vid}", f"access{vid}"):
            assert await reaches(branch, place, f"10.0.{vid}.1")
            assert await reaches(branch, place, f"10.0.{other}.60")  # routed: nothing forbids it yet
        assert await reaches(branch, f"vlan{vid}", f"10.0.{vid}.60")
    hosts = await _of(branch, "/interface/bridge/host", vid="10", on_interface=TRUNK, local="false")
    assert {one["bridge"] for one in hosts} == {"bridge"}


@dataclass(frozen=True)
class Mistake:
    """A row set wrongly: ``cut`` no longer reaches its router, ``kept`` still does."""

    menu: str
    which: dict[str, str]
    wrong: dict[str, str]
    right: dict[str, str]
    cut: str
    kept: str = ""


TABLE_ROW = {"vlan-ids": "30", "dynamic": "false"}
MISTAKES = {
    "trunk not tagged": Mistake(
        "bridge/vlan", TABLE_ROW, {"tagged": "bridge"}, {"tagged": f"bridge,{TRUNK}"}, "vlan30", "access30"
    ),
    "another pvid": Mistake(
        "bridge/port", {"interface": "ether7"}, {"pvid": "10"}, {"pvid": "30"}, "access30", "vlan30"
    ),
    "no tags on the trunk": Mistake(
        "bridge/port",
        {"interface": TRUNK},
        {"frame-types": ONLY_UNTAGGED},
        {"frame-types": "admit-all"},
        "vlan30",
        "access30",
    ),
    "port disabled": Mistake(
        "bridge/port", {"interface": "ether7"}, {"disabled": "yes"}, {"disabled": "no"}, "access30", "vlan30"
    ),
    "interface of another id": Mistake("vlan", {"name": "guests"}, {"vlan-id": "31"}, {"vlan-id": "30"}, "vlan30"),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_a_wrong_set_up_cuts_people_off_until_it_is_mended(branch: LabClient, name: str) -> None:
    case = MISTAKES[name]
    menu = f"/interface/{case.menu}"
    number = (await row(branch, menu, **case.which))[".id"]
    await branch.router_call(menu, "set", {".id": number, **case.wrong})
    assert not await reaches(branch, case.cut, "10.0.30.1")
    assert not case.kept or await reaches(branch, case.kept, "10.0.30.1")
    await branch.router_call(menu, "set", {".id": number, **case.right})
    assert await reaches(branch, case.cut, "10.0.30.1")


async def test_each_vlan_has_its_dhcp_server_and_static_leases(branch: LabClient) -> None:
    menu = "/ip/dhcp-server/lease"
    script = ':log info "lease $leaseBound $leaseServerName $leaseActMAC $leaseActIP"'
    await change(branch, "/ip/dhcp-server", {"name": "stream"}, **{"lease-script": script})
    await call(branch, menu, "add", mac_address="02:00:00:00:00:77", address="10.0.10.77", server="stream")
    waiting = await row(branch, menu, mac_address="02:00:00:00:00:77")
    assert (waiting["status"], waiting["last-seen"]) == ("waiting", "never")
    found = await branch.lease("access10", mac="02:00:00:00:00:77", keep=False)
    assert [(one["address"], one["gateway"]) for one in found["leases"]] == [("10.0.10.77", "10.0.10.1")]
    bound = await until(lambda: _of(branch, menu, mac_address="02:00:00:00:00:77", status="bound"))
    assert bound[0]["active-address"] == "10.0.10.77"
    assert bound[0]["dynamic"] == "false"
    found = await branch.lease("vlan10", count=3, keep=False)
    assert {one["address"].rpartition(".")[0] for one in found["leases"]} == {"10.0.10"}
    dynamic = await until(lambda: _of(branch, menu, server="stream", dynamic="true"))
    assert len(dynamic) == 3
    mac, address = dynamic[0]["mac-address"], dynamic[0]["address"]
    assert await until(lambda: _of(branch, "/log", message=f"lease 1 stream {mac} {address}"))
    await call(branch, menu, "remove", **{".id": dynamic[0][".id"]})
    assert not await _of(branch, menu, mac_address=mac)
    assert await until(lambda: _of(branch, "/log", message=f"lease 0 stream {mac} {address}"))
    (other,) = (await branch.lease("access30", keep=False))["leases"]
    assert (other["address"].startswith("10.0.30."), other["gateway"]) == (True, "10.0.30.1")


async def _of(lab: LabClient, menu: str, **values: str) -> list[dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    rows = (await lab.router_call(menu, "print"))["rows"]
    return [one for one in rows if named.items() <= one.items()]


@pytest.mark.parametrize(("place", "port"), [("access30", "ether7"), ("vlan30", TRUNK)])
async def test_a_rogue_server_is_found_with_its_segment_and_its_port(rogues: LabClient, place: str, port: str) -> None:
    lab = rogues
    mac = f"02:00:00:00:0A:{'01' if place == 'vlan30' else '02'}"
    # in a where, $"mac-address" would be the property of the row itself
    source = (
        ':local rogue $"mac-address"; :log warning ("rogue on $interface at " . '
        "[/interface/bridge/host get [find where mac-address=$rogue and local=no] on-interface])"
    )
    event = await lab.rogue(True, mac=mac, at=place)
    assert (event["segment"], event["port"]) == ("guests", port)
    # the row asks at once, and then each minute
    await call(lab, "/ip/dhcp-server/alert", "add", interface="guests", on_alert=source, disabled="no")
    number = (await row(lab, "/ip/dhcp-server/alert", interface="guests"))[".id"]
    assert await until(lambda: _of(lab, "/ip/dhcp-server/alert", unknown_server=mac))
    assert await until(lambda: _of(lab, "/log", message=f"rogue on guests at {port}"))
    await call(lab, "/ip/dhcp-server/alert", "remove", **{".id": number})


async def test_snooping_stops_offers_from_ports_that_are_not_trusted(rogues: LabClient) -> None:
    lab = rogues
    await lab.rogue(True, mac="02:00:00:00:0B:01", at="access30")

    clients = itertools.count(1)

    async def offers() -> set[str]:
        """Of a new client on the trunk; the rogue thinks for 3 s before it answers."""
        found = await lab.lease("vlan30", mac=f"02:00:00:00:0C:{next(clients):02X}", keep=False, listen_s=4)
        return {one["server"] for one in found["leases"][0]["offers"]}

    async def both() -> bool:
        return await offers() == {"10.0.30.1", "192.168.100.1"}

    assert await until(both)
    await call(lab, "/interface/bridge", "set", numbers="bridge", dhcp_snooping="yes")
    assert await offers() == {"10.0.30.1"}
    await change(lab, "/interface/bridge/port", {"interface": "ether7"}, trusted="yes")
    assert await until(both)
    await change(lab, "/interface/bridge/port", {"interface": "ether7"}, trusted="no")
    await call(lab, "/interface/bridge", "set", numbers="bridge", dhcp_snooping="no")


async def test_a_scan_tells_what_guests_reach_and_raw_rules_count_what_they_drop(branch: LabClient) -> None:
    async def reached() -> set[str]:
        found = await branch.measure("scan", segment="guests", tcp="22,80", udp="53", timeout=1.0)
        assert {one["what"] for one in found["probes"]} >= {"router on stream", "vlan10 on stream", "client on lan"}
        return {one["what"] for one in found["reached"]}

    assert await reached() >= {"router on stream", "vlan10 on stream", "access10 on stream", "internet"}
    raw = "/ip/firewall/raw"
    for values in (
        {"chain": "prerouting", "in-interface": "guests", "action": "jump", "jump-target": "guests"},
        {"chain": "guests", "dst-address": "10.0.30.0/24", "action": "return"},
        {"chain": "guests", "dst-address": "10.0.0.0/8", "action": "drop", "comment": "other segments"},
        {"chain": "guests", "dst-address-list": "private", "action": "drop"},
    ):
        await branch.router_call(raw, "add", values)
    await call(branch, "/ip/firewall/address-list", "add", list="private", address="192.168.0.0/16")
    assert await reached() == {"router on guests", "access30 on guests", "internet"}
    assert int((await row(branch, raw, comment="other segments"))["packets"]) > 0
    for one in (await branch.router_call(raw, "print"))["rows"]:
        await call(branch, raw, "remove", **{".id": one[".id"]})
    figures = await branch.measure("throughput", segment="guests", seconds=2, flows=4)
    assert figures["goodput_mbit"] > 5
    assert {one["client"].rpartition(".")[0] for one in figures["per_flow"]} == {"10.0.30"}


async def test_what_a_router_refuses(branch: LabClient) -> None:
    for menu, values, words in (
        ("bridge/vlan", {"bridge": "bridge", "vlan-ids": "20-30"}, "vlan already added"),
        (
            "bridge/vlan",
            {"bridge": "bridge", "vlan-ids": "40", "tagged": "ether4", "untagged": "ether4"},
            "at the same",
        ),
        ("bridge/port", {"bridge": "bridge", "interface": "ether7"}, "already added as bridge port"),
        ("vlan", {"interface": "bridge", "vlan-id": "40", "name": "guests"}, "already have interface with such name"),
        ("vlan", {"interface": "bridge", "vlan-id": "4095", "name": "x"}, "out of range"),
    ):
        with pytest.raises(LabError, match=words):
            await branch.router_call(f"/interface/{menu}", "add", values)
