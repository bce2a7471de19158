# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection does its work under every release of ansible-core that it says it supports."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.world.fleet import Fleet, Options
from tools.quality import artifact, environments
from tools.quality.support import CORES, Core

ROOT = Path(__file__).resolve().parents[2]
BRANCH = "jakarta"
#: Tests of actions, and of what differs most between releases of Python: order, arithmetic, data classes.
UNIT = ("test_branch_request", "test_run_records", "test_waves", "test_pcc", "test_slots")
_RECAP = re.compile(rf"^{BRANCH}\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=0", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """One release with the built collection, installed alone, and a branch's router."""

    core: Core
    environment: Path
    collections: Path
    fleet: Fleet
    home: Path

    def play(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **environments.variables(self.environment, self.home),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "PWD": str(self.home),
        }
        return subprocess.run(
            [str(self.environment / "bin" / "ansible-playbook"), "-i", str(self.fleet.inventory), *words],
            cwd=self.home,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )

    def changed(self, *words: str) -> int:
        """How many tasks changed the branch; nothing failed and nothing was warned of."""
        done = self.play(*words)
        found = _RECAP.search(done.stdout)
        assert done.returncode == 0, done.stdout
        assert found, done.stdout
        assert "WARNING" not in done.stdout, done.stdout
        return int(found[1])


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return artifact.build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module", params=CORES, ids=[core.release for core in CORES])
def place(request: pytest.FixtureRequest, tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    core: Core = request.param
    try:
        environment = environments.make(core.environment, core.pythons) if core.environment else Path(sys.prefix)
    except environments.Missing as error:
        pytest.skip(f"ansible-core {core.release}: {error}")
    folder = tmp_path_factory.mktemp(f"core-{core.release}")
    artifact.install(tarball, folder / "collections")
    (folder / "home").mkdir()
    with Fleet.start(folder / "fleet", Options(branches=1)) as fleet:
        yield Place(core, environment, folder / "collections", fleet, folder / "home")


def test_it_is_that_release(place: Place) -> None:
    said = subprocess.run(
        [place.environment / "bin" / "ansible", "--version"],
        env=environments.variables(place.environment, place.home),
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert said.startswith(f"ansible [core {place.core.release}.")


def test_the_actions(place: Place) -> None:
    files = [f"tests/unit/plugins/{name}.py" for name in UNIT]
    done = subprocess.run(
        [place.environment / "bin" / "python", "-m", "pytest", "-q", *files],
        cwd=ROOT,
        env=environments.variables(place.environment, place.home),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]


def test_a_branch_from_nothing_and_back(place: Place) -> None:
    plan = place.play("multiwan.routeros.plan")
    assert plan.returncode == 0, plan.stdout
    assert "multiwan:pcc:isp1" in plan.stdout
    assert place.changed("multiwan.routeros.site", "--check") == 1
    assert place.changed("multiwan.routeros.site", "--check") == 1, "check mode wrote something"
    assert place.changed("multiwan.routeros.site", "--diff") == 1
    assert place.changed("multiwan.routeros.site") == 0
    assert place.changed("multiwan.routeros.verify") == 0
    place.fleet.do("drift", BRANCH)
    drifted = place.play("multiwan.routeros.verify")
    assert drifted.returncode == 2, drifted.stdout
    assert "multiwan:" in drifted.stdout
    assert place.changed("multiwan.routeros.remove") == 1
    assert place.changed("multiwan.routeros.remove") == 0


def test_the_roles_alone(place: Place) -> None:
    """A template that yields nothing is nothing in 2.19 and later, and an empty text before."""
    playbook = place.home / "roles.yml"
    roles = ", ".join(f"multiwan.routeros.{name}" for name in ("wan", "lan", "failover", "pcc"))
    playbook.write_text(f"- hosts: all\n  gather_facts: false\n  roles: [{roles}]\n", encoding="utf-8")
    assert place.changed(str(playbook)) == 4
    assert place.changed(str(playbook)) == 0
    assert place.changed("multiwan.routeros.remove") == 1
