# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that is sent to Galaxy holds the collection and nothing else, and works without the checkout around it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.quality import artifact

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.prefix) / "bin"


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return artifact.build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def alone(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collections path with nothing but ours."""
    path = tmp_path_factory.mktemp("collections")
    artifact.install(tarball, path)
    return path


def test_the_tarball_holds_what_the_design_says(tarball: Path) -> None:
    assert {name.split("/")[0] for name in artifact.files(tarball)} == (
        artifact.SHIPPED | artifact.SHIPPED_FILES | artifact.MADE
    )


def test_the_tarball_holds_what_git_holds(tarball: Path) -> None:
    """Nothing that lies about in a checkout, and nothing is left out."""
    assert artifact.files(tarball) == artifact.wanted_files()


def test_installed_alone_the_plan_is_the_checkouts(alone: Path, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(alone),
    }
    command = [str(BIN / "ansible-playbook"), "-i", str(ROOT / "inventory"), "multiwan.routeros.plan"]
    done = subprocess.run(
        [*command, "--limit", "jakarta"],
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "multiwan:pcc:isp1" in done.stdout
    assert "mw-path-isp1_isp2" in done.stdout
    assert "WARNING" not in done.stdout
