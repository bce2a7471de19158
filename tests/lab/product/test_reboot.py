# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployed branch that loses its power comes back as it was. The tests of this file run in order on one router."""

from __future__ import annotations

import asyncio
import time

import pytest

from lab.world.client import LabError
from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    made = start("reboot")
    played = made.play("site")
    assert played.code == 0, played.output
    return made


def wait_until_it_boots(branch: Branch) -> None:
    """The command is answered before the router goes down."""
    with pytest.raises(LabError, match="booting"):
        until_it_fails(branch)


def until_it_fails(branch: Branch) -> None:
    for _ in range(600):
        branch.call("/system/identity")
        time.sleep(0.1)


def wait_until_up(branch: Branch) -> None:
    end = time.monotonic() + 150
    while True:
        try:
            branch.call("/system/identity")
        except LabError:
            assert time.monotonic() < end
            time.sleep(0.2)
        else:
            return


def test_a_reboot_over_the_api_brings_the_same_configuration(branch: Branch) -> None:
    before = branch.export()
    branch.call("/system", "reboot")
    wait_until_it_boots(branch)
    wait_until_up(branch)
    assert branch.export() == before


def test_no_run_finds_anything_to_do_afterwards(branch: Branch) -> None:
    before = branch.writes()
    played = branch.play("site")
    assert played.code == 0, played.output
    assert played.changed == 0
    assert branch.writes() == before


def test_new_connections_use_both_lines_again(branch: Branch) -> None:
    result = branch.measure("connections", count=400)
    assert result["failed"] == 0
    assert min(result["split"].values()) > 100


def test_after_a_power_cut_a_foreign_dhcp_server_is_still_reported(branch: Branch) -> None:
    """Globals are gone: the scripts must make what they need. The first probe goes out right after the boot."""
    asyncio.run(branch.lab.rogue(True))
    assert asyncio.run(branch.lab.power_cycle())["lasted_s"] > 3
    chat = asyncio.run(branch.lab.chat(count=1, wait_s=150))
    assert len(chat["messages"]) == 1
    assert "DC:2C:6E:81:CF:34" in chat["messages"][0]["text"].upper()
