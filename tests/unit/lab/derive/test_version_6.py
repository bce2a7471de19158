# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch of RouterOS 6.49: marks instead of tables, types of routes, ``gateway-status`` (facts 1.5, 2.1, 2.3)."""

from __future__ import annotations

import pytest

from lab.derive.derive import derive
from lab.derive.observations import GatewayCheck, Observations
from lab.derive.plan import LOCAL_TABLE, MAIN_TABLE, Derived, NextHop
from tests.unit.lab.derive.snapshots import Config, plain

MENU = "/ip/route"


def v6() -> Config:
    config = plain()
    config.version = "6.49.10"
    return config


def route(config: Config, dst: str, **values: str) -> int:
    """As version 6 keeps it: no ``routing-table``."""
    return config.add(MENU, **{"dst_address": dst, "routing_table": "", **values})


def branch() -> tuple[Config, dict[str, int]]:
    """Two uplinks, each with a table by mark that falls back on main; a blackhole under one of them."""
    config = v6()
    ids = {}
    for number, gateway in enumerate(("10.1.1.1", "10.2.2.1"), 1):
        mark = f"to-isp{number}"
        config.add(
            "/ip/firewall/mangle", chain="prerouting", action="mark-routing", new_routing_mark=mark,
            in_interface="bridge", per_connection_classifier=f"both-addresses:2/{number - 1}", passthrough="false",
        )  # fmt: skip
        ids[mark] = route(config, "0.0.0.0/0", gateway=gateway, routing_mark=mark, check_gateway="ping")
        ids[f"main{number}"] = route(config, "0.0.0.0/0", gateway=gateway, distance=str(number))
    ids["hole"] = route(config, "0.0.0.0/0", type="blackhole", distance="250", routing_mark="to-isp2")
    return config, ids


def solve(config: Config, dead: tuple[str, ...] = ()) -> Derived:
    checks = {GatewayCheck(address, "", "ping"): False for address in dead}
    return derive(config.snapshot(), Observations({}, checks), 0.0)


def ways(derived: Derived) -> dict[int, dict[str, tuple[NextHop, ...]]]:
    found: dict[int, dict[str, tuple[NextHop, ...]]] = {}
    for plan in derived.kernel.routes:
        found.setdefault(plan.table, {})[plan.dst] = plan.hops
    return found


def table_of(derived: Derived, hop: NextHop) -> int:
    (number,) = [
        table for table, routes in ways(derived).items() if table != MAIN_TABLE and routes.get("0.0.0.0/0") == (hop,)
    ]
    return number


ISP1, ISP2 = NextHop("ether1", "10.1.1.1"), NextHop("ether2", "10.2.2.1")


def test_each_routing_mark_is_a_table_of_its_own() -> None:
    config, ids = branch()
    derived = solve(config)
    first, second = table_of(derived, ISP1), table_of(derived, ISP2)
    assert first != second
    assert ways(derived)[MAIN_TABLE]["0.0.0.0/0"] == (ISP1,)
    looked_up = {rule.table: rule.mark for rule in derived.kernel.rules if rule.mark is not None}
    assert set(looked_up) == {first, second}
    for mark in looked_up.values():
        assert f"0x{mark:x}" in derived.kernel.nft
    assert derived.status[MENU, ids["to-isp1"]] == {
        "active": "true", "static": "true", "gateway-status": "10.1.1.1 reachable via  ether1",
    }  # fmt: skip


def test_a_table_keeps_its_number_when_others_come_and_go() -> None:
    config, ids = branch()
    before = table_of(solve(config), ISP2)
    config.remove(MENU, ids["to-isp1"])
    config.add("/ip/firewall/mangle", chain="output", action="mark-routing", new_routing_mark="another")
    assert table_of(solve(config), ISP2) == before


def test_a_dead_gateway_leaves_the_blackhole_of_its_table() -> None:
    config, ids = branch()
    derived = solve(config, dead=("10.2.2.1",))
    assert () in [routes.get("0.0.0.0/0") for routes in ways(derived).values()]
    assert derived.status[MENU, ids["to-isp2"]] == {
        "active": "false", "static": "true", "unreachable": "true", "gateway-status": "10.2.2.1 unreachable",
    }  # fmt: skip
    assert derived.status[MENU, ids["hole"]]["active"] == "true"


def test_routes_to_one_gateway_share_its_check_and_the_smallest_target_scope() -> None:
    config = v6()
    route(config, "8.8.8.8/32", gateway="10.1.1.1", scope="20")
    checked = route(config, "0.0.0.0/0", gateway="8.8.8.8", target_scope="30", check_gateway="ping")
    assert solve(config).status[MENU, checked]["gateway-status"] == "8.8.8.8 recursive via 10.1.1.1 ether1"
    other = route(config, "192.0.2.0/24", gateway="8.8.8.8", target_scope="10")
    assert solve(config).status[MENU, checked]["active"] == "false", "scope 20 is above the target-scope of the other"
    config.set(MENU, other, target_scope="20")
    assert solve(config).status[MENU, other]["active"] == "true"
    assert solve(config, dead=("8.8.8.8",)).status[MENU, other]["active"] == "false", "it has no check of its own"


@pytest.mark.parametrize("kind", ["blackhole", "prohibit", "unreachable"])
def test_types_without_a_way_out_win_by_distance(kind: str) -> None:
    config = v6()
    route(config, "192.0.2.0/24", gateway="10.1.1.1", distance="5")
    row = route(config, "192.0.2.0/24", type=kind)
    derived = solve(config)
    assert ways(derived)[MAIN_TABLE]["192.0.2.0/24"] == ()
    assert derived.status[MENU, row]["active"] == "true"


def test_rules_of_version_6_stand_below_the_local_table() -> None:
    config, _ids = branch()
    row = config.add("/ip/route/rule", src_address="192.168.10.9/32", action="lookup", table="to-isp2")
    derived = solve(config)
    order = [rule.table for rule in sorted(derived.kernel.rules, key=lambda rule: rule.priority)]
    number = table_of(derived, ISP2)
    assert order.index(LOCAL_TABLE) < len(order) - 1 - order[::-1].index(number) < order.index(MAIN_TABLE)
    assert derived.status["/ip/route/rule", row] == {"inactive": "false"}


def test_a_connected_network_is_shown_in_the_words_of_version_6() -> None:
    (row,) = [row for row in solve(v6()).dynamic if row.values["dst-address"] == "10.1.1.0/24"]
    assert row.values["gateway-status"] == "ether1 reachable"
    assert row.values["pref-src"] == "10.1.1.2"
    assert not {"immediate-gw", "routing-table", "local-address"} & set(row.values)
