# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages from a script on the router to the chat: each once, whatever the server answers. Tests follow each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

LABEL = "Jalur “Ä” 本社 🙂 & 100%"


#: RouterOS 6 has a file of its own (test_notify_six.py), so that both can run side by side.
VERSION = "7.22"


@pytest.fixture(scope="module")
def branch(start: Start, request: pytest.FixtureRequest) -> Branch:
    version = request.module.VERSION
    branch = start(f"notify-{version}".replace(".", "-"), version=version)
    played = branch.play("site")
    assert played.code == 0, played.output
    asyncio.run(branch.lab.chat(limits={"per_second": 0, "per_minute": 0}))
    return branch


def console(branch: Branch, line: str) -> None:
    asyncio.run(branch.lab.console(line))


def queue(branch: Branch, text: str, when: str = "") -> None:
    quoted = "".join(f"\\{byte:02X}" for byte in text.encode())
    call = '[:parse [/system script get "mw-notify" source]]'
    console(branch, f'{{ :local n {call}; $n mwText="{quoted}" mwTime="{when}" }}')


def rows(branch: Branch, name: str) -> list[dict[str, str]]:
    return [row for row in branch.call("/ip/firewall/address-list") if row.get("list") == name]


def hurry(branch: Branch) -> None:
    """The pause after a failure is over, and the scheduler's next turn has come."""
    for row in rows(branch, "mw-sending"):
        branch.call("/ip/firewall/address-list", "remove", numbers=row[".id"])
    console(branch, "/system script run mw-outbox")


def texts(branch: Branch, *, count: int = 0, wait_s: float = 0) -> list[str]:
    chat = asyncio.run(branch.lab.chat(count=count, wait_s=wait_s))
    return [str(message["text"]) for message in chat["messages"]]


def until(true: Callable[[], object], wait_s: float = 180) -> None:
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def until_idle(branch: Branch) -> None:
    """Nothing waits, and no run sends: the lock of one that does must not be taken away."""
    until(lambda: (rows(branch, "mw-outbox"), rows(branch, "mw-sending")) == ([], []))


def arrived(branch: Branch, text: str) -> int:
    return sum(found.split("\n")[0] == text for found in texts(branch))


def is_six(branch: Branch) -> bool:
    (resource,) = branch.call("/system/resource")
    return resource["version"].startswith("6")


def test_any_text_arrives_as_it_was_written_with_its_time(branch: Branch) -> None:
    queue(branch, LABEL, "kemarin 12:00")
    until(lambda: arrived(branch, LABEL))
    (text,) = (text for text in texts(branch) if text.startswith(LABEL))  # others may still come from earlier tests
    assert text == f"{LABEL}\nWaktu kejadian: kemarin 12:00"
    until_idle(branch)


def test_an_old_router_was_given_the_authority_and_keeps_no_file(branch: Branch) -> None:
    names = [row["name"] for row in branch.call("/certificate") if row["name"].startswith("mw-ca-")]
    assert len(names) == (1 if is_six(branch) else 0)
    assert not [row for row in branch.call("/file") if row["name"].startswith("mw-ca-")]


@pytest.mark.parametrize("fail", ["429:1", "500:1", "reset:1"])
def test_what_the_server_could_not_take_is_sent_once_later(branch: Branch, fail: str) -> None:
    asyncio.run(branch.lab.chat(fail=fail))
    queue(branch, f"after {fail}")
    console(branch, "/system script run mw-outbox")
    assert (len(rows(branch, "mw-outbox")), arrived(branch, f"after {fail}")) == (1, 0)
    assert len(rows(branch, "mw-sending")) == 1  # the pause: nothing is tried although the scheduler runs
    hurry(branch)
    until(lambda: arrived(branch, f"after {fail}") == 1)
    for _ in range(2):
        until_idle(branch)
        hurry(branch)
    assert arrived(branch, f"after {fail}") == 1


def test_a_server_that_does_not_answer_in_time_gets_the_message_later(branch: Branch) -> None:
    asyncio.run(branch.lab.chat(fail="timeout:1"))
    queue(branch, "after a time-out")
    console(branch, "/system script run mw-outbox")
    assert arrived(branch, "after a time-out") == 0
    hurry(branch)
    until(lambda: arrived(branch, "after a time-out") == 1)


@pytest.mark.parametrize("status", ["400", "401", "403"])
def test_what_is_refused_is_dropped_logged_and_not_repeated(branch: Branch, status: str) -> None:
    if is_six(branch):
        pytest.skip("scripts of 6 can't see why a fetch failed")
    asyncio.run(branch.lab.chat(fail=f"{status}:1"))
    queue(branch, f"refused {status}")
    console(branch, "/system script run mw-outbox")
    until(lambda: f"multiwan: Telegram refused a message, status {status}" in branch.logged())
    until_idle(branch)
    hurry(branch)
    assert (rows(branch, "mw-outbox"), arrived(branch, f"refused {status}")) == ([], 0)
    assert rows(branch, "mw-refused")


def test_of_25_messages_the_newest_20_are_kept_and_sent_in_order(branch: Branch) -> None:
    (scheduler,) = [row for row in branch.call("/system/scheduler") if row["name"] == "mw-outbox"]
    branch.call("/system/scheduler", "disable", numbers=scheduler[".id"])
    for number in range(25):
        queue(branch, f"number {number}")
    assert len(rows(branch, "mw-outbox")) == 20
    branch.call("/system/scheduler", "enable", numbers=scheduler[".id"])
    until(lambda: arrived(branch, "number 24"))
    found = [text.split("\n")[0] for text in texts(branch) if text.startswith("number ")]
    assert found == [f"number {number}" for number in range(5, 25)]


def test_runs_at_once_send_each_message_once(branch: Branch) -> None:
    for number in range(6):
        queue(branch, f"at once {number}")

    async def together() -> None:
        await asyncio.gather(*(branch.lab.console("/system script run mw-outbox") for _ in range(4)))

    asyncio.run(together())
    until(lambda: arrived(branch, "at once 5"))
    found = [text.split("\n")[0] for text in texts(branch) if text.startswith("at once ")]
    assert sorted(found) == [f"at once {number}" for number in range(6)]


def test_a_run_that_died_holds_the_others_up_for_a_minute_at_most(branch: Branch) -> None:
    line = "/ip firewall address-list add list=mw-sending address=240.0.0.254 timeout=25s"
    console(branch, line)
    queue(branch, "behind a dead run")
    console(branch, "/system script run mw-outbox")
    # a machine so slow that the dead run's time is over may have sent it
    assert arrived(branch, "behind a dead run") == 0 or not rows(branch, "mw-sending")
    until(lambda: arrived(branch, "behind a dead run") == 1)


def test_the_test_message_is_sent_as_a_real_one(branch: Branch) -> None:
    before = len(texts(branch))
    played = branch.play("notify_test")
    assert played.code == 0, played.output
    assert "jakarta: sent after" in played.output
    assert texts(branch)[before].startswith(
        "Cabang jakarta: pesan uji\nPesan dari router ini sampai.\nWaktu kejadian: "
    )


def test_a_wrong_token_is_told_from_a_message_that_arrived(branch: Branch) -> None:
    before = len(texts(branch))
    right = branch.overlay["multiwan_telegram"]
    wrong = {**right, "bot_token": "123456789:AAE-wrong-wrong-wrong-wrong-wrong-0"}
    played = branch.play("site", variables={"multiwan_telegram": wrong})
    assert played.code == 0, played.output
    played = branch.play("notify_test")
    assert played.code != 0
    if is_six(branch):
        assert "jakarta: waiting: it failed, and before RouterOS 7.13" in played.output
    else:
        assert "jakarta: refused: Telegram answered 401: the token is wrong" in played.output
    assert len(texts(branch)) == before
    assert branch.play("site").code == 0


def test_with_all_lines_dead_it_waits_and_arrives_once_when_one_is_back(branch: Branch) -> None:
    console(branch, "/ip firewall address-list remove [find list=mw-outbox]")
    before = len(texts(branch))
    for uplink in ("isp1", "isp2"):
        asyncio.run(branch.lab.cut(uplink, "upstream"))
    played = branch.play("notify_test")
    assert played.code != 0
    assert "jakarta: waiting: " in played.output
    (row,) = [row for row in rows(branch, "mw-outbox") if "pesan%20uji" in row["comment"]]
    asyncio.run(branch.lab.heal("isp2"))
    until(lambda: any("pesan uji" in text for text in texts(branch)[before:]), 300)
    time.sleep(12)
    assert sum("pesan uji" in text for text in texts(branch)[before:]) == 1
    assert row not in rows(branch, "mw-outbox")
    asyncio.run(branch.lab.heal("isp1"))


def test_where_no_outbox_is_the_playbook_says_so(branch: Branch) -> None:
    assert branch.play("remove").code == 0
    played = branch.play("notify_test")
    assert played.code != 0
    assert "the router has no outbox that is emptied" in played.output
