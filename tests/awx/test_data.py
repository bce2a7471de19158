# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of awx/: what awx.awx would refuse is found here, and what AWX itself refuses (its rules: 24.6.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx import playbook
from tests.awx.conftest import Checkout
from tests.awx.playbook import ROOT, Call

CALLS = list(playbook.calls())
TYPES: list[dict[str, Any]] = playbook.data("awx_credential_types")
TEMPLATES: dict[str, dict[str, Any]] = {item["name"]: item for item in playbook.data("awx_job_templates")}
WORKFLOWS: dict[str, dict[str, Any]] = {item["name"]: item for item in playbook.data("awx_workflows")}
SCHEDULES: list[dict[str, Any]] = playbook.data("awx_schedules")
SURVEYS = {name: item["survey_spec"] for name, item in TEMPLATES.items() if "survey_spec" in item}
QUESTIONS = [(name, entry) for name, survey in SURVEYS.items() for entry in survey["spec"]]
#: Question type to the Python type of its default (awx/api/views/__init__.py).
ANSWERS = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "integer": int, "float": float}


def of(module: str) -> list[str]:
    return [str(call.arguments["name"]) for call in CALLS if call.module == module]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_the_module_takes_the_arguments(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = playbook.argument_spec(call.module, monkeypatch)
    result = ArgumentSpecValidator(spec).validate(dict(call.arguments))
    assert not result.error_messages


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_nothing_that_the_data_says_is_left_out(call: Call) -> None:
    assert {name: call.arguments.get(name) for name in call.offered} == dict(call.offered)


def test_an_argument_that_the_module_does_not_know_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = playbook.argument_spec("schedule", monkeypatch)
    result = ArgumentSpecValidator(spec).validate({"name": "Night", "timezone": "Asia/Jakarta"})
    assert "timezone" in " ".join(result.error_messages)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_credential_types_are_such_as_awx_takes(kind: Mapping[str, Any]) -> None:
    assert kind["kind"] in {"cloud", "net"}
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    for name, field in fields.items():
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name)
        assert name != "tower"
        assert set(field) <= {"id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "default"}
        assert isinstance(field["label"], str)
    assert set(kind["inputs"]["required"]) <= set(fields)
    assert set(kind["injectors"]) <= {"file", "env", "extra_vars"}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_injectors_use_the_fields_of_their_type_and_all_of_them(kind: Mapping[str, Any]) -> None:
    files = {name.partition(".")[2]: "/runner/env/file" for name in kind["injectors"].get("file", {})}
    known: dict[str, Any] = {field["id"]: f"<{field['id']}>" for field in kind["inputs"]["fields"]}
    engine = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    written = [
        engine.from_string(template).render(**known, tower={"filename": files})
        for injector in kind["injectors"].values()
        for template in injector.values()
    ]
    assert {value for value in known.values() if not any(value in text for text in written)} == set()
    with pytest.raises(UndefinedError):
        engine.from_string(kind["injectors"]["extra_vars"].popitem()[1]).render(tower={})


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_secrets_are_never_put_into_the_environment(kind: Mapping[str, Any]) -> None:
    """ansible-runner writes the environment into the artifacts of a job (`command`)."""
    assert "env" not in kind["injectors"]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind["name"])
def test_injected_variables_are_read_by_the_collection_or_its_inventory(kind: Mapping[str, Any]) -> None:
    files = [*ROOT.glob("roles/*/defaults/main.yml"), *ROOT.glob("inventory/group_vars/all/*.yml")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for variable in kind["injectors"]["extra_vars"]:
        assert variable in text


@pytest.mark.parametrize("name", SURVEYS)
def test_surveys_are_such_as_awx_takes(name: str) -> None:
    survey = SURVEYS[name]
    assert isinstance(survey["name"], str)
    assert isinstance(survey["description"], str)
    variables = [entry["variable"] for entry in survey["spec"]]
    assert variables
    assert len(set(variables)) == len(variables)
    assert TEMPLATES[name]["survey_enabled"]


@pytest.mark.parametrize(
    ("name", "entry"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else value["variable"]
)
def test_questions_are_such_as_awx_takes(name: str, entry: Mapping[str, Any]) -> None:
    assert {"type", "question_name", "variable", "required"} <= set(entry)
    # a question that may stay empty gives an empty text, which no variable of ours takes
    assert entry["required"] is True
    assert isinstance(entry["default"], ANSWERS[entry["type"]])
    if entry["type"] == "multiplechoice":
        assert entry["default"] in entry["choices"]
        assert all(isinstance(choice, str) for choice in entry["choices"])
    for bound in ("min", "max"):
        assert isinstance(entry.get(bound, 0), int)


@pytest.mark.parametrize(
    ("name", "entry"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else value["variable"]
)
def test_answers_are_variables_that_the_collection_reads(name: str, entry: Mapping[str, Any]) -> None:
    files = [*ROOT.glob("roles/*/defaults/main.yml"), *ROOT.glob("playbooks/*.yml"), *ROOT.glob("plugins/*/*.py")]
    assert any(entry["variable"] in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("name", TEMPLATES)
def test_extra_variables_are_variables_that_the_playbook_reads(name: str) -> None:
    files = [ROOT / TEMPLATES[name]["playbook"], *ROOT.glob("roles/*/defaults/main.yml")]
    for variable in TEMPLATES[name].get("extra_vars", ()):
        assert any(variable in file.read_text(encoding="utf-8") for file in files), variable


def test_all_that_is_named_is_made_before() -> None:
    made: dict[str, set[str]] = {"galaxy": {"Ansible Galaxy"}, "credential_type": {"Vault"}}
    for call in CALLS:
        for argument, kind in (
            ("organization", "organization"),
            ("project", "project"),
            ("source_project", "project"),
            ("inventory", "inventory"),
            ("execution_environment", "execution_environment"),
            ("default_environment", "execution_environment"),
            ("credential_type", "credential_type"),
        ):
            if argument in call.arguments:
                assert call.arguments[argument] in made[kind], call.name
        assert set(call.arguments.get("credentials", ())) <= made.get("credential", set())
        if "unified_job_template" in call.arguments:
            assert call.arguments["unified_job_template"] in made["job_template"] | made["workflow_job_template"]
        for node in call.arguments.get("workflow_nodes", ()):
            if node["unified_job_template"]["type"] == "job_template":
                assert node["unified_job_template"]["name"] in made["job_template"]
        made.setdefault(call.module, set()).add(call.arguments["name"])


@pytest.mark.parametrize("name", TEMPLATES)
def test_playbooks_of_templates_are_in_the_project(name: str) -> None:
    assert (ROOT / TEMPLATES[name]["playbook"]).is_file()


def test_what_schedules_and_nodes_set_may_be_set_at_launch() -> None:
    """AWX drops a prompt that the template does not ask for, without a word."""
    uses = [(item["unified_job_template"], item) for item in SCHEDULES if item["unified_job_template"] in TEMPLATES]
    for workflow in WORKFLOWS.values():
        for node in workflow["workflow_nodes"]:
            if node["unified_job_template"]["type"] == "job_template":
                uses.append((node["unified_job_template"]["name"], node))
    checked = 0
    for template, use in uses:
        for prompt in (
            "limit",
            "job_type",
            "job_tags",
            "skip_tags",
            "forks",
            "verbosity",
            "job_slice_count",
            "diff_mode",
        ):
            if prompt in use:
                ask = {"job_tags": "tags"}.get(prompt, prompt)
                assert TEMPLATES[template][f"ask_{ask}_on_launch"], (template, prompt)
                checked += 1
    assert checked >= 4


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nodes_follow_nodes_that_exist_and_all_are_reached(name: str) -> None:
    nodes = {node["identifier"]: node for node in WORKFLOWS[name]["workflow_nodes"]}
    reached, left = set(), [next(iter(nodes))]
    while left:
        here = left.pop()
        reached.add(here)
        left += [after["identifier"] for kind in nodes[here]["related"].values() for after in kind]
    assert reached == set(nodes)


def test_a_rollout_whose_canaries_fail_is_not_called_successful() -> None:
    """AWX calls a workflow failed when a node fails that has no node for its failure."""
    for node in WORKFLOWS["Guarded rollout"]["workflow_nodes"]:
        assert not {"failure_nodes", "always_nodes"} & set(node["related"])


def test_the_report_is_one_page_and_is_never_cut() -> None:
    report = TEMPLATES["Report of the fleet"]
    assert report.get("job_slice_count", 1) == 1
    assert not report.get("ask_job_slice_count_on_launch")


def test_canaries_are_deployed_in_one_piece_also_when_the_fleet_is_cut() -> None:
    workflows = playbook.data("awx_workflows", awx_slices=4)
    canaries = next(node for node in workflows[0]["workflow_nodes"] if node["identifier"] == "canaries")
    assert canaries["job_slice_count"] == 1
    assert canaries["limit"] == "canary"
    assert {item["name"]: item.get("job_slice_count") for item in playbook.data("awx_job_templates", awx_slices=4)}[
        "Deploy branches"
    ] == 4


def test_without_a_token_and_a_vault_no_credential_is_named_for_them() -> None:
    for item in playbook.data("awx_job_templates", awx_telegram_bot_token="", awx_vault_password=""):
        assert item["credentials"] == ["Routers of the branches"]


NEXT = """
import json, sys
from datetime import datetime
from dateutil.rrule import rrulestr
from dateutil.tz import gettz
found = []
for rule in json.load(sys.stdin):
    start = datetime(2026, 11, 24, 12, tzinfo=gettz("UTC"))
    times = rrulestr(rule.replace(" RRULE", "\\nRRULE")).xafter(start, count=2)
    found.append([time.astimezone(gettz("UTC")).isoformat() for time in times])
print(json.dumps(found))
"""


def test_schedules_come_at_their_hour_in_their_zone(checkout: Checkout) -> None:
    """By the library that AWX computes them with. Jakarta is 7 hours ahead of UTC, all year."""
    rules = [item["rrule"] for item in SCHEDULES]
    for rule in rules:
        assert re.match(r"DTSTART;TZID=Asia/Jakarta:\d{8}T\d{6} RRULE:", rule)
        assert "INTERVAL=" in rule
    script = NEXT.replace("json.load(sys.stdin)", repr(rules))
    found = json.loads(checkout.run("python", "-c", script).stdout)
    assert found == [
        ["2026-11-24T19:30:00+00:00", "2026-11-25T19:30:00+00:00"],
        ["2026-11-28T20:30:00+00:00", "2026-12-05T20:30:00+00:00"],
    ]


def test_the_settings_say_no_secret() -> None:
    known = yaml.safe_load((ROOT / "awx/settings.yml").read_text(encoding="utf-8"))
    assert not any(known.get(name) for name in known if re.search("password|token|_ca$", name))
