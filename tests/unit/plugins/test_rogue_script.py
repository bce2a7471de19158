# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One message when a rogue DHCP server appears and one when it is gone, whatever the router remembers in between."""

from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble

from tests.unit.plugins.branches import branch
from tests.unit.plugins.script_router import LISTS, MAC, VERSIONS, Router, router

OTHER = "02:00:00:00:00:01"


def said(jakarta: Router) -> list[str]:
    """First line and MAC of each message."""
    lines = [text.split("\n") for text in jakarta.texts()]
    return [f"{found[0].removeprefix('Cabang jakarta: ')}, {found[2]}" for found in lines]


FOUND, GONE = f"server DHCP liar ditemukan, MAC: {MAC}", f"server DHCP liar tidak terlihat lagi, MAC: {MAC}"


@VERSIONS
async def test_a_server_that_stays_is_told_of_once(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    for _ in range(3):
        await jakarta.minute(MAC)
        await jakarta.alert()  # forgotten after the alert's timeout, and found again
    await jakarta.tick()
    assert said(jakarta) == [FOUND]


@VERSIONS
async def test_where_a_bridge_has_seen_it_the_port_is_told(version: str) -> None:
    jakarta = router(version=version)
    host = {".id": "*9", "mac-address": MAC, "on-interface": "ether8", "bridge": "bridge"}
    jakarta.menus["/interface/bridge/host"] = [{**host, ".id": "*8", "mac-address": OTHER, "on-interface": "x"}, host]
    await jakarta.alert()
    await jakarta.tick()
    (text,) = jakarta.texts()
    assert "\nTerlihat di port: ether8" in text
    assert [line for line in jakarta.log if MAC in line and line.endswith(", port ether8")]


@VERSIONS
async def test_a_server_that_is_gone_is_told_of_once_and_again_when_it_comes_back(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    await jakarta.minute()
    jakarta.expire("mw-rogue-seen")
    for _ in range(2):
        await jakarta.minute()
    jakarta.menus["/system/clock"] = [{"date": "2026-11-21", "time": "18:09:00"}]
    await jakarta.alert()
    await jakarta.tick()
    assert said(jakarta) == [FOUND, GONE, FOUND]


async def test_a_minute_in_which_the_router_has_forgotten_it_is_not_its_end() -> None:
    jakarta = router()
    await jakarta.alert()
    for _ in range(3):
        await jakarta.minute()
        await jakarta.minute(MAC)
    await jakarta.tick()
    assert said(jakarta) == [FOUND]


async def test_without_an_event_the_next_minute_finds_it() -> None:
    jakarta = router()
    await jakarta.minute(MAC)
    await jakarta.tick()
    assert said(jakarta) == [FOUND]


@pytest.mark.parametrize("separator", [",", ", ", ";"])
async def test_two_servers_are_two_events(separator: str) -> None:
    jakarta = router()
    await jakarta.minute(f"{MAC}{separator}{OTHER}")
    await jakarta.minute(OTHER)
    jakarta.expire("mw-rogue-seen")
    await jakarta.minute(OTHER)
    await jakarta.tick()
    assert said(jakarta) == [FOUND, FOUND.replace(MAC, OTHER), GONE]


async def test_a_flood_of_servers_is_no_flood_of_messages() -> None:
    jakarta = router()
    for number in range(16):
        await jakarta.minute(f"02:00:00:00:00:{number:02X}")
        await jakarta.tick()
    assert len(jakarta.sent) == 12
    assert ["Sudah 12 pesan dalam satu jam" in text for text in jakarta.texts()] == [False] * 11 + [True]
    assert sum("rogue DHCP server" in line for line in jakarta.log) == 12
    jakarta.expire("mw-rogue-quota")
    await jakarta.minute("02:00:00:00:00:0F")
    await jakarta.tick()
    assert len(jakarta.sent) > 12


async def test_another_look_at_the_same_time_waits_and_says_nothing_twice() -> None:
    jakarta = router()
    lock = {".id": "*77", "list": "mw-rogue-look", "address": "240.0.0.254"}
    jakarta.menus[LISTS].append(lock)
    await jakarta.minute(MAC)
    assert jakarta.waiting() == []
    jakarta.menus[LISTS].remove(lock)
    await jakarta.minute(MAC)
    assert len(jakarta.waiting()) == 1


async def test_without_a_chat_both_are_logged_once() -> None:
    raw = branch(2)
    del raw["multiwan_telegram"]
    jakarta = Router([row for row in assemble(raw, name="jakarta").rows if not row.menu.startswith("/ip/firewall")])
    for _ in range(2):
        await jakarta.minute(MAC)
    jakarta.expire("mw-rogue-seen")
    for _ in range(2):
        await jakarta.minute()
    assert jakarta.log == [
        f"multiwan: rogue DHCP server on bridge, mac {MAC}, ip unknown",
        f"multiwan: rogue DHCP server on bridge is gone, mac {MAC}",
    ]


async def test_where_the_role_notify_is_not_used_the_log_still_has_it() -> None:
    jakarta = router()
    scripts = jakarta.menus["/system/script"]
    jakarta.menus["/system/script"] = [row for row in scripts if row["name"] != "mw-notify"]
    with pytest.raises(Exception, match="no such item"):
        await jakarta.minute(MAC)
    assert any(MAC in line for line in jakarta.log)
