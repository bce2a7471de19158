# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recursive routes: scopes, gates, distances, checks (facts 2.1, 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.derive.derive import derive
from lab.derive.observations import GatewayCheck, Link, Observations
from lab.derive.plan import Derived, NextHop, RoutePlan
from tests.unit.lab.derive.snapshots import UPLINKS, Config, branch, plain, route

MENU = "/ip/route"
ISP1 = NextHop("ether1", "10.1.1.1")
ISP2 = NextHop("ether2", "10.2.2.1")


def _derive(config: Config, dead: Iterable[str] = (), down: Iterable[str] = ()) -> Derived:
    links = {port: Link(False, "") for port in down}
    gateways = {GatewayCheck(address, "", "ping"): False for address in dead}
    return derive(config.snapshot(), Observations(links, gateways), 0.0)


def _kernel(derived: Derived) -> Mapping[tuple[int, str], RoutePlan]:
    return {(plan.table, plan.dst): plan for plan in derived.kernel.routes}


def _active(derived: Derived, row: int) -> bool:
    status = derived.status[MENU, row]
    if "inactive" in status:  # version 6 has no such property
        assert {status["active"], status["inactive"]} == {"true", "false"}
    return status["active"] == "true"


def _host_and_default(scope: str, target: str, version: str = "7.22") -> tuple[Config, int, int]:
    config = plain()
    config.version = version
    host = route(config, "8.8.8.8/32", "10.1.1.1", scope=scope)
    return config, host, route(config, "0.0.0.0/0", "8.8.8.8", target_scope=target)


@pytest.mark.parametrize(
    ("scope", "target", "version", "works"),
    [
        ("10", "10", "7.22", False),  # the v6 recipe: the host route counts as scope 11 in v7
        ("10", "11", "7.22", True),
        ("11", "11", "7.22", True),
        ("30", "11", "7.22", False),
        ("30", "30", "7.22", True),
        ("10", "10", "6.49.10", True),
        ("30", "10", "6.49.10", False),
    ],
)
def test_a_gateway_resolves_through_scopes_up_to_its_target_scope(
    scope: str, target: str, version: str, works: bool
) -> None:
    config, host, default = _host_and_default(scope, target, version)
    derived = _derive(config)
    assert _active(derived, host)
    assert _active(derived, default) == works
    if version.startswith("7"):
        assert derived.status[MENU, default]["immediate-gw"] == ("10.1.1.1%ether1" if works else "")
    assert ((254, "0.0.0.0/0") in _kernel(derived)) == works


def test_the_longest_prefix_in_scope_wins() -> None:
    config = plain()
    route(config, "8.8.0.0/16", "10.1.1.1", scope="10")
    route(config, "8.8.8.8/32", "10.2.2.1", scope="10")
    route(config, "8.8.8.8/32", "10.1.1.1", scope="30", routing_table="main", distance="5")
    row = route(config, "0.0.0.0/0", "8.8.8.8", target_scope="11")
    assert _derive(config).status[MENU, row]["immediate-gw"] == "10.2.2.1%ether2"


def test_a_longer_prefix_out_of_scope_is_passed_over() -> None:
    config = plain()
    route(config, "8.8.0.0/16", "10.1.1.1", scope="10")
    route(config, "8.8.8.8/32", "10.2.2.1", scope="30")
    row = route(config, "0.0.0.0/0", "8.8.8.8", target_scope="11")
    assert _derive(config).status[MENU, row]["immediate-gw"] == "10.1.1.1%ether1"


def test_a_route_never_resolves_through_itself_or_in_a_circle() -> None:
    config = plain()
    own = route(config, "9.9.9.9/32", "9.9.9.9", scope="30", target_scope="40")
    left = route(config, "9.1.0.0/16", "9.2.0.1", target_scope="50")
    right = route(config, "9.2.0.0/16", "9.1.0.1", target_scope="60")
    derived = _derive(config)
    assert [_active(derived, row) for row in (own, left, right)] == [False, False, False]


def test_a_gateway_in_another_table_is_looked_up_in_main_unless_told_otherwise() -> None:
    config = plain()
    config.add("/routing/table", name="t", fib="")
    route(config, "8.8.8.8/32", "10.1.1.1", scope="10", routing_table="t")
    plain_row = route(config, "0.0.0.0/0", "8.8.8.8", target_scope="11", routing_table="t")
    derived = _derive(config)
    assert not _active(derived, plain_row)
    config.set(MENU, plain_row, gateway="8.8.8.8@t")
    assert _active(_derive(config), plain_row)


def test_a_table_without_fib_shows_routes_and_installs_none() -> None:
    config = plain()
    table = config.add("/routing/table", name="t")
    row = route(config, "0.0.0.0/0", "10.1.1.1", routing_table="t")
    derived = _derive(config)
    assert _active(derived, row)
    assert {plan.table for plan in derived.kernel.routes} == {254}
    assert all(rule.mark is None for rule in derived.kernel.rules)
    config.menus["/routing/table"] = []
    config.add("/routing/table", name="t", fib="")
    assert (1000 + table, "0.0.0.0/0") in _kernel(_derive(config))


def test_a_route_in_a_missing_table_is_inactive() -> None:
    config = plain()
    row = route(config, "0.0.0.0/0", "10.1.1.1", routing_table="gone")
    assert not _active(_derive(config), row)


def test_the_lowest_usable_distance_carries_and_equal_ones_share() -> None:
    config = plain()
    first = route(config, "0.0.0.0/0", "10.1.1.1", distance="1", check_gateway="ping")
    second = route(config, "0.0.0.0/0", "10.2.2.1", distance="2")
    assert _kernel(_derive(config))[254, "0.0.0.0/0"].hops == (ISP1,)
    derived = _derive(config, dead=["10.1.1.1"])
    assert (_active(derived, first), _active(derived, second)) == (False, True)
    assert _kernel(derived)[254, "0.0.0.0/0"].hops == (ISP2,)
    config.set(MENU, second, distance="1")
    derived = _derive(config)
    assert _kernel(derived)[254, "0.0.0.0/0"].hops == (ISP1, ISP2)
    assert [derived.status[MENU, row]["ecmp"] for row in (first, second)] == ["true", "true"]


def test_the_check_of_one_route_does_not_close_another_with_the_same_gateway() -> None:
    config = plain()
    checked = route(config, "0.0.0.0/0", "10.1.1.1", check_gateway="ping")
    free = route(config, "172.16.0.0/12", "10.1.1.1")
    derived = _derive(config, dead=["10.1.1.1"])
    assert (_active(derived, checked), _active(derived, free)) == (False, True)


def test_an_interface_gateway_is_not_checked() -> None:
    config = plain()
    row = route(config, "0.0.0.0/0", "ether1", check_gateway="ping")
    derived = _derive(config)
    assert derived.checks == frozenset()
    assert derived.status[MENU, row]["immediate-gw"] == "ether1"


def test_two_modems_with_one_address_are_told_apart_by_interface() -> None:
    config = plain()
    for port in ("ether1", "ether2"):
        row = config.find("/ip/address", interface=port)
        config.set("/ip/address", row, address="192.168.1.2/24")
    rows = [
        route(config, f"203.0.113.{n}/32", f"192.168.1.1%ether{n}", check_gateway="ping", scope="11") for n in (1, 2)
    ]
    derived = _derive(config)
    assert [derived.status[MENU, row]["immediate-gw"] for row in rows] == ["192.168.1.1%ether1", "192.168.1.1%ether2"]
    assert derived.checks == {GatewayCheck("192.168.1.1", f"ether{n}", "ping") for n in (1, 2)}
    assert _kernel(derived)[254, "192.168.1.0/24"].hops == (NextHop("ether1"), NextHop("ether2"))


def test_a_link_that_is_down_takes_its_routes_along() -> None:
    config = plain()
    row = route(config, "0.0.0.0/0", "10.1.1.1%ether1")
    derived = _derive(config, down=["ether1"])
    assert not _active(derived, row)
    connected = {r.values["gateway"]: r.values["active"] for r in derived.dynamic}
    assert connected == {"ether1": "false", "ether2": "true", "bridge": "true"}
    assert {plan.dst for plan in derived.kernel.routes} == {"10.2.2.0/24", "192.168.10.0/24"}


def test_the_gateway_can_not_be_the_router_itself() -> None:
    config = plain()
    row = route(config, "0.0.0.0/0", "10.1.1.2%ether1")
    assert not _active(_derive(config), row)


def test_connected_routes_are_shown_with_their_local_address() -> None:
    found = {row.key: row.values for row in _derive(plain()).dynamic}
    values = found["10.1.1.0/24%ether1"]
    assert values["local-address"] == "10.1.1.2%ether1"
    assert (values["distance"], values["scope"], values["immediate-gw"]) == ("0", "10", "ether1")


def _gates(derived: Derived) -> list[tuple[NextHop, ...] | None]:
    kernel = _kernel(derived)
    return [kernel[254, f"192.0.2.{n}/32"].hops if (254, f"192.0.2.{n}/32") in kernel else None for n in (1, 2)]


def test_a_gate_is_open_while_one_anchor_answers() -> None:
    config = branch()
    assert _gates(_derive(config)) == [(ISP1,), (ISP2,)], "two anchors behind one gateway are one next hop"
    one_dead = _derive(config, dead=UPLINKS[0].anchors[:1])
    assert _gates(one_dead) == [(ISP1,), (ISP2,)]
    both_dead = _derive(config, dead=UPLINKS[0].anchors)
    assert _gates(both_dead) == [None, (ISP2,)]
    assert _kernel(both_dead)[254, "0.0.0.0/0"].hops == (ISP2,)
    assert _kernel(both_dead)[1003, "0.0.0.0/0"].hops == (ISP2,), "the path 1-2 goes on over 2"
    assert _kernel(both_dead)[1001, "0.0.0.0/0"].hops == (ISP1,), "the uplink's own table stays"


def test_with_all_gates_closed_the_last_resort_remains() -> None:
    derived = _derive(branch(), dead=[anchor for uplink in UPLINKS for anchor in uplink.anchors])
    assert _gates(derived) == [None, None]
    assert _kernel(derived)[254, "0.0.0.0/0"].hops == (ISP1,)
    assert (1003, "0.0.0.0/0") not in _kernel(derived), "marked packets fall through to main"


def test_anchors_are_checked_also_when_their_host_route_is_a_blackhole() -> None:
    config = branch()
    derived = _derive(config, down=["ether1"])
    kernel = _kernel(derived)
    assert all(kernel[254, f"{anchor}/32"].hops == () for anchor in UPLINKS[0].anchors), "no probe leaks elsewhere"
    assert _gates(derived) == [None, (ISP2,)]
    assert {check.address for check in derived.checks} == {a for uplink in UPLINKS for a in uplink.anchors}
    assert kernel[1001, "0.0.0.0/0"].hops == (), "marked connections meet the blackhole of their table"


def test_a_route_that_displaces_what_it_leans_on_is_inactive() -> None:
    config = plain()
    ground = route(config, "9.1.0.0/16", "10.1.1.1", distance="2")
    displacing = route(config, "9.1.0.0/16", "9.1.0.1", target_scope="30", distance="1")
    derived = _derive(config)
    assert (_active(derived, ground), _active(derived, displacing)) == (True, False)


_GATEWAYS = st.sampled_from(["10.1.1.1", "10.2.2.1", "10.1.1.1%ether1", "ether2", "9.1.0.1", "9.2.0.1", "9.3.0.1"])
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["9.1.0.0/16", "9.2.0.0/16", "9.3.0.0/16", "9.1.0.1/32", "0.0.0.0/0"]),
        _GATEWAYS,
        st.sampled_from(["10", "11", "12", "30", "255"]),
        st.sampled_from(["5", "10", "11", "12", "30", "100"]),
        st.sampled_from(["1", "2", "3"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(_ROWS, st.sets(st.sampled_from(["9.1.0.1", "10.1.1.1"])), st.sampled_from(["7.22", "6.49"]))
def test_any_set_of_routes_settles(
    rows: list[tuple[str, str, str, str, str, bool]], dead: set[str], version: str
) -> None:
    """Flags and kernel agree, every hop is a real way out, and deriving again changes nothing."""
    config = plain()
    config.version = version
    for dst, gateway, scope, target, distance, check in rows:
        more = {"check_gateway": "ping"} if check else {}
        route(config, dst, gateway, scope=scope, target_scope=target, distance=distance, **more)
    derived = _derive(config, dead)
    assert derived.kernel == _derive(config, dead).kernel
    shown = set()
    for row in config.menus.get(MENU, ()):
        status = derived.status[MENU, row.id]
        if status["active"] == "true":
            shown.add(row.get("dst-address"))
            assert status.get("immediate-gw") or "unreachable" not in status["gateway-status"]
    kernel = {plan.dst for plan in derived.kernel.routes if any(hop.via for hop in plan.hops)} | {
        plan.dst for plan in derived.kernel.routes if plan.dst in shown
    }
    assert shown == kernel
    assert all(hop.interface in ("ether1", "ether2", "bridge") for plan in derived.kernel.routes for hop in plan.hops)
