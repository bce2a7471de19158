# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, Options


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@dataclass
class Console:
    """A lab and the way in."""

    lab: LabClient
    paths: Mapping[str, Any]

    @property
    def overlay(self) -> Mapping[str, Any]:
        loaded = yaml.safe_load(Path(self.paths["inventory"]).read_text(encoding="utf-8"))
        return dict(loaded["all"]["hosts"]["jakarta"])

    def connect(self) -> paramiko.SSHClient:
        """As administrator; the host key must be the one that the lab has written down."""
        client = paramiko.SSHClient()
        client.load_host_keys(self.paths["known_hosts"])
        client.connect(
            "127.0.0.1",
            self.paths["ssh_port"],
            self.overlay["ansible_user"],
            self.overlay["ansible_password"],
            allow_agent=False,
            look_for_keys=False,
            banner_timeout=120,
            auth_timeout=120,
        )
        return client

    def ask(self, line: str) -> str:
        client = self.connect()
        try:
            return client.exec_command(line, timeout=240)[1].read().decode().replace("\r\n", "\n")
        finally:
            client.close()

    def rows(self, menu: str) -> list[dict[str, str]]:
        """Past the console."""
        return list(asyncio.run(self.lab.router_call(menu, "print"))["rows"])


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("console")
        paths = asyncio.run(lab.up(Options(api_port=0, api_ssl_port=0, hold=True)))
        try:
            yield Console(lab, paths)
        finally:
            asyncio.run(lab.down())
