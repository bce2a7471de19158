# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router whose device-mode forbids the scheduler and fetch: RouterOS' own checks carry alone. Tests run in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests.lab.product.conftest import Branch, Played, Start
from tests.lab.product.flows import carried_by
from tests.lab.product.outages import closed, cut, heal, until_all_answer

pytestmark = pytest.mark.lab

UNFORCED = {"multiwan_mode": "failover", "multiwan_probe": {"interval": "1s", "good_checks": 3}}
QUICK = {**UNFORCED, "multiwan_force": ["device-mode"]}
#: A check every 10 s, two silences, and a machine that is busy.
NATIVE_S = 240.0


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    return start("forbidden", device_mode="home")


@pytest.fixture(scope="module")
def refused(branch: Branch) -> Played:
    """Nothing could bring the branch back there, so the operator has to say that he goes without."""
    return branch.play("site", variables=UNFORCED)


@pytest.fixture(scope="module")
def played(branch: Branch, refused: Played) -> Played:
    del refused
    return branch.play("site", variables=QUICK)


@pytest.fixture
def gates(branch: Branch) -> Iterator[list[set[str]]]:
    """What was closed, looked at twice a second while a test runs."""
    seen: list[set[str]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            seen.append(closed(branch))

    watcher = threading.Thread(target=look)
    watcher.start()
    yield seen
    over.set()
    watcher.join()


def test_without_a_dead_man_nothing_is_written_unless_that_is_forced(branch: Branch, refused: Played) -> None:
    assert refused.code != 0
    assert "the dead man would never run" in refused.output
    assert "multiwan_force: [device-mode]" in refused.output
    assert branch.writes() == 0


def test_the_deploy_says_what_does_not_work(played: Played) -> None:
    assert played.code == 0, played.output
    assert "device-mode forbids the scheduler: the fast failover stays off" in played.output
    assert "device-mode forbids fetch: no message will be sent" in played.output


def test_the_next_run_changes_nothing(branch: Branch, played: Played) -> None:
    """The router shows rows of the scheduler as disabled; that is not drift."""
    del played
    again = branch.play("site", variables=QUICK)
    assert (again.code, again.changed) == (0, 0), again.output


def test_a_dead_line_is_left_and_used_again_without_closing_a_gate(branch: Branch, gates: list[set[str]]) -> None:
    until_all_answer(branch)
    asyncio.run(carried_by(branch, "isp1"))
    cut(branch, "isp1")
    try:
        asyncio.run(carried_by(branch, "isp2", within_s=NATIVE_S))
    finally:
        heal(branch, "isp1")
    asyncio.run(carried_by(branch, "isp1", within_s=NATIVE_S))
    assert len(gates) > 3
    assert {name for one in gates for name in one} == set()
    assert not [line for line in branch.logged() if "is not used now" in line]
