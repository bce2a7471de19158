# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo fails by its own promises: each is broken once, alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.demo.record import Calls, CheckMode, Rates, Record, SecondRun, Split, Told
from lab.demo.verdict import judge
from tests.unit.lab.demo.madeup import record


def broken(found: Record) -> list[str]:
    return [check.rule for check in judge(found) if not check.ok]


def test_a_good_run_keeps_every_promise() -> None:
    assert broken(record()) == []


def slow(down: float, up: float) -> Rates:
    return Rates(down, up, (down,) * 3, (up,) * 3)


def with_failover(**changes: object) -> Record:
    good = record()
    return replace(good, failover=replace(good.failover, **changes))  # type: ignore[arg-type]


def with_rogue(**changes: object) -> Record:
    good = record()
    return replace(good, rogue=replace(good.rogue, **changes))  # type: ignore[arg-type]


CASES: dict[str, tuple[Record, str]] = {
    "slow down": (record(both=slow(18.63, 19.1)), "1.95 times one line, down"),
    "slow up": (record(both=slow(19.1, 18.6)), "1.95 times one line, up"),
    "few connections": (record(split=Split({"isp1": 999, "isp2": 1000}, {"isp1": 0.5, "isp2": 0.5})), "at least 2000"),
    "uneven": (record(split=Split({"isp1": 1100, "isp2": 1300}, {"isp1": 0.5, "isp2": 0.5})), "percentage points"),
    "second run changed": (record(second_run=SecondRun(1, 0)), "second run"),
    "second run wrote": (record(second_run=SecondRun(0, 1)), "second run"),
    "check mode wrote": (record(check_mode=CheckMode(True, 71)), "--check --diff"),
    "check mode mute": (record(check_mode=CheckMode(False, 0)), "--check --diff"),
    "not detected": (with_failover(detected_s=None), "notices"),
    "not restored": (with_failover(new_connections_restored_s=None), "work again"),
    "noticed late": (with_failover(detected_s=5.1), "notices"),
    "restored late": (with_failover(new_connections_restored_s=5.1), "work again"),
    "dead line used": (with_failover(route_to="Modem 2"), "line that lives"),
    "two lines used": (with_failover(route_to=None), "line that lives"),
    "never used again": (with_failover(back_s=None), "use it again"),
    "not held back": (with_failover(back_s=18.9), "held back"),
    "held back too long": (with_failover(back_s=31.0), "held back"),
    "the router does not say how long": (with_failover(hold_s=None), "held back"),
    "a call stays on the dead line": (with_failover(calls=Calls(16, 7, 6, 3.3, 0)), "go on over"),
    "calls move late": (with_failover(calls=Calls(16, 7, 7, 10.1, 0)), "go on over"),
    "no call was on the line": (with_failover(calls=Calls(16, 0, 0, None, 0)), "go on over"),
    "a call of a good line moves": (with_failover(calls=Calls(16, 7, 7, 3.3, 1)), "don't notice"),
    "no call was on a good line": (with_failover(calls=Calls(16, 16, 16, 3.3, 0)), "don't notice"),
    "a call moves at the return": (with_failover(at_return=Calls(16, 0, 0, None, 1)), "at its return"),
    "a call ran on the dead line": (with_failover(at_return=Calls(16, 1, 0, 0.0, 0)), "at its return"),
    "the return was not seen": (with_failover(at_return=None), "at its return"),
    "no word of the death": (with_failover(told_down=None), "which branch lost"),
    "word of the death is late": (with_failover(told_down=Told(20.1, "Jakarta: Modem 2")), "which branch lost"),
    "the death of which branch": (with_failover(told_down=Told(8.0, "Modem 2")), "which branch lost"),
    "no word of the return": (with_failover(told_up=None), "how long it was not"),
    "word of the return is late": (with_failover(told_up=Told(20.1, "Jakarta: Modem 2", 33.0)), "how long it was not"),
    "the return of which branch": (with_failover(told_up=Told(8.0, "Modem 2", 33.0)), "how long it was not"),
    "no length": (with_failover(told_up=Told(8.0, "Jakarta: Modem 2")), "how long it was not"),
    "wrong length": (with_failover(told_up=Told(8.0, "Jakarta: Modem 2", 37.0)), "how long it was not"),
    "wrong MAC": (with_rogue(mac_reported="00:00:00:00:00:01"), "names the branch"),
    "wrong interface": (with_rogue(interface_reported="ether1"), "names the branch"),
    "no interface": (with_rogue(interface_reported=None), "names the branch"),
    "no branch": (with_rogue(message="DHCP server liar"), "names the branch"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_missed_figure_breaks_exactly_its_promise(name: str) -> None:
    found, rule = CASES[name]
    assert len(broken(found)) == 1
    assert rule in broken(found)[0]


def test_no_message_breaks_both_promises_about_it() -> None:
    assert len(broken(with_rogue(message=None, mac_reported=None, interface_reported=None, seconds=None))) == 2


def test_a_run_without_checks_has_not_passed() -> None:
    assert not record().passed
    assert replace(record(), checks=judge(record())).passed


def test_a_split_by_other_weights_is_judged_by_them() -> None:
    counts = {"isp1": 250, "isp2": 500, "isp3": 1250}
    assert broken(record(split=Split(counts, {"isp1": 0.125, "isp2": 0.25, "isp3": 0.625}))) == []
