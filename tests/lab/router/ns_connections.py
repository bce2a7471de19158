# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that a script removes: which it finds, that the kernel drops them, and where the next packet goes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import librouteros
import pytest

from lab import netns
from tests.lab.router.conftest import Box, ip, until

MENU = "/ip/firewall/connection"
FAR = "198.51.100.1"
#: all connections of isp1, but not those of the router's own address there (a management session)
FIND = (
    r'[/ip firewall connection find where connection-mark="mw-isp1" and !(reply-src-address~"^10\\.1\\.0\\.1(:|\$)")]'
)
FLUSH = f":foreach i in={FIND} do={{ :do {{ /ip firewall connection remove $i }} on-error={{}} }}"


@contextlib.asynccontextmanager
async def _router(boxes: Any, version: str) -> AsyncIterator[tuple[Box, Any]]:
    """With two lines behind ether2 and ether3, the far host on both; the router stops before its lines go."""
    _lines()
    box = await boxes(version=version, ports=("ether1", "ether2", "ether3"))
    try:
        yield box, await _set_up(box)
    finally:
        await box.router.stop()
        for number in (1, 2):
            ip(f"netns del w{number}")


def _lines() -> None:
    for number in (1, 2):
        ip(f"netns add w{number}")
        ip(f"link add ether{number + 1} netns rt type veth peer name eth0 netns w{number}")
        for words in (
            "link set dev eth0 up",
            "link set dev lo up",
            f"addr add 10.{number}.0.2/24 dev eth0",
            f"addr add {FAR}/32 dev lo",
            f"route add 10.0.0.0/24 via 10.{number}.0.1",
        ):
            netns.run(f"w{number}", ["ip", *words.split()])
    netns.run("nb", ["ip", "route", "add", "default", "via", "10.0.0.1", "dev", "eth0", "onlink"])


async def _set_up(box: Box) -> Any:
    session = await box.login()
    for number in (0, 1, 2):
        await session.add("/ip/address", address=f"10.{number}.0.1/24", interface=f"ether{number + 1}")
    for number in (1, 2):
        route = {"dst_address": "0.0.0.0/0", "gateway": f"10.{number}.0.2", "distance": str(number)}
        await session.add("/ip/route", **route, comment=f"gate{number}")
        mark = {"action": "mark-connection", "new_connection_mark": f"mw-isp{number}", "connection_state": "new"}
        for chain, side in (("forward", "out_interface"), ("prerouting", "in_interface")):
            await session.add("/ip/firewall/mangle", chain=chain, **mark, **{side: f"ether{number + 1}"})
    await until(box.reachable)
    return session


async def _script(session: Any, source: str) -> None:
    await session.add("/system/script", name="s", source=source)
    await session.do("/system/script/run", number="s")


def _send(port: int, to: str = FAR, space: str = "nb") -> None:
    with netns.make_socket(space, kind=socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("", port))
        sock.sendto(b"x", (to, 9))


def _open(box: Box, mark: str) -> list[dict[str, str]]:
    rows = box.router.plane.actuator.connections.rows()
    return [dict(row) for _, row in rows if row.get("connection-mark") == mark]


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
async def test_a_script_finds_by_mark_and_address_and_leaves_the_routers_own(boxes: Any, version: str) -> None:
    async with _router(boxes, version) as (box, session):
        for port in (4001, 4002):
            await asyncio.to_thread(_send, port)
        await asyncio.to_thread(_send, 4003, "10.1.0.1", "w1")  # to the router itself, by line 1
        await until(lambda: len(_open(box, "mw-isp1")) == 3)
        await _script(session, f':log info "found $[:len {FIND}]"; {FLUSH}')
        assert "found 2" in await session.column("/log", "message")
        (left,) = _open(box, "mw-isp1")
        assert (left["src-address"], left["reply-src-address"]) == ("10.1.0.2", "10.1.0.1")


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_one_that_is_gone_is_an_error_that_a_script_catches(boxes: Any, version: str) -> None:
    async with _router(boxes, version) as (box, session):
        await asyncio.to_thread(_send, 4001)
        twice = 'remove $i; :do { remove $i } on-error={ :log info "not there" }'
        find = ':local i [find where connection-mark="mw-isp1"]'
        await _script(session, f"/ip firewall connection; {find}; {twice}")
        assert "not there" in await session.column("/log", "message")
        await asyncio.to_thread(_send, 4001)
        (number,) = [r[".id"] for r in await session.do(f"{MENU}/print") if r.get("connection-mark") == "mw-isp1"]
        await session.do(f"{MENU}/remove", **{".id": number})
        with pytest.raises(librouteros.exceptions.TrapError, match="no such item"):
            await session.do(f"{MENU}/remove", **{".id": number})
        assert _open(box, "mw-isp1") == []


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_two_thousand_connections_are_found_and_removed_in_a_moment(boxes: Any, version: str) -> None:
    async with _router(boxes, version) as (box, session):
        await session.do(f"{MENU}/tracking/set", udp_timeout="10m")
        await until(lambda: _all_open(box, set(range(20000, 22000))))
        began = time.monotonic()
        await _script(session, FLUSH)
        took = time.monotonic() - began
        assert _open(box, "mw-isp1") == []
        # about 0.4 s on an idle machine; with one listing of the table for each removal it was 30, on an idle one too
        assert took < 25


def _all_open(box: Box, ports: set[int]) -> bool:
    """Opens those that are not; a kernel that is busy may drop a first packet."""
    known = {int(row["src-port"]) if "src-port" in row else int(row["src-address"].rpartition(":")[2])
             for row in _open(box, "mw-isp1")}  # fmt: skip
    for port in ports - known:
        _send(port)
    return known == ports


@pytest.mark.parametrize("version", ["6.49", "7.22"])
async def test_what_a_script_did_to_a_route_counts_before_its_next_command(boxes: Any, version: str) -> None:
    """A flow that never pauses must not come back over the route that the line before has closed."""
    async with _router(boxes, version) as (box, session):
        arrived: list[int] = []
        loop = asyncio.get_running_loop()
        listeners = [netns.make_socket(f"w{number}", kind=socket.SOCK_DGRAM) for number in (1, 2)]
        for number, listener in enumerate(listeners, start=1):
            listener.bind((FAR, 9))
            loop.add_reader(listener, _take, listener, number, arrived)
        flowing = True

        def flow() -> None:
            with netns.make_socket("nb", kind=socket.SOCK_DGRAM) as sock:
                sock.bind(("", 5000))
                while flowing:
                    sock.sendto(b"x", (FAR, 9))
                    time.sleep(0.001)

        task = asyncio.create_task(asyncio.to_thread(flow))
        try:
            await until(lambda: 1 in arrived)
            for closed, other in ((1, 2), (2, 1)) * 3:
                mark = f"mw-isp{closed}"
                await _script(
                    session,
                    f'/ip route disable [find where comment="gate{closed}"]; '
                    f'/ip firewall connection remove [find where connection-mark="{mark}"]',
                )
                assert _open(box, mark) == []
                arrived.clear()  # what the kernel had delivered before is read at the next turn of the loop
                await until(partial(arrived.__contains__, other))
                await asyncio.sleep(0.2)  # what was on its way
                arrived.clear()
                await until(partial(arrived.__contains__, other))
                await asyncio.sleep(0.1)
                assert set(arrived) == {other}
                assert (_open(box, mark), len(_open(box, f"mw-isp{other}"))) == ([], 1)
                await session.do("/system/script/remove", **{".id": "s"})
                await session.do("/ip/route/enable", **{".id": _gate(await session.do("/ip/route/print"), closed)})
        finally:
            flowing = False
            await task
            for listener in listeners:
                loop.remove_reader(listener)
                listener.close()


def _take(listener: socket.socket, number: int, arrived: list[int]) -> None:
    with contextlib.suppress(BlockingIOError):
        while listener.recv(64):
            arrived.append(number)


def _gate(rows: list[Any], number: int) -> str:
    return str(next(row[".id"] for row in rows if row.get("comment") == f"gate{number}"))
