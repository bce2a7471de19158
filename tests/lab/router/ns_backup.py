# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/backup``: everything comes back, with the right password only (facts 8)."""

from __future__ import annotations

from typing import Any

import librouteros
import pytest

from tests.lab.router.conftest import Box, gone
from tests.unit.lab.services.web import Authority

Trap = librouteros.exceptions.TrapError


async def _configured(box: Box) -> Any:
    session = await box.login()
    await session.do("/system/identity/set", name="jakarta")
    await session.add("/ip/address", address="10.0.0.1/24", interface="ether1")
    await session.add("/ip/firewall/mangle", chain="prerouting", action="accept", comment="first")
    await session.add("/file", name="ca.pem", contents=Authority().pem)
    await session.do("/certificate/import", file_name="ca.pem", name="ours")
    return session


async def _spoilt(session: Any) -> None:
    await session.do("/system/identity/set", name="broken")
    for menu in ("/ip/address", "/ip/firewall/mangle", "/certificate"):
        for row in await session.column(menu, ".id"):
            await session.do(f"{menu}/remove", **{".id": row})
    await session.add("/ip/firewall/filter", chain="forward", action="drop")
    await session.add("/file", name="later.txt", contents="x")


async def test_load_brings_all_back_and_reboots(boxes: Any) -> None:
    box: Box = await boxes()
    session = await _configured(box)
    before = {menu: await session.column(menu, "comment") for menu in ("/ip/firewall/mangle", "/ip/firewall/filter")}
    await session.do("/system/backup/save", name="good", dont_encrypt="yes")
    file = next(row for row in await session.do("/file/print") if row["name"] == "good.backup")
    assert (file["type"], file.get("contents", "")) == ("backup", "")
    await _spoilt(session)
    await session.do("/system/backup/load", name="good.backup", password="")
    await gone(box)
    session = await box.again()
    assert await session.column("/system/identity", "name") == ["jakarta"]
    assert await session.column("/certificate", "name") == ["ours"]
    assert "10.0.0.1/24" in await session.column("/ip/address", "address")
    assert "10.0.0.1/24" in box.rt("ip -4 -o addr")
    for menu, comments in before.items():
        assert await session.column(menu, "comment") == comments
    assert {"good.backup", "later.txt"} <= set(await session.column("/file", "name")), "files are in no backup"


async def test_over_the_api_load_needs_the_password_argument(boxes: Any) -> None:
    box: Box = await boxes()
    session = await _configured(box)
    await session.do("/system/backup/save", name="open")
    with pytest.raises(Trap):
        await session.do("/system/backup/load", name="open.backup")
    with pytest.raises(Trap):
        await session.do("/system/backup/load", name="none.backup", password="")
    assert await session.column("/system/identity", "name") == ["jakarta"], "it did not reboot"


async def test_a_sealed_backup_opens_with_its_password_only(boxes: Any) -> None:
    box: Box = await boxes()
    session = await _configured(box)
    await session.do("/system/backup/save", name="sealed", password="right")
    stored = next(row for row in box.router.store.rows("/file") if row.get("name") == "sealed.backup")
    assert "jakarta" not in stored.get("contents")
    await _spoilt(session)
    for wrong in ("", "wrong"):
        with pytest.raises(Trap):
            await session.do("/system/backup/load", name="sealed.backup", password=wrong)
    await session.do("/system/backup/load", name="sealed.backup", password="right")
    await gone(box)
    session = await box.again()
    assert await session.column("/system/identity", "name") == ["jakarta"]


async def test_a_dead_man_loads_the_backup_and_does_not_fire_again(boxes: Any) -> None:
    """The commit-confirm trick of facts 8: the row that fires is in the backup too, and removes itself first."""
    box: Box = await boxes()
    session = await _configured(box)
    source = '/system scheduler remove [find name=undo]; /system backup load name=good.backup password=""'
    await session.do("/system/backup/save", name="good", dont_encrypt="yes")
    await session.add("/system/scheduler", name="undo", interval="1s", on_event=source)
    await session.do("/system/identity/set", name="broken")
    await gone(box)
    session = await box.again()
    assert await session.column("/system/identity", "name") == ["jakarta"]
    assert await session.column("/system/scheduler", "name") == []
