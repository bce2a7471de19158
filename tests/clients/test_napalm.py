# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest


@pytest.fixture(scope="module")
def seen(router: RouterUnderTest) -> Any:
    return router.run("napalm_client.py", configure=True)


@pytest.fixture(scope="module")
def old(old_router: RouterUnderTest) -> Any:
    return old_router.run("napalm_client.py")


def test_facts(seen: Any, old: Any) -> None:
    facts = seen["get_facts"]
    assert (facts["vendor"], facts["hostname"], facts["os_version"]) == ("MikroTik", "jakarta", "7.22 (stable)")
    assert {"bridge", "ether1", "ether2"} <= set(facts["interface_list"])
    assert old["get_facts"]["os_version"] == "6.49 (stable)"
    assert seen["is_alive"] == {"is_alive": True}


def test_interfaces_and_their_addresses(seen: Any) -> None:
    ether1 = seen["get_interfaces"]["ether1"]
    assert (ether1["is_up"], ether1["is_enabled"], ether1["mtu"]) == (True, True, 1500)
    assert ether1["mac_address"] == "48:A9:8A:00:00:01"
    assert seen["get_interfaces"]["bridge"]["description"] == "LAN kantor"
    assert seen["get_interfaces_ip"]["bridge"] == {"ipv4": {"192.168.10.1": {"prefix_length": 24}}}
    assert seen["get_interfaces_counters"]["ether1"]["tx_octets"] >= 0


def test_ping_and_the_neighbour_that_it_makes(router: RouterUnderTest, seen: Any, old: Any) -> None:
    for one in (seen, old):
        ping = one["ping"]["success"]
        assert (ping["probes_sent"], ping["packet_loss"]) == (3, 0)
        assert [result["ip_address"] for result in ping["results"]] == ["192.168.1.1"] * 3
    again = router.run("napalm_client.py")
    assert ("192.168.1.1", "ether1") in [(entry["ip"], entry["interface"]) for entry in again["get_arp_table"]]


def test_tables_of_the_bridge_users_and_the_rest(seen: Any) -> None:
    assert "48:A9:8A:00:00:04" in [entry["mac"] for entry in seen["get_mac_address_table"]]
    assert seen["get_users"]["admin"]["level"] == 15
    assert seen["get_users"]["multiwan"]["level"] == 0
    assert list(seen["get_snmp_information"]["community"]) == ["public"]
    assert seen["get_environment"]["cpu"] == {"cpu0": {"%usage": 0.0}}


def test_the_configuration_as_text(seen: Any, old: Any) -> None:
    """From a file over the API; on RouterOS 6 over SSH."""
    assert "name=jakarta" in seen["config"]
    assert "name=jakarta" in old["config"]
    assert "laptop teknisi" in old["config"]


def test_commands_of_the_console(seen: Any, old: Any) -> None:
    assert "192.168.10.1/24" in seen["cli"]["/ip/address/print"]
    assert seen["cli"][":put (2 * 21)"].strip() == "42"
    assert "bad command name bogus" in seen["bogus"]
    assert old["cli"][":put (2 * 21)"].strip() == "42"


def test_merge_and_commit_confirm(seen: Any) -> None:
    done = seen["configure"]
    assert (done["before"], done["merged"]) == ("0", "1")
    assert "+add list=napalm address=10.9.9.9" in done["diff"]
    assert (done["pending"], done["confirmed"]) == (True, False)
    assert done["refused"][0] == "MergeConfigException"


def test_a_wrong_password_is_refused(seen: Any) -> None:
    assert "invalid user name or password" in seen["login"][1]


def test_roll_back_restores_the_backup_by_a_reboot(router: RouterUnderTest, seen: Any) -> None:
    router.call("/ip/firewall/address-list", "add", list="lost", address="10.9.9.8")
    router.run("napalm_client.py", ask="rollback")
    router.wait_until_up()
    rows = router.call("/ip/firewall/address-list")
    assert "lost" not in {row["list"] for row in rows}
    assert router.call("/system/identity")[0]["name"] == "jakarta"
