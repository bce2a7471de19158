# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.derive.observations import GatewayCheck
from lab.observe.gateway import FIXED, GatewayMonitor, Judged, Timers, timers
from lab.schema.snapshot import ConfigRow
from tests.unit.lab.demo.virtual_time import VirtualLoop

probes = st.lists(st.booleans(), max_size=30)
counts = st.integers(1, 5)


def judge(answers: list[bool], count: int) -> Judged:
    return reduce(lambda judged, answered: judged.after(answered, count), answers, Judged())


@given(probes, counts)
def test_a_gateway_is_unreachable_exactly_when_its_last_verdict_was_count_misses_in_a_row(
    answers: list[bool], count: int
) -> None:
    last = next((at for at in range(len(answers), 0, -1) if answers[at - 1]), 0)
    missed = len(answers) - last
    if missed >= count:
        assert judge(answers, count).reachable is False
    elif last:
        assert judge(answers, count).reachable is True
    else:
        assert judge(answers, count).reachable is None


@pytest.mark.parametrize("version", ["6.49.10", "7.9", "7.20.8 (long-term)"])
def test_up_to_7_20_the_timers_are_fixed(version: str) -> None:
    assert timers(version, ConfigRow(0, {"check-gateway-ping-interval": "1s"})) == FIXED == Timers(10.0, 10.0, 2)


@pytest.mark.parametrize("version", ["7.21", "7.22.3 (stable)", "7.24beta1", "8.0"])
def test_from_7_21_the_settings_hold_the_timers(version: str) -> None:
    assert timers(version) == Timers(10.0, 1.0, 2)
    row = ConfigRow(
        0,
        {
            "check-gateway-ping-interval": "1s500ms",
            "check-gateway-ping-timeout": "300ms",
            "check-gateway-ping-count": "4",
        },
    )
    assert timers(version, row) == Timers(1.5, 0.3, 4)


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="no RouterOS version: 'stable'"):
        timers("stable")


def seen(pace: Timers, dead: tuple[float, float], *, until_s: float = 200.0) -> list[tuple[float, bool]]:
    """(second, verdict) of a gateway that is silent from ``dead[0]`` on until ``dead[1]``, in virtual time."""
    found: list[tuple[float, bool]] = []

    async def watch() -> None:
        loop = asyncio.get_running_loop()

        async def probe(check: GatewayCheck, timeout_s: float) -> bool:
            answers = not dead[0] <= loop.time() < dead[1]
            await asyncio.sleep(0.01 if answers else timeout_s)
            return answers

        monitor = GatewayMonitor("", lambda check, up: found.append((round(loop.time(), 1), up)), probe=probe)
        monitor.update([GatewayCheck("192.0.2.1", "", "ping")], pace.interval_s, pace.timeout_s, pace.count)
        await asyncio.sleep(until_s)
        await monitor.stop()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(watch())
    return found


@given(st.floats(30, 60))
def test_up_to_7_20_a_dead_gateway_is_noticed_after_20_to_30_seconds(death: float) -> None:
    (_, up), (down, verdict), (back, again) = seen(timers("7.20"), (death, 100.0))
    assert (up, verdict, again) == (True, False, True)
    assert 20 <= down - death <= 30.1
    assert 0 <= back - 100.0 <= 10.1, "one answer is enough"


@given(st.floats(30, 60))
def test_from_7_21_it_takes_11_to_21_seconds(death: float) -> None:
    (_, up), (down, verdict), (back, again) = seen(timers("7.21"), (death, 100.0))
    assert (up, verdict, again) == (True, False, True)
    assert 11 <= down - death <= 21.1
    assert 0 <= back - 100.0 <= 10.1


def test_from_7_21_the_settings_make_it_faster() -> None:
    row = ConfigRow(0, {"check-gateway-ping-interval": "1s", "check-gateway-ping-timeout": "300ms"})
    (_, _), (down, _), (back, _) = seen(timers("7.22", row), (30.5, 50.5))
    assert (down, back) == (32.3, 51.0)


def test_a_gateway_that_never_answered_is_taken_for_reachable_until_the_second_miss() -> None:
    assert seen(timers("7.20"), (0.0, 1e9)) == [(20.0, False)]
    assert seen(timers("7.22"), (0.0, 1e9)) == [(11.0, False)]
