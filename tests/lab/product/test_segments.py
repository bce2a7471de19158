# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VLANs on the bridge of a router from its box, deployed by somebody who comes in over that bridge. In order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology, parse_vlans
from tests.lab.product.conftest import Branch, Played

pytestmark = pytest.mark.lab

OPERATOR_PORT, TRUNK = "ether3", "ether5"
STREAM_PORT, GUESTS_PORT = "ether6", "ether7"
ENCODER, ROGUE = "02:00:00:00:00:77", "DC:2C:6E:81:CF:34"
OFFICE: dict[str, Any] = {
    "name": "office",
    "label": "Kantor",
    "interface": "bridge",
    "address": "192.168.10.1/24",
    "dhcp": {"pool": "192.168.10.210-192.168.10.250"},
}
STREAM: dict[str, Any] = {
    "name": "stream",
    "vlan": 10,
    "address": "10.0.10.1/24",
    "ports": [STREAM_PORT],
    "dhcp": {
        "pool": "10.0.10.100-10.0.10.199",
        "dns": ["8.8.8.8"],
        "leases": [{"mac": ENCODER, "address": "10.0.10.77", "name": "Encoder"}],
    },
}
GUESTS: dict[str, Any] = {
    "name": "guests",
    "label": "Tamu",
    "vlan": 30,
    "address": "10.0.30.1/24",
    "ports": [GUESTS_PORT],
    "isolated": True,
    "dhcp": {"pool": "10.0.30.100-10.0.30.199", "lease_time": "1h"},
}
BRIDGE: dict[str, Any] = {"name": "bridge", "trunks": [TRUNK]}


class Event(Branch):
    #: what the fleet's files say
    said: dict[str, Any]

    def site(self, *words: str, **variables: Any) -> Played:
        segments = {"multiwan_bridge": BRIDGE, "multiwan_segments": [OFFICE, STREAM, GUESTS]}
        return self.play("site", *words, variables={**self.said, **segments, **variables})

    def row(self, menu: str, **values: str) -> dict[str, str]:
        named = {name.replace("_", "-"): text for name, text in values.items()}
        (found,) = (one for one in self.call(menu) if named.items() <= one.items())
        return found

    def leases(self, place: str, **options: Any) -> list[dict[str, Any]]:
        return list(asyncio.run(self.lab.lease(place, keep=False, **options))["leases"])


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Event]:
    """After bootstrap; the controller is a computer on the flat LAN of the factory's bridge."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", base)
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        lab = LabClient("vlans")
        topology = Topology(clients=4, factory="new", vlans=parse_vlans("stream=10,guests=30"))
        try:
            paths = asyncio.run(lab.up(Options(topology, 0, 0, manage_from="lan")))
            event = Event(lab, tmp_path_factory.mktemp("vlans"), paths)
            event.said = {
                "multiwan_management": ["192.168.10.0/24"],
                "multiwan_ca_folder": str(event.folder / "ca"),
                "multiwan_ca_passphrase": "correct horse battery",
                "multiwan_ssh_known_hosts": str(event.folder / "known_hosts"),
                "multiwan_ssh_accept_host_key": "first",
                "multiwan_api_password": "fleet-password",
            }
            played = event.play("bootstrap", variables=event.said)
            assert played.code == 0, played.output
            event.call("/ip/dns", "set", servers="8.8.8.8")
            event.baseline = event.export()
            yield event
        finally:
            asyncio.run(lab.down())


def until(holds: Callable[[], Any], what: str) -> Any:
    """What it gives, once it gives something."""
    end = time.monotonic() + 150
    while not (found := holds()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.3)
    return found


def scan(branch: Event, place: str) -> dict[str, set[tuple[str, int]]]:
    """Who answers a port scan from there, and on what."""
    seen = branch.measure("scan", segment=place, tcp="22,53,80,8291,8728,8729", udp="53,161", timeout=2.0)
    found: dict[str, set[tuple[str, int]]] = {}
    for one in seen["reached"]:
        found.setdefault(one["what"], set()).add((one["protocol"], one.get("port") or 0))
    return found


def test_the_operators_own_port_and_segment_are_not_taken_away(branch: Event) -> None:
    before = branch.export()
    played = branch.site(multiwan_segments=[{**OFFICE, "isolated": True}, {**STREAM, "ports": [OPERATOR_PORT]}, GUESTS])
    assert played.code != 0
    assert "would become an isolated segment" in played.output
    assert f"by bridge on {OPERATOR_PORT}" in played.output
    assert "pvid from 1 to 10" in played.output
    assert branch.export() == before


def test_vlans_come_over_the_bridge_that_carries_the_operator(branch: Event) -> None:
    played = branch.site()
    assert (played.code, played.changed) == (0, 1), played.output
    again = branch.site()
    assert (again.code, again.changed) == (0, 0), again.output
    filtering = [entry for entry in asyncio.run(branch.lab.journal()) if "vlan-filtering" in entry["args"]]
    assert len(filtering) == 1, "on once, and never off"


def test_clients_of_each_vlan_get_a_lease_of_its_pool_on_both_kinds_of_port(branch: Event) -> None:
    for name, vid in (("stream", 10), ("guests", 30)):
        for place in (f"vlan{vid}", f"access{vid}"):
            (lease,) = branch.leases(place)
            network, _, last = lease["address"].rpartition(".")
            assert (network, lease["gateway"]) == (f"10.0.{vid}", f"10.0.{vid}.1"), (name, place)
            assert 100 <= int(last) <= 199
    (lease,) = branch.leases("access10", mac=ENCODER)
    assert (lease["address"], lease["dns"]) == ("10.0.10.77", ["8.8.8.8"])


def test_guests_reach_the_internet_and_nothing_else_but_names(branch: Event) -> None:
    for place, neighbour in (("vlan30", "access30 on guests"), ("access30", "vlan30 on guests")):
        found = scan(branch, place)
        assert found.pop("internet") >= {("tcp", 80), ("tcp", 22)}
        assert found.pop("router on guests") == {("tcp", 53), ("udp", 53)}
        found.pop(neighbour, None)  # in one network: the router does not see it
        assert found == {}, place
    inside = scan(branch, "vlan10")
    assert ("tcp", 22) in inside["router on stream"], "the scan finds what is open"
    assert inside["client on lan"]
    assert not [who for who in inside if who.endswith(" on guests") and not who.startswith("router")]


def test_a_rogue_server_on_a_vlan_is_told_with_its_segment_and_its_port(branch: Event) -> None:
    own = branch.row("/interface", name="bridge")["mac-address"]
    assert branch.row("/ip/dhcp-server/alert", interface="vlan30")["valid-server"] == own
    asyncio.run(branch.lab.rogue(True, mac=ROGUE, at="access30"))
    number = branch.row("/ip/dhcp-server/alert", interface="vlan30")[".id"]
    for command in ("disable", "enable"):  # the router looks now; by itself it does once a minute
        branch.call("/ip/dhcp-server/alert", command, numbers=number)
    chat = asyncio.run(branch.lab.chat(count=1, wait_s=150))
    (text,) = (str(message["text"]) for message in chat["messages"])
    for word in ("liar ditemukan", "vlan30 (Tamu)", ROGUE, f"port: {GUESTS_PORT}"):
        assert word in text
    assert not any(
        row.get("unknown-server") for row in branch.call("/ip/dhcp-server/alert") if row["interface"] != "vlan30"
    )


def offers(branch: Event, number: int) -> set[str]:
    """Who answers a new client on the trunk; the rogue thinks for three seconds."""
    (lease,) = branch.leases("vlan30", mac=f"02:00:00:00:0C:{number:02X}", listen_s=6)
    return {one["server"] for one in lease["offers"]}


def test_with_snooping_its_offers_do_not_reach_clients(branch: Event) -> None:
    (theirs,) = offers(branch, 1) - {"10.0.30.1"}
    played = branch.site(multiwan_bridge={**BRIDGE, "dhcp_snooping": True, "trusted": [TRUNK]})
    assert (played.code, played.changed) == (0, 1), played.output
    assert offers(branch, 2) == {"10.0.30.1"} != {theirs}
    asyncio.run(branch.lab.rogue(False))


def test_removal_gives_the_bridge_back(branch: Event) -> None:
    played = branch.play("remove", variables=branch.said)
    assert played.code == 0, played.output
    until(lambda: branch.export() == branch.baseline, "the export as it was")
