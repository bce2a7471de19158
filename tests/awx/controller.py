# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does between a launch and ansible-runner: import an inventory, cut it, inject credentials, fill the private
data directory.

Made again from the source of AWX 24.6.1: ``awx/main/tasks/jobs.py`` (RunJob, RunInventoryUpdate),
``awx/main/models/inventory.py`` (get_script_data, get_sliced_hosts), ``awx/main/models/credential.py``
(inject_credential), ``awx/main/utils/safe_yaml.py``. Paths are those of this machine, not of a container.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx.conftest import Checkout

#: awx/settings/defaults.py
SETTINGS = {
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS": "False",
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
    "MAX_EVENT_RES": "700000",
}


class _Unsafe(yaml.SafeDumper):
    """Every text is told not to be a template."""

    def represent_data(self, value: Any) -> yaml.Node:
        if isinstance(value, str):
            return self.represent_scalar("!unsafe", value)
        return super().represent_data(value)


@dataclass(frozen=True)
class Credential:
    """``kind``: a credential type of the data, or Vault; ``inputs``: what a user has typed."""

    kind: Mapping[str, Any]
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class Job:
    """A launch. ``answers``: of the survey; ``slice_``: which of how many."""

    number: int
    playbook: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    check: bool = False
    diff: bool = False
    limit: str = ""
    slice_: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Done:
    """What ansible-runner leaves of a job."""

    folder: Path
    rc: int
    status: str
    stdout: str
    events: Sequence[Mapping[str, Any]]

    def results(self, event: str) -> dict[str, list[Mapping[str, Any]]]:
        """Host to the results of its tasks that ended so: ``runner_on_ok``, ``runner_on_failed``, …"""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for entry in self.events:
            if entry["event"] == event:
                found.setdefault(entry["event_data"]["host"], []).append(entry["event_data"]["res"])
        return found

    @property
    def hosts(self) -> set[str]:
        return {entry["event_data"]["host"] for entry in self.events if entry["event"].startswith("runner_on_")}

    @property
    def stats(self) -> Mapping[str, Any]:
        """The event that AWX reads the artifacts of a job from (`set_stats`)."""
        return next(entry["event_data"] for entry in self.events if entry["event"] == "playbook_on_stats")


def import_inventory(checkout: Checkout, path: Path) -> Mapping[str, Any]:
    """An update of an inventory source: what ansible-inventory says in the execution environment."""
    done = checkout.run("ansible-inventory", "-i", str(path), "--list", "--export")
    assert done.returncode == 0, done.stdout
    return dict(json.loads(done.stdout[done.stdout.index("{") :]))


def sliced(hosts: Sequence[str], number: int, count: int) -> list[str]:
    """The hosts of a slice: by name, every ``count``-th."""
    ordered = sorted(hosts)
    return ordered[number - 1 :: count] if count > 1 and number > 0 else ordered


def script_data(imported: Mapping[str, Any], number: int = 1, count: int = 1) -> dict[str, Any]:
    """The inventory of a job: groups keep those of their hosts that are in the slice."""
    variables = imported["_meta"]["hostvars"]
    hosts = sliced(list(variables), number, count)
    groups = [name for name in imported if name not in {"_meta", "all", "ungrouped"}]
    data: dict[str, Any] = {"all": {"vars": imported["all"].get("vars", {}), "children": groups, "hosts": []}}
    grouped: set[str] = set()
    for name in groups:
        here = [host for host in imported[name].get("hosts", ()) if host in hosts]
        grouped |= set(here)
        data[name] = {
            "hosts": here,
            "children": imported[name].get("children", []),
            "vars": imported[name].get("vars", {}),
        }
    data["all"]["hosts"] = [host for host in hosts if host not in grouped]
    data["_meta"] = {
        "hostvars": {host: {**variables[host], "remote_tower_enabled": "true"} for host in hosts},
    }
    return data


def inject(credential: Credential, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Environment and arguments that a credential of a type of our own adds. Files are written into ``folder``/env."""
    injectors = credential.kind["injectors"]
    engine = ImmutableSandboxedEnvironment()
    known: dict[str, Any] = {name: value for name, value in credential.inputs.items() if value}
    files: dict[str, str] = {}
    for label, template in injectors.get("file", {}).items():
        path = folder / "env" / f"file-{label.partition('.')[2]}"
        _private(path, engine.from_string(template).render(**known))
        files[label.partition(".")[2]] = str(path)
    known["tower"] = {"filename": files}
    environment = {name: engine.from_string(text).render(**known) for name, text in injectors.get("env", {}).items()}
    variables = {name: engine.from_string(text).render(**known) for name, text in injectors["extra_vars"].items()}
    path = folder / "env" / f"vars-{credential.kind['name'].replace(' ', '-')}"
    _private(path, yaml.dump(variables, Dumper=_Unsafe, default_flow_style=False))
    return environment, ["-e", f"@{path}"]


def run(
    job: Job,
    checkout: Checkout,
    imported: Mapping[str, Any],
    credentials: Sequence[Credential],
    folder: Path,
    **environment: str,
) -> Done:
    """The job, in ``folder`` as its private data directory. ``environment``: more than AWX has of its own."""
    for name in ("env", "inventory", "cp"):
        (folder / name).mkdir(parents=True)
    (folder / "project").symlink_to(checkout.project)
    hosts = folder / "inventory" / "hosts"
    text = json.dumps(script_data(imported, *job.slice_))
    _private(hosts, f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({text!r})\n", mode=0o700)
    arguments = [*(["--check"] if job.check else []), "-u", "root", *(["--diff"] if job.diff else [])]
    passwords = {}
    for credential in credentials:
        if credential.kind["name"] == "Vault":
            passwords[r"Vault password:\s*?$"] = credential.inputs["vault_password"]
            arguments.append("--ask-vault-pass")
            continue
        more, words = inject(credential, folder)
        environment |= more
        arguments += words
    if job.limit:
        arguments += ["-l", job.limit]
    variables = {**job.answers, "awx_job_id": job.number, "tower_job_id": job.number}
    _private(folder / "env" / "extravars", yaml.dump(variables, Dumper=_Unsafe, default_flow_style=False))
    _private(folder / "env" / "cmdline", shlex.join(arguments))
    _private(folder / "env" / "passwords", json.dumps(passwords))
    _private(folder / "env" / "settings", json.dumps({"suppress_ansible_output": True}))
    _private(folder / "env" / "envvars", json.dumps(_environment(job, checkout, folder) | environment))
    program = ("ansible-runner", "run", str(folder), "--playbook", job.playbook, "--ident", str(job.number))
    checkout.environment.run(*program, "--inventory", str(hosts), cwd=folder, home=checkout.home)
    return _read(folder / "artifacts" / str(job.number))


def _environment(job: Job, checkout: Checkout, folder: Path) -> dict[str, str]:
    return {
        **SETTINGS,
        "AWX_PRIVATE_DATA_DIR": str(folder),
        "JOB_ID": str(job.number),
        "INVENTORY_ID": "1",
        "AWX_HOST": "https://awx.example.com",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "cp"),
        "ANSIBLE_ROLES_PATH": f"{folder}/requirements_roles:/usr/share/ansible/roles:/etc/ansible/roles",
        # what the project's ansible.cfg says comes between what the project has installed and the image
        "ANSIBLE_COLLECTIONS_PATH": f"{checkout.collections}:.dev/collections:{checkout.environment.collections}",
    }


def _private(path: Path, text: str, mode: int = 0o600) -> None:
    path.touch(mode)
    path.write_text(text, encoding="utf-8")


def _read(folder: Path) -> Done:
    files = sorted((folder / "job_events").glob("*.json"), key=lambda path: int(path.name.partition("-")[0]))
    return Done(
        folder,
        int((folder / "rc").read_text()),
        (folder / "status").read_text(),
        (folder / "stdout").read_text(encoding="utf-8"),
        [json.loads(file.read_text(encoding="utf-8")) for file in files],
    )
