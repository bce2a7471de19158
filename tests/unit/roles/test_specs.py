# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults, argument specs, the parser and the list of known parameters say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils import (
    branch,
    branch_bandwidth,
    branch_lan,
    branch_pins,
    branch_probe,
    branch_traffic,
    branch_uplinks,
    commit_arguments,
    model,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.role_parameters import (
    ROLE_PARAMETERS,
    unknown_parameters,
)

ROLES = Path(__file__).parents[3] / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir())
PLANNERS = [name for name in NAMES if name not in ("bootstrap", "commit", "drill")]


def load(role: str, path: str) -> Any:
    return yaml.safe_load((ROLES / role / path).read_text(encoding="utf-8"))


def options(role: str, entry_point: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = load(role, "meta/argument_specs.yml")["argument_specs"][entry_point]["options"]
    return found


@pytest.mark.parametrize("role", NAMES)
def test_the_known_parameters_are_those_of_the_spec(role: str) -> None:
    assert ROLE_PARAMETERS[role] == set(options(role))


def test_no_role_is_forgotten() -> None:
    assert sorted(ROLE_PARAMETERS) == NAMES


@pytest.mark.parametrize("role", NAMES)
def test_every_parameter_has_a_default_or_is_asked_for(role: str) -> None:
    missing = set(options(role)) - set(load(role, "defaults/main.yml"))
    assert missing == ({"commit_plans"} if role == "commit" else set())
    assert set(load(role, "defaults/main.yml")) <= set(options(role))


@pytest.mark.parametrize("role", PLANNERS)
def test_both_entry_points_take_the_same(role: str) -> None:
    assert options(role, "plan") == options(role, "main")


@pytest.mark.parametrize("role", PLANNERS)
def test_defaults_follow_the_fleet_variable_of_the_same_name(role: str) -> None:
    for name, value in load(role, "defaults/main.yml").items():
        fleet = f"multiwan_{name.removeprefix(f'{role}_')}"
        assert fleet in branch.RULE_VARIABLES
        assert f"{{{{ {fleet}" in value


def test_connection_defaults_follow_known_fleet_variables() -> None:
    text = (ROLES / "commit/defaults/main.yml").read_text(encoding="utf-8")
    assert {name for name in branch.CONNECTION_VARIABLES if name in text} == set(branch.CONNECTION_VARIABLES)


def test_the_commit_role_takes_what_the_module_takes() -> None:
    assert {name.removeprefix("commit_") for name in options("commit")} == set(commit_arguments.SPEC)


@pytest.mark.parametrize("role", NAMES)
def test_what_is_null_by_default_has_no_choices(role: str) -> None:
    """ansible-core 2.19 to 2.21 refuse null where a role's parameter has choices."""
    defaults = load(role, "defaults/main.yml")
    for name, option in options(role).items():
        if "choices" in option:
            assert "default(none)" not in str(defaults.get(name, "")), name
            assert defaults.get(name, "") is not None, name


def test_specs_and_parser_know_the_same_keys() -> None:
    pcc = options("pcc")
    assert set(pcc["pcc_segments"]["options"]) == set(branch_lan._SEGMENT_KEYS)
    assert set(pcc["pcc_segments"]["options"]["bandwidth"]["options"]) == set(branch_bandwidth.KEYS)
    assert set(pcc["pcc_pins"]["options"]) == set(branch_pins._KEYS)
    assert set(pcc["pcc_forwards"]["options"]) == set(branch_traffic._KEYS)
    assert pcc["pcc_classifier"]["choices"] == sorted(model.CLASSIFIERS)
    assert all(f"V({word})" in " ".join(pcc["pcc_fasttrack"]["description"]) for word in model.FASTTRACK)
    assert sorted(pcc["pcc_mode"]["choices"]) == sorted(model.MODES)
    assert set(options("failover")["failover_probe"]["options"]) == set(branch_probe._KEYS)


@pytest.mark.parametrize("role", [name for name in PLANNERS if f"{name}_uplinks" in ROLE_PARAMETERS.get(name, ())])
def test_every_role_takes_whole_uplinks(role: str) -> None:
    uplink = options(role)[f"{role}_uplinks"]["options"]
    assert set(uplink) == set(branch_uplinks._KEYS)
    assert set(uplink["probe"]["options"]) == set(branch_probe._KEYS)


@pytest.mark.parametrize("role", NAMES)
def test_a_role_reads_like_a_table_of_contents(role: str) -> None:
    for path in (ROLES / role / "tasks").glob("*.yml"):
        assert len(load(role, f"tasks/{path.name}")) <= 5


def test_secrets_are_marked_and_have_no_default() -> None:
    assert options("commit")["commit_password"]["no_log"] is True
    assert options("dhcp_alert")["dhcp_alert_telegram"]["options"]["bot_token"]["no_log"] is True
    assert options("notify")["notify_telegram"]["options"]["bot_token"]["no_log"] is True
    assert load("commit", "defaults/main.yml")["commit_password"] == "{{ multiwan_api_password }}"


def test_a_misspelled_parameter_is_told_from_a_real_one() -> None:
    (problem,) = unknown_parameters(["pcc_classifer", "pcc_mode", "ansible_host", "wanderlust"])
    assert problem.path == "pcc_classifer"
    assert "did you mean pcc_classifier?" in problem.allowed
