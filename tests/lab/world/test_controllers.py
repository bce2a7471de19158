# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may befall a controller: its answers are held back, its sessions cut, its way through the world closed."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import librouteros
import pytest
import yaml

from lab.world import state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import ADMIN_ADDRESS, OFFICE_ADDRESS, Topology
from tests.lab.world.conftest import cli

pytestmark = pytest.mark.lab
LISTS = "/ip/firewall/address-list"
#: for states that come by themselves: how fast is not what is tested
_PATIENCE_S = 120.0
#: for answers that never come
_SILENCE_S = 2.0


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("controllers")
        asyncio.run(lab.up(Options(Topology(), 0, 0, manage_from="lan")))
        try:
            yield lab
        finally:
            asyncio.run(lab.down())


@pytest.fixture
async def lab(branch: LabClient) -> LabClient:
    """With nothing of an earlier test: no hold, doors open, managed from the LAN, no rows of ours."""
    await branch.cut_api()
    await branch.manage_from("lan")
    for row in await rows(branch, LISTS, "?list=ours"):
        await branch.router_call(LISTS, "remove", {".id": row[".id"]})
    await until(lambda: nobody_is_in(branch))
    return branch


async def rows(lab: LabClient, menu: str, *queries: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await lab.router_call(menu, "print", queries=queries))["rows"]
    return found


async def ours(lab: LabClient) -> list[str]:
    return [row["address"] for row in await rows(lab, LISTS, "?list=ours")]


async def nobody_is_in(lab: LabClient) -> bool:
    return not await rows(lab, "/user/active")


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            if await true():
                return
            await asyncio.sleep(0.05)


def overlay(lab: LabClient) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(lab.folder.inventory.read_text())["all"]["hosts"]["jakarta"]
    return values


def connect(lab: LabClient, timeout_s: float = _PATIENCE_S, *, port: str = "multiwan_api_port") -> Any:
    known = overlay(lab)
    context = ssl.create_default_context(cafile=known["multiwan_api_ca_file"])
    return librouteros.connect(
        host="127.0.0.1",
        port=known[port],
        username=known["multiwan_api_user"],
        password=known["multiwan_api_password"],
        timeout=timeout_s,
        ssl_wrapper=lambda sock: context.wrap_socket(sock, server_hostname="127.0.0.1"),
    )


@asynccontextmanager
async def controller(lab: LabClient, port: str = "multiwan_api_port") -> AsyncIterator[Any]:
    api = await asyncio.to_thread(connect, lab, port=port)
    try:
        yield api
    finally:
        await asyncio.to_thread(_leave, api)


def _leave(api: Any) -> None:
    """Without a word of farewell: nobody may be there any more."""
    api.protocol.transport.sock.close()


def add(api: Any, count: int) -> asyncio.Task[list[str]]:
    """A controller at work: ``count`` writes, each after the answer to the one before, and a look between them."""
    done: list[str] = []

    def work() -> list[str]:
        for number in range(1, count + 1):
            list(api.path("/ip/address"))
            done.append(api.path(LISTS).add(list="ours", address=f"10.9.9.{number}"))
        return done

    return asyncio.create_task(asyncio.to_thread(work))


# -- answers held back


async def test_write_k_is_done_and_everything_else_goes_on_but_the_api(lab: LabClient) -> None:
    async with controller(lab) as api:
        await lab.hold_api(3)
        work = add(api, 5)
        assert await lab.held(_PATIENCE_S) == {"reached": True, "writes": 3, "last": f"{LISTS}/add"}
        late = asyncio.create_task(asyncio.to_thread(connect, lab))
        done, _ = await asyncio.wait({work, late}, timeout=_SILENCE_S)
        assert not done
        assert await ours(lab) == ["10.9.9.1", "10.9.9.2", "10.9.9.3"]
        assert "jakarta" in await lab.console("/system/identity/print")

        await lab.release_api()
        assert len(await work) == 5
        _leave(await late)


async def test_a_release_by_a_cut_gives_no_answer_and_lets_the_next_one_in(lab: LabClient) -> None:
    async with controller(lab) as api:
        await lab.hold_api(2)
        work = add(api, 5)
        assert (await lab.held(_PATIENCE_S))["reached"]
        await lab.release_api(0)
        with pytest.raises((OSError, librouteros.exceptions.ConnectionClosed)):
            await work
    assert await ours(lab) == ["10.9.9.1", "10.9.9.2"]
    async with controller(lab):
        pass


async def test_doors_that_are_shut_refuse_until_the_cut_is_over(lab: LabClient) -> None:
    async with controller(lab) as api:
        await lab.cut_api(3600)
        with pytest.raises((OSError, librouteros.exceptions.ConnectionClosed)):
            await add(api, 1)
    for port in ("multiwan_api_port", "lab_api_ssl_port_direct"):
        with pytest.raises(ConnectionError):
            await asyncio.to_thread(connect, lab, port=port)
    assert not await ours(lab)
    await lab.cut_api(0.5)  # takes the place of the rest of that hour

    async def is_open() -> bool:
        try:
            _leave(await asyncio.to_thread(connect, lab))
        except OSError:
            return False
        return True

    await until(is_open)


async def test_a_power_cycle_ends_a_hold_and_what_was_held(lab: LabClient) -> None:
    async with controller(lab, "lab_api_ssl_port_direct") as api:
        await lab.hold_api(1)
        work = add(api, 2)
        assert (await lab.held(_PATIENCE_S))["reached"]
        await lab.power_cycle()
        with pytest.raises((OSError, librouteros.exceptions.ConnectionClosed)):
            await work
    assert await lab.held(0.01) == {"reached": False, "writes": 0, "last": ""}
    assert await ours(lab) == ["10.9.9.1"]
    async with controller(lab) as api:
        assert len(list(api.path("/ip/address"))) == 1


async def test_a_hold_that_is_not_reached_says_how_far_it_came(lab: LabClient) -> None:
    async with controller(lab) as api:
        await lab.hold_api(4)
        await add(api, 2)
        assert await lab.held(0.01) == {"reached": False, "writes": 2, "last": f"{LISTS}/add"}
        await lab.release_api()
    with pytest.raises(LabError, match="at least 1"):
        await lab.hold_api(0)


# -- the way through the world


@asynccontextmanager
async def made(lab: LabClient, menu: str, **values: str) -> AsyncIterator[str]:
    """A row of the router, for the length of a block."""
    args = {name.replace("_", "-"): text for name, text in values.items()}
    number = (await lab.router_call(menu, "add", args))["ret"]
    try:
        yield number
    finally:
        await lab.router_call(menu, "remove", {".id": number})


@asynccontextmanager
async def managed_from_isp1(lab: LabClient) -> AsyncIterator[None]:
    async with (
        made(lab, "/ip/address", address="192.168.1.2/24", interface="ether1"),
        made(lab, "/ip/route", dst_address="0.0.0.0/0", gateway="192.168.1.1"),
    ):
        await lab.manage_from("isp1")
        yield


@asynccontextmanager
async def shut(lab: LabClient, action: str) -> AsyncIterator[None]:
    """By a row of the input chain, before the factory's own."""
    values = {"chain": "input", "action": action, "protocol": "tcp", "dst_port": "8729"}
    values["place_before"] = (await rows(lab, "/ip/firewall/filter"))[0][".id"]
    if action == "reject":
        values["reject_with"] = "tcp-reset"
    async with made(lab, "/ip/firewall/filter", **values):
        yield


async def test_the_router_sees_where_a_controller_sits(lab: LabClient) -> None:
    async with controller(lab):
        assert [row["address"] for row in await rows(lab, "/user/active")] == [ADMIN_ADDRESS]
    await until(lambda: nobody_is_in(lab))
    async with managed_from_isp1(lab), controller(lab):
        (seen,) = await rows(lab, "/user/active")
        assert (seen["address"], seen["via"], seen["name"], seen["group"]) == (
            OFFICE_ADDRESS,
            "api",
            "multiwan",
            "automation",
        )
        tracked = await rows(lab, "/ip/firewall/connection", "?protocol=tcp", "?dst-port=8729")
        assert (OFFICE_ADDRESS, "192.168.1.2") in [(row["src-address"], row["dst-address"]) for row in tracked]


async def test_without_an_address_on_the_line_nobody_comes_in_by_it(lab: LabClient) -> None:
    await lab.manage_from("isp1")
    # nobody answers the ISP's question for 192.168.1.2; while it still knows an old answer, nobody answers the client
    with pytest.raises((ConnectionError, TimeoutError)):
        await asyncio.to_thread(connect, lab, _SILENCE_S)


async def test_a_rule_that_rejects_refuses_and_one_that_drops_keeps_waiting(lab: LabClient) -> None:
    async with managed_from_isp1(lab):
        async with shut(lab, "reject"):
            with pytest.raises(ConnectionError):
                await asyncio.to_thread(connect, lab)
        async with shut(lab, "drop"):
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(connect, lab, _SILENCE_S)
        async with controller(lab):
            pass


async def test_a_session_whose_way_is_cut_hangs_and_goes_on_when_it_is_back(lab: LabClient) -> None:
    async with managed_from_isp1(lab), controller(lab) as api:
        async with shut(lab, "drop"):
            work = add(api, 1)
            done, _ = await asyncio.wait({work}, timeout=_SILENCE_S)
            assert not done
            assert not await ours(lab)
        assert len(await work) == 1


async def test_a_pulled_plug_is_not_heard_on_the_managed_way(lab: LabClient) -> None:
    async with controller(lab) as api:
        await lab.hold_api(1)
        work = add(api, 1)
        assert (await lab.held(_PATIENCE_S))["reached"]
        await asyncio.sleep(1)  # until the kernel has acknowledged the request, or it is sent again and refused
        await lab.power_cycle()
        done, _ = await asyncio.wait({work}, timeout=_SILENCE_S)
        assert not done  # it waits for an answer, and sends nothing that a router that knows of nothing could refuse
        api.protocol.transport.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises((OSError, librouteros.exceptions.ConnectionClosed)):
            await work
    async with controller(lab) as api:
        assert len(list(api.path("/ip/address"))) == 1


async def test_an_administrator_throws_a_session_out(lab: LabClient) -> None:
    async with controller(lab) as api:
        (row,) = await rows(lab, "/user/active")
        await lab.router_call("/user/active", "remove", {".id": row[".id"]})
        with pytest.raises((OSError, librouteros.exceptions.ConnectionClosed)):
            await add(api, 1)
    said = [row["message"] for row in await rows(lab, "/log")]
    assert said[-2:] == [f"user multiwan logged {way} from {ADMIN_ADDRESS} via api" for way in ("in", "out")]


async def test_ssh_takes_the_managed_way_too(lab: LabClient) -> None:
    known = overlay(lab)
    assert known["ansible_port"] != known["lab_ssh_port_direct"]
    reader, writer = await asyncio.open_connection("127.0.0.1", known["ansible_port"])
    async with asyncio.timeout(_PATIENCE_S):
        assert (await reader.readline()).startswith(b"SSH-2.0-ROSSSH")
    writer.close()


async def test_a_place_that_is_not_there_is_refused(lab: LabClient) -> None:
    with pytest.raises(LabError, match="nobody manages the router from 'isp7'"):
        await lab.manage_from("isp7")
    shown = cli("status", "--name", lab.folder.name).stdout
    assert f"Managed from lan: API-SSL 127.0.0.1:{overlay(lab)['multiwan_api_port']}, SSH 127.0.0.1:" in shown


def test_the_command_line_refuses_it_before_anything_is_started(base: object) -> None:
    done = cli("up", "--name", "nowhere", "--manage-from", "mars", "--api-port", "0", "--api-ssl-port", "0")
    assert done.returncode == 1
    assert "nobody manages the router from 'mars': lan, isp1, isp2 are possible" in done.stderr
