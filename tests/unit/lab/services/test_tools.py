# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ping``'s arguments and rows, and ``/execute``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from lab.observe.ping import Outcome, Ping
from lab.router.services.tools import Tally, wanted_ping
from lab.store import Trap
from lab.verbs import Caller
from tests.unit.lab.services.rig import ADMIN, Rig


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "missing =address="),
        ({"address": "x"}, "invalid value for argument address"),
        ({"address": "10.0.0.1", "bogus": "1"}, "unknown parameter"),
        ({"address": "10.0.0.1", "count": "x"}, 'invalid value "x" for argument count'),
        ({"address": "10.0.0.1", "size": "5"}, r"value of size out of range \(28\.\.65535\)"),
        ({"address": "10.0.0.1", "interval": "6s"}, "value of interval out of range"),
        ({"address": "10.0.0.1", "vrf": "x"}, "vrf of a ping is not emulated"),
    ],
)
def test_what_a_ping_refuses(args: dict[str, str], words: str) -> None:
    with pytest.raises(Trap, match=words):
        wanted_ping(args)


def test_rows_count_answers_losses_and_times() -> None:
    tally = Tally(wanted_ping({"address": "10.0.0.1", "count": "3"}))
    first = tally.row(0, Ping(Outcome.REPLY, 0.001234, "10.0.0.1", ttl=63))
    assert (first["seq"], first["host"], first["ttl"], first["time"]) == ("0", "10.0.0.1", "63", "1ms234us")
    second = tally.row(1, Ping(Outcome.TIMEOUT))
    assert (second["status"], second["sent"], second["received"], second["packet-loss"]) == ("timeout", "2", "1", "50")
    third = tally.row(2, Ping(Outcome.REPLY, 0.003, "10.0.0.1", ttl=63))
    assert (third["min-rtt"], third["avg-rtt"], third["max-rtt"]) == ("1ms234us", "2ms117us", "3ms")


def test_without_an_answer_there_are_no_times() -> None:
    row = Tally(wanted_ping({"address": "10.0.0.1"})).row(0, Ping(Outcome.UNSENT))
    assert row == {
        **{"seq": "0", "host": "10.0.0.1", "status": "no route to host"},
        **{"sent": "1", "received": "0", "packet-loss": "100"},
    }


async def test_execute_waits_for_a_string_and_gives_errors_as_text() -> None:
    rig = Rig()
    assert (await rig.call("/", "execute", script=":put (2 + 3)", as_string="yes")).ret == "5"
    assert "bad command name bogus" in str((await rig.call("/", "execute", script="/bogus", as_string="yes")).ret)


async def test_execute_in_the_background_gives_the_job_and_a_file() -> None:
    rig = Rig("6.49")
    job = (await rig.call("/", "execute", script=":put hello", file="out")).ret
    assert job is not None
    assert job.startswith("*")
    files: list[Mapping[str, str]] = []
    for _ in range(6000):
        files = files or [row for row in await rig.rows("/file") if row["name"] == "out.txt"]
        await asyncio.sleep(0 if files else 0.01)
    assert files[0]["contents"] == "hello"


async def test_execute_is_refused_without_script_without_read_and_as_string_before_7() -> None:
    with pytest.raises(Trap, match="missing =script="):
        await Rig().call("/", "execute")
    with pytest.raises(Trap, match="unknown parameter"):
        await Rig("6.49").call("/", "execute", script=":put 1", as_string="yes")
    with pytest.raises(Trap, match="not enough permissions"):
        await Rig().call("/", "execute", Caller("reader", ADMIN.policies - {"read"}, "api"), script=":put 1")
