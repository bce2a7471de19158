# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers for the clients of others: one lab per RouterOS version and worker, shared by all tests of a run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology, parse_uplinks

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
CLIENTS = ROOT / ".dev" / "clients"
PYTHON = CLIENTS / "bin" / "python"
NODE_MODULES = CLIENTS / "node" / "node_modules"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = ""
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        reason = str(error)
    if not PYTHON.exists():
        reason = "the clients of others are not installed: ./dev clients"
    for item in items if reason else ():
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass(frozen=True)
class RouterUnderTest:
    """A running lab and what a client must know of it."""

    lab: LabClient
    paths: Mapping[str, Any]
    user: str
    password: str
    version: str

    def access(self) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.paths["api_port"],
            "ssl_port": self.paths["api_ssl_port"],
            "ssh_port": self.paths.get("ssh_port", 0),
            "ca_file": self.paths["ca_file"],
            "user": self.user,
            "password": self.password,
            "version": self.version,
        }

    def run(self, script: str, **more: Any) -> Any:
        """What ``scripts/NAME`` prints as JSON; it gets the way to the router and ``more`` as JSON on its stdin."""
        file = SCRIPTS / script
        environment = {**os.environ, "NODE_PATH": str(NODE_MODULES), "PYTHONDONTWRITEBYTECODE": ""}
        command = ["node", str(file)] if file.suffix == ".js" else [str(PYTHON), str(file)]
        done = subprocess.run(
            command,
            input=json.dumps({**self.access(), **more}),
            env=environment,
            text=True,
            capture_output=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.rsplit("\n===\n", 1)[-1])

    def call(self, menu: str, command: str = "print", **args: str) -> list[dict[str, str]]:
        """A verb on the router, past its doors: what a client did is looked at from another side."""
        words = {name.replace("_", "-"): text for name, text in args.items()}
        return list(asyncio.run(self.lab.router_call(menu, command, words))["rows"])

    def wait_until_up(self) -> None:
        """After a reboot, which begins after the answer to its command: until it answers again."""
        until = time.monotonic() + 150
        while time.monotonic() < until:
            with contextlib.suppress(LabError):
                if "router rebooted" in {row["message"] for row in self.call("/log")}:
                    return
            time.sleep(0.2)
        raise AssertionError("the router is not up again")

    def calls(self) -> list[dict[str, Any]]:
        return asyncio.run(self.lab.journal())


def _line(router: RouterUnderTest) -> None:
    """A working line, so that there is something to ping, to resolve next hops of, and to count."""
    router.call("/ip/address", "add", address="192.168.1.2/24", interface="ether1", comment="ISP A")
    router.call("/ip/route", "add", dst_address="0.0.0.0/0", gateway="192.168.1.1")


Start = Callable[[str], RouterUnderTest]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """``start(version)``: a router that plays it; the second time the same one."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        running: dict[str, RouterUnderTest] = {}

        def begin(version: str) -> RouterUnderTest:
            if version not in running:
                lab = LabClient(f"v{version.replace('.', '-')}", base)
                topology = Topology(uplinks=parse_uplinks("10M/10M,10M/10M"), version=version)
                paths = asyncio.run(lab.up(Options(topology, 0, 0, hold=True)))
                overlay = yaml.safe_load(Path(paths["inventory"]).read_text(encoding="utf-8"))
                password = str(overlay["all"]["hosts"]["jakarta"]["lab_admin_password"])
                running[version] = RouterUnderTest(lab, paths, "admin", password, version)
                _line(running[version])
            return running[version]

        try:
            yield begin
        finally:
            for router in running.values():
                asyncio.run(router.lab.down())


@pytest.fixture(scope="session")
def router(start: Start) -> RouterUnderTest:
    """The newest stable version that the product is made for."""
    return start("7.22")


@pytest.fixture(scope="session")
def old_router(start: Start) -> RouterUnderTest:
    return start("6.49")


@pytest.fixture(scope="session")
def node() -> str:
    """Where node is; the tests that need it are skipped on a machine without it (a fresh Debian has none)."""
    found = shutil.which("node")
    if found is None or not (NODE_MODULES / "node-routeros").is_dir():
        pytest.skip("no node with npm on this machine: node-routeros is not installed")
    return found
