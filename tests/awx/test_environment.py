# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment and the project: what AWX needs before it can run a job."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.awx import environment
from tests.awx.conftest import Checkout

ROOT = environment.ROOT
PLAYBOOKS = sorted(path.name for path in (ROOT / "playbooks").glob("*.yml"))


def _engine() -> str:
    """Which one answers, when it is asked for: an image takes minutes and its base comes from the internet."""
    if not os.environ.get("MULTIWAN_SLOW"):
        return ""
    for name in ("podman", "docker"):
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            return name
    return ""


def test_the_image_asks_for_the_awx_collection_that_the_data_is_checked_against() -> None:
    assert set(environment.image_collections()) == {"awx.awx"}
    for name, version in environment.image_collections().items():
        manifest = ROOT / ".dev/collections/ansible_collections" / name.replace(".", "/") / "MANIFEST.json"
        assert json.loads(manifest.read_text())["collection_info"]["version"] == version


def test_the_collection_tells_ansible_builder_the_same_files_as_the_definition() -> None:
    own = environment.yaml.safe_load((ROOT / "meta/execution-environment.yml").read_text())["dependencies"]
    whole = environment.definition()["dependencies"]
    assert own == {kind: whole[kind] for kind in ("python", "system")}


def test_the_context_holds_what_the_definition_names(checkout: Checkout) -> None:
    build = checkout.environment.context / "_build"
    for kind, name in (("python", "requirements.txt"), ("system", "bindep.txt"), ("galaxy", "requirements.yml")):
        assert (build / name).read_text() == (ROOT / environment.definition()["dependencies"][kind]).read_text()


def test_the_environment_can_import_all_that_the_collection_needs(checkout: Checkout) -> None:
    asked = (ROOT / "meta/ee-requirements.txt").read_text()
    names = re.findall(r"^[a-z][a-z0-9-]*", asked, re.MULTILINE)
    assert names == ["librouteros", "paramiko", "cryptography"]
    done = checkout.run("python", "-c", f"import {', '.join(names)}, ansible_runner; print('all there')")
    assert done.stdout.strip() == "all there"


def test_the_checkout_installs_itself_as_the_collection(checkout: Checkout) -> None:
    installed = checkout.collections / "ansible_collections/multiwan/routeros"
    assert {"meta", "playbooks", "plugins", "roles"} <= {path.name for path in installed.iterdir()}
    assert not {"lab", "tests", "awx", "inventory", "tools"} & {path.name for path in installed.iterdir()}


def test_playbooks_are_understood_by_the_environment_alone(checkout: Checkout) -> None:
    done = checkout.run("ansible-playbook", "--syntax-check", *(f"playbooks/{name}" for name in PLAYBOOKS))
    assert done.returncode == 0, done.stdout
    assert {line.removeprefix("playbook: ") for line in done.stdout.split("\n") if line.startswith("playbook:")} == {
        f"playbooks/{name}" for name in PLAYBOOKS
    }
    assert checkout.run("ansible-playbook", "--syntax-check", "awx/configure.yml").returncode == 0


def test_a_plan_is_computed_in_the_environment(checkout: Checkout) -> None:
    """By its full name, as a project with playbooks of its own imports it."""
    extra = ("-e", "multiwan_routeros_version=7.22")
    done = checkout.run("ansible-playbook", "multiwan.routeros.plan", "--limit", "jakarta", *extra)
    assert done.returncode == 0, done.stdout
    assert "[multiwan:pcc:isp1" in done.stdout


@pytest.mark.skipif(
    not _engine(), reason="MULTIWAN_SLOW is not set or no container engine answers: the virtual environment stands in"
)
def test_an_engine_builds_the_image(tmp_path: Path, checkout: Checkout) -> None:
    tag = "multiwan-ee-test"
    builder = ROOT / ".dev/awx/bin/ansible-builder"
    build = [
        str(builder),
        "build",
        "--tag",
        tag,
        "--container-runtime",
        _engine(),
        "--context",
        str(tmp_path / "context"),
    ]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert made.returncode == 0, made.stdout[-4000:] + made.stderr[-4000:]
    try:
        inside = [_engine(), "run", "--rm", "-v", f"{checkout.project}:/runner/project:ro", "-w", "/runner/project"]
        inside += ["-v", f"{checkout.collections}:/runner/requirements_collections:ro"]
        inside += ["-e", "ANSIBLE_COLLECTIONS_PATH=/runner/requirements_collections", tag]
        done = subprocess.run(
            [*inside, "ansible-playbook", "--syntax-check", "playbooks/site.yml"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        subprocess.run([_engine(), "rmi", "--force", tag], capture_output=True, check=False)
