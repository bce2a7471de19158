# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them, over emulated routers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from lab.world.fleet import Fleet, Options
from plugins.module_utils import waves
from tests.awx import controller, playbook
from tests.awx.conftest import Checkout
from tests.awx.controller import Credential, Done, Job

SICK = "medan"
TOKEN, OWN_TOKEN, VAULT = "110201543:5ecret-of-the-bot", "110201544:5ecret-of-its-own", "5ecret-of-the-vault"
SEEN = "found-because-it-is-environment"


@dataclass(frozen=True)
class Company:
    """A fleet, its inventory as AWX knows it, its credentials and where jobs are run."""

    fleet: Fleet
    checkout: Checkout
    imported: Mapping[str, Any]
    credentials: tuple[Credential, ...]
    base: Path

    def run(self, job: Job, **environment: str) -> Done:
        return controller.run(
            job, self.checkout, self.imported, self.credentials, self.base / f"job-{job.number}", **environment
        )


def keep_secrets_out(fleet: Fleet, own_bot: str) -> None:
    """The inventory as it is kept in git: how routers are reached is the matter of credentials, and what one branch has
    of its own is in a vault."""
    file = fleet.inventory / "group_vars" / "all" / "connection.yml"
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    for name in ("multiwan_api_user", "multiwan_api_password", "multiwan_api_ca_file"):
        del values[name]
    values["multiwan_telegram"]["bot_token"] = "{{ telegram_bot_token }}"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    secret = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(VAULT.encode()))]).encrypt(OWN_TOKEN).decode()
    indented = "".join(f"\n    {line}" for line in secret.splitlines())
    with (fleet.inventory / "host_vars" / f"{own_bot}.yml").open("a", encoding="utf-8") as branch:
        branch.write(f'multiwan_telegram:\n  chat_id: "-100"\n  bot_token: !vault |{indented}\n')


@pytest.fixture(scope="module")
def company(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    base = tmp_path_factory.mktemp("company")
    with Fleet.start(base / "fleet", Options(branches=4, sick={"wrong_password": [SICK]})) as fleet:
        connection = yaml.safe_load((fleet.inventory / "group_vars/all/connection.yml").read_text(encoding="utf-8"))
        keep_secrets_out(fleet, "jakarta")
        kinds = {kind["name"]: kind for kind in playbook.data("awx_credential_types")}
        routers = {"username": connection["multiwan_api_user"], "password": fleet.password}
        credentials = (
            Credential(kinds["RouterOS API"], {**routers, "ca": fleet.ca_file.read_text(encoding="utf-8")}),
            Credential(kinds["Telegram bot"], {"bot_token": TOKEN}),
            Credential({"name": "Vault"}, {"vault_password": VAULT}),
        )
        imported = controller.import_inventory(checkout, fleet.inventory)
        yield Company(fleet, checkout, imported, credentials, base)


@pytest.fixture(scope="module")
def deployed(company: Company) -> Done:
    """The template *Deploy branches*, with the answers that its survey offers."""
    template = next(item for item in playbook.data("awx_job_templates") if item["name"] == "Deploy branches")
    answers = {entry["variable"]: entry["default"] for entry in template["survey_spec"]["spec"]}
    return company.run(Job(7, template["playbook"], answers, diff=template["diff_mode"]), SEEN_HERE=SEEN)


@pytest.fixture(scope="module")
def looked(company: Company, deployed: Done) -> Done:
    """*Deploy branches* once more, as the first node of *Guarded rollout* (job type Check), the first of two slices."""
    return company.run(Job(8, "playbooks/site.yml", check=True, slice_=(1, 2)))


@pytest.fixture(scope="module")
def reported(company: Company, deployed: Done) -> Done:
    """*Report of the fleet*, with a folder that outlives the job, limited to one branch."""
    folder = str(company.base / "reports")
    templates = playbook.data("awx_job_templates", awx_report_folder=folder)
    template = next(item for item in templates if item["name"] == "Report of the fleet")
    return company.run(Job(9, template["playbook"], template["extra_vars"], limit="jakarta"))


def test_healthy_branches_are_deployed_and_the_sick_one_is_named(company: Company, deployed: Done) -> None:
    assert (deployed.status, deployed.rc) == ("failed", 2), deployed.stdout[-4000:]
    changed = {
        host for host, results in deployed.results("runner_on_ok").items() if any(r.get("changed") for r in results)
    }
    assert changed == set(company.fleet.names) - {SICK}
    failed = deployed.results("runner_on_failed")
    assert set(failed) == {SICK}
    assert [result["reason"] for result in failed[SICK]] == ["login"]


def test_awx_shows_the_summary_as_artifacts_of_the_job(deployed: Done) -> None:
    """Variables of a workflow's next jobs too, so under one name of our own."""
    artifacts = deployed.stats["artifact_data"]
    assert set(artifacts) == {"fleet_rollout"}
    assert artifacts["fleet_rollout"]["again"] == [SICK]


def test_credentials_reach_the_routers(company: Company, deployed: Done) -> None:
    """The token of the credential is in the scripts of a router; a branch that has its own, in the vault, uses that."""
    for name, token in (("makassar", TOKEN), ("jakarta", OWN_TOKEN)):
        text = str(company.fleet.do("export", name))
        assert token in text
        assert (TOKEN in text) == (token == TOKEN)


def test_events_artifacts_and_pages_hold_no_secret(
    company: Company, deployed: Done, looked: Done, reported: Done
) -> None:
    secrets = {company.fleet.password, TOKEN, TOKEN.partition(":")[2], OWN_TOKEN, OWN_TOKEN.partition(":")[2], VAULT}
    looked_at = 0
    places = (*(done.folder for done in (deployed, looked, reported)), company.base / "reports", company.checkout.home)
    for path in [
        *(path for place in places for path in place.rglob("*")),
        *company.checkout.project.rglob("reports/*"),
    ]:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert {secret for secret in secrets if secret in text} == set(), path
            looked_at += 1
    assert looked_at > 20


def test_environment_variables_are_artifacts_so_secrets_must_not_be_there(deployed: Done) -> None:
    """What the credential types avoid: ansible-runner keeps the environment of a job in the file ``command``."""
    assert SEEN in (deployed.folder / "command").read_text(encoding="utf-8")


def test_a_slice_sees_its_own_branches_only(company: Company, looked: Done) -> None:
    assert looked.hosts == set(controller.sliced(company.fleet.names, 1, 2)) == {"jakarta", "medan"}


def test_a_check_after_the_deploy_finds_nothing_to_change(looked: Done) -> None:
    results = looked.results("runner_on_ok")
    assert not any(result.get("changed") for host in results for result in results[host])
    branch = looked.stats["artifact_data"]["fleet_rollout"]["branches"]
    assert [(one["branch"], one["ok"], one["changed"]) for one in branch] == [
        ("jakarta", True, False),
        ("medan", False, False),
    ]
    assert [result["reason"] for result in looked.results("runner_on_failed")[SICK]] == ["login"]


def test_a_limit_of_the_launch_is_kept_and_the_page_outlives_the_job(company: Company, reported: Done) -> None:
    assert (reported.status, reported.rc) == ("successful", 0), reported.stdout[-4000:]
    assert reported.hosts == {"jakarta"}
    assert {"report.html", "report.json", "multiwan.prom"} <= {
        path.name for path in (company.base / "reports").iterdir()
    }


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_slices_are_disjoint_and_together_the_fleet(company: Company, count: int) -> None:
    parts = [controller.script_data(company.imported, number, count) for number in range(1, count + 1)]
    names = [name for part in parts for name in part["_meta"]["hostvars"]]
    assert sorted(names) == sorted(company.fleet.names)
    for part in parts:
        listed = {host for group in part.values() for host in group.get("hosts", ())}
        assert listed == set(part["_meta"]["hostvars"])
        assert {"jawa", "sumatra"} <= set(part)


def test_every_slice_has_waves_of_its_own() -> None:
    """So that four slices of 100 branches begin with four canaries, and none waits for those of another slice."""
    names = [f"branch-{number:03}" for number in range(100)]
    survey = next(item for item in playbook.data("awx_job_templates") if item["name"] == "Deploy branches")[
        "survey_spec"
    ]
    offered = waves.read(next(entry["default"] for entry in survey["spec"] if entry["variable"] == "multiwan_waves"))
    assert offered == waves.default(0)
    fleet = waves.sizes(offered, len(names))
    cut = [waves.sizes(offered, len(controller.sliced(names, number, 4))) for number in (1, 2, 3, 4)]
    assert fleet == (1, 10, 89)
    assert cut == [(1, 2, 22)] * 4
