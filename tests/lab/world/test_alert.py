# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rogue DHCP server comes and goes, as a script of the router reads it from the alert's row (facts 4.1)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology

pytestmark = pytest.mark.lab
MENU = "/ip/dhcp-server/alert"
READ = ":put [:len [/ip dhcp-server alert get [find where interface=bridge] unknown-server]]"
GONE_S = 6.0
PATIENCE_S = 90.0


@pytest.fixture(params=["6.49", "7.22"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        client = LabClient("alert")
        asyncio.run(client.up(Options(Topology(version=request.param), 0, 0)))
        try:
            yield client
        finally:
            asyncio.run(client.down())


async def _reads(lab: LabClient, *, nothing: bool, within_s: float) -> float:
    """Seconds until a script reads a MAC address, or nothing."""
    began = time.monotonic()
    while ((await lab.console(READ)).strip() == "0") is not nothing:
        assert time.monotonic() - began < within_s
        await asyncio.sleep(0.1)
    return time.monotonic() - began


async def _alerts(lab: LabClient) -> int:
    rows = (await lab.router_call("/log", "print"))["rows"]
    return sum("discovered unknown dhcp server" in row["message"] for row in rows)


async def test_a_server_that_is_gone_is_forgotten_after_the_timeout_and_at_a_reset(lab: LabClient) -> None:
    await lab.rogue(True)
    alert = {"interface": "bridge", "valid-server": "02:00:00:00:00:01", "disabled": "no"}
    row = str((await lab.router_call(MENU, "add", {**alert, "alert-timeout": f"{GONE_S:g}s"}))["ret"])
    await _reads(lab, nothing=False, within_s=PATIENCE_S)
    assert await _alerts(lab) == 1
    await lab.rogue(False)
    assert await _reads(lab, nothing=True, within_s=PATIENCE_S) > 1
    # with the default of an hour only a reset forgets
    await lab.router_call(MENU, "remove", {".id": row})
    await lab.rogue(True)
    await lab.router_call(MENU, "add", alert)
    await _reads(lab, nothing=False, within_s=PATIENCE_S)
    await lab.rogue(False)
    await asyncio.sleep(GONE_S)
    assert (await lab.console(READ)).strip() != "0"
    assert (await lab.console("/ip dhcp-server alert reset-alert [find where interface=bridge]")).strip() == ""
    assert (await lab.console(READ)).strip() == "0"
    assert await _alerts(lab) == 2
