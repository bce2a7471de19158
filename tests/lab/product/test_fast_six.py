# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On RouterOS 6.49 a line dies and returns. Its probes are of another kind: one packet, so the script asks again."""

from __future__ import annotations

import asyncio

import pytest

from tests.lab.product import sockets
from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import carried_by
from tests.lab.product.outages import (
    ROUNDING_S,
    TELLS_WITHIN_S,
    closed,
    cut,
    heal,
    logged_at,
    marks,
    silence,
    told,
    unsilence,
    until,
    until_all_answer,
    until_closed,
)

pytestmark = pytest.mark.lab

QUICK = {"multiwan_probe": {"interval": "1s", "good_checks": 8}}
#: RouterOS' own check asks every 10 s, waits 10 s for each answer and believes the second silence.
BEFORE_NATIVE_S = 20.0


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("fast-six", version="6.49")
    played = branch.play("site", variables=QUICK)
    assert played.code == 0, played.output
    asyncio.run(branch.lab.chat(limits={"per_second": 0, "per_minute": 0}))
    until_all_answer(branch)
    return branch


def test_death_and_return_of_a_line(branch: Branch) -> None:
    idle = sockets.outward(branch, 16)
    sources = [one.source for one in idle]
    before = marks(branch, *sources)
    assert set(before) == {"mw-isp1", "mw-isp2"}
    died = cut(branch, "isp1")
    try:
        until_closed(branch, "isp1")
        assert logged_at(branch, "multiwan: Modem 1 is not used now") - died < BEFORE_NATIVE_S
        asyncio.run(carried_by(branch, "isp2"))
        of_isp2 = ["mw-isp2"] * before.count("mw-isp2")
        until(lambda: marks(branch, *sources) == of_isp2, "connections of the dead line are removed, and no other")
        assert branch.play("site", variables=QUICK).changed == 0
        assert closed(branch) == {"isp1"}
    finally:
        heal(branch, "isp1")
    until_closed(branch)
    closed_at = logged_at(branch, "multiwan: Modem 1 is not used now")
    opened_at = logged_at(branch, "multiwan: Modem 1 is used again")
    assert marks(branch, *sources) == of_isp2
    (down,), (up,) = told(branch, "down"), told(branch, "up")
    assert down.raised is not None
    assert died - ROUNDING_S < down.raised < died + TELLS_WITHIN_S
    assert up.raised is not None
    assert abs(up.raised - opened_at) <= ROUNDING_S
    assert up.length is not None
    assert abs(up.length - (opened_at - closed_at)) <= ROUNDING_S
    for one in idle:
        one.close()


def test_with_a_quorum_of_two_one_dead_anchor_closes_the_gate(branch: Branch) -> None:
    """It is asked again before; the other anchor's answer would prove nothing."""
    both = {"multiwan_probe": {"interval": "1s", "good_checks": 2, "quorum": 2}}
    played = branch.play("site", variables=both)
    assert played.code == 0, played.output
    until_all_answer(branch)
    silence(branch, "9.9.9.10")
    until_closed(branch, "isp1")
    unsilence(branch)
    until_closed(branch)
