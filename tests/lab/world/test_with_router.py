# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: ASYNC240 - a test may block its own event loop
"""The emulated router in its place: doors, console, journal, DHCP, and the way to Telegram."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import librouteros
import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology
from tests.lab.world.conftest import cli, inside, processes_of

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("branch")
        asyncio.run(lab.up(Options(Topology(branch="jakarta"), 0, 0)))
        try:
            yield lab
        finally:
            asyncio.run(lab.down())


def overlay(lab: LabClient) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(lab.folder.inventory.read_text())["all"]["hosts"]["jakarta"]
    return values


def login(lab: LabClient, *, tls: bool, password: str | None = None) -> Any:
    known = overlay(lab)
    context = ssl.create_default_context(cafile=known["multiwan_api_ca_file"])
    return librouteros.connect(
        host="127.0.0.1",
        port=known["multiwan_api_port"] if tls else known["lab_api_port_plain"],
        username=known["multiwan_api_user"],
        password=known["multiwan_api_password"] if password is None else password,
        **({"ssl_wrapper": lambda sock: context.wrap_socket(sock, server_hostname="127.0.0.1")} if tls else {}),
    )


@pytest.mark.parametrize("tls", [True, False])
def test_the_overlay_opens_the_door(branch: LabClient, tls: bool) -> None:
    api = login(branch, tls=tls)
    assert [row["name"] for row in api.path("/system/identity")] == ["jakarta"]
    assert {row["name"] for row in api.path("/interface")} >= {"ether1", "ether2", "ether5", "bridge"}
    api.close()


def test_a_wrong_password_stays_outside(branch: LabClient) -> None:
    with pytest.raises(librouteros.exceptions.TrapError, match="invalid user name or password"):
        login(branch, tls=True, password="wrong")


def test_reading_is_no_write_and_a_write_is_seen(branch: LabClient) -> None:
    async def journal() -> list[dict[str, Any]]:
        return await branch.journal()

    before = len(asyncio.run(journal()))
    api = login(branch, tls=True)
    list(api.path("/ip/address"))
    assert len(asyncio.run(journal())) == before
    api.path("/ip/firewall/address-list").add(list="seen", address="203.0.113.99")
    api.close()
    entry = asyncio.run(journal())[before]
    assert (entry["user"], entry["menu"], entry["command"]) == ("multiwan", "/ip/firewall/address-list", "add")


def test_no_secret_is_in_the_export_or_the_log(branch: LabClient) -> None:
    known = overlay(branch)
    text = asyncio.run(branch.export()) + branch.folder.log.read_text()
    assert "add bridge=bridge interface=ether3" in text
    for key in ("multiwan_api_password", "lab_admin_password", "lab_telegram_token"):
        assert known[key] not in text, key


def test_the_console_answers_and_a_mistake_is_the_routers(branch: LabClient) -> None:
    name = ("--name", branch.folder.name)
    done = cli("shell", *name, "router", "--", ":put [/system identity get name]")
    assert done.stdout.strip() == "jakarta"
    with pytest.raises(LabError, match="no such command"):
        asyncio.run(branch.router_call("/ip/nonsense", "print"))


LEASE = """
import asyncio, json
from tests.lab.observe import dhcp_client
ack = asyncio.run(dhcp_client.lease('', 'eth0', '02:00:00:00:00:77'))
print(json.dumps([ack.yiaddr, *ack.addresses(54)]))
"""


def test_a_guest_gets_a_lease_from_the_routers_pool(branch: LabClient) -> None:
    address, server = json.loads(inside(branch, "guest", LEASE))
    assert server == "192.168.10.1"
    assert 210 <= int(address.split(".")[3]) <= 250


async def test_the_factory_has_no_way_to_the_internet_and_the_lab_says_so(branch: LabClient) -> None:
    result = await branch.measure("connections", count=20, timeout=0.5)
    assert result["failed"] == 20
    assert sum(result["split"].values()) == 0


async def test_the_router_sends_to_the_chat_over_verified_https(branch: LabClient) -> None:
    for menu, values in (
        ("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1"}),
        ("/ip/route", {"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1"}),
    ):
        await branch.router_call(menu, "add", values)
    known = overlay(branch)
    url = f"https://api.telegram.org/bot{known['lab_telegram_token']}/sendMessage"
    await branch.router_call(
        "/tool",
        "fetch",
        {
            "url": url,
            "http-method": "post",
            "http-data": f"chat_id={known['lab_telegram_chat_id']}&text=Halo",
            "check-certificate": "yes-without-crl",
            "output": "none",
        },
    )
    chat = await branch.chat(count=1, wait_s=60)
    assert [(message["text"], message["source"]) for message in chat["messages"]] == [("Halo", "203.0.113.1")]


async def test_down_takes_the_router_and_its_servers_along(base: Path) -> None:
    lab = LabClient("short")
    await lab.up(Options(api_port=0, api_ssl_port=0))
    assert len(processes_of(base)) > 2, "unshare, the daemon and its DHCP server"
    began = time.monotonic()
    assert await lab.down() is True
    assert time.monotonic() - began < launcher.STOP_TIMEOUT_S, "it stopped when it was asked to"
    assert processes_of(base) == []
    assert list(base.iterdir()) == []


async def test_a_router_in_home_mode_is_freed_by_hand_and_keeps_its_ports(base: Path) -> None:
    lab = LabClient("home")
    await lab.up(Options(Topology(device_mode="home"), api_port=0, api_ssl_port=0))
    before = lab.paths(lab.folder.read())
    mode = "/system/device-mode"
    update = asyncio.create_task(lab.router_call(mode, "update", {"fetch": "yes"}))
    while (await lab.router_call(mode, "print"))["rows"][0]["attempt-count"] != "1":
        assert not update.done()
        await asyncio.sleep(0.1)
    event = await lab.power_cycle()
    assert event["lasted_s"] > 3
    await asyncio.gather(update, return_exceptions=True)
    shown = (await lab.router_call(mode, "print"))["rows"][0]
    assert (shown["mode"], shown["fetch"], shown["scheduler"]) == ("home", "true", "false")
    assert lab.paths(lab.folder.read()) == before
    api = login(lab, tls=True)
    assert [row["name"] for row in api.path("/system/identity")] == ["jakarta"]
    api.close()
    await lab.down()
