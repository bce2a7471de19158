# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that would cut the controller off is told, and one that would not is let through."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_preflight import Finding, Options

from tests.unit.plugins.branches import branch, uplink
from tests.unit.plugins.looked_at import GOOD, Menus, holding, joined, look, plan_of

FAR = "100.99.0.7"
PLAN = plan_of()
#: The lines as a technician addressed them, so that the plan adds no address of its own.
LINES: Menus = {
    "/ip/address": [
        {"address": "172.16.1.2/24", "interface": "ether1"},
        {"address": "172.16.2.2/24", "interface": "ether2"},
    ]
}


def session(address: str, **more: str) -> Menus:
    return {"/user/active": [{"name": "multiwan", "address": address, "via": "api", **more}]}


def default(gateway: str, distance: str = "1", to: str = "0.0.0.0/0") -> Menus:
    return {"/ip/route": [{"dst-address": to, "gateway": gateway, "distance": distance}]}


def told(
    *menus: Menus, plan: Sequence[Row] = PLAN, host: str = "", user: str = "multiwan", version: str = "7.22"
) -> list[Finding]:
    options = Options(user=user, host=host)
    seen = look(joined(GOOD, *menus), plan, options=options, version=version)
    return [item for item in seen if item.check == "management-path"]


def refused(*menus: Menus, plan: Sequence[Row] = PLAN, host: str = "", version: str = "7.22") -> str:
    """The words of the one error, or nothing."""
    seen = [item for item in told(*menus, plan=plan, host=host, version=version) if item.severity == "error"]
    assert len(seen) <= 1
    return seen[0].words if seen else ""


def without_addresses(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.menu != "/ip/address"]


# --- where the controller is


LTE = joined(LINES, default("lte1"))


def test_the_session_of_the_user_tells_where_the_controller_is() -> None:
    assert f"the controller comes from {FAR} (/user/active), by lte1" in refused(LTE, session(FAR))
    assert refused(LTE, session(FAR), session(FAR, via="api-ssl"))


@pytest.mark.parametrize(
    "active",
    [
        {},
        session(FAR, name="admin"),
        session(FAR, via="winbox"),
        joined(session(FAR), session("100.99.0.8")),
        session("127.0.0.1"),
        session("fd00::7"),
        session(""),
    ],
    ids=["no row", "another user", "another door", "two places", "the router itself", "IPv6", "no address"],
)
def test_where_the_place_is_not_known_nothing_is_said(active: Menus) -> None:
    assert told(LTE, active) == []


# --- a deploy


@pytest.mark.parametrize("distance", ["1", "240"])
def test_a_way_in_that_is_no_line_of_the_plan_is_kept(distance: str) -> None:
    words = refused(LINES, default("lte1", distance), session(FAR))
    assert "answers to what comes in by lte1 would leave by" in words
    assert f"/ip/route/add dst-address={FAR}/32 gateway=lte1)" in words
    assert "multiwan_force: [management-path]" in words


def test_a_route_of_its_own_makes_that_way_safe() -> None:
    for to in (f"{FAR}/32", "100.99.0.0/16"):
        assert told(LINES, default("lte1"), default("lte1", to=to), session(FAR)) == []


@pytest.mark.parametrize("address", ["192.168.10.5", "10.77.0.2"])
def test_a_connected_network_is_safe(address: str) -> None:
    tunnel: Menus = {"/ip/address": [{"address": "10.77.0.1/24", "interface": "wg0"}]}
    assert told(LINES, tunnel, default("172.16.2.1"), session(address)) == []
    assert told(tunnel, holding(PLAN), session(address), plan=()) == []


def test_a_neighbour_on_an_uplink_is_answered_by_it() -> None:
    assert told(LINES, session("172.16.1.50")) == []


def test_a_line_of_the_plan_answers_what_comes_in_by_it() -> None:
    assert told(LINES, default("172.16.1.1"), session(FAR)) == []


@pytest.mark.parametrize("distance", ["1", "240"])
def test_a_session_that_bears_no_mark_follows_the_routes_in_the_middle_of_the_change(distance: str) -> None:
    """Seen in the lab: it broke at the first route of isp1, and the change was taken back each time."""
    words = refused(LINES, default("172.16.2.1", distance), session(FAR))
    assert "it would leave by 172.16.1.1%ether1" in words
    assert f"/ip/route/add dst-address={FAR}/32 gateway=172.16.2.1%ether2)" in words
    kept = default("172.16.2.1%ether2", to=f"{FAR}/32")
    assert told(LINES, default("172.16.2.1", distance), kept, session(FAR)) == []


def test_another_router_on_a_line_of_the_plan_is_not_the_modem() -> None:
    """A mark decides before the route that leads there now."""
    words = refused(LINES, default("172.16.1.254", to="100.99.0.0/16"), session(FAR))
    assert "comes in by ether1 would leave by 172.16.1.1%ether1" in words


def test_a_new_address_that_takes_the_controllers_network_is_refused() -> None:
    far: Menus = {"/ip/address": [{"address": "172.16.1.1/16", "interface": "wg0"}]}
    assert "would leave by ether1" in refused(far, session("172.16.1.200"))


def test_a_link_that_is_down_is_no_way() -> None:
    lines = [{**row, "running": "false"} if row["name"] == "ether1" else row for row in GOOD["/interface"]]
    good = {**GOOD, "/interface": lines}
    both = joined(default("172.16.1.1"), default("lte1", "2"))
    seen = look(joined(good, LINES, both, session(FAR)), PLAN, options=Options(user="multiwan"))
    assert [item.words for item in seen if "by lte1 would leave" in item.words]


# --- changes


THREE = plan_of(multiwan_uplinks=[uplink(number) for number in (1, 2, 3)])


def test_one_more_line_cuts_nothing() -> None:
    assert told(holding(PLAN), session(FAR), plan=THREE) == []


def test_another_mode_cuts_nothing() -> None:
    assert told(holding(PLAN), session(FAR), plan=plan_of(multiwan_mode="failover")) == []


def test_a_line_that_goes_may_be_the_one_that_the_controller_uses() -> None:
    words = refused(holding(THREE), session(FAR))
    assert "172.16.3.2/24 on ether3), which it may be talking to, would go" in words
    assert refused(holding(THREE), session(FAR), host="172.16.3.2")
    assert told(holding(THREE), session(FAR), host="172.16.1.2") == []
    assert refused(holding(THREE), session(FAR), host="198.18.0.9")  # a modem that forwards: any line


def test_an_address_that_changes_is_told_before() -> None:
    raw = branch(2)
    raw["multiwan_uplinks"][1] |= {"address": "172.16.2.9/24"}
    plan = plan_of(multiwan_uplinks=raw["multiwan_uplinks"])
    assert "172.16.2.2/24 on ether2" in refused(holding(PLAN), session(FAR), plan=plan)
    assert told(holding(PLAN), session(FAR), plan=plan, host="172.16.1.2") == []
    assert told(holding(PLAN), session("192.168.10.5"), plan=plan) == []


# --- a removal


OURS = without_addresses(PLAN)


def test_a_removal_that_leaves_no_route_is_refused() -> None:
    words = refused(LINES, holding(OURS), session(FAR), plan=())
    assert "no route to there would be left" in words
    assert "gateway=… distance=240" in words


def test_a_removal_that_leaves_a_route_by_another_line_is_refused() -> None:
    left = default("172.16.1.1", "240")
    words = refused(LINES, left, holding(OURS), session(FAR), plan=())
    assert "comes in by ether2 would leave by 172.16.1.1%ether1" in words
    assert told(LINES, left, holding(OURS), session(FAR), plan=(), host="172.16.1.2") == []
    assert refused(LINES, left, holding(OURS), session(FAR), plan=(), host="172.16.2.2")


def test_a_removal_with_a_route_to_the_controller_is_safe() -> None:
    assert told(LINES, default("wg0", to="100.99.0.0/16"), holding(OURS), session(FAR), plan=()) == []


def test_gates_that_are_closed_now_are_not_taken_for_open() -> None:
    """With the gate of isp1 closed the router leaves by isp2; nothing of that is a route by another default."""
    rows = holding(OURS)
    rows["/ip/route"] = [
        {**row, "disabled": "true"} if ":isp1:gate" in str(row["comment"]) else row for row in rows["/ip/route"]
    ]
    assert told(LINES, rows, session(FAR), plan=PLAN) == []


# --- RouterOS 6


def test_marks_and_several_gateways_of_routeros_6() -> None:
    six = plan_of("6.49")
    clock: Menus = {"/system/clock": [{"date": "nov/21/2026"}]}
    assert told(LINES, clock, holding(without_addresses(six)), session(FAR), plan=six, version="6.49") == []
    assert refused(LINES, clock, default("lte1,172.16.1.1"), session(FAR), plan=six, version="6.49")
    assert refused(LINES, holding(without_addresses(six)), session(FAR), plan=(), version="6.49")
