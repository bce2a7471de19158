# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages from the script that has one until Telegram has it: kept, sent in order, once, and not too fast."""

from __future__ import annotations

import pytest

from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.script_router import LISTS, TIMEOUT, VERSIONS, router

WHEN = "2026-11-21 18:00:00"


@VERSIONS
async def test_a_message_is_queued_with_the_time_that_it_names(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.notify("pertama", "2026-11-21 17:58:00")
    await jakarta.notify("kedua")
    assert (jakarta.sent, len(jakarta.waiting())) == ([], 2)
    await jakarta.tick()
    assert jakarta.texts() == [
        "pertama\nWaktu kejadian: 2026-11-21 17:58:00",
        f"kedua\nWaktu kejadian: {WHEN}",
    ]
    assert (jakarta.waiting(), jakarta.pauses()) == ([], [])


@VERSIONS
async def test_the_same_message_is_neither_queued_twice_nor_again_right_after_it_was_sent(version: str) -> None:
    jakarta = router(version=version)
    for _ in range(2):
        await jakarta.notify("sama", WHEN)
    assert len(jakarta.waiting()) == 1
    await jakarta.tick()
    await jakarta.notify("sama", WHEN)
    await jakarta.tick()
    assert len(jakarta.sent) == 1
    await jakarta.notify("sama", "2026-11-21 18:00:10")
    await jakarta.tick()
    assert len(jakarta.sent) == 2


@pytest.mark.parametrize(
    "error", [TIMEOUT, "failure: Status 502, Bad Gateway", "Fetch failed with status 500", "failure: resolving error"]
)
@VERSIONS
async def test_what_can_not_go_now_goes_after_a_pause(error: str, version: str) -> None:
    jakarta = router(error, error, version=version)
    await jakarta.notify("satu")
    await jakarta.notify("dua")
    await jakarta.tick()
    assert (jakarta.sent, len(jakarta.waiting()), jakarta.pauses()) == ([], 2, ["20s"])
    await jakarta.tick()
    assert jakarta.sent == []
    jakarta.trouble = []
    jakarta.expire("mw-sending")
    await jakarta.tick()
    assert [text.split("\n")[0] for text in jakarta.texts()] == ["satu", "dua"]
    assert (jakarta.waiting(), jakarta.pauses()) == ([], [])


async def test_when_telegram_asks_for_patience_it_gets_a_minute() -> None:
    jakarta = router("failure: Status 429, Too Many Requests")
    await jakarta.notify("satu")
    await jakarta.tick()
    assert (jakarta.sent, len(jakarta.waiting()), jakarta.pauses()) == ([], 1, ["1m"])


@pytest.mark.parametrize(
    "error", ["failure: Status 400, Bad Request", "failure: Status 401, Unauthorized", "Fetch failed with status 404"]
)
async def test_what_telegram_refuses_is_dropped_and_said_in_the_log(error: str) -> None:
    jakarta = router(error)
    await jakarta.notify("satu")
    await jakarta.notify("dua")
    await jakarta.tick()
    assert [text.split("\n")[0] for text in jakarta.texts()] == ["dua"]
    assert (jakarta.waiting(), jakarta.pauses()) == ([], [])
    assert [line for line in jakarta.log if "refused a message, status 40" in line]


async def test_the_outbox_stops_at_the_first_that_can_not_go() -> None:
    jakarta = router("", TIMEOUT)
    for number in range(3):
        await jakarta.notify(f"{number}")
    await jakarta.tick()
    assert (len(jakarta.sent), len(jakarta.waiting())) == (1, 2)


@pytest.mark.parametrize("version", ["6.49", "7.12"])
async def test_where_the_reason_is_unknown_a_refused_message_lets_the_others_pass(version: str) -> None:
    jakarta = router("Fetch failed with status 400", version=version)
    for number in range(3):
        await jakarta.notify(f"{number}")
    await jakarta.tick()
    assert [text.split("\n")[0] for text in jakarta.texts()] == ["1", "2"]
    assert (len(jakarta.waiting()), jakarta.pauses()) == (1, ["20s"])


@pytest.mark.parametrize("version", ["6.49", "7.12"])
async def test_where_the_reason_is_unknown_a_dead_line_keeps_the_order(version: str) -> None:
    jakarta = router(TIMEOUT, TIMEOUT, version=version)
    for number in range(3):
        await jakarta.notify(f"{number}")
    await jakarta.tick()
    jakarta.expire("mw-sending")
    await jakarta.tick()
    assert [text.split("\n")[0] for text in jakarta.texts()] == ["0", "1", "2"]


@VERSIONS
async def test_the_outbox_is_bounded_and_keeps_the_newest(version: str) -> None:
    jakarta = router(version=version)
    for number in range(25):
        await jakarta.notify(f"{number}")
    assert len(jakarta.waiting()) == 20
    await jakarta.tick()
    assert [text.split("\n")[0] for text in jakarta.texts()] == [f"{number}" for number in range(5, 25)]


@VERSIONS
async def test_waiting_messages_are_rows_with_a_timeout_that_hold_no_token(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.notify("é €")
    [row] = jakarta.waiting()
    assert (row["timeout"], row["address"]) == ("1d", "240.0.0.1")
    assert row["comment"].isascii()
    assert TOKEN not in str(jakarta.menus[LISTS])
