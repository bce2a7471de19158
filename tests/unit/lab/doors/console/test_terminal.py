# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session at a terminal: greeting, prompt, echo, pages, Ctrl-C, safe mode."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from lab.doors.console import ConsoleSession, TerminalSettings, split_login
from lab.doors.console.session import Host
from lab.doors.console.terminal import Terminal
from lab.verbs import Caller, Reply, Trap
from tests.unit.lab.doors.console.rig import ADMIN, FakeStream, make_host, printed

PLAIN = split_login("admin+ct80w25h")[1]
PROMPT = "[admin@jakarta] >"


@asynccontextmanager
async def terminal(
    settings: TerminalSettings = PLAIN, host: Host | None = None
) -> AsyncIterator[tuple[FakeStream, asyncio.Task[bool]]]:
    stream = FakeStream()
    session = ConsoleSession(host or make_host(), ADMIN, settings)
    task = asyncio.create_task(Terminal(session, stream).run())
    try:
        yield stream, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_line_is_echoed_performed_and_followed_by_the_prompt() -> None:
    async with terminal() as (stream, _):
        await stream.until(PROMPT)
        assert "\x1b" not in stream.raw
        stream.type("/system identity print\r")
        seen = await stream.until(f"\n{PROMPT}")
        assert seen == f"{PROMPT} /system identity print\n  name: jakarta\n{PROMPT}"


async def test_the_prompt_shows_the_menu() -> None:
    async with terminal() as (stream, _):
        await stream.until(PROMPT)
        for line, prompt in (("/ip/route", "/ip/route>"), ("..", "/ip>"), ("/", ">")):
            stream.type(f"{line}\r")
            await stream.until(f"\n[admin@jakarta] {prompt}")


async def test_a_terminal_is_probed_and_coloured_unless_the_login_says_otherwise() -> None:
    async with terminal(TerminalSettings()) as (stream, _):
        await asyncio.sleep(0.05)
        assert stream.raw.startswith("\x1bZ")
        assert stream.raw.endswith("\x1b[32m[admin@jakarta]\x1b[m > ")
        await stream.until(PROMPT)
        stream.type("\x1b/Z\r")
        assert await stream.until(f"\n{PROMPT}") == f"{PROMPT}\n{PROMPT}"


async def test_quit_ends_the_session_in_order_and_hanging_up_does_not() -> None:
    for ending, orderly in (("/quit\r", True), ("quit\r", True), ("\x04", True)):
        async with terminal() as (stream, task):
            stream.type(ending)
            assert await asyncio.wait_for(task, 60) is orderly
    async with terminal() as (stream, task):
        stream.hang_up()
        assert await asyncio.wait_for(task, 60) is False


async def test_a_command_goes_on_while_a_bracket_is_open() -> None:
    async with terminal() as (stream, _):
        await stream.until(PROMPT)
        stream.type("{\r:local a 1\r:put ($a + 1)\r}\r")
        await stream.until(f"\n2\n{PROMPT}")


async def test_ctrl_c_drops_what_is_typed_and_ends_what_runs() -> None:
    async with terminal() as (stream, _):
        await stream.until(PROMPT)
        stream.type("/system reb\x03/system identity print\r")
        await stream.until(f"  name: jakarta\n{PROMPT}")
        stream.type(":delay 1h\r")
        await stream.until(":delay 1h\n")
        stream.type("\x03")
        await stream.until(f"interrupted\n{PROMPT}")


async def test_what_is_typed_while_a_command_runs_is_not_lost() -> None:
    async with terminal() as (stream, _):
        await stream.until(PROMPT)
        stream.type(":delay 200ms\r")
        await stream.until(":delay 200ms\n")
        stream.type(":put typed\r")
        await stream.until(f"\ntyped\n{PROMPT}")


def many(count: int) -> Host:
    rows = [("/ip/firewall/address-list", {"list": "x", "address": f"10.0.{n}.0/24"}) for n in range(count)]
    return make_host(rows=rows)


@pytest.mark.parametrize(("key", "shown"), [("q", 7), ("d", 40), (" ", 16), ("\r", 8)])
async def test_a_long_print_stops_when_the_screen_is_full(key: str, shown: int) -> None:
    """Height 10: two lines of head, seven rows, the question."""
    settings = dataclasses.replace(PLAIN, height=10)
    async with terminal(settings, many(40)) as (stream, _):
        await stream.until(PROMPT)
        stream.type("/ip firewall address-list print\r")
        first = await stream.until("-- [Q quit|D dump|down]")
        assert first.count("10.0.") == 7
        stream.type(key)
        rest = await stream.until(PROMPT if key in "qd" else "-- [Q quit|D dump|down]")
        assert first.count("10.0.") + rest.count("10.0.") == shown


@pytest.mark.parametrize(
    ("line", "wait"), [("/ip firewall address-list print", "-- [Q quit|D dump|down]"), (":delay 1h", ":delay 1h\n")]
)
async def test_hanging_up_ends_the_session_whatever_it_is_at(line: str, wait: str) -> None:
    async with terminal(dataclasses.replace(PLAIN, height=10), many(40)) as (stream, task):
        await stream.until(PROMPT)
        stream.type(f"{line}\r")
        await stream.until(wait)
        stream.hang_up()
        assert await asyncio.wait_for(task, 60) is False


@pytest.mark.parametrize(
    ("login", "line"),
    [
        ("admin+ct80w10h", "/ip firewall address-list print without-paging"),
        ("admin+ct511w4098h", "/ip firewall address-list print"),
        ("admin+cet80w10h", "/ip firewall address-list print"),
        ("admin+ct80w10h", "/ip firewall address-list export"),
    ],
)
async def test_nothing_stops_where_nobody_could_answer(login: str, line: str) -> None:
    async with terminal(split_login(login)[1], many(40)) as (stream, _):
        await stream.until(PROMPT)
        stream.type(f"{line}\r")
        assert (await stream.until(f"\n{PROMPT}")).count("10.0.") == 40


class OneSafeMode:
    """Safe mode as the console asks for it."""

    def __init__(self) -> None:
        self.holder: Caller | None = None
        self.undone = 0
        self.lost: Callable[[str], None] = lambda text: None

    def holds(self, caller: Caller) -> bool:
        return self.holder is not None and self.holder.session == caller.session

    async def take(self, caller: Caller, *, hijack: str = "", lost: Callable[[str], None] = print) -> None:
        if self.holder is not None and not hijack:
            raise Trap("failure: safe mode is taken")
        self.undone += hijack == "unroll"
        self.holder, self.lost = caller, lost

    def release(self, caller: Caller) -> None:
        self.holder = None

    async def unroll(self, caller: Caller) -> None:
        self.undone += 1
        self.holder = None


async def test_ctrl_x_takes_safe_mode_and_gives_it_back_and_ctrl_d_undoes() -> None:
    keeper = OneSafeMode()
    host = dataclasses.replace(make_host(), safe_mode=keeper)
    async with terminal(PLAIN, host) as (stream, task):
        await stream.until(PROMPT)
        stream.type("\x18")
        await stream.until("[Safe Mode taken]\n[admin@jakarta] <SAFE>")
        stream.type("\x18")
        await stream.until(f"[Safe Mode released]\n{PROMPT}")
        stream.type("\x18")
        await stream.until("<SAFE>")
        stream.type("\x04")
        await stream.until(f"\n{PROMPT}")
        assert (keeper.undone, keeper.holder) == (1, None)
        assert not task.done()


@pytest.mark.parametrize(("answer", "undone", "prompt"), [("u", 1, "<SAFE>"), ("r", 0, "<SAFE>"), ("d", 0, PROMPT)])
async def test_what_another_session_holds_is_taken_only_after_a_question(answer: str, undone: int, prompt: str) -> None:
    keeper = OneSafeMode()
    keeper.holder = Caller("eve", ADMIN.policies, "ssh", session=99)
    host = dataclasses.replace(make_host(), safe_mode=keeper)
    async with terminal(PLAIN, host) as (stream, _):
        await stream.until(PROMPT)
        stream.type("\x18")
        await stream.until("Hijacking Safe Mode from eve - unroll/release/don't take it [u/r/d]:")
        stream.type(answer)
        await stream.until(f"\n{prompt}" if prompt == PROMPT else prompt)
        assert keeper.undone == undone


@pytest.mark.parametrize(("answer", "done"), [("y", 1), ("Y", 1), ("n", 0), ("\r", 0), ("\x03", 0)])
async def test_what_ends_the_session_is_asked_for_first(answer: str, done: int) -> None:
    host = make_host()
    reboots: list[Caller] = []

    async def reboot(args: Mapping[str, str], caller: Caller) -> Reply:
        reboots.append(caller)
        return Reply(printed="system will reboot shortly")

    host.engine.actions["/system", "reboot"] = reboot
    async with terminal(PLAIN, host) as (stream, _):
        await stream.until(PROMPT)
        stream.type("/system reboot\r")
        await stream.until("Reboot, yes? [y/N]:")
        stream.type(answer)
        said = await stream.until(f"\n{PROMPT}")
        assert len(reboots) == done
        assert ("system will reboot shortly" in said) is bool(done)


async def test_without_a_terminal_nobody_is_asked() -> None:
    host = make_host()
    reboots: list[Caller] = []

    async def reboot(args: Mapping[str, str], caller: Caller) -> Reply:
        reboots.append(caller)
        return Reply()

    host.engine.actions["/system", "reboot"] = reboot
    assert await printed(host, "/system reboot") == [""]
    assert len(reboots) == 1
