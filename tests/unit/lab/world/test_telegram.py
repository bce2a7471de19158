# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.world.https import FailError, Failing
from lab.world.telegram import Answer, BotApi, Limits, Request

TOKEN = "1234567890:" + "A" * 35
GROUP = -1001234567890
FORM = "application/x-www-form-urlencoded"
UNLIMITED = Limits(0, 0, 0)


def api(limits: Limits = UNLIMITED) -> BotApi:
    return BotApi(TOKEN, frozenset({GROUP, 77}), limits)


def post(bot: BotApi, now: float = 1000.0, *, token: str = TOKEN, method: str = "sendMessage", **fields: Any) -> Answer:
    body = urlencode(fields).encode()
    return bot.handle(Request("POST", f"/bot{token}/{method}", "", FORM, body, "203.0.113.1"), now)


def refusal(answer: Answer) -> tuple[int, str]:
    assert answer.payload["ok"] is False
    assert answer.payload["error_code"] == answer.status
    return answer.status, answer.payload["description"]


def test_a_message_is_kept_with_the_line_it_came_by() -> None:
    bot = api()
    answer = post(bot, 1234.5, chat_id=GROUP, text="Modem 1 mati")
    assert answer.status == 200
    assert answer.payload["result"]["chat"] == {"id": GROUP, "type": "supergroup", "title": "NOC"}
    assert answer.payload["result"]["date"] == 1234
    (message,) = bot.messages
    assert message.to_json() == {
        "message_id": 1, "chat_id": GROUP, "at": 1234.5, "text": "Modem 1 mati", "source": "203.0.113.1"
    }  # fmt: skip


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300).filter(lambda t: t.strip() != ""))
def test_any_text_arrives_by_form_by_json_and_by_query(text: str) -> None:
    bot = api()
    path = f"/bot{TOKEN}/sendMessage"
    fields = {"chat_id": str(GROUP), "text": text}
    requests = [
        Request("POST", path, "", FORM, urlencode(fields).encode()),
        Request(
            "POST", path, "", "application/json; charset=utf-8", json.dumps({"chat_id": GROUP, "text": text}).encode()
        ),
        Request("GET", path, urlencode(fields)),
    ]
    assert [bot.handle(request, 0).status for request in requests] == [200] * 3
    assert [message.text for message in bot.messages] == [text.strip()] * 3


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ({"chat_id": 5, "text": "x"}, 400, "Bad Request: chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, 400, "Bad Request: chat not found"),
        ({"chat_id": GROUP}, 400, "Bad Request: message text is empty"),
        ({"chat_id": GROUP, "text": " \n"}, 400, "Bad Request: message text is empty"),
        ({"chat_id": GROUP, "text": "x", "token": "1:" + "b" * 35}, 401, "Unauthorized"),
        ({"chat_id": GROUP, "text": "x", "token": "nonsense"}, 404, "Not Found"),
        ({"chat_id": GROUP, "text": "x", "method": "sendMassage"}, 404, "Not Found: method not found"),
        ({"chat_id": GROUP, "text": "x", "parse_mode": "TeX"}, 400, "Bad Request: unsupported parse_mode"),
        (
            {"chat_id": GROUP, "text": "ke ether_1", "parse_mode": "Markdown"},
            400,
            "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 8",
        ),
    ],
)
def test_a_refusal_has_telegrams_words_and_leaves_no_message(fields: dict[str, Any], status: int, words: str) -> None:
    bot = api()
    assert refusal(post(bot, **fields)) == (status, words)
    assert bot.messages == []


@pytest.mark.parametrize(
    ("text", "status"), [("a" * 4096, 200), ("a" * 4097, 400), ("😀" * 2048, 200), ("😀" * 2049, 400)]
)
def test_the_length_limit_counts_utf_16_units(text: str, status: int) -> None:
    assert post(api(), chat_id=77, text=text).status == status


def test_marks_of_markdown_are_plain_text_without_a_parse_mode() -> None:
    assert post(api(), chat_id=77, text="ether_1 *[x").status == 200
    assert post(api(), chat_id=77, text="*tebal* ether\\_1", parse_mode="Markdown").status == 200


def test_text_that_is_no_utf_8_is_refused() -> None:
    request = Request("POST", f"/bot{TOKEN}/sendMessage", "", FORM, f"chat_id={GROUP}&text=%C3%28".encode())
    assert refusal(api().handle(request, 0)) == (400, "Bad Request: strings must be encoded in UTF-8")


def test_too_fast_for_one_chat_is_told_how_long_to_wait() -> None:
    bot = api(Limits(per_second=1, burst=2, per_minute=0))
    assert [post(bot, 0.1 * n, chat_id=77, text="x").status for n in range(2)] == [200, 200]
    answer = post(bot, 0.3, chat_id=77, text="x")
    assert refusal(answer) == (429, "Too Many Requests: retry after 2")
    assert answer.payload["parameters"] == {"retry_after": 2}
    assert post(bot, 0.3, chat_id=GROUP, text="other chat").status == 200
    assert post(bot, 2.3, chat_id=77, text="x").status == 200


def test_a_group_gets_twenty_a_minute_and_a_person_more() -> None:
    bot = api(Limits(per_second=0, per_minute=20))
    assert [post(bot, float(n), chat_id=GROUP, text="x").status for n in range(21)] == [200] * 20 + [429]
    assert [post(bot, float(n), chat_id=77, text="x").status for n in range(30)] == [200] * 30
    assert post(bot, 60.5, chat_id=GROUP, text="x").status == 200


@given(st.lists(st.floats(0, 30), max_size=60).map(sorted))
def test_waiting_as_long_as_told_is_always_enough(times: list[float]) -> None:
    bot = api(Limits(per_second=1, burst=2, per_minute=5))
    for now in times:
        answer = post(bot, now, chat_id=GROUP, text="x")
        if answer.status == 429:
            later = now + answer.payload["parameters"]["retry_after"]
            assert BotApi(TOKEN, bot.chats, bot.limits, list(bot.messages)).handle(
                Request("GET", f"/bot{TOKEN}/sendMessage", f"chat_id={GROUP}&text=x"), later
            ).status == 200  # fmt: skip


@pytest.mark.parametrize("text", ["429", "429:", "418x:1", "600:1", "timeout:-1", "later:1", "099:1"])
def test_an_unknown_failure_is_refused(text: str) -> None:
    with pytest.raises(FailError, match="STATUS:TIMES"):
        Failing.parse(text)


def test_a_failure_is_used_up() -> None:
    failing = Failing.parse("500:2")
    assert [failing.take() for _ in range(3)] == ["500", "500", ""]
