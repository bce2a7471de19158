# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import ROLES, assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import RULE_VARIABLES
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_run import extend_plan
from ansible_collections.multiwan.routeros.plugins.module_utils.rules_spec import ARGUMENTS, VARIABLES

from tests.unit.plugins.branches import branch

RAW = branch(3)
ARGS = {name: RAW.get(variable) for name, variable in VARIABLES.items()}


def test_all_roles_one_after_the_other_give_the_whole_plan() -> None:
    plan: dict[str, object] = {}
    for role in ROLES:
        plan = extend_plan(role, {**ARGS, "plan": plan}, name="jakarta").to_json()
    assert plan == assemble(RAW, name="jakarta").to_json()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_runs_twice_adds_its_rows_once(role: str) -> None:
    whole = assemble(RAW, name="jakarta").to_json()
    again = extend_plan(role, {**ARGS, "plan": whole}, name="jakarta").to_json()
    key = "tag"
    assert sorted(row[key] for row in again["rows"]) == sorted(row[key] for row in whole["rows"])


@pytest.mark.parametrize("role", ROLES)
def test_absent_takes_the_rows_of_the_role_out_even_with_wrong_variables(role: str) -> None:
    whole = assemble(RAW, name="jakarta").to_json()
    left = extend_plan(role, {"plan": whole, "state": "absent", "uplinks": "nonsense"}, name="jakarta")
    assert left.rows
    assert not [row for row in left.rows if row.tag.startswith(f"multiwan:{role}:")]


def test_a_plan_of_another_branch_is_refused() -> None:
    with pytest.raises(ValueError, match="of bandung, not of jakarta"):
        extend_plan("wan", {**ARGS, "plan": {"format": 1, "branch": "bandung", "rows": []}}, name="jakarta")


def test_a_plan_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        extend_plan("wan", {**ARGS, "plan": {"format": 2, "branch": "jakarta", "rows": []}}, name="jakarta")


def test_misspelled_variables_of_the_host_are_told() -> None:
    with pytest.raises(BranchError) as caught:
        extend_plan("wan", ARGS, name="jakarta", variable_names=["multiwan_uplink", "multiwan_uplinks", "ansible_host"])
    assert [problem.path for problem in caught.value.problems] == ["multiwan_uplink"]


def test_every_rule_variable_is_an_argument() -> None:
    assert set(VARIABLES.values()) == set(RULE_VARIABLES)
    assert set(VARIABLES) < set(ARGUMENTS)
