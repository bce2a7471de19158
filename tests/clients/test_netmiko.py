# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""netmiko, and ntc-templates, which were mostly written from RouterOS 6: each is tried on the versions it is for.

Left out are templates that the tables of no version here can satisfy: of hardware that a CHR lacks (switch chips, PoE,
wireless), of menus that the lab lacks (BGP, OSPF), and of connections (counters of FastTrack, see lab/FIDELITY.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest, Start

#: command -> {version: a row that must be among the parsed ones}; a version that is missing: the template is not for it
TEMPLATES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "/system identity print": {"6.49": {"name": "jakarta"}, "7.22": {"name": "jakarta"}},
    "/system resource print": {"6.49": {"version": "6.49 (stable)", "cpu_count": "1", "architecture_name": "x86_64"}},
    "/system clock print": {"6.49": {"time_zone_autodetect": "yes"}},
    "/system routerboard print": {"6.49": {"routerboard": "no"}, "7.22": {"routerboard": "no"}},
    "/interface print detail": {
        "6.49": {"name": "ether1", "type": "ether", "status": "R", "actual_mtu": "1500"},
        "7.22": {"name": "ether1", "type": "ether", "status": "R", "actual_mtu": "1500"},
    },
    "/interface print terse without-paging": {
        "6.49": {"id": "0", "name": "ether1", "status": "R", "mac_address": "48:A9:8A:00:00:01"},
        "7.22": {"id": "0", "name": "ether1", "status": "R", "mac_address": "48:A9:8A:00:00:01"},
    },
    "/ip address print": {
        "6.49": {"ip": "192.168.10.1", "subnet": "24", "comment": "LAN kantor", "interface": "bridge"},
        "7.22": {"ip": "192.168.10.1", "subnet": "24", "comment": "LAN kantor", "interface": "bridge"},
    },
    "/ip address export verbose": {
        "6.49": {"ip": "192.168.1.2", "mask": "24", "disabled": "no", "interface": "ether1"},
        "7.22": {"ip": "192.168.1.2", "mask": "24", "disabled": "no", "interface": "ether1"},
    },
    "/ip route print detail": {"6.49": {"network": "0.0.0.0", "mask": "0", "gateway": "192.168.1.1", "active": "A"}},
    "/ip route print terse": {
        "6.49": {"flags": "A S", "dst_address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "1"},
    },
    "/ip arp print": {"6.49": {"ip_address": "192.168.1.1", "interface": "ether1", "flags": "DC"}},
    "/ip arp print without-paging": {"7.22": {"ip_address": "192.168.1.1", "interface": "ether1"}},
    "/log print detail without-paging": {"6.49": {"topic": "script,info", "message": "hello"}},
    "/ip arp print terse without-paging": {"6.49": {"address": "192.168.1.1", "interface": "ether1", "flags": "DC"}},
    "/ip firewall address-list print terse": {
        "6.49": {"list": "seen", "ip_address": "10.6.0.1"},
        "7.22": {"list": "seen", "ip_address": "10.6.0.1"},
    },
    "/ip firewall filter print all without-paging": {
        "6.49": {"chain": "forward", "action": "drop", "comment": "teknisi: invalid", "connection_state": "invalid"},
        "7.22": {"chain": "forward", "action": "drop", "comment": "teknisi: invalid", "connection_state": "invalid"},
    },
    "/ip firewall nat print all without-paging": {
        "6.49": {"chain": "srcnat", "action": "masquerade", "out_interface": "ether1"},
        "7.22": {"chain": "srcnat", "action": "masquerade", "out_interface": "ether1"},
    },
    "/interface bridge host print terse without-paging": {
        "6.49": {"mac_address": "48:A9:8A:00:00:03", "bridge": "bridge", "local": "L"},
        "7.22": {"mac_address": "48:A9:8A:00:00:03", "bridge": "bridge", "local": "L"},
    },
}
CASES = [(version, command) for command, versions in TEMPLATES.items() for version in versions]
#: rows without comments: the template of address lists knows none
ROWS = (
    ("/ip/firewall/nat", {"chain": "srcnat", "action": "masquerade", "out_interface": "ether1"}),
    ("/ip/firewall/address-list", {"list": "seen", "address": "10.6.0.1"}),
)


def prepared(start: Start, version: str, write: bool) -> Any:
    router = start(version)
    comments = router.call("/ip/firewall/address-list")
    for row in comments:
        router.call("/ip/firewall/address-list", "set", **{".id": row[".id"], "comment": ""})
    for menu, values in ROWS:
        router.call(menu, "add", **values)
    for _ in range(2):  # the template loses the first line that it reads
        router.call("/log", "info", message="hello")
    router.run("routeros_api_client.py", ask="ping")
    seen = router.run("netmiko_client.py", commands=[command for of, command in CASES if of == version], write=write)
    for menu, values in ROWS:
        ids = [
            row[".id"]
            for row in router.call(menu)
            if values["action" if "action" in values else "list"] in row.values()
        ]
        router.call(menu, "remove", **{".id": ",".join(ids)})
    for row in comments:
        router.call("/ip/firewall/address-list", "set", **{".id": row[".id"], "comment": row.get("comment", "")})
    return seen


@pytest.fixture(scope="module")
def seen(start: Start) -> Mapping[str, Any]:
    return {version: prepared(start, version, write=version == "7.22") for version in ("6.49", "7.22")}


@pytest.mark.parametrize(("version", "command"), CASES)
def test_the_text_is_what_its_template_expects(seen: Mapping[str, Any], version: str, command: str) -> None:
    rows: Sequence[Mapping[str, str]] = seen[version]["parsed"][command]
    wanted = TEMPLATES[command][version].items()
    assert isinstance(rows, list), (rows, seen[version]["texts"][command])
    assert [row for row in rows if wanted <= row.items()], (rows, seen[version]["texts"][command])


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_it_connects_and_finds_the_prompt(seen: Mapping[str, Any], version: str) -> None:
    assert seen[version]["prompt"] == "[admin@jakarta] >"
    assert seen[version]["alive"] is True


def test_lines_are_typed_one_by_one_and_menus_are_stepped_into(seen: Mapping[str, Any]) -> None:
    one = seen["7.22"]
    assert "[admin@jakarta] /ip/firewall/address-list>" in one["configured"]
    assert "address=10.5.0.1" in one["timing"]
    assert "address=10.5.0.2" in one["timing"]
    assert one["removed"] == ""
    assert one["prompt after"] == "[admin@jakarta] >"


def test_errors_come_back_as_text(seen: Mapping[str, Any]) -> None:
    bogus, missing, expected = seen["7.22"]["bad"]
    assert bogus.startswith("bad command name bogus (line 1 column 2)")
    assert "interface" in missing
    assert expected


def test_a_long_answer_is_not_paged(seen: Mapping[str, Any], router: RouterUnderTest) -> None:
    text = seen["7.22"]["long"]
    assert len(text.splitlines()) > 60
    assert "/system identity\nset name=jakarta" in text
    assert "Q quit" not in text


def test_a_wrong_password_is_refused(seen: Mapping[str, Any]) -> None:
    assert seen["7.22"]["login"][0] == "NetmikoAuthenticationException"
