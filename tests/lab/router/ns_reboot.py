# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reboot: what is gone, what stays, and how it looks from outside (facts 6.6, 8)."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any

import librouteros
import pytest

from lab import netns
from tests.lab.router.conftest import Box, gone, refused, until

ADDRESS = {"address": "10.0.0.1/24", "interface": "ether1"}


async def test_the_port_refuses_while_it_boots_and_is_the_same_after(boxes: Any) -> None:
    box: Box = await boxes(boot_s=3)
    session = await box.login()
    other = await box.login()
    began = time.monotonic()
    assert await session.do("/system/reboot") == []
    await refused(box.port)
    for one in (session, other):
        with pytest.raises((librouteros.exceptions.ConnectionClosed, OSError)):
            await one.do("/system/identity/print")
    back = await box.again()
    assert time.monotonic() - began > 3
    assert await back.column("/system/identity", "name") == ["MikroTik"]
    uptime = (await back.do("/system/resource/print"))[0]["uptime"]
    assert uptime.endswith("s")
    assert int(uptime[:-1]) < time.monotonic() - began - 2


async def test_the_kernel_holds_nothing_while_it_boots_and_the_same_after(boxes: Any) -> None:
    box: Box = await boxes(boot_s=6)
    session = await box.login()
    await session.add("/ip/address", **ADDRESS)
    await session.add("/ip/route", dst_address="192.0.2.0/24", gateway="10.0.0.2")
    await session.add("/ip/firewall/filter", chain="input", action="drop", protocol="tcp", dst_port="9")
    await until(box.reachable)
    before = (box.rt("ip -4 -o addr"), box.rt("ip route"), box.rt("ip rule"))
    await session.do("/system/reboot")
    await gone(box)
    await until(lambda: not box.router.running and "10.0.0.1" not in box.rt("ip -4 -o addr"))
    assert box.rt("ip route") == ""
    assert box.rt("nft list tables") == ""
    assert "LOWER_UP" not in netns.run("nb", ["ip", "link", "show", "dev", "eth0"]), "the neighbour sees no carrier"
    assert not await box.reachable()
    await box.again()
    await until(box.reachable)
    assert (box.rt("ip -4 -o addr"), box.rt("ip route"), box.rt("ip rule")) == before


async def test_configuration_stays_with_its_ids_and_order(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/ip/firewall/address-list", list="l", address="192.0.2.1")
    await session.add("/ip/firewall/address-list", list="l", address="192.0.2.2", comment="kept")
    first = await session.add("/ip/firewall/filter", chain="input", action="accept", comment="second")
    await session.add("/ip/firewall/filter", chain="input", action="accept", comment="first", place_before=first)
    await session.add("/system/script", name="s", source=":global seen 1")
    await session.add("/system/scheduler", name="t", interval="1h", on_event="s")
    await session.add("/file", name="notes.txt", contents="kept")
    await session.do("/system/identity/set", name="jakarta")
    menus = ("/ip/firewall/address-list", "/ip/firewall/filter", "/file", "/system/identity", "/interface", "/user")
    before = {menu: await session.do(f"{menu}/print") for menu in menus}
    names = [await session.column(menu, "name") for menu in ("/system/script", "/system/scheduler")]
    session = await box.reboot()
    for menu in menus:
        assert _plain(await session.do(f"{menu}/print")) == _plain(before[menu]), menu
    assert names == [await session.column(menu, "name") for menu in ("/system/script", "/system/scheduler")]
    new = await session.add("/ip/firewall/address-list", list="l", address="192.0.2.3")
    assert new not in [row[".id"] for row in before["/ip/firewall/address-list"]]


def _plain(rows: list[Any]) -> list[dict[str, Any]]:
    counted = ("packets", "bytes", "running", "last-link-up-time", "link-downs")
    return [
        {k: v for k, v in row.items() if not k.startswith(("rx-", "tx-", "fp-")) and k not in counted} for row in rows
    ]


async def test_what_lives_in_memory_is_lost(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/ip/address", **ADDRESS)
    await session.add("/ip/firewall/address-list", list="l", address="192.0.2.1", timeout="1h")
    await session.add("/system/script", name="s", source=":global remembered 7")
    await session.add("/system/scheduler", name="t", interval="1s", on_event="s")
    watch = {"host": "10.0.0.2", "interval": "1s", "start_delay": "0s", "startup_delay": "0s"}
    await session.add("/tool/netwatch", **watch)
    await until(lambda: _is(session, "/tool/netwatch", "status", "up"))
    await until(lambda: _is(session, "/system/script/environment", "name", "remembered"))
    await session.do("/system/scheduler/disable", **{".id": "t"})
    await session.do(
        "/tool/netwatch/set", **{".id": (await session.column("/tool/netwatch", ".id"))[0], "startup-delay": "1h"}
    )
    await session.add("/ip/firewall/filter", chain="input", action="accept", connection_state="established")
    _connect(box)
    await until(lambda: session.column("/ip/firewall/connection", "protocol"))
    assert await session.column("/system/history", "action")
    session = await box.reboot()
    assert await session.column("/ip/firewall/address-list", "address") == []
    assert await session.column("/system/script/environment", "name") == []
    assert await session.column("/system/scheduler", "run-count") == [0]
    assert await session.column("/system/script", "run-count") == [0]
    assert await session.column("/tool/netwatch", "status") == ["unknown"]
    assert await session.column("/system/history", "action") == []
    assert await session.column("/ip/firewall/connection", "protocol") == []


def _connect(box: Box) -> None:
    sender = netns.make_socket("nb", kind=socket.SOCK_DGRAM)
    sender.sendto(b"x", ("10.0.0.1", 9))
    sender.close()
    assert box.router.running


async def _is(session: Any, menu: str, name: str, wanted: str) -> bool:
    return wanted in await session.column(menu, name)


async def test_startup_runs_three_seconds_after_boot_and_netwatch_waits(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/ip/address", **ADDRESS)
    await session.add("/system/scheduler", name="boot", start_time="startup", on_event=':log info "hello after boot"')
    watch = {"host": "10.0.0.2", "interval": "1s", "start_delay": "0s", "startup_delay": "2s"}
    await session.add("/tool/netwatch", **watch)
    session = await box.reboot()

    async def first(menu: str, name: str, wanted: str) -> float:
        """Seconds from the boot to when it is seen."""
        await until(lambda: _is(session, menu, name, wanted))
        return time.monotonic() - box.router.netwatch.booted_at

    assert await first("/tool/netwatch", "status", "up") >= 2
    assert await first("/log", "message", "hello after boot") >= 3
    assert await session.column("/system/scheduler", "run-count") == [1]
    assert (await session.do("/system/scheduler/print"))[0].get("next-run") is None


async def test_a_script_may_reboot_and_only_with_that_policy(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/system/script", name="off", source="/system reboot", policy="read,write")
    await session.add("/system/script", name="on", source="/system reboot", policy="read,write,reboot")
    with pytest.raises(librouteros.exceptions.TrapError, match="not enough permissions"):
        await session.do("/system/script/run", number="off", use_script_permissions="yes")
    await session.do("/system/script/run", number="on", use_script_permissions="yes")
    await gone(box)
    await box.again()


async def test_shutdown_is_refused_and_the_router_stays(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    with pytest.raises(librouteros.exceptions.TrapError):
        await session.do("/system/shutdown")
    await asyncio.sleep(0.3)
    assert await session.column("/system/identity", "name") == ["MikroTik"]


async def test_many_reboots_leave_no_files_tasks_or_processes_behind(boxes: Any) -> None:
    box: Box = await boxes(boot_s=0.05)
    session = await box.login()
    await session.add("/ip/address", **ADDRESS)
    await session.add("/ip/route", gateway="10.0.0.2", check_gateway="ping")
    await session.add("/tool/netwatch", host="10.0.0.2", startup_delay="0s", start_delay="0s", interval="1s")
    await session.add("/system/scheduler", name="t", interval="1s", on_event=":delay 30s")
    await session.add("/ip/pool", name="p", ranges="10.0.0.50-10.0.0.60")
    await session.add("/ip/dhcp-server", name="d", interface="ether1", address_pool="p")
    await session.add("/ip/firewall/address-list", list="l", address="192.0.2.1", timeout="1h")
    counts = []
    for _ in range(6):
        await until(lambda: _settled(box))
        samples = [await _count() for _ in range(10)]
        counts.append(tuple(min(column) for column in zip(*samples, strict=True)))
        await box.router.power_cycle()
    # three reboots later: what stays of each would be three more; a job that the schedule has just begun is one
    least = [min(pair) for pair in zip(*counts[4:], strict=True)]
    assert all(now <= then + 2 for now, then in zip(least, counts[1], strict=True)), counts


async def _settled(box: Box) -> bool:
    """The probe, the schedule and the DHCP server that it has are at work."""
    said = await box.router.console(":put [/tool netwatch get [find] status]; :put [:len [/system script job find]]")
    return bool(_children()) and said.split() == ["up", "1"]


async def _count() -> tuple[int, int, int]:
    """Files, tasks, processes; what a probe needs for a moment is not there each time."""
    await asyncio.sleep(0.1)
    return len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks()), len(_children())


def _children() -> list[str]:
    return [pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
