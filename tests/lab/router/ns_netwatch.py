# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Netwatch rows of a whole router: what their scripts are told, may do and see (facts 3.2)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from lab import netns
from tests.lab.router.conftest import Box, ip, until

MENU = "/tool/netwatch"
FAST = {"host": "10.0.0.2", "interval": "1s", "timeout": "300ms", "start_delay": "0s", "startup_delay": "0s"}


async def _ready(box: Box) -> Any:
    session = await box.login()
    await session.add("/ip/address", address="10.0.0.1/24", interface="ether1")
    await until(box.reachable)
    return session


async def _logged(session: Any, text: str) -> bool:
    return text in await session.column("/log", "message")


async def test_scripts_are_told_what_was_measured(boxes: Any) -> None:
    session = await _ready(await boxes())
    said = ':log info "$status $host $"loss-percent" $"sent-count" $type"'
    icmp = {"type": "icmp", "packet_count": "3", "packet_interval": "20ms"}
    await session.add(MENU, **FAST, **icmp, up_script=said, down_script=said)
    await until(lambda: _logged(session, "up 10.0.0.2 0 3 icmp"))
    await until(lambda: _logged(session, "event up [ type: icmp, host: 10.0.0.2 ]"))
    ip("-n nb link set dev eth0 down")
    await until(lambda: _logged(session, "down 10.0.0.2 100 3 icmp"))
    row = (await session.do(f"{MENU}/print"))[0]
    assert (row["status"], row["loss-percent"], row["response-count"]) == ("down", 100, 0)
    assert row["failed-tests"] >= 1
    time.strptime(row["since"], "%Y-%m-%d %H:%M:%S")


async def test_before_7_10_it_dates_the_old_way(boxes: Any) -> None:
    session = await _ready(await boxes(version="7.9"))
    await session.add(MENU, **FAST)
    await until(lambda: _is(session, "up"))
    time.strptime((await session.column(MENU, "since"))[0], "%b/%d/%Y %H:%M:%S")


async def _is(session: Any, status: str) -> bool:
    return (await session.column(MENU, "status"))[0] == status


async def test_a_script_that_wants_more_than_netwatch_has_is_not_executed(boxes: Any) -> None:
    session = await _ready(await boxes())
    await session.add("/system/script", name="big", source=":log info big-ran")
    await session.add("/system/script", name="small", source=":log info small-ran", policy="read,write,test")
    await session.add("/system/script", name="free", source=":log info free-ran", dont_require_permissions="yes")
    for name in ("big", "small", "free"):
        await session.add(MENU, **FAST, up_script=name)
    await until(lambda: _logged(session, "small-ran"))
    await until(lambda: _logged(session, "free-ran"))
    await until(lambda: _refused(session, "big"))
    await asyncio.sleep(0.3)
    assert not await _logged(session, "big-ran")


async def _refused(session: Any, script: str) -> bool:
    return any(f"executing script {script} from netwatch" in line for line in await session.column("/log", "message"))


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
async def test_its_scripts_ping_and_run_the_source_of_a_script_with_their_own_rights(boxes: Any, version: str) -> None:
    box = await boxes(version=version)
    session = await _ready(box)
    inner = (
        "/ip firewall address-list add list=mw-state address=240.0.0.1 timeout=1h; "
        ':do { /user add name=x group=full } on-error={ :log info "no policy right" }'
    )
    await session.add("/system/script", name="mw-failover", source=inner)  # with all policies: not run by its name
    calls = (
        ':log info "alive $[/ping 10.0.0.2 count=2 interval=300ms]"; '
        ':local lost [/ping 10.0.0.77 count=2 interval=200ms]; :log info "dead $lost $[:typeof $lost]"; '
        ':local call [:parse [/system script get "mw-failover" source]]; $call'
    )
    delays = {} if version == "6.49" else {"start_delay": "0s", "startup_delay": "0s"}
    await session.add(MENU, host="10.0.0.2", interval="1s", timeout="300ms", up_script=calls, **delays)
    await until(lambda: _logged(session, "no policy right"))
    assert await _logged(session, "alive 2")
    assert await _logged(session, "dead 0 num")
    (row,) = await session.do("/ip/firewall/address-list/print")
    assert (row["list"], row["dynamic"], row["timeout"][:3] in ("1h", "59m")) == ("mw-state", True, True)
    written = [(e["user"], e["origin"]) for e in box.router.journal() if e["menu"] == "/ip/firewall/address-list"]
    assert written == [("*sys", "netwatch")]
    assert [user["name"] for user in await session.do("/user/print")] == ["admin"]


async def test_without_the_right_to_test_a_script_pings_nothing(boxes: Any) -> None:
    session = await _ready(await boxes())
    source = ':do { /ping 10.0.0.2 count=1 } on-error={ :log info "may not ping" }'
    await session.add("/system/script", name="p", source=source, policy="read,write")
    await session.add("/system/scheduler", name="p", on_event="p", interval="1s", policy="read,write")
    await until(lambda: _logged(session, "may not ping"))


async def test_globals_of_a_user_are_not_netwatchs(boxes: Any) -> None:
    session = await _ready(await boxes())
    await session.add("/system/script", name="mine", source=":global secret admins")
    await session.do("/system/script/run", number="mine")
    await session.add(MENU, **FAST, up_script=':global secret; :log info "seen $[:typeof $secret]"')
    await until(lambda: _logged(session, "seen nothing"))


async def test_a_page_that_comes_too_late_is_down(boxes: Any) -> None:
    session = await _ready(await boxes())
    wait = [0.0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await asyncio.sleep(wait[0])
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    listener = netns.make_socket("nb")
    listener.bind(("10.0.0.2", 80))
    async with await asyncio.start_server(serve, sock=listener):
        await session.add(MENU, **{**FAST, "timeout": "10s"}, type="http-get", thr_http_time="1s")
        await until(lambda: _is(session, "up"))
        wait[0] = 1.5
        await until(lambda: _is(session, "down"))
        assert await session.column(MENU, "http-status-code") == [200]
