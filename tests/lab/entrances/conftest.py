# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, Options, Topology

LIMIT_S = 120.0  # no test waits so long on a machine that works; none fails because it is slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@dataclass
class Found:
    """A running lab and the ways into its router."""

    lab: LabClient
    paths: Mapping[str, Any]
    #: the administrator's, when it is no longer that of the inventory
    password: str | None = None

    @property
    def overlay(self) -> Mapping[str, Any]:
        loaded = yaml.safe_load(Path(self.paths["inventory"]).read_text(encoding="utf-8"))
        return dict(loaded["all"]["hosts"]["jakarta"])

    @contextlib.contextmanager
    def ssh(self, user: str = "admin", password: str | None = None) -> Iterator[paramiko.SSHClient]:
        client = paramiko.SSHClient()
        client.load_host_keys(self.paths["known_hosts"])
        known = self.overlay["ansible_password"] if self.password is None else self.password
        word = known if password is None else password
        try:
            client.connect(
                "127.0.0.1", self.paths["ssh_port"], user, word, allow_agent=False, look_for_keys=False, timeout=LIMIT_S
            )
            yield client
        finally:
            client.close()

    def ask(self, line: str, user: str = "admin", password: str | None = None) -> str:
        with self.ssh(user, password) as client:
            return client.exec_command(line, timeout=LIMIT_S)[1].read().decode().replace("\r\n", "\n")

    def rows(self, menu: str) -> list[dict[str, str]]:
        """Past every door."""
        return list(asyncio.run(self.lab.router_call(menu, "print"))["rows"])

    def row(self, menu: str, name: str) -> dict[str, str]:
        return next(row for row in self.rows(menu) if row["name"] == name)

    def set(self, menu: str, **args: str) -> None:
        """Past every door."""
        asyncio.run(self.lab.router_call(menu, "set", {name.replace("_", "-"): text for name, text in args.items()}))

    def tls(self, ca_pem: str) -> ssl.SSLSocket:
        """A verified connection to API-SSL; raises ssl.SSLError or OSError."""
        context = ssl.create_default_context(cadata=ca_pem)
        sock = socket.create_connection(("127.0.0.1", self.paths["api_ssl_port"]), timeout=LIMIT_S)
        return context.wrap_socket(sock, server_hostname="127.0.0.1")


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@contextlib.contextmanager
def started(folder: Path, topology: Topology) -> Iterator[Found]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("found", folder)
        paths = asyncio.run(lab.up(Options(topology, api_port=0, api_ssl_port=0, hold=True)))
        try:
            yield Found(lab, paths)
        finally:
            asyncio.run(lab.down())


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Topology], AbstractContextManager[Found]]:
    return lambda topology: started(tmp_path_factory.mktemp("labs"), topology)
