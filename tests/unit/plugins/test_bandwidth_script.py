# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``mw-bandwidth`` run by the lab's interpreter: the queue of all segments gets what the living lines carry."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.plugins.fast_router import SYS, FastRouter

VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.22"])
SPEEDS = (("10M", "10M"), ("20M", "5M"), ("8M", "2M"))
QUEUE = "/queue/simple"


def router(mode: str, *, version: str = "7.22", metered: int = 0, uplinks: int = 3) -> FastRouter:
    def change(raw: dict[str, Any]) -> None:
        raw["multiwan_mode"] = mode
        for number, uplink in enumerate(raw["multiwan_uplinks"], start=1):
            uplink["download"], uplink["upload"] = SPEEDS[number - 1]
            uplink["metered"] = number == metered
        raw["multiwan_segments"][0]["bandwidth"] = {"guaranteed": {"upload": "1200k" if not metered else "3M"}}

    made = FastRouter(uplinks, version=version, change=change)
    alive(made, *range(1, uplinks + 1))
    return made


def alive(at: FastRouter, *uplinks: int) -> None:
    for row in at.menus["/ip/route"]:
        for number in range(1, at.uplinks + 1):
            if f":failover:isp{number}:gate" in row.get("comment", ""):
                row["active"] = "true" if number in uplinks else "false"


def run(at: FastRouter) -> int:
    """How many commands changed something."""
    before = [dict(row) for row in at.menus[QUEUE]]
    asyncio.run(at.interpreter.run(at.script("mw-bandwidth"), caller=SYS))
    return sum(one != other for one, other in zip(before, at.menus[QUEUE], strict=True))


def held(at: FastRouter, name: str = "mw-total", what: str = "max-limit") -> str:
    return next(row[what] for row in at.menus[QUEUE] if row["name"] == name)


@VERSIONS
def test_in_balance_the_living_lines_are_added_up(version: str) -> None:
    at = router("balance", version=version)
    assert (run(at), held(at)) == (0, "16150000/36100000")
    alive(at, 1, 3)
    assert (run(at), held(at)) == (1, "11400000/17100000")
    assert (run(at), held(at)) == (0, "11400000/17100000")
    assert len([text for text in at.log if "the living lines carry 11400000/17100000" in text]) == 1


@VERSIONS
def test_in_failover_the_first_that_lives_counts(version: str) -> None:
    at = router("failover", version=version)
    for lines, wanted in (((1, 2, 3), "9500000/9500000"), ((2, 3), "4750000/19000000"), ((3,), "1900000/7600000")):
        alive(at, *lines)
        run(at)
        assert held(at) == wanted


@pytest.mark.parametrize("mode", ["balance", "failover"])
def test_without_any_line_everything_stays(mode: str) -> None:
    at = router(mode)
    before = held(at)
    alive(at)
    assert (run(at), held(at)) == (0, before)


def test_a_closed_gate_is_a_dead_line_whatever_the_route_says() -> None:
    at = router("failover")
    for row in at.menus["/ip/route"]:
        if ":isp1:gate" in row.get("comment", ""):
            row["disabled"] = "yes"
    run(at)
    assert held(at) == "4750000/19000000"


def test_one_anchor_is_enough() -> None:
    at = router("failover")
    alive(at, 2, 3)
    next(row for row in at.menus["/ip/route"] if ":isp1:gate2]" in row.get("comment", ""))["active"] = "true"
    run(at)
    assert held(at) == "9500000/9500000"


@VERSIONS
def test_a_metered_line_counts_only_alone_and_cuts_guarantees_that_it_can_not_keep(version: str) -> None:
    at = router("balance", version=version, metered=3)
    assert (run(at), held(at)) == (0, "14250000/28500000")
    assert held(at, "mw-segment-office", "limit-at") == "3000000/950000"
    alive(at, 3)
    run(at)
    assert (held(at), held(at, "mw-segment-office", "limit-at")) == ("1900000/7600000", "1900000/950000")
    alive(at, 1, 3)
    run(at)
    assert (held(at), held(at, "mw-segment-office", "limit-at")) == ("9500000/9500000", "3000000/950000")


@pytest.mark.parametrize(
    "form", ["9500000/9500000", "9500k/9500k", "9500000/9500k"], ids=["numbers", "thousands", "mixed"]
)
def test_a_rate_is_one_number_in_every_form(form: str) -> None:
    at = router("failover")
    next(row for row in at.menus[QUEUE] if row["name"] == "mw-total")["max-limit"] = form
    assert (run(at), held(at)) == (0, form)


def test_a_value_set_by_hand_is_mended() -> None:
    at = router("failover")
    for form in ("1M/1M", "0/0", "95M/9500k"):
        next(row for row in at.menus[QUEUE] if row["name"] == "mw-total")["max-limit"] = form
        assert (run(at), held(at)) == (1, "9500000/9500000")


def test_a_queue_that_somebody_took_away_is_no_error() -> None:
    at = router("balance")
    at.menus[QUEUE] = []
    assert run(at) == 0


@VERSIONS
def test_the_fast_layer_calls_it_when_it_closes_a_gate(version: str) -> None:
    at = router("failover", version=version, uplinks=2)

    async def death() -> None:
        at.live(1, 2)
        await at.run()
        at.live(2)
        at.pings = False
        await at.event()

    asyncio.run(death())
    assert at.closed() == {1}
    assert held(at) == "4750000/19000000"


def test_without_limits_the_fast_layer_calls_nothing() -> None:
    at = FastRouter(2)

    async def death() -> None:
        at.live(1, 2)
        await at.run()
        at.live(2)
        await at.event()

    asyncio.run(death())
    assert at.closed() == {1}
    assert not [text for text in at.log if "carry" in text]
