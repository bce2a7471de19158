# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings of rows, the look-up of a route, leases that become configuration, commands that the lab only knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from lab.verbs import ALL_POLICIES, Caller
from tests.unit.lab.verbs.test_engine import ADMIN, Router

Values = Mapping[str, str]


@dataclass(frozen=True)
class Leases:
    given: tuple[tuple[int, Values], ...]

    def rows(self) -> Sequence[tuple[int, Values]]:
        return self.given

    def remove(self, ids: Sequence[int]) -> None:
        raise AssertionError("nobody removes one here")


@pytest.fixture
def router() -> Router:
    return Router()


async def test_a_bridge_says_how_many_ports_it_has(router: Router) -> None:
    await router.add("/interface/bridge", name="bridge1")
    for port in ("ether1", "ether2"):
        await router.add("/interface/bridge/port", bridge="bridge1", interface=port)
    (row,) = (await router.do("/interface/bridge/monitor", numbers="bridge1", once="")).rows
    assert (row["state"], row["port-count"]) == ("enabled", "2")
    assert await router.refused("/interface/bridge/monitor", numbers="bridge9") == ("no such item", 0)
    assert await router.refused("/interface/bridge/monitor", numbers="bridge1", colour="red") == (
        "unknown parameter",
        None,
    )


@pytest.mark.parametrize("version", ["7.18", "7.22"])
async def test_a_route_is_looked_up_by_the_longest_prefix_in_main(version: str) -> None:
    router = Router(version)
    for dst, active, hop in (
        ("0.0.0.0/0", "true", "192.0.2.1%ether1"),
        ("10.0.0.0/8", "true", "192.0.2.2%ether2"),
        ("10.1.0.0/16", "false", "192.0.2.3%ether3"),
    ):
        number = int((await router.add("/ip/route", dst_address=dst, gateway=hop))[1:], 16)
        router.engine.set_runtime("/ip/route", number, active=active, immediate_gw=hop)
    (row,) = (await router.do("/ip/route/check", dst_ip="10.1.2.3", once="")).rows
    assert row == {"status": "ok", "interface": "ether2", "nexthop": "192.0.2.2"}
    assert await router.refused("/ip/route/check", dst_ip="x") == ("invalid value for argument dst-ip", 1)


async def test_a_command_that_the_version_lacks_is_no_command() -> None:
    assert await Router("7.16").refused("/ip/route/check", dst_ip="1.1.1.1") == ("no such command", 0)


async def test_a_lease_becomes_configuration_and_is_shown_once(router: Router) -> None:
    lease = {"address": "192.168.10.9", "mac-address": "02:00:00:00:00:09", "status": "bound"}
    router.engine.virtual["/ip/dhcp-server/lease"] = Leases(((1, lease),))
    (before,) = (await router.do("/ip/dhcp-server/lease/print")).rows
    assert before["dynamic"] == "true"
    await router.do("/ip/dhcp-server/lease/make-static", numbers=before[".id"])
    (after,) = (await router.do("/ip/dhcp-server/lease/print")).rows
    assert (after["dynamic"], after["address"], after["mac-address"]) == ("false", *list(lease.values())[:2])


async def test_what_is_known_and_not_emulated_says_so(router: Router) -> None:
    words = "failure: the lab does not emulate this command"
    assert (await router.refused("/interface/ethernet/cable-test", numbers="ether1"))[0] == words
    assert (await router.refused("/interface/ethernet/cable-test", colour="red"))[0] == "unknown parameter"
    assert (await router.refused("/interface/ethernet/no-such"))[0] == "no such command"


async def test_reading_needs_the_policy_read(router: Router) -> None:
    blind = Caller("blind", ALL_POLICIES - {"read"}, "api")
    assert await router.refused("/ip/route/check", caller=blind, dst_ip="1.1.1.1") == (
        "not enough permissions (9)",
        None,
    )


async def test_a_rule_says_which_one_follows(router: Router) -> None:
    first = await router.add("/routing/rule", action="lookup", table="main")
    second = await router.add("/routing/rule", action="lookup", table="main", place_before=first)
    rows = (await router.do("/routing/rule/print")).rows
    assert [(row[".id"], row[".nextid"]) for row in rows] == [(second, first), (first, "*FFFFFFFF")]


async def test_nothing_at_all_is_an_ambiguous_reference(router: Router) -> None:
    assert await router.refused("/ip/address/add", address="192.0.2.1/24", interface="") == (
        "ambiguous value of interface, more than one possible value matches input",
        1,
    )


async def test_missing_arguments_are_asked_for_one_by_one_over_the_api(router: Router) -> None:
    assert await router.refused("/user/add") == ("missing =name=", 0)
    assert await router.refused("/user/add", name="x") == ("missing =group=", 0)


@pytest.mark.parametrize(
    ("version", "menu", "known", "unknown"),
    [
        ("6.49", "/ip/route", {"routing_mark": "any-text", "type": "blackhole"}, {"routing_table": "main"}),
        ("6.49", "/ip/firewall/mangle", {"chain": "prerouting", "new_routing_mark": "any-text"}, {"tos": "1"}),
        ("6.49", "/tool/netwatch", {"host": "8.8.8.8", "interval": "10s"}, {"type": "icmp"}),
        ("6.49", "/ip/route/rule", {"table": "any-text", "routing_mark": "x"}, {"min_prefix": "0"}),
        ("6.49", "/system/scheduler", {"name": "s", "start_date": "jan/01/2026"}, {"days": "mon"}),
        ("7.9", "/tool/netwatch", {"host": "8.8.8.8", "type": "icmp"}, {"ttl": "9"}),
        ("7.22", "/ip/route", {"routing_table": "main"}, {"routing_mark": "any-text"}),
        ("7.22", "/system/scheduler", {"name": "s", "start_date": "2026-01-01"}, {"days": "mon"}),
    ],
)
async def test_rows_follow_their_version(
    version: str, menu: str, known: dict[str, str], unknown: dict[str, str]
) -> None:
    router = Router(version)
    await router.add(menu, **known)
    assert await router.refused(f"{menu}/add", ADMIN, **known, **unknown) == ("unknown parameter", None)


@pytest.mark.parametrize("menu", ["/routing/table", "/routing/rule", "/system/device-mode", "/ip/route/rule"])
async def test_menus_follow_their_version(menu: str) -> None:
    newer = not menu.startswith("/ip/route")
    for version, there in (("6.49", not newer), ("7.22", newer)):
        router = Router(version)
        if there:
            await router.do(f"{menu}/print")
        else:
            assert await router.refused(f"{menu}/print") == ("no such command prefix", 0)


async def test_a_file_is_read_in_pieces(router: Router) -> None:
    await router.add("/file", name="a.txt", contents="0123456789")
    (piece,) = (await router.do("/file/read", file="a.txt", offset="2", chunk_size="3")).rows
    assert piece == {"data": "234"}
    (whole,) = (await router.do("/file/read", file="a.txt")).rows
    assert whole == {"data": "0123456789"}
    assert await router.refused("/file/read", file="b.txt") == ("no such item", 0)
    assert await router.refused("/file/read", file="a.txt", offset="x") == ("invalid value for argument offset", 1)


async def test_a_refused_add_still_asks_for_what_it_needs(router: Router) -> None:
    assert (await router.refused("/certificate/add"))[0] == (
        "failure: At least one field specifying certificate name must be set!"
    )
    assert (await router.refused("/certificate/add", name="x"))[0] == "failure: the lab does not emulate this command"
