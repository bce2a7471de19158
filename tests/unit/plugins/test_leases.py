# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lease that is there, and a change of its client, mean for a deploy."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import leases
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, Operation
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_preflight import Finding, Options

from tests.unit.plugins.branches import uplink
from tests.unit.plugins.looked_at import GOOD, Menus, found, joined, look, plan_of

FAR = "100.99.0.7"
CLIENT = {
    "interface": "ether1",
    "status": "bound",
    "address": "100.70.1.9/24",
    "gateway": "100.70.1.1",
    "add-default-route": "yes",
}
ROUTER: Menus = {
    "/ip/dhcp-client": [CLIENT],
    "/ip/address": [{"address": "100.70.1.9/24", "interface": "ether1", "dynamic": "true"}],
    "/ip/route": [{"dst-address": "0.0.0.0/0", "gateway": "100.70.1.1", "distance": "1", "dynamic": "true"}],
}
LINES = [{"name": "isp1", "interface": "ether1", "type": "dhcp", "anchors": ["203.0.113.1"]}, uplink(2)]


def client(**more: str) -> Found:
    return Found("*1", {**CLIENT, **{name.replace("_", "-"): text for name, text in more.items()}})


def plan(version: str = "7.22") -> tuple[Row, ...]:
    router = {menu: found(rows) for menu, rows in ROUTER.items()}
    return leases.filled(plan_of(version, multiwan_uplinks=LINES), router)


def told(plan_rows: tuple[Row, ...], *menus: Menus, version: str = "7.22") -> list[Finding]:
    session: Menus = {"/user/active": [{"name": "multiwan", "address": FAR, "via": "api"}]}
    seen = look(joined(GOOD, ROUTER, session, *menus), plan_rows, options=Options(user="multiwan"), version=version)
    return [item for item in seen if item.check in ("management-path", "routes", "line-clients", "addresses")]


@pytest.mark.parametrize("status", ["bound", "renewing...", "rebinding..."])
def test_who_has_an_address_has_a_lease(status: str) -> None:
    lease = leases.lease_of(client(status=status))
    assert lease is not None
    assert (lease.interface, lease.gateway, str(lease.network)) == ("ether1", "100.70.1.1", "100.70.1.0/24")


@pytest.mark.parametrize(
    "more",
    [{"status": "searching..."}, {"disabled": "true"}, {"gateway": ""}, {"address": ""}, {"address": "what"}],
    ids=lambda more: "-".join(f"{name}={text}" for name, text in more.items()),
)
def test_who_has_none_has_none(more: Mapping[str, str]) -> None:
    assert leases.lease_of(client(**more)) is None


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_rows_that_follow_a_lease_are_written_with_it(version: str) -> None:
    followers = [row for row in plan(version) if row.runtime and row.tag.split(":")[2] == "isp1"]
    said = {row.tag.removeprefix("multiwan:"): row.values for row in followers if row.values.get("disabled") == "no"}
    assert {tag: v["gateway"] for tag, v in said.items() if "gateway" in v} == {
        "wan:isp1:default": "100.70.1.1%ether1",
        "wan:isp1:connected": "ether1",
        "wan:isp1:last-resort": "100.70.1.1%ether1",
        "failover:isp1:anchor1": "100.70.1.1%ether1",
    }
    assert said["wan:isp1:connected"]["dst-address"] == "100.70.1.0/24"
    assert said["pcc:isp1:bypass"]["address"] == "100.70.1.0/24"


def test_a_network_that_the_list_has_already_is_not_asked_for_twice() -> None:
    router = {menu: found(rows) for menu, rows in ROUTER.items()}
    router["/ip/firewall/address-list"] = found([{"list": "mw-bypass", "address": "100.70.1.0/24"}])
    rows = leases.filled(plan_of(multiwan_uplinks=LINES), router)
    (bypass,) = (row for row in rows if row.tag == "multiwan:pcc:isp1:bypass")
    assert bypass.values["disabled"] == "yes"


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_a_controller_that_comes_by_the_line_of_a_client_that_is_taken_over_is_let_through(version: str) -> None:
    """The client's default route goes, and ours leads the same way."""
    assert told(plan(version), version=version) == []


def test_without_the_lease_the_way_of_the_controller_would_be_lost_and_is_told() -> None:
    (only,) = told(plan_of(multiwan_uplinks=LINES))
    assert (only.check, only.severity) == ("management-path", "error")


def test_a_default_route_of_a_client_that_stays_is_told() -> None:
    other: Menus = {
        "/interface": [{"name": "ether9", "running": "true"}],
        "/ip/route": [{"dst-address": "0.0.0.0/0", "gateway": "10.1.1.1", "distance": "1", "dynamic": "true"}],
    }
    assert [item.check for item in told(plan(), other)] == ["routes"]


def test_a_lease_in_the_network_of_a_segment_and_an_anchor_of_the_modem_are_told() -> None:
    near: Menus = {
        "/ip/dhcp-client": [{**CLIENT, "address": "192.168.10.77/24", "gateway": "203.0.113.1"}],
    }
    words = [item.words for item in told(plan(), near) if item.check in ("addresses", "line-clients")]
    assert any("192.168.10.0/24 from isp1 on ether1, which overlaps 192.168.10.0/24 of a segment" in w for w in words)
    assert any("the anchor 203.0.113.1 of isp1 is in the network" in text for text in words)


GONE = Operation("/ip/dhcp-client", "set", "t", "w", "*1", {"add-default-route": "no"}, old=CLIENT)


@pytest.mark.parametrize("gateway", ["100.70.1.1", "100.70.1.1%ether1"])
def test_a_client_that_sets_no_route_any_more_takes_its_route_along(gateway: str) -> None:
    rows = [
        {"dst-address": "0.0.0.0/0", "gateway": gateway, "dynamic": "true"},
        {"dst-address": "0.0.0.0/0", "gateway": gateway},
        {"dst-address": "0.0.0.0/0", "gateway": "lte1", "dynamic": "true"},
        {"dst-address": "0.0.0.0/0", "gateway": gateway, "dynamic": "true", "routing-table": "other"},
    ]
    router = {"/ip/route": found(rows)}
    assert leases.routes_that_go(router, [GONE]) == {"*1"}
    modem = Operation("/interface/lte", "set", "t", "w", "*9", {"apn-profiles": "mw-isp4"}, old={"name": "lte1"})
    assert leases.routes_that_go(router, [modem]) == {"*3"}
    assert leases.routes_that_go(router, []) == frozenset()


@pytest.mark.parametrize(
    ("values", "comes"),
    [
        ({"add-default-route": "yes"}, True),
        ({"default-route-tables": "default"}, True),
        ({"default-route-tables": "main:7"}, True),
        ({"default-route-tables": "mw-isp1:2"}, False),
        ({"add-default-route": "no"}, False),
        ({"script": ""}, False),
    ],
    ids=str,
)
def test_a_client_that_is_given_back_sets_its_route_again(values: dict[str, str], comes: bool) -> None:
    old = {**CLIENT, "default-route-tables": "default"}
    back = Operation("/ip/dhcp-client", "set", "t", "w", "*1", values, old=old)
    assert [row.values["gateway"] for row in leases.routes_that_come([back])] == ["100.70.1.1%ether1"] * comes
