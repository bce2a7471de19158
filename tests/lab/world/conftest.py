# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.world import launcher, state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology

STAND_IN = "tests.lab.world.stand_in_router"
ROOT = Path(__file__).resolve().parents[3]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for labs of this test alone; also marks every process of theirs, by its environment."""
    monkeypatch.setattr(state, "BASE", tmp_path / "labs")
    monkeypatch.setenv("MULTIWAN_LAB_DIR", str(tmp_path / "labs"))
    yield tmp_path / "labs"
    for pid in processes_of(tmp_path / "labs"):  # only a test that failed leaves any
        left = state.ProcessId.of(pid)
        if left is not None:
            left.kill()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    """A lab with two lines of 10 Mbit/s and the stand-in router, for the tests of one file."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        lab = LabClient("world")
        asyncio.run(lab.up(Options(Topology(extra_anchors=("9.9.9.9",)), 0, 0, STAND_IN)))
        try:
            yield lab
        finally:
            asyncio.run(lab.down())


@pytest.fixture
async def healed(world: LabClient) -> AsyncIterator[LabClient]:
    """The same, with every line mended afterwards."""
    yield world
    for line in (await world.status())["uplinks"]:
        if line["fault"]:
            await world.heal(line["name"])


def cli(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lab.world.cli", *words],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=600,
        **options,
    )


def processes_of(base: Path) -> list[int]:
    """Processes whose environment names this folder of labs; not ourselves."""
    mark = f"MULTIWAN_LAB_DIR={base}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            if stat[0] != "Z" and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def inside(lab: LabClient, place: str, code: str, *, check: bool = True) -> str:
    """Run Python in one of the lab's namespaces; its output."""
    done = cli("shell", "--name", lab.folder.name, "--linux", place, "--", sys.executable, "-c", code)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()
