# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.router.services.resolver import ResolveError
from lab.verbs import Trap
from tests.unit.lab.services.rig import ADMIN, Rig
from tests.unit.lab.services.web import name_server

RECORDS = {"api.telegram.org": ["149.154.167.220", "149.154.167.221"], "empty.example": []}


async def test_a_name_is_asked_of_the_server_and_kept_for_its_time() -> None:
    rig = Rig()
    async with name_server(RECORDS) as (server, port):
        # the servers of /ip/dns are on port 53, which a test can't have: the same question with server= and port
        found = await rig.services.resolver.resolve("api.telegram.org", servers=["127.0.0.1"], port=port)
        assert sorted(found) == RECORDS["api.telegram.org"]
        assert await rig.services.resolver.resolve("API.telegram.org") == found
        assert server.asked == ["api.telegram.org"]
        rig.now += 61
        with pytest.raises(ResolveError):
            await rig.services.resolver.resolve("api.telegram.org")


async def test_a_name_that_does_not_exist_is_a_failure() -> None:
    rig = Rig()
    async with name_server(RECORDS) as (_, port):
        for name in ("nope.example", "empty.example"):
            with pytest.raises(Trap, match="failure"):
                await rig.call("/", "resolve", domain_name=name, server="127.0.0.1", server_port=str(port))


async def test_a_dead_server_is_passed_over() -> None:
    rig = Rig()
    await rig.call("/ip/dns", "set", query_server_timeout="100ms")
    async with name_server(RECORDS) as (_, port):
        found = await rig.services.resolver.resolve("api.telegram.org", servers=["127.0.0.9", "127.0.0.1"], port=port)
    assert sorted(found) == RECORDS["api.telegram.org"]


async def test_the_total_timeout_ends_the_search() -> None:
    rig = Rig()
    await rig.call("/ip/dns", "set", query_server_timeout="1s", query_total_timeout="2500ms")
    async with name_server(RECORDS, mute=True) as (server, port):
        with pytest.raises(ResolveError):
            await rig.services.resolver.resolve("api.telegram.org", servers=["127.0.0.1"] * 20, port=port)
    assert 1 < len(server.asked) < 5


async def test_without_servers_only_static_entries_resolve() -> None:
    rig = Rig()
    await rig.call("/ip/dns/static", "add", name="modem.lan", address="192.168.1.1")
    await rig.call("/ip/dns/static", "add", regexp=".*\\.ads$", address="0.0.0.0")
    await rig.call("/ip/dns/static", "add", name="off.lan", address="10.0.0.1", disabled="yes")
    assert await rig.services.resolver.resolve("modem.lan.") == ("192.168.1.1",)
    assert await rig.services.resolver.resolve("x.ads") == ("0.0.0.0",)
    for name in ("off.lan", "www.modem.lan"):
        with pytest.raises(ResolveError):
            await rig.services.resolver.resolve(name)


async def test_scripts_resolve() -> None:
    rig = Rig()
    await rig.call("/ip/dns/static", "add", name="modem.lan", address="192.168.1.1")
    printed = await rig.services.console(":put [:typeof [:resolve modem.lan]]; :put [:resolve 8.8.8.8]", ADMIN)
    assert printed == "ip\n8.8.8.8"
