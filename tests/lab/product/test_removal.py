# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What remove.yml leaves is what was there before the first deploy, down to the byte and to what no export holds."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

LISTS = "/ip/firewall/address-list"
#: A technician's rows, in every menu that the collection writes and in some that it does not.
BY_HAND: tuple[tuple[str, dict[str, str]], ...] = (
    ("/interface/list", {"name": "kamera"}),
    ("/interface/list/member", {"list": "kamera", "interface": "bridge", "comment": "kamera di LAN"}),
    ("/ip/address", {"address": "10.77.0.1/24", "interface": "bridge", "comment": "mesin absensi"}),
    ("/ip/firewall/nat", {"chain": "dstnat", "action": "dst-nat", "protocol": "tcp", "dst_port": "8443",
                          "in_interface": "ether1", "to_addresses": "192.168.10.9", "comment": "CCTV [bukan kami]"}),
    ("/ip/firewall/nat", {"chain": "srcnat", "action": "accept", "dst_address": "10.99.0.0/16"}),
    ("/ip/route", {"dst_address": "10.99.0.0/16", "gateway": "192.168.10.254", "comment": "VPN pusat"}),
    ("/ip/firewall/address-list", {"list": "bank", "address": "203.0.113.77"}),
    ("/system/script", {"name": "cadangan", "source": ":log info \"malam\"\n:put [/system clock get time]"}),
    ("/system/scheduler", {"name": "cadangan", "interval": "1d", "on_event": "cadangan", "start_time": "03:00:00"}),
    ("/ip/dhcp-server/alert", {"interface": "ether5", "alert_timeout": "2h", "disabled": "yes"}),
    ("/ip/firewall/mangle", {"chain": "forward", "action": "change-mss", "new_mss": "1400", "protocol": "tcp",
                             "tcp_flags": "syn", "comment": "VPN"}),
    ("/ip/firewall/mangle", {"chain": "prerouting", "action": "accept", "dst_address": "10.99.0.0/16"}),
    ("/tool/netwatch", {"host": "192.168.10.9", "interval": "1m", "down_script": ":log error \"CCTV\""}),
    ("/ip/firewall/filter", {"chain": "forward", "action": "drop", "src_address": "10.77.0.0/24"}),
)  # fmt: skip


def by_hand(branch: Branch) -> None:
    for menu, values in BY_HAND:
        branch.call(menu, "add", **values)
    # gone by itself one day, and until then somebody else's
    branch.call(LISTS, "add", list="terblokir", address="203.0.113.80", timeout="5h")


def message(branch: Branch) -> None:
    call = '[:parse [/system script get "mw-notify" source]]'
    asyncio.run(branch.lab.console(f'{{ :local n {call}; $n mwText="tes" mwTime="" }}'))
    asyncio.run(branch.lab.console("/system script run mw-outbox"))


def names(branch: Branch, menu: str, key: str = "name") -> set[str]:
    return {row.get(key, "") for row in branch.call(menu)}


def imported(branch: Branch) -> set[str]:
    return {name for name in names(branch, "/certificate") if name.startswith("mw-ca-")}


def kept(branch: Branch) -> set[str]:
    return {name for name in names(branch, LISTS, "list") if name.startswith("mw-")}


@pytest.fixture(scope="module", params=["6.49", "7.9", "7.22"])
def branch(start: Start, request: pytest.FixtureRequest) -> Branch:
    branch = start(f"removal-{request.param}".replace(".", "-"), version=request.param)
    by_hand(branch)
    branch.baseline = branch.export()
    return branch


def test_nothing_of_a_deploy_is_left_after_its_removal(branch: Branch) -> None:
    played = branch.play("site")
    assert played.code == 0, played.output
    deployed = branch.export()
    message(branch)
    # as after an outage and a rogue server: state that its scripts had kept for weeks
    branch.call(LISTS, "add", list="mw-state", address="240.1.2.3", timeout="4w")
    branch.call(LISTS, "add", list="mw-rogue", address="192.168.10.66", timeout="1h")
    given = "mw-trust" in names(branch, "/system/script")  # newer ones have the authorities of the internet
    end = time.monotonic() + 240
    while "mw-sent" not in kept(branch) or given != bool(imported(branch)):
        assert time.monotonic() < end, "the message was not sent, or no authority was imported for it"
        time.sleep(0.5)
    assert deployed != branch.baseline
    assert {"mw-state", "mw-rogue", "mw-bypass"} <= kept(branch)
    played = branch.play("remove")
    assert played.code == 0, played.output
    assert played.changed == 1
    assert branch.export() == branch.baseline
    assert imported(branch) == set()
    assert kept(branch) == set()
    assert not {name for name in names(branch, "/file") if name.startswith("mw-ca-")}
    assert "terblokir" in names(branch, LISTS, "list")


def test_a_second_removal_writes_nothing(branch: Branch) -> None:
    before = branch.writes()
    assert branch.play("remove").changed == 0
    assert branch.writes() == before
    assert branch.export() == branch.baseline
