# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A demo that is stopped in the middle leaves no process and no file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.lab


@dataclass
class Demo:
    """A running demo whose lab lives in a folder of its own."""

    process: subprocess.Popen[str]
    folder: Path

    def until(self, words: str) -> str:
        """Read its lines up to the one that holds the words."""
        assert self.process.stdout is not None
        heard = []
        for line in self.process.stdout:
            heard.append(line)
            if words in line:
                return line
        raise AssertionError("".join(heard))

    def lab_processes(self) -> list[str]:
        """Every process that names this test's folder: the lab's daemon, its traffic, ansible."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                if str(self.folder) in command:
                    found.append(f"{entry.name} {command[:150]}")
        return found


def environment(folder: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin"
    own = {"PATH": path, "MULTIWAN_LAB_DIR": str(folder / "lab"), "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    return {**os.environ, **own, "ANSIBLE_HOME": str(folder / "ansible"), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.demo", "--plain", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Demo(process, tmp_path)
    finally:
        process.kill()
        process.communicate()
        lab_down(tmp_path)


def lab_down(folder: Path) -> None:
    command = [sys.executable, "-m", "lab.world.cli", "down", "--name", "demo"]
    subprocess.run(command, cwd=ROOT, env=environment(folder), check=False, capture_output=True, timeout=400)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["API on", "download, run 1"])
def test_a_stopped_demo_leaves_nothing(demo: Demo, number: signal.Signals, moment: str) -> None:
    demo.until(moment)
    assert demo.lab_processes()
    demo.process.send_signal(number)
    words, _ = demo.process.communicate(timeout=400)
    assert demo.process.returncode == 130, words
    assert "interrupted, everything is taken down" in words
    assert [line for line in demo.lab_processes() if not line.startswith(f"{demo.process.pid} ")] == []
    assert not (demo.folder / "lab" / "demo").exists()
    assert not (demo.folder / "out" / "demo.json").exists()


def test_what_a_killed_demo_leaves_is_taken_down_by_lab_down(demo: Demo) -> None:
    demo.until("download, run 1")
    demo.process.kill()
    demo.process.communicate(timeout=400)
    lab_down(demo.folder)
    assert demo.lab_processes() == []
    assert not (demo.folder / "lab" / "demo").exists()
