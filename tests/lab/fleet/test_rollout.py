# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout over 50 branches, four of them sick, and one after they are mended."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.world.fleet import Fleet, Options

ROOT = Path(__file__).resolve().parents[3]
#: What is wrong with a branch from the start, to the reason that the run has to find.
REASONS = {
    "unreachable": "unreachable",
    "wrong_password": "login",
    "dies_in_the_middle": "broke_off",
    "bad_vars": "variables",
}

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    sick = dict.fromkeys(REASONS, 1)
    with Fleet.start(tmp_path_factory.mktemp("fleet"), Options(branches=50, sick=sick)) as started:
        yield started


def play(fleet: Fleet, folder: Path) -> tuple[int, str, dict[str, Any]]:
    """Exit code, output, the run as JSON."""
    command = ["ansible-playbook", "-i", str(fleet.inventory), str(ROOT / "playbooks" / "site.yml"), "--tags", "wan"]
    # A short dead man: the branch that dies is waited for until its router has taken the change back.
    command += ["-e", f"multiwan_rollout_folder={folder}", "-e", "multiwan_dead_man_s=30"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        text=True,
        capture_output=True,
        timeout=1200,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, json.loads((folder / "rollout.json").read_text(encoding="utf-8"))


def written_at(fleet: Fleet) -> dict[str, int]:
    """Name of each branch to the number of writes that its router took by its API."""
    return {
        name: sum(str(entry["origin"]).startswith("api") for entry in fleet.do("journal", name)) for name in fleet.names
    }


def test_four_sick_branches_are_named_and_a_second_run_touches_only_them(fleet: Fleet, tmp_path: Path) -> None:
    sick = dict(fleet.sick)
    assert len(sick) == len(REASONS)

    code, output, told = play(fleet, tmp_path)
    assert code == 2, output
    assert told["counts"] == {"branches": 50, "done": 46, "changed": 46, "failed": 4, "left": 0}, output
    assert [wave["branches"] for wave in told["waves"]] == [1, 5, 44]
    found = {record["branch"]: record["reason"] for record in told["branches"] if not record["ok"]}
    assert found == {name: REASONS[illness] for name, illness in sick.items()}
    failed = [line for line in output.splitlines() if line.startswith("failed: ")]
    assert {line.split(": ")[1] for line in failed} >= set(sick)
    assert "46 of 50 branches done (46 changed), 4 failed" in output
    assert set((tmp_path / "rollout.retry").read_text(encoding="utf-8").split()) == set(sick)
    assert fleet.password not in output + json.dumps(told)

    for name in sick:
        fleet.mend(name)
    before = written_at(fleet)
    healthy = set(fleet.names) - set(sick)
    assert all(before[name] for name in healthy)

    code, output, told = play(fleet, tmp_path)
    assert code == 0, output
    assert told["counts"] == {"branches": 50, "done": 50, "changed": 4, "failed": 0, "left": 0}, output
    after = written_at(fleet)
    assert {name for name in fleet.names if after[name] != before[name]} == set(sick)
    assert not (tmp_path / "rollout.retry").exists()
