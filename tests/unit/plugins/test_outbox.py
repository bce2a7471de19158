# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages from the script that has one until Telegram has it: kept, sent in order, once, and not too fast."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.script_router import LISTS, TIMEOUT, VERSIONS, Killed, Router, router

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
    ("error", "pause"),
    [
        (TIMEOUT, "8s"),
        ("failure: resolving error", "8s"),
        ("failure: Status 502, Bad Gateway", "20s"),
        ("Fetch failed with status 500", "20s"),
    ],
)
@VERSIONS
async def test_what_can_not_go_now_goes_after_a_pause(error: str, pause: str, version: str) -> None:
    jakarta = router(error, error, version=version)
    await jakarta.notify("satu")
    await jakarta.notify("dua")
    await jakarta.tick()
    assert (jakarta.sent, len(jakarta.waiting())) == ([], 2)
    assert jakarta.pauses() == (["20s"] if version in ("6.49", "7.12", "7.9") else [pause])
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


@pytest.mark.parametrize("version", ["6.49", "7.22"])
@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40))
def test_any_text_arrives_as_it_was_said(version: str, text: str) -> None:
    jakarta = router(version=version)

    async def said() -> None:
        await jakarta.notify(text, "now")
        await jakarta.tick()

    asyncio.run(said())
    assert jakarta.texts() == [f"{text}\nWaktu kejadian: now"]


@VERSIONS
async def test_two_runs_at_once_send_each_message_once(version: str) -> None:
    jakarta = router(version=version)
    for number in range(4):
        await jakarta.notify(f"{number}")
    await asyncio.gather(*(jakarta.tick() for _ in range(3)))
    jakarta.expire("mw-sending")
    await jakarta.tick()
    assert sorted(text.split("\n")[0] for text in jakarta.texts()) == ["0", "1", "2", "3"]


@VERSIONS
async def test_two_messages_at_once_are_both_kept_and_the_same_one_is_kept_once_in_the_end(version: str) -> None:
    jakarta = router(version=version)
    await asyncio.gather(*(jakarta.notify(f"{number}", WHEN) for number in range(3)))
    assert len(jakarta.waiting()) == 3
    full = router(version=version)
    for number in range(20):
        await full.notify(f"{number}", WHEN)
    await asyncio.gather(full.notify("a", WHEN), full.notify("b", WHEN))
    newest = [row["comment"][:2] for row in full.waiting()]
    assert len(newest) <= 20
    assert {"a%", "b%"} <= set(newest)


async def _killed(jakarta: Router, number: int, run: str) -> bool:
    """Whether the run was ended before its command of that number; there are fewer otherwise."""
    jakarta.commands, jakarta.kill_at = 0, number
    died = True
    with contextlib.suppress(Killed):
        await (jakarta.tick() if run == "outbox" else jakarta.notify("satu", WHEN))
        died = False
    jakarta.kill_at = 0
    return died


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_a_caller_that_is_killed_at_any_command_and_says_it_again_is_heard_once(version: str) -> None:
    for number in range(1, 99):
        jakarta = router(version=version)
        died = await _killed(jakarta, number, "notify")
        await jakarta.tick()
        await jakarta.notify("satu", WHEN)
        await jakarta.tick()
        assert len(jakarta.sent) == 1, number
        if not died:
            return
    pytest.fail("the run never ended by itself")


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_a_sender_that_is_killed_at_any_command_loses_nothing_and_repeats_at_most_what_it_just_sent(
    version: str,
) -> None:
    repeated = []
    for number in range(1, 999):
        jakarta = router(version=version)
        for text in ("satu", "dua"):
            await jakarta.notify(text, WHEN)
        died = await _killed(jakarta, number, "outbox")
        jakarta.expire("mw-sending")
        await jakarta.tick()
        found = [text.split("\n")[0] for text in jakarta.texts()]
        assert list(dict.fromkeys(found)) == ["satu", "dua"]
        assert jakarta.waiting() == []
        if len(found) > 2:
            repeated.append(number)
        if not died:
            break
    # one command long for each message: between Telegram's answer and the row that notes it
    assert len(repeated) == 2


@VERSIONS
async def test_a_long_outage_does_not_fill_the_log(version: str) -> None:
    jakarta = router(*[TIMEOUT] * 40, version=version)
    await jakarta.notify("satu")
    for _ in range(10):
        await jakarta.tick()
        jakarta.expire("mw-sending")
    assert len([line for line in jakarta.log if "could not be sent yet" in line]) == 1
    jakarta.expire("mw-failing")
    await jakarta.tick()
    assert len([line for line in jakarta.log if "could not be sent yet" in line]) == 2
