# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of docs/guides/awx.md, with what it says that they print."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.awx import environment, playbook
from tests.awx.conftest import Checkout
from tests.lab.guides.guide import GUIDES, ROOT, Step, matches, steps

STEPS = [step for step in steps((GUIDES / "awx.md").read_text(encoding="utf-8")) if step.command]
HERE = [step for step in STEPS if not step.shown_by]


@pytest.mark.parametrize("step", HERE, ids=lambda step: step.command.partition(" --")[0])
def test_commands_print_what_the_guide_says(step: Step, checkout: Checkout, tmp_path: Path) -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CONTROLLER_", "TOWER_"))}
    path = f"{environment.STATE / 'awx' / 'bin'}:{known['PATH']}"
    command = step.command.replace("build/ee", str(tmp_path / "build/ee"))
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env={**known, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )
    assert done.returncode == step.code, done.stdout
    assert matches(step.prints, done.stdout), done.stdout


def test_the_file_of_the_guide_says_what_is_needed() -> None:
    text = next(s.text for s in steps((GUIDES / "awx.md").read_text(encoding="utf-8")) if s.path == "mine.yml")
    said = yaml.safe_load(text)
    assert set(said) <= set(playbook.variables()) | {
        "awx_project_url",
        "awx_image",
        "awx_routeros_password",
        "awx_routeros_ca",
    }
    assert {"awx_project_url", "awx_image", "awx_routeros_password", "awx_routeros_ca"} <= set(said)


def test_the_table_of_the_guide_names_every_template_and_workflow() -> None:
    page = (GUIDES / "awx.md").read_text(encoding="utf-8")
    for kind in ("awx_job_templates", "awx_workflows"):
        for item in playbook.data(kind):
            assert f"| {item['name']}" in page
