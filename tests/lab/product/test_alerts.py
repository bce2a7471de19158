# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rogue DHCP servers and the messages about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

ROGUE = "DC:2C:6E:81:CF:34"


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    """The rogue is there before the alert: the first probe goes out at once, so no test waits for the next minute."""
    branch = start("alerts")
    asyncio.run(branch.lab.rogue(True, mac=ROGUE))
    return branch


def alerts(branch: Branch) -> list[str]:
    return [text for text in branch.logged() if "discovered unknown dhcp server" in text]


def messages(branch: Branch, *, count: int, wait_s: float) -> list[str]:
    chat = asyncio.run(branch.lab.chat(count=count, wait_s=wait_s))
    return [str(message["text"]) for message in chat["messages"]]


def look_again(branch: Branch) -> None:
    """Make the router forget and probe now; by itself it probes once a minute."""
    (row,) = branch.call("/ip/dhcp-server/alert")
    for command in ("disable", "enable"):
        branch.call("/ip/dhcp-server/alert", command, numbers=row[".id"])


def test_a_server_in_valid_server_raises_no_alert(branch: Branch) -> None:
    dhcp = {"pool": "192.168.10.10-192.168.10.250", "valid_servers": [ROGUE]}
    office = {"name": "office", "label": "Kantor", "interface": "bridge", "address": "192.168.10.1/24", "dhcp": dhcp}
    played = branch.play("site", variables={"multiwan_segments": [office]})
    assert played.code == 0, played.output
    time.sleep(7)  # an offer takes 3 s: the server looks first whether the address is free
    assert alerts(branch) == []
    assert messages(branch, count=0, wait_s=0) == []


def rows(branch: Branch, name: str) -> list[dict[str, str]]:
    return [row for row in branch.call("/ip/firewall/address-list") if row.get("list") == name]


def until(branch: Branch, true: Callable[[], object], wait_s: float = 120) -> None:
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end, branch.logged()
        time.sleep(0.2)


def minute(branch: Branch) -> None:
    """What the scheduler does each minute, now."""
    event = '[:parse [/system scheduler get "mw-dhcp-alert" on-event]]'
    asyncio.run(branch.lab.console(f"{{ :local e {event}; $e }}"))


def forget_that_it_was_seen(branch: Branch) -> None:
    """Two and a half minutes later."""
    for row in rows(branch, "mw-rogue-seen"):
        branch.call("/ip/firewall/address-list", "remove", numbers=row[".id"])


def test_a_message_that_can_not_be_sent_waits_in_the_router(branch: Branch) -> None:
    branch.call("/certificate/settings", "set", builtin_trust_store="untrusted")
    played = branch.play("site")
    assert played.code == 0, played.output
    look_again(branch)
    until(branch, lambda: rows(branch, "mw-outbox"))
    assert len(alerts(branch)) == 1
    assert messages(branch, count=0, wait_s=0) == []


def test_the_message_arrives_once_when_the_way_is_free_and_names_everything(branch: Branch) -> None:
    branch.call("/certificate/settings", "set", builtin_trust_store="default")
    (text,) = messages(branch, count=1, wait_s=150)  # the pause after a failure is 20 s, the scheduler runs every 10 s
    for word in ("Cabang jakarta", "server DHCP liar ditemukan", "bridge", ROGUE, "IP: 192.168.", "Waktu kejadian: "):
        assert word in text
    asyncio.run(branch.lab.console('/system/script/run "mw-outbox"'))
    assert len(messages(branch, count=2, wait_s=2)) == 1
    until(branch, lambda: not rows(branch, "mw-outbox"))


def test_a_server_that_is_found_again_is_no_second_event(branch: Branch) -> None:
    look_again(branch)
    until(branch, lambda: len(alerts(branch)) == 2)
    minute(branch)
    assert len(messages(branch, count=2, wait_s=12)) == 1


def test_when_the_server_is_gone_there_is_one_message(branch: Branch) -> None:
    asyncio.run(branch.lab.rogue(False))
    (row,) = branch.call("/ip/dhcp-server/alert")
    branch.call("/ip/dhcp-server/alert", "reset-alert", numbers=row[".id"])
    minute(branch)
    assert not rows(branch, "mw-outbox")  # one minute without it is not its end
    forget_that_it_was_seen(branch)
    for _ in range(2):
        minute(branch)
    found = messages(branch, count=2, wait_s=150)
    assert len(found) == 2
    assert "server DHCP liar tidak terlihat lagi\nAntarmuka: bridge (Kantor)\nMAC: " + ROGUE in found[1]
    until(branch, lambda: not rows(branch, "mw-rogue"))


def test_when_it_comes_back_that_is_a_new_event(branch: Branch) -> None:
    asyncio.run(branch.lab.rogue(True, mac=ROGUE))
    look_again(branch)
    assert "server DHCP liar ditemukan" in messages(branch, count=3, wait_s=150)[2]


def test_the_token_is_in_one_row_only_and_not_in_the_log(branch: Branch) -> None:
    token = str(branch.overlay["lab_telegram_token"])
    holders = [row["name"] for row in branch.call("/system/script") if token in row.get("source", "")]
    assert holders == ["mw-telegram"]
    # RouterOS keeps the text of what was written in /system/history until it restarts; no client can prevent that
    others = ("/system/scheduler", "/ip/dhcp-server/alert", "/log", "/ip/firewall/address-list")
    assert not [menu for menu in others if token in str(branch.call(menu))]
