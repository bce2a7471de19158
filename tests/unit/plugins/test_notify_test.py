# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a test message, from where it is and what the log says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import notify_test
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.message_scripts import REFUSED_WORDS
from ansible_collections.multiwan.routeros.plugins.module_utils.protection import Waiting

from tests.unit.plugins.memory_api import MemoryApi

LISTS, LOG, SCHEDULER = "/ip/firewall/address-list", "/log", "/system/scheduler"


class Time:
    """A clock that stands still but for the waits; ``then`` is done after the first."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.now, self.then, self.waits = 0.0, then, 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits += 1
        if self.waits == 1:
            self.then()


def router(*log: str, waiting: int = 0, disabled: str = "false") -> MemoryApi:
    queue = [
        Found(f"*{n}", {"list": "mw-outbox", "address": f"240.0.0.{n}", "comment": f"{n}"}) for n in range(waiting)
    ]
    scheduler = Found("*1", {"name": "mw-outbox", "disabled": disabled, "run-count": "7"})
    old = [Found(f"*A{number}", {"message": text}) for number, text in enumerate(log)]
    clock = [Found("*0", {"date": "2026-11-21", "time": "18:00:00"})]
    return MemoryApi({LISTS: queue, SCHEDULER: [scheduler], LOG: old, "/system/clock": clock})


def told(api: MemoryApi, then: Callable[[], None] = lambda: None) -> notify_test.Told:
    time = Time(then)
    waiting = Waiting(60.0, lambda: time.now, time.sleep)
    return notify_test.send(api, branch="jakarta", language="id", waiting=waiting)


def moves(api: MemoryApi, into: str, *log: str, ran: bool = True) -> Callable[[], None]:
    """What the router does with the message: into another list, or nowhere; and these lines."""

    def then() -> None:
        row = api.menus[LISTS].pop()
        if into:
            api.menus[LISTS].append(Found("*99", {**row.values, "list": into}))
        if ran:
            api.menus[SCHEDULER] = [Found("*1", {**api.menus[SCHEDULER][0].values, "run-count": "8"})]
        api.menus[LOG] += [Found(f"*B{number}", {"message": text}) for number, text in enumerate(log)]

    return then


def test_it_is_queued_like_any_message_with_the_time_of_the_router() -> None:
    api = router(waiting=2)
    told(api)
    values = api.menus[LISTS][-1].values
    assert (values["list"], values["timeout"], values["address"]) == ("mw-outbox", "1d", "240.0.0.2")
    assert "Cabang%20jakarta%3A%20pesan%20uji" in values["comment"]
    assert values["comment"].endswith("Waktu%20kejadian%3A%202026-11-21%2018%3A00%3A00")


def test_it_was_sent_when_the_router_notes_it_as_sent() -> None:
    api = router()
    assert told(api, moves(api, "mw-sent")) == notify_test.Told("sent")


@pytest.mark.parametrize(
    ("status", "words"),
    [("401", "token is wrong"), ("400", "chat is not known"), ("403", "may not write"), ("418", "")],
)
def test_a_refusal_is_told_with_its_status(status: str, words: str) -> None:
    api = router(f"{REFUSED_WORDS}499")
    found = told(api, moves(api, "mw-refused", f"{REFUSED_WORDS}{status}"))
    assert found.state == "refused"
    assert f"Telegram answered {status}" in found.reason
    assert words in found.reason


@pytest.mark.parametrize(
    ("why", "ran", "words"),
    [
        ("dead", True, "no answer"),
        ("slow", True, "Telegram answered 429"),
        ("later", True, "a fault of its own"),
        ("unknown", True, "before RouterOS 7.13"),
        ("", True, "not its turn"),
        ("", False, "device-mode"),
    ],
)
def test_what_still_waits_is_told_with_its_reason(why: str, ran: bool, words: str) -> None:
    api = router()

    def then() -> None:
        moves(api, "mw-outbox", ran=ran)()
        api.menus[LISTS].append(Found("*77", {"list": "mw-sending", "address": "240.0.0.254", "comment": why}))

    found = told(api, then)
    assert found.state == "waiting"
    assert words in found.reason


def test_a_message_that_somebody_took_away_was_not_sent() -> None:
    api = router()
    assert told(api, moves(api, "")).state == "removed"


def test_a_full_outbox_is_left_as_it_is() -> None:
    api = router()
    api.menus[LISTS] = [Found(f"*{n}", {"list": "mw-outbox", "address": f"240.0.0.{n}"}) for n in range(1, 21)]
    assert "full" in told(api).reason
    assert api.writes == []


@pytest.mark.parametrize("disabled", ["true", "yes"])
def test_without_a_running_scheduler_nothing_is_queued(disabled: str) -> None:
    api = router(disabled=disabled)
    assert "no outbox" in told(api).reason
    api.menus[SCHEDULER] = []
    assert "no outbox" in told(api).reason
    assert api.writes == []
