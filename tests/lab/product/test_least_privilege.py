# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user that deploys: what he may not do, through the router's doors. What he needs: tests/unit/plugins."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import librouteros
import paramiko
import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import POLICIES
from librouteros.exceptions import TrapError

from lab.world.client import LabError
from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

REFUSED = "not enough permissions (9)"
#: Rights of scripts that the user lacks himself.
LACKED = ("password", "sniff", "romon")


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("least")
    # the administrator's own rows, with all rights
    branch.call("/system/script", "add", name="teknisi", source=":log info teknisi")
    branch.call("/system/scheduler", "add", name="teknisi", on_event=":log info teknisi", interval="1d")
    played = branch.play("site")
    assert played.code == 0, played.output
    return branch


@pytest.fixture(scope="module")
def api(branch: Branch) -> Iterator[Any]:
    said = branch.overlay
    context = ssl.create_default_context(cafile=str(said["multiwan_api_ca_file"]))
    session = librouteros.connect(
        host="127.0.0.1",
        port=int(said["multiwan_api_port"]),
        username=str(said["multiwan_api_user"]),
        password=str(said["multiwan_api_password"]),
        encoding="utf-8",
        ssl_wrapper=lambda sock: context.wrap_socket(sock, server_hostname="127.0.0.1"),
    )
    yield session
    session.close()


def test_the_lab_deploys_with_exactly_these_policies(branch: Branch) -> None:
    """So every other test of this folder shows that they are enough."""
    name = branch.overlay["multiwan_api_user"]
    (user,) = [row for row in branch.call("/user") if row["name"] == name]
    (group,) = [row for row in branch.call("/user/group") if row["name"] == user["group"]]
    assert {word for word in group["policy"].split(",") if not word.startswith("!")} == set(POLICIES)


FORBIDDEN: tuple[tuple[str, dict[str, str]], ...] = (
    ("/tool/sniffer/start", {}),
    ("/tool/sniffer/stop", {}),
    ("/tool/sniffer/quick", {"interface": "ether1"}),
    ("/tool/sniffer/save", {"file-name": "x"}),
    ("/tool/torch", {"interface": "ether1"}),
    ("/tool/traffic-generator/start", {}),
    ("/tool/traffic-generator/stop", {}),
    ("/tool/traffic-generator/quick", {}),
    ("/password", {"old-password": "x", "new-password": "y", "confirm-new-password": "y"}),
    *(("/system/script/add", {"name": f"x-{policy}", "source": ":put 1", "policy": policy}) for policy in LACKED),
    *(("/system/scheduler/add", {"name": f"x-{policy}", "interval": "1d", "policy": policy}) for policy in LACKED),
    *(("/system/script/set", {".id": "mw-outbox", "policy": f"read,{policy}"}) for policy in LACKED),
    *(("/system/scheduler/set", {".id": "mw-outbox", "policy": f"read,{policy}"}) for policy in LACKED),
    ("/system/script/run", {"number": "teknisi"}),
)


def test_there_are_twenty() -> None:
    assert len(FORBIDDEN) >= 20


@pytest.mark.parametrize(("command", "words"), FORBIDDEN, ids=[f"{name} {words}" for name, words in FORBIDDEN])
def test_it_may_not(branch: Branch, api: Any, command: str, words: dict[str, str]) -> None:
    before = branch.export()
    with pytest.raises(TrapError) as refusal:
        tuple(api.rawCmd(command, *(f"={name}={text}" for name, text in words.items())))
    assert REFUSED in str(refusal.value)
    assert branch.export() == before


def test_the_same_commands_are_known_to_the_router(branch: Branch) -> None:
    """Refused for want of rights, not because nobody knows them."""
    unknown = []
    for command, words in FORBIDDEN:
        menu, _, name = command.rpartition("/")
        try:
            if name not in ("add", "set"):
                branch.call(menu or "/", name, **words)
        except LabError as error:  # some the lab knows and does not do
            if "no such command" in str(error) or "unknown parameter" in str(error):
                unknown.append(f"{command}: {error}")
    assert unknown == []


def test_nobody_logs_in_by_ssh_with_it(branch: Branch) -> None:
    said = branch.overlay
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    with pytest.raises(paramiko.AuthenticationException):
        client.connect(
            "127.0.0.1",
            port=int(branch.paths["ssh_port"]),
            username=str(said["multiwan_api_user"]),
            password=str(said["multiwan_api_password"]),
            look_for_keys=False,
            allow_agent=False,
        )
    client.close()
