# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology, parse_uplinks
from tests.conformance.test_transcripts import Peer
from tests.real import target


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """The router that the environment names; without one the tests that need it are skipped."""
    if not target.wanted(os.environ):
        pytest.skip("neither ROUTEROS_HOST nor ROUTEROS_IMAGE names a router")
    with target.router(os.environ, tmp_path_factory.mktemp("real")) as peer:
        yield peer


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Peer]]:
    """``lab(version)``: an emulated router of that version, on its plain API."""
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        running: dict[str, tuple[LabClient, Peer]] = {}

        def begin(version: str) -> Peer:
            if version not in running:
                client = LabClient(f"real{version.replace('.', '-')}", base)
                topology = Topology(uplinks=parse_uplinks("10M/10M,10M/10M"), version=version)
                paths = asyncio.run(client.up(Options(topology, 0, 0, hold=True)))
                overlay = yaml.safe_load(Path(paths["inventory"]).read_text(encoding="utf-8"))
                password = str(overlay["all"]["hosts"]["jakarta"]["lab_admin_password"])
                running[version] = client, Peer("127.0.0.1", int(paths["api_port"]), "admin", password)
            return running[version][1]

        try:
            yield begin
        finally:
            for client, _ in running.values():
                asyncio.run(client.down())
