# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that AWX has updated, and the environment that its jobs run in."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.awx import environment
from tests.awx.environment import Environment


@dataclass(frozen=True)
class Checkout:
    """``project``: the checkout. ``collections``: where the update installed what collections/requirements.yml says."""

    environment: Environment
    project: Path
    collections: Path
    home: Path

    @property
    def collections_path(self) -> str:
        return f"{self.collections}:{self.environment.collections}"

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """In the project, as a job runs."""
        path = {"ANSIBLE_COLLECTIONS_PATH": self.collections_path, **more}
        return self.environment.run(*command, cwd=self.project, home=self.home, **path)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """What AWX does at the update of a project: check out, then install the project's collections with ansible-galaxy
    in the folder of the project (awx/playbooks/project_update.yml, 24.6.1)."""
    base = tmp_path_factory.mktemp("awx")
    home = base / "home"
    home.mkdir()
    made = Checkout(environment.make(), environment.project(base / "project"), base / "requirements_collections", home)
    install = ("ansible-galaxy", "collection", "install", "-r", "collections/requirements.yml")
    done = made.run(*install, ANSIBLE_COLLECTIONS_PATH=str(made.collections))
    assert done.returncode == 0, done.stdout
    return made
