# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""device-mode: what a home router refuses, and the hand that changes it (facts 6.6, 8)."""

from __future__ import annotations

import asyncio
from typing import Any

import librouteros
import pytest

from lab.router.devicemode import DeviceMode
from tests.lab.router.conftest import Box, until

Trap = librouteros.exceptions.TrapError
INACTIVATED = "inactivated, not allowed by device-mode"


async def _mode(session: Any) -> dict[str, Any]:
    return dict((await session.do("/system/device-mode/print"))[0])


async def test_home_refuses_fetch_and_keeps_scheduler_rows_asleep(boxes: Any) -> None:
    box: Box = await boxes(device_mode="home")
    session = await box.login()
    mode = await _mode(session)
    assert (mode["mode"], mode["scheduler"], mode["fetch"]) == ("home", False, False)
    with pytest.raises(Trap, match="not allowed by device-mode"):
        await session.do("/tool/fetch", url="http://192.0.2.1/", output="none")
    await session.add("/system/scheduler", name="t", interval="1s", on_event=":log info ran", comment="mine")
    await asyncio.sleep(1.4)
    row = (await session.do("/system/scheduler/print"))[0]
    assert (row["disabled"], row[".about"], row["comment"], row["run-count"]) == (True, INACTIVATED, "mine", 0)
    assert f";;; {INACTIVATED}\n" in await box.router.console("/system/scheduler/print")
    exported = await box.router.console("/system/scheduler/export")
    assert "comment=mine" in exported
    assert "disabled" not in exported
    assert "ran" not in await session.column("/log", "message")


async def test_an_update_needs_the_plug_and_then_the_rows_run(boxes: Any) -> None:
    box: Box = await boxes(device_mode="home")
    session, asking = await box.login(), await box.login()
    await session.add("/system/scheduler", name="t", interval="1s", on_event=":log info ran", comment="mine")
    update = asyncio.create_task(asking.do("/system/device-mode/update", scheduler="yes"))
    await until(lambda: _asked(session))
    assert not update.done()
    await box.router.power_cycle()
    await asyncio.gather(update, return_exceptions=True)
    session = await box.again()
    mode = await _mode(session)
    assert (mode["mode"], mode["scheduler"], mode["fetch"], mode["attempt-count"]) == ("home", True, False, 0)
    row = (await session.do("/system/scheduler/print"))[0]
    assert (row["disabled"], row.get(".about"), row["comment"]) == (False, None, "mine")
    await until(lambda: _ran(session))


async def _asked(session: Any) -> bool:
    return (await _mode(session))["attempt-count"] == 1


async def _ran(session: Any) -> bool:
    return bool((await session.column("/system/scheduler", "run-count"))[0] >= 1)


async def test_a_reboot_alone_confirms_nothing(boxes: Any) -> None:
    box: Box = await boxes(device_mode="home")
    session, asking = await box.login(), await box.login()
    update = asyncio.create_task(asking.do("/system/device-mode/update", scheduler="yes"))
    await until(lambda: _asked(session))
    session = await box.reboot()
    await asyncio.gather(update, return_exceptions=True)
    mode = await _mode(session)
    assert (mode["scheduler"], mode["attempt-count"]) == (False, 1)


async def test_nobody_at_the_router_is_an_error_after_the_timeout_and_three_tries_are_all(boxes: Any) -> None:
    box: Box = await boxes(device_mode="home")
    session = await box.login()
    for _ in range(3):
        with pytest.raises(Trap):
            await session.do("/system/device-mode/update", fetch="yes", activation_timeout="100ms")
    await box.router.power_cycle()
    session = await box.again()
    with pytest.raises(Trap, match="attempts"):
        await session.do("/system/device-mode/update", fetch="yes", activation_timeout="100ms")


async def test_a_new_mode_drops_single_features() -> None:

    mode = DeviceMode("home").updated({"fetch": "yes"})
    assert mode.allows("fetch")
    assert not mode.updated({"mode": "home"}).allows("fetch")
    assert mode.updated({"mode": "advanced"}).allows("scheduler")


@pytest.mark.parametrize(("version", "name"), [("7.24", "advanced"), ("7.16", "enterprise")])
async def test_other_routers_are_free(boxes: Any, version: str, name: str) -> None:
    box: Box = await boxes(version=version)
    mode = await _mode(await box.login())
    assert (mode["mode"], mode["scheduler"]) == (name, True)


async def test_version_6_has_no_device_mode_and_no_limits(boxes: Any) -> None:
    box: Box = await boxes(version="6.49", device_mode="home")
    session = await box.login()
    with pytest.raises(Trap, match="no such command"):
        await session.do("/system/device-mode/print")
    await session.add("/system/scheduler", name="t", interval="1s", on_event=":log info ran")
    await until(lambda: _logged(session, "ran"))


async def _logged(session: Any, text: str) -> bool:
    return text in await session.column("/log", "message")
