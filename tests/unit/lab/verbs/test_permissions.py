# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.verbs import ALL_POLICIES, Caller, Trap
from tests.unit.lab.services.rig import Rig

REFUSED = "not enough permissions"


def without(*policies: str) -> Caller:
    return Caller("somebody", ALL_POLICIES - set(policies), "api")


@pytest.mark.parametrize(
    ("policy", "menu", "command", "args"),
    [
        ("read", "/ip/address", "print", {}),
        ("write", "/system/identity", "set", {"name": "x"}),
        ("policy", "/user", "add", {"name": "x", "group": "full", "password": "x"}),
        ("policy", "/user", "print", {}),
        ("policy", "/user/group", "set", {".id": "read", "policy": "write"}),
        ("policy", "/user/ssh-keys", "import", {"user": "admin"}),
        ("policy", "/system/backup", "save", {"name": "x"}),
        ("policy", "/system/package/update", "install", {}),
        ("test", "/system/backup", "save", {"name": "x"}),
        ("test", "/", "ping", {"address": "127.0.0.1", "count": "1"}),
        ("test", "/tool", "fetch", {"url": "http://127.0.0.1/"}),
        ("reboot", "/system", "reboot", {}),
        ("reboot", "/system", "shutdown", {}),
        ("reboot", "/system/backup", "load", {"name": "x", "password": ""}),
        ("reboot", "/system", "reset-configuration", {}),
        ("sniff", "/tool/sniffer", "start", {}),
        ("sniff", "/tool", "torch", {"interface": "ether1"}),
        ("ftp", "", "export", {"file": "x"}),
        ("password", "/", "password", {}),
    ],
)
async def test_a_command_wants_its_policy(policy: str, menu: str, command: str, args: dict[str, str]) -> None:
    rig = Rig()
    with pytest.raises(Trap, match=REFUSED):
        await rig.engine.call(menu, command, args, caller=without(policy))
    assert rig.reboots == []
    assert await rig.rows("/file") == []


async def test_a_backup_needs_neither_write_nor_ftp() -> None:
    rig = Rig()
    await rig.call("/system/backup", "save", without("write", "ftp", "sensitive"), name="x")
    assert [row["name"] for row in await rig.rows("/file")] == ["x.backup"]


@pytest.mark.parametrize("menu", ["/system/script", "/system/scheduler"])
async def test_nobody_writes_a_script_that_may_do_more_than_he(menu: str) -> None:
    rig, few = Rig(), without("reboot", "sniff")
    await rig.call(menu, "add", few, name="own")
    (row,) = await rig.rows(menu)
    assert {"reboot", "sniff"}.isdisjoint(row["policy"].split(",")), "by default what he may himself"
    assert "write" in row["policy"].split(",")
    for command, args in (("add", {"name": "more"}), ("set", {"numbers": "own"})):
        with pytest.raises(Trap, match=REFUSED):
            await rig.call(menu, command, few, policy="read,reboot", **args)
    assert await rig.rows(menu) == [row]
    await rig.call(menu, "set", few, numbers="own", comment="his")
    await rig.call(menu, "add", few, name="less", policy="read")


async def test_a_group_is_changed_only_in_what_is_named() -> None:
    rig = Rig()
    await rig.call("/user/group", "add", name="g", policy="ssh,read")
    await rig.call("/user/group", "set", numbers="g", policy="write")
    await rig.call("/user/group", "set", numbers="g", policy="!ssh")
    row = next(row for row in await rig.rows("/user/group") if row["name"] == "g")
    assert [word for word in row["policy"].split(",") if not word.startswith("!")] == ["read", "write"]


async def test_version_6_groups_are_changed_in_the_same_way() -> None:
    rig = Rig("6.49")
    await rig.call("/user/group", "add", name="g", policy="ssh,read")
    await rig.call("/user/group", "set", numbers="g", policy="api,!ssh")
    row = next(row for row in await rig.rows("/user/group") if row["name"] == "g")
    assert [word for word in row["policy"].split(",") if not word.startswith("!")] == ["read", "api"]
