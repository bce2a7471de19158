# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others let a router do on the ports of the uplinks is told with a cure, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows

from tests.unit.plugins.branches import TOKEN, branch, uplink
from tests.unit.plugins.looked_at import GOOD, Menus, joined, look

SECRETS = {"telegram_bot_token": TOKEN, "pppoe_password_isp2": "x", "pppoe_password_isp1": "x"}
DIALLED = {
    "name": "isp2",
    "interface": "ether2",
    "vlan": 35,
    "type": "pppoe",
    "username": "branch",
    "password": "the-secret-of-the-line",
    "anchors": ["203.0.113.2"],
}
LEASED = {"name": "isp1", "interface": "ether1", "type": "dhcp", "anchors": ["203.0.113.1"]}


def plan(*lines: dict[str, Any]) -> list[Row]:
    rows = fill_rows(assemble({**branch(), "multiwan_uplinks": list(lines)}, name="jakarta").rows, SECRETS)
    return [row for row in rows if all(isinstance(value, str) for value in row.values.values())]


def told(menus: Menus, *lines: dict[str, Any]) -> list[tuple[str, str]]:
    seen = look(joined(GOOD, menus), plan(*lines))
    return [(item.severity, item.words) for item in seen if item.check == "line-clients"]


def client(interface: str, **more: str) -> Menus:
    return {"/ip/dhcp-client": [{"interface": interface, "status": "searching...", **more}]}


def session(**more: str) -> Menus:
    return {"/interface/pppoe-client": [{"name": "pppoe-out1", "interface": "ether2-vlan35", "user": "branch", **more}]}


def vlan(**more: str) -> Menus:
    return {"/interface/vlan": [{"name": "vlan35", "interface": "ether2", "vlan-id": "35", **more}]}


@pytest.mark.parametrize("interface", ["ether2", "ether2-vlan35", "pppoe-isp2"])
def test_a_client_anywhere_below_a_dialled_line_is_told(interface: str) -> None:
    ((severity, words),) = told(client(interface), uplink(1), DIALLED)
    assert severity == "warning"
    assert f"asks for an address on {interface}, the port of isp2" in words
    assert f"/ip/dhcp-client/disable [find interface={interface}]" in words


@pytest.mark.parametrize(
    ("interface", "more"),
    [("ether1", {}), ("ether3", {}), ("ether2", {"disabled": "true"}), ("ether2", {"dynamic": "true"})],
    ids=["of a line by DHCP: taken over", "of no line", "disabled", "dynamic"],
)
def test_a_client_that_does_no_harm_is_not(interface: str, more: dict[str, str]) -> None:
    assert told(client(interface, **more), LEASED, DIALLED) == []


def test_how_bad_a_client_is_depends_on_its_default_route() -> None:
    bound = {"status": "bound", "address": "10.9.8.7/24", "gateway": "10.9.8.1"}
    quiet = {**bound, "add-default-route": "no"}
    severities = [told(client("ether2", **more), uplink(1), DIALLED)[0][0] for more in (bound, quiet)]
    assert severities == ["error", "warning"]


def test_two_sessions_of_one_account_are_refused() -> None:
    ((severity, words),) = told(session(), uplink(1), DIALLED)
    assert (severity, "/interface/pppoe-client/disable pppoe-out1" in words) == ("error", True)
    ((severity, words),) = told(session(user="other", **{"add-default-route": "yes"}), uplink(1), DIALLED)
    assert (severity, "its default route is not watched" in words) == ("warning", True)


@pytest.mark.parametrize("more", [{"disabled": "true"}, {"interface": "ether9"}], ids=["disabled", "elsewhere"])
def test_a_session_that_does_not_dial_here_is_no_matter(more: dict[str, str]) -> None:
    assert told(session(**more), uplink(1), DIALLED) == []


def test_the_same_tag_by_another_name_is_refused_and_the_same_name_is_used() -> None:
    ((severity, words),) = told(vlan(), uplink(1), DIALLED)
    assert severity == "error"
    assert "(vlan35), which is not ours, is VLAN 35 on ether2 already, where the plan makes ether2-vlan35" in words
    assert told(vlan(name="ether2-vlan35"), uplink(1), DIALLED) == []
    assert told(vlan(**{"vlan-id": "36"}), uplink(1), DIALLED) == []
