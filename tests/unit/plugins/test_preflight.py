# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.preflight import check
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError

GOOD: dict[str, Any] = {
    "multiwan_uplinks": [
        {
            "name": "isp1",
            "interface": "ether1",
            "address": "192.168.1.2/24",
            "gateway": "192.168.1.1",
            "anchors": ["8.8.4.4"],
        }
    ],
    "multiwan_api_user": "multiwan",
    "multiwan_api_password": "secret",
}


def paths(variables: dict[str, Any], *, names: tuple[str, ...] = (), **more: Any) -> list[str]:
    arguments: dict[str, Any] = {"broken": {}, "connection": True, **more}
    with pytest.raises(BranchError) as caught:
        check(variables, name="jakarta", names={*variables, *names}, **arguments)
    return [problem.path for problem in caught.value.problems]


def test_a_good_branch_passes() -> None:
    check(GOOD, name="jakarta", names={*GOOD, "ansible_host", "inventory_dir"}, broken={}, connection=True)


def test_mistakes_of_every_kind_come_together() -> None:
    bad = {**GOOD, "multiwan_mode": "both", "multiwan_uplnks": []}
    del bad["multiwan_api_password"]
    found = paths(bad, names=("pcc_mod",), broken={"multiwan_telegram": "an expression that fails"})
    assert set(found) == {"multiwan_mode", "multiwan_uplnks", "pcc_mod", "multiwan_telegram", "multiwan_api_password"}


def test_a_value_that_cannot_be_worked_out_is_reported_once() -> None:
    broken = {"multiwan_telegram.bot_token": "an expression that fails"}
    bad = {**GOOD, "multiwan_telegram": {"bot_token": None, "chat_id": "-5"}}
    assert paths(bad, broken=broken) == ["multiwan_telegram.bot_token"]


def test_a_connection_needs_user_and_password() -> None:
    bad = {"multiwan_uplinks": GOOD["multiwan_uplinks"]}
    assert paths(bad) == ["multiwan_api_user", "multiwan_api_password"]


@pytest.mark.parametrize(("names", "connection"), [({"commit_user", "commit_password"}, True), (set(), False)])
def test_role_parameters_or_no_connection_do_as_well(names: set[str], connection: bool) -> None:
    only = {"multiwan_uplinks": GOOD["multiwan_uplinks"]}
    check(only, name="jakarta", names={*only, *names}, broken={}, connection=connection)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("multiwan_dead_man_s", 5, "whole seconds from 10 to 3600, or 0 for none"),
        ("multiwan_dead_man_s", "2m", "whole seconds from 10 to 3600, or 0 for none"),
        ("multiwan_dead_man_s", True, "whole seconds from 10 to 3600, or 0 for none"),
        ("multiwan_reach", "8.8.8.8", "a list of IPv4 addresses"),
        ("multiwan_reach", ["dns.google"], "a list of IPv4 addresses"),
        ("multiwan_backup", "perhaps", "true or false"),
        ("multiwan_force", ["everything"], "management-path"),
        ("multiwan_force", "management-path", "management-path"),
        ("multiwan_adopt", "maybe", "true or false"),
        ("multiwan_operator", "", "who is named to others"),
    ],
)
def test_how_carefully_a_change_is_made_is_said_rightly(name: str, value: Any, allowed: str) -> None:
    with pytest.raises(BranchError) as caught:
        check({**GOOD, name: value}, name="jakarta", names={*GOOD, name}, broken={}, connection=True,
              connection_values={name: value})  # fmt: skip
    assert [problem.path for problem in caught.value.problems] == [name]
    assert allowed in str(caught.value)


def test_no_dead_man_no_check_and_a_forced_one_are_allowed() -> None:
    said = {"multiwan_dead_man_s": 0, "multiwan_reach": [], "multiwan_force": ["management-path"]}
    check({**GOOD, **said}, name="jakarta", names={*GOOD, *said}, broken={}, connection=True, connection_values=said)
