# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest

COMMANDS = ("/system identity print", "/interface print", "/ip route print detail", "/export", "/ip arp print")


@pytest.fixture(scope="module")
def seen(router: RouterUnderTest) -> Any:
    return router.run("scrapli_client.py", commands=COMMANDS)


def test_it_connects_and_knows_the_prompt(seen: Any) -> None:
    assert seen["prompt"] == "[admin@jakarta] >"
    assert seen["alive"] is True


def test_each_command_gets_its_own_answer(seen: Any) -> None:
    assert seen["/system identity print"]["text"].strip() == "name: jakarta"
    assert "ether1" in seen["/interface print"]["text"]
    assert "dst-address=0.0.0.0/0" in seen["/ip route print detail"]["text"]
    assert not any(seen[command]["failed"] for command in COMMANDS)


def test_a_long_answer_comes_whole(seen: Any) -> None:
    text = seen["/export"]["text"]
    assert "/system identity\nset name=jakarta" in text
    assert "[admin@jakarta]" not in text


def test_its_own_way_to_the_templates(seen: Any) -> None:
    assert ("192.168.10.1", "bridge") in [(row["ip"], row["interface"]) for row in seen["parsed"]]


def test_an_unknown_command_is_seen_as_failed(seen: Any) -> None:
    assert seen["refused"] is True


def test_a_wrong_password_is_refused(seen: Any) -> None:
    assert "all authentication methods failed" in seen["login"][1]


def test_routeros_6(old_router: RouterUnderTest) -> None:
    seen = old_router.run("scrapli_client.py", commands=["/ip address print"])
    assert "192.168.10.1/24" in seen["/ip address print"]["text"]
