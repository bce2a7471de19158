# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate behind the API doors: what counts, what is done, what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from lab.doors.gate import is_write
from lab.verbs import Caller, Reply

Serve = Callable[..., Awaitable[Any]]
_LONG_S = 60
ADD = ("/ip/firewall/address-list/add", "=list=x")


def held(served: Any) -> list[str]:
    return [row.get("address") for row in served.engine.store.rows("/ip/firewall/address-list")]


async def nothing_comes(client: Any) -> None:
    """Whatever was on its way has had its chance."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.read()


@pytest.mark.parametrize(
    ("command", "args", "counts"),
    [
        *[(name, {}, True) for name in ("add", "set", "unset", "move", "remove", "enable", "disable", "run", "save")],
        *[(name, {}, False) for name in ("print", "getall", "get", "find", "listen", "monitor", "ping", "export")],
        ("print", {"file": "x"}, True),
        ("export", {"file": "x"}, True),
    ],
)
def test_a_write_is_what_does_more_than_look(command: str, args: Mapping[str, str], counts: bool) -> None:
    assert is_write(command, args) is counts


async def test_the_last_write_is_done_its_answer_kept_back_and_nothing_later_done(serve: Serve) -> None:
    served = await serve()
    client, other = await served.raw(), await served.raw()
    served.door.gate.hold(2)
    hold = served.door.gate.holding
    await client.ask(*ADD, "=address=10.0.0.1")
    await client.ask("/ip/firewall/address-list/print")
    await client.send(*ADD, "=address=10.0.0.2")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    assert (hold.reached, hold.done, hold.last) == (True, 2, "/ip/firewall/address-list/add")
    await client.send(*ADD, "=address=10.0.0.3")
    await other.send("/ip/firewall/address-list/print")
    await asyncio.gather(nothing_comes(client), nothing_comes(other))
    assert held(served) == ["10.0.0.1", "10.0.0.2"]

    served.door.gate.open()
    assert [await client.read(), await client.read()] == [("!done", "=ret=*2"), ("!done", "=ret=*3")]
    assert len(await other.ask("/ip/firewall/address-list/print")) == 4


async def test_commands_side_by_side_do_not_overshoot(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    hold = hold_after(served, 3)
    for number in range(1, 9):
        await client.send(*ADD, f"=address=10.0.0.{number}", f".tag={number}")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    await asyncio.sleep(0.1)
    assert len(held(served)) == 3
    served.door.gate.open()
    await client.ask("/system/identity/print")
    assert len(held(served)) == 8


def hold_after(served: Any, count: int, only: str = "writes") -> Any:
    served.door.gate.hold(count, only)
    return served.door.gate.holding


async def test_what_was_refused_is_no_write(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    hold = hold_after(served, 1)
    assert (await client.ask("/ip/firewall/address-list/remove", "=.id=*99"))[0][0] == "!trap"
    assert (hold.done, hold.reached) == (0, False)


async def test_all_commands_count_when_that_is_asked_for(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    hold = hold_after(served, 2, "all")
    await client.ask("/ip/firewall/address-list/print")
    await client.send("/system/identity/print")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    assert hold.last == "/system/identity/print"


async def test_an_action_counts(serve: Serve) -> None:
    served = await serve()

    async def run(args: Mapping[str, str], caller: Caller) -> Reply:
        return Reply()

    served.engine.actions["/system/script", "run"] = run
    client = await served.raw()
    hold = hold_after(served, 1)
    await client.send("/system/script/run")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    assert hold.last == "/system/script/run"


async def test_a_login_while_it_is_shut_is_answered_when_it_opens(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    hold = hold_after(served, 1)
    await client.send(*ADD, "=address=10.0.0.1")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    late = await served.raw(login=False)
    await late.send("/login", "=name=admin", "=password=s3cret")
    await nothing_comes(late)
    served.door.gate.open()
    assert await late.read() == ("!done",)


async def test_a_reset_session_gets_no_answer_and_what_it_had_sent_is_not_done(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    hold = hold_after(served, 1)
    for number in range(1, 4):
        await client.send(*ADD, f"=address=10.0.0.{number}", f".tag={number}")
    async with asyncio.timeout(_LONG_S):
        await hold.over.wait()
    served.door.reset()
    served.door.gate.open()
    with pytest.raises(ConnectionResetError):
        await client.read()
    await (await served.raw()).ask("/system/identity/print")
    assert held(served) == ["10.0.0.1"]
