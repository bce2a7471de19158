# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet on paper: an inventory, and the collection with a stand-in for the one action that talks to routers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = Path(__file__).with_name("stand_in_branch.py")


@dataclass(frozen=True)
class Played:
    """``worked_on``: who had a turn, wave after wave; within a wave the order is chance."""

    code: int
    output: str
    worked_on: tuple[str, ...]


@dataclass(frozen=True)
class Fleet:
    folder: Path

    def say(self, name: str, variables: Mapping[str, Any]) -> None:
        """The variables of a branch, or of a group."""
        kind = "host_vars" if name in self.names else "group_vars"
        file = self.folder / "inventory" / kind / f"{name}.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump(dict(variables)), encoding="utf-8")

    @property
    def names(self) -> list[str]:
        hosts = yaml.safe_load((self.folder / "inventory" / "hosts.yml").read_text(encoding="utf-8"))
        return list(hosts["all"]["hosts"])

    def play(self, *words: str) -> Played:
        noted = self.folder / "worked-on"
        noted.write_text("", encoding="utf-8")
        playbook = _collection(self.folder) / "playbooks" / "site.yml"
        command = ["ansible-playbook", "-i", str(self.folder / "inventory"), str(playbook), *words]
        done = subprocess.run(
            [*command, "-e", f"worked_on={noted}"],
            cwd=self.folder,
            env={**os.environ, "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )
        return Played(done.returncode, done.stdout + done.stderr, tuple(noted.read_text(encoding="utf-8").split()))

    def told(self, name: str = "rollout.json") -> dict[str, Any]:
        loaded = json.loads((self.folder / "reports" / name).read_text(encoding="utf-8"))
        assert isinstance(loaded, dict)
        return loaded


def _collection(folder: Path) -> Path:
    return folder / "collections" / "ansible_collections" / "multiwan" / "routeros"


@pytest.fixture
def fleet(tmp_path: Path) -> Callable[..., Fleet]:
    """Makes a fleet of branches ``b1``, ``b2`` …"""
    collection = _collection(tmp_path)
    (collection / "plugins" / "action").mkdir(parents=True)
    for name in ("meta", "playbooks", "roles"):
        (collection / name).symlink_to(ROOT / name)
    for path in (ROOT / "plugins").iterdir():
        if path.name not in ("action", "__pycache__"):
            (collection / "plugins" / path.name).symlink_to(path)
    for path in (ROOT / "plugins" / "action").glob("*.py"):
        wanted = STAND_IN if path.name == "branch.py" else path
        (collection / "plugins" / "action" / path.name).symlink_to(wanted)
    (tmp_path / "ansible.cfg").write_text(
        f"[defaults]\ncollections_path = {tmp_path / 'collections'}\nhome = {tmp_path / 'home'}\n"
        "interpreter_python = auto_silent\nshow_custom_stats = True\n",
        encoding="utf-8",
    )
    (tmp_path / "inventory").mkdir()

    def make(count: int, **variables: Any) -> Fleet:
        hosts = {f"b{number}": {} for number in range(1, count + 1)}
        (tmp_path / "inventory" / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}), encoding="utf-8")
        made = Fleet(tmp_path)
        made.say("all", variables)
        return made

    return make
