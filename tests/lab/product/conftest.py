# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import librouteros
import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology, parse_uplinks, parse_vlans

ROOT = Path(__file__).resolve().parents[3]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@dataclass
class Branch:
    """A lab with its branch, and the two doors through which tests look at it: the world's and the API's."""

    lab: LabClient
    folder: Path
    paths: Mapping[str, Any]
    baseline: str = field(default="")

    @property
    def overlay(self) -> Mapping[str, Any]:
        loaded = yaml.safe_load(Path(self.paths["inventory"]).read_text(encoding="utf-8"))
        return dict(loaded["all"]["hosts"]["jakarta"])

    def play(self, playbook: str, *words: str, variables: Mapping[str, Any] | None = None) -> Played:
        command = ["ansible-playbook", "-i", str(ROOT / "inventory"), "-i", str(self.paths["inventory"])]
        command += [str(ROOT / "playbooks" / f"{playbook}.yml"), "--limit", "jakarta", *words]
        command += ["-e", f"multiwan_rollout_folder={self.folder / 'reports'}"]
        if variables is not None:
            file = self.folder / "extra.yml"
            file.write_text(yaml.safe_dump(dict(variables)), encoding="utf-8")
            command += ["-e", f"@{file}"]
        environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=900, check=False
        )
        return Played(done.returncode, done.stdout + done.stderr)

    def call(self, menu: str, command: str = "print", **args: str) -> list[dict[str, str]]:
        """A verb on the router as its administrator, past the doors."""
        words = {name.replace("_", "-"): text for name, text in args.items()}
        return list(asyncio.run(self.lab.router_call(menu, command, words))["rows"])

    def api(self) -> Any:
        """The router through another client than the product's, over the plain API."""
        return librouteros.connect(
            host="127.0.0.1",
            port=int(self.overlay["lab_api_port_plain"]),
            username="admin",
            password=str(self.overlay["lab_admin_password"]),
            encoding="utf-8",
        )

    def export(self) -> str:
        return asyncio.run(self.lab.export())

    def writes(self) -> int:
        """Those that came by the API; the router's own scripts write their state."""
        return sum(str(entry["origin"]).startswith("api") for entry in asyncio.run(self.lab.journal()))

    def measure(self, kind: str, **options: Any) -> dict[str, Any]:
        """A connection may take as long as a busy machine needs for it, unless the test says otherwise."""
        if kind == "connections":
            options = {"timeout": 30.0, **options}
        return dict(asyncio.run(self.lab.measure(kind, **options)))

    def new_file(self) -> Path:
        """Where no file is yet."""
        return Path(tempfile.mkdtemp(dir=self.folder)) / "file"

    def logged(self) -> list[str]:
        return [row["message"] for row in self.call("/log")]


@dataclass(frozen=True)
class Played:
    code: int
    output: str

    @property
    def changed(self) -> int:
        recap = self.output.rsplit("PLAY RECAP", 1)[1]
        return int(recap.split("changed=")[1].split()[0])


Start = Callable[..., Branch]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Labs for the tests of one file; all are taken down at its end."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", base)
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        labs: list[LabClient] = []

        def begin(
            name: str,
            uplinks: str = "10M/10M,10M/10M",
            anchors: tuple[str, ...] = (),
            version: str = "7.22",
            device_mode: str = "advanced",
            *,
            manage_from: str = "",
            vlans: str = "",
        ) -> Branch:
            lab = LabClient(name)
            labs.append(lab)
            topology = Topology(
                uplinks=parse_uplinks(uplinks),
                extra_anchors=anchors,
                version=version,
                device_mode=device_mode,
                vlans=parse_vlans(vlans) if vlans else (),
            )
            paths = asyncio.run(lab.up(Options(topology, 0, 0, manage_from=manage_from)))
            branch = Branch(lab, tmp_path_factory.mktemp(name), paths)
            branch.baseline = branch.export()
            return branch

        try:
            yield begin
        finally:
            for lab in labs:
                asyncio.run(lab.down())
