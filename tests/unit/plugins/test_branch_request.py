# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call for a branch says the same as the roles do with their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.multiwan.routeros.plugins.module_utils import (
    branch_request,
    commit_arguments,
    preflight,
    rules_run,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import ROLES, assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_spec import VARIABLES
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from .branches import branch

ROOT = Path(__file__).parents[3]
CONNECTION = {"multiwan_api_user": "multiwan", "multiwan_api_password": "correct horse"}


def _of_role(role: str, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "roles" / role / folder / "main.yml").read_text(encoding="utf-8"))
    return found


def _templated(value: Any, variables: dict[str, Any]) -> Any:
    """As Ansible works a default out."""

    def trusted(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: trusted(one) for key, one in item.items()}
        return trust_as_template(item) if isinstance(item, str) else item

    known = {name: trusted(item) for name, item in variables.items()}
    return Templar(DataLoader(), known).template(trusted(value))


def by_roles(variables: dict[str, Any]) -> Any:
    """The plan as the roles make it, one after the other."""
    plan: Any = None
    for role in ROLES:
        defaults = {**_of_role(role, "defaults"), **variables}
        given = {
            suffix: _templated(defaults[f"{role}_{suffix}"], defaults)
            for suffix in VARIABLES
            if f"{role}_{suffix}" in defaults
        }
        plan = rules_run.extend_plan(role, {**given, "plan": plan}, name="jakarta").to_json()
    return plan


def in_one(variables: dict[str, Any], **more: Any) -> Any:
    return branch_request.plan_of(variables, parse_branch(_fleet(variables), name="jakarta"), **more).to_json()


def _fleet(variables: dict[str, Any]) -> dict[str, Any]:
    return branch_request.fleet_variables(variables, variables)


@pytest.mark.parametrize("more", [{}, {"pcc_mode": "failover"}, {"pcc_bypass": ["10.0.0.0/8"]}])
def test_the_plan_is_that_of_the_roles(more: dict[str, Any]) -> None:
    variables = {**branch(3), "multiwan_routeros_version": "7.16", **more}
    assert in_one(variables) == by_roles(variables)


def test_a_parameter_of_a_role_counts_for_that_role_alone() -> None:
    variables = {**branch(2), "pcc_mode": "failover"}
    assert in_one(variables) != in_one(branch(2))
    everywhere = {**branch(2), "multiwan_mode": "failover"}
    assert [row for row in in_one(variables)["rows"] if row["tag"].startswith("multiwan:pcc:")] == [
        row for row in in_one(everywhere)["rows"] if row["tag"].startswith("multiwan:pcc:")
    ]


def test_a_mistake_in_a_parameter_of_a_role_is_told() -> None:
    with pytest.raises(BranchError, match=r"multiwan_mode.*balanced"):
        in_one({**branch(2), "pcc_mode": "balanced"})


def test_the_routers_version_counts_where_the_branch_does_not_say_one() -> None:
    asked = in_one(branch(2), version=parse_version("6.49"))
    assert asked == assemble({**branch(2), "multiwan_routeros_version": "6.49"}, name="jakarta").to_json()


def test_what_the_version_does_not_allow_is_told_once_it_is_known() -> None:
    variables = {**branch(2), "multiwan_probe": {"loss": 20}}
    assert in_one(variables)
    with pytest.raises(BranchError, match=r"multiwan_probe\.loss"):
        in_one(variables, version=parse_version("6.49"))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"ansible_host": "192.0.2.7"},
        {"ansible_host": "192.0.2.7", "multiwan_api_host": "r1.example.net", "multiwan_api_port": 18729},
        {"multiwan_api_tls": False, "multiwan_api_ca_file": "files/ca.pem", "multiwan_api_timeout_s": 3},
        {"multiwan_dead_man_s": 0, "multiwan_reach": [], "multiwan_backup": False, "multiwan_operator": "Siti"},
        {"multiwan_force": ["device-mode"], "multiwan_adopt": True, "multiwan_reach": ["192.0.2.1"]},
        {"commit_port": 999, "commit_host": "192.0.2.8", "commit_secrets": {"telegram_bot_token": "x"}},
        {"multiwan_uplinks": [{"name": "isp1", "type": "pppoe", "username": "u", "password": "p"}]},
    ],
)
def test_the_arguments_of_the_commit_are_those_of_the_role(more: dict[str, Any]) -> None:
    variables = {**branch(2), **CONNECTION, "inventory_hostname": "jakarta", **more}
    defaults = {**_of_role("commit", "defaults"), "__commit_fleet_ca": "/nowhere/ca.pem", **variables}
    own = ("plans", "owners")
    wanted = {
        name: _templated(defaults[f"commit_{name}"], defaults) for name in commit_arguments.SPEC if name not in own
    }
    assert branch_request.commit_arguments(variables, name="jakarta", fleet_ca=None) == wanted


def test_the_fleets_authority_is_trusted_if_there_is_one() -> None:
    values = {**branch(2), **CONNECTION}
    assert branch_request.commit_arguments(values, name="jakarta", fleet_ca="fleet-ca/ca.pem")["ca_file"] == (
        "fleet-ca/ca.pem"
    )


def test_every_variable_that_counts_is_looked_at() -> None:
    names = {
        **branch(2),
        **CONNECTION,
        "pcc_mode": "failover",
        "commit_port": 1,
        "ansible_host": "x",
        "commit_plans": [],
    }
    assert set(branch_request.wanted_variables(names)) == set(names) - {"commit_plans"}
    assert set(preflight.CONNECTION_NAMES) <= set(branch_request.wanted_variables(preflight.CONNECTION_NAMES))


def test_unknown_names_come_along() -> None:
    fleet = branch_request.fleet_variables({"multiwan_mode": "balance"}, {"multiwan_mode", "multiwan_mod", "other"})
    assert fleet == {"multiwan_mode": "balance", "multiwan_mod": None}
