# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``awx/configure.yml`` against a stand-in for AWX: the modules of awx.awx with the arguments of the play."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args

from tests.awx import fake, playbook
from tests.awx.fake import State
from tests.awx.playbook import ROOT, SAID, Call
from tests.lab.guides.guide import GUIDES, matches, steps

#: awx.awx 24.6.1 calls a workflow changed that has an approval, because AWX does not tell what node that belongs to.
ALWAYS_CHANGED = {"workflow_job_template: Guarded rollout"}
SECRETS = ("awx_routeros_password", "awx_telegram_bot_token", "awx_vault_password")
CALLS = tuple(playbook.calls())


def call(one: Call, url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The module, in this process: what it says as JSON."""
    code = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{one.module}")
    arguments = {**one.arguments, "controller_host": url, "controller_oauthtoken": fake.TOKEN}
    with patch_module_args(arguments), pytest.raises(SystemExit):
        code.main()
    return dict(json.loads(capsys.readouterr().out.strip().splitlines()[-1]))


@pytest.fixture
def awx(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, State]]:
    # Ansible reads all authorities of the system for every request, also for one without TLS: a tenth of a second each
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    with fake.serve() as served:
        yield served


def test_all_is_made_once_and_the_second_run_changes_nothing(
    awx: tuple[str, State], capsys: pytest.CaptureFixture[str]
) -> None:
    url, state = awx
    told = {one.name: call(one, url, capsys) for one in CALLS}
    assert {name: one for name, one in told.items() if not one.get("changed") or one.get("failed")} == {}
    assert {name: one["warnings"] for name, one in told.items() if one.get("warnings")} == {}
    assert state.names("job_templates") == [one["name"] for one in playbook.data("awx_job_templates")]
    assert state.links("organizations", "Branches", "galaxy_credentials") == ["Ansible Galaxy"]
    assert state.links("job_templates", "Find drift", "notification_templates_error") == ["Mail to the night watch"]
    assert set(state.links("job_templates", "Deploy branches", "credentials")) == {
        "Routers of the branches",
        "Bot of the branches",
        "Vault of the inventory",
    }
    assert state.names("workflow_approval_templates") == ["Deploy what the check has shown?"]
    assert len(state.surveys) == len([one for one in playbook.data("awx_job_templates") if "survey_spec" in one])
    assert json.loads(state.of("job_templates", "Rehearse failover")["extra_vars"]) == {
        "drill_reports": "/reports/drill"
    }

    state.writes.clear()
    again = {one.name: call(one, url, capsys) for one in CALLS}
    assert {name for name, one in again.items() if one.get("changed") or one.get("failed")} == ALWAYS_CHANGED
    assert not again[ALWAYS_CHANGED.copy().pop()].get("failed")
    assert state.writes == []


def test_injectors_arrive_as_templates_of_awx(awx: tuple[str, State], capsys: pytest.CaptureFixture[str]) -> None:
    url, state = awx
    for one in CALLS:
        if one.module == "credential_type":
            call(one, url, capsys)
    injectors = state.of("credential_types", "RouterOS API")["injectors"]
    assert injectors["extra_vars"]["multiwan_api_password"] == "{{ password }}"
    assert injectors["file"] == {"template.ca": "{{ ca }}\n"}


def test_a_secret_that_was_changed_in_awx_stays(awx: tuple[str, State], capsys: pytest.CaptureFixture[str]) -> None:
    url, state = awx
    for one in CALLS:
        if one.module in {"organization", "credential_type", "credential"}:
            call(one, url, capsys)
    state.of("credentials", "Routers of the branches")["inputs"]["password"] = "changed by hand"
    for one in CALLS:
        if one.module == "credential":
            assert not call(one, url, capsys)["changed"]
    assert state.of("credentials", "Routers of the branches")["inputs"]["password"] == "changed by hand"


@pytest.mark.skipif(
    not os.environ.get("MULTIWAN_SLOW"), reason="27 modules, each a process: half a minute; MULTIWAN_SLOW=1"
)
def test_the_play_as_a_whole(awx: tuple[str, State], tmp_path: Path) -> None:
    """What the guide shows ("awx"): ansible-playbook itself, twice, with no secret in what it prints."""
    url, state = awx
    shown = [step for step in steps((GUIDES / "awx.md").read_text(encoding="utf-8")) if step.shown_by and step.prints]
    mine = tmp_path / "mine.yml"
    mine.write_text(json.dumps(SAID), encoding="utf-8")
    command = shown[0].command.replace("mine.yml", str(mine)).split()
    environment = {**os.environ, "CONTROLLER_HOST": url, "CONTROLLER_OAUTH_TOKEN": fake.TOKEN}
    for run in (1, 2):
        state.writes.clear()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=1200, check=False
        )
        assert done.returncode == 0, done.stdout
        assert (matches(shown[0].prints, done.stdout.strip()), bool(state.writes)) == (run == 1, run == 1)
        assert not any(SAID[name] in done.stdout + done.stderr for name in SECRETS)
    assert "changed=1 " in done.stdout
