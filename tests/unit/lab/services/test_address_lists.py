# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Address-list rows with a timeout, written and read by scripts that run as netwatch's do: a memory that runs out."""

from __future__ import annotations

import pytest

from lab.store import Store
from tests.unit.lab.services.rig import Rig

MENU = "/ip/firewall/address-list"
LIST = "/ip firewall address-list"
VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.22", "7.24"])


async def said(rig: Rig, source: str) -> list[str]:
    """What the script writes into the log, as ``*sys``."""
    before = len(rig.messages)
    await rig.services.scripts.run_event(source, origin="netwatch")
    return [message for _, message in rig.messages[before:]]


@VERSIONS
async def test_a_script_adds_a_row_and_its_id_is_the_answer(version: str) -> None:
    rig = Rig(version)
    add = f'{LIST} add list=mw-state address=240.0.0.1 timeout=1h comment="down isp1"'
    assert await said(rig, f':local i [{add}]; :log info "$[:typeof $i] $[{LIST} get $i comment]"') == ["id down isp1"]
    (row,) = await rig.rows(MENU)
    assert (row["timeout"], row["dynamic"], row["comment"]) == ("1h", "true", "down isp1")


@VERSIONS
async def test_the_same_address_in_the_same_list_is_refused_and_nothing_changes(version: str) -> None:
    """Which of two scripts was first: a lock."""
    rig = Rig(version)
    take = f"{LIST} add list=lock address=240.0.0.1 timeout=30s"
    guarded = f":do {{ {take}; :log info mine }} on-error={{ :log info taken }}"
    assert await said(rig, f"{guarded}; {guarded}") == ["mine", "taken"]
    rig.now += 20
    longer = f"{LIST} add list=lock address=240.0.0.1 timeout=1h"
    assert await said(rig, f":do {{ {longer} }} on-error={{ :log info taken }}") == ["taken"]
    assert [row["timeout"] for row in await rig.rows(MENU)] == ["10s"]
    assert await said(rig, f"{LIST} add list=other address=240.0.0.1 timeout=30s") == []
    rig.now += 10
    await rig.engine.expire()
    assert await said(rig, guarded) == ["mine"]


@VERSIONS
async def test_the_time_that_is_left_is_a_time_to_reckon_with(version: str) -> None:
    rig = Rig(version)
    await said(rig, f"{LIST} add list=mw-state address=240.0.0.1 timeout=4w")
    rig.now += 3700
    read = f":local t [{LIST} get [find where list=mw-state and address=240.0.0.1] timeout]"
    assert await said(rig, f'/ip firewall address-list; {read}; :log info "$[:typeof $t] $(4w - $t)"') == [
        "time 01:01:40"
    ]
    found = f"{LIST}; {read}; :local gone (4w - $t)"
    assert await said(rig, f"{found}; :log info ($gone > 1h)") == ["true"]
    assert await said(rig, f"{found}; :log info ($gone / 1s)") == ["3700"]
    assert await said(rig, f'{found}; :log info ([:totime "1h2m"] - $gone)') == ["00:00:20"]
    assert await said(rig, f"{found}; :log info ([:totime 75] + $gone)") == ["01:02:55"]


@VERSIONS
async def test_rows_vanish_by_themselves_and_are_found_until_then(version: str) -> None:
    rig = Rig(version)
    for number, timeout in ((1, "10s"), (2, "1m")):
        await said(rig, f'{LIST} add list=s address=240.0.0.{number} timeout={timeout} comment="isp{number} x"')
    found = f':foreach i in=[{LIST} find where list="s" and comment~"^isp"] do={{ :log info [{LIST} get $i address] }}'
    assert await said(rig, found) == ["240.0.0.1", "240.0.0.2"]
    rig.now += 11
    await rig.engine.expire()
    assert await said(rig, found) == ["240.0.0.2"]
    rig.now += 60
    await rig.engine.expire()
    assert await said(rig, found) == []


@VERSIONS
async def test_export_and_a_reboot_know_only_rows_without_a_timeout(version: str) -> None:
    rig = Rig(version)
    await said(rig, f"{LIST} add list=s address=240.0.0.1 timeout=1h; {LIST} add list=s address=240.0.0.2")
    assert "240.0.0.1" not in rig.engine.export(MENU)
    assert "240.0.0.2" in rig.engine.export(MENU)
    after = Store(version)
    after.restore(rig.store.image())
    assert [row.get("address") for row in after.rows(MENU)] == ["240.0.0.2"]


@VERSIONS
async def test_one_that_has_gone_meanwhile_is_an_error_that_a_script_catches(version: str) -> None:
    rig = Rig(version)
    await said(rig, f"{LIST} add list=s address=240.0.0.1 timeout=1h")
    caught = ":do { remove $i } on-error={ :log info gone }"
    assert await said(rig, f"{LIST}; :local i [find where list=s]; remove $i; {caught}") == ["gone"]
    assert await said(rig, f"{LIST} remove [find where list=s]") == []
