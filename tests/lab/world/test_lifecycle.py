# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: ASYNC220, ASYNC240 - a test may block its own event loop
"""A lab leaves nothing behind, whoever is killed and whenever."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lab.world.client import LabClient, Options
from lab.world.state import Folder, LabError, ProcessId, State
from lab.world.topology import Topology, Uplink
from tests.lab.world.conftest import ROOT, STAND_IN, cli, processes_of

pytestmark = pytest.mark.lab
NOTHING = State(ProcessId(0, 0, ""), 0, 0)
OPTIONS = Options(api_port=0, api_ssl_port=0, router=STAND_IN)
UP = ("up", "--api-port", "0", "--api-ssl-port", "0", "--router", STAND_IN)


def host() -> dict[str, object]:
    """What a lab could leave on this machine: links, named namespaces, mounts of namespaces."""
    links = subprocess.run(["ip", "-o", "link"], text=True, capture_output=True, check=True).stdout
    netns = Path("/run/netns")
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if "nsfs" in line]
    return {
        "links": [line.split(":")[1] for line in links.splitlines()],
        "netns": sorted(entry.name for entry in netns.iterdir()) if netns.is_dir() else [],
        "mounts": mounts,
    }


def wait_until(what: Callable[[], bool], seconds: float = 90.0) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def files(base: Path) -> list[str]:
    return sorted(str(path.relative_to(base)) for path in base.rglob("*")) if base.exists() else []


def test_down_leaves_the_machine_as_it_was(base: Path) -> None:
    before = host()
    assert cli(*UP).returncode == 0
    assert processes_of(base)
    assert json.loads(cli("status", "--json").stdout)["running"] is True
    assert cli("down").returncode == 0
    assert processes_of(base) == []
    assert files(base) == []
    assert host() == before


def test_status_says_that_nothing_runs_with_an_exit_code(base: Path) -> None:
    done = cli("status", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout) == {"name": "default", "running": False, "files_left": False}


@pytest.mark.parametrize("victim", ["outer", "inner", "child"])
async def test_a_killed_lab_leaves_only_files_and_the_next_command_cleans_them(base: Path, victim: str) -> None:
    before = host()
    lab = LabClient("killed")
    await lab.up(OPTIONS)
    state = lab.running()
    assert state is not None
    assert state.inner is not None
    traffic = subprocess.Popen(
        [sys.executable, "-m", "lab.world.cli", "traffic", "probe", "--name", "killed"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    inner = state.inner.pid
    children = Path(f"/proc/{inner}/task/{inner}/children")
    assert wait_until(lambda: bool(children.read_text().split()))
    # killing the traffic process alone fails the measurement, and the lab lives on; then the lab is killed too
    if victim == "child":
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        assert traffic.wait(90) == 1
        assert lab.running() is not None
        victim = "inner"
    os.kill(getattr(state, victim).pid, signal.SIGKILL)
    assert traffic.wait(90) == 1
    assert await asyncio.to_thread(wait_until, lambda: processes_of(base) == [])
    assert host() == before
    assert files(base) != []
    assert await lab.status() == {"name": "killed", "running": False, "files_left": True}
    with pytest.raises(LabError, match="not running"):
        await lab.heal("isp1")
    assert await lab.down() is True
    assert files(base) == []
    await lab.up(OPTIONS)
    state = lab.running()
    assert state is not None
    os.kill(state.outer.pid, signal.SIGKILL)
    assert await asyncio.to_thread(wait_until, lambda: lab.running() is None)
    await lab.up(OPTIONS)  # up cleans as well
    assert await lab.down() is True
    assert processes_of(base) == []


@pytest.mark.parametrize(
    ("number", "delay_s"),
    [
        *((signal.SIGKILL, delay) for delay in (0.1, 0.25, 0.35, 0.45, 0.6)),
        *((signal.SIGINT, delay) for delay in (0.25, 0.35, 0.5, 0.8)),
        *((signal.SIGTERM, delay) for delay in (0.3, 0.5)),
    ],
)
def test_up_interrupted_at_any_moment_leaves_no_process(base: Path, delay_s: float, number: signal.Signals) -> None:
    before = host()
    launcher = subprocess.Popen(
        [sys.executable, "-m", "lab.world.cli", *UP], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        launcher.wait(delay_s)
    launcher.send_signal(number)
    _, said = launcher.communicate(timeout=240)
    # a lab that was ready before the signal is up, and stays up; every other one is gone without being asked again
    ready = launcher.returncode == 0 or (number == signal.SIGKILL and (Folder("default").read() or NOTHING).inner)
    if not ready:
        assert wait_until(lambda: processes_of(base) == []), said
        # before Python listens to signals nothing was made; afterwards Ctrl-C and a polite kill clean the files too
        assert number == signal.SIGKILL or files(base) == [], said
    cli("down")
    assert processes_of(base) == []
    assert files(base) == []
    assert host() == before


@pytest.mark.parametrize("role", ["outer", "inner"])
def test_up_fails_with_a_sentence_when_the_lab_is_killed_under_it(base: Path, role: str) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-m", "lab.world.cli", *UP],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def started() -> State | None:
        return Folder("default").read()

    assert wait_until(lambda: started() is not None)
    state = started()
    assert state is not None
    children = Path(f"/proc/{state.outer.pid}/task/{state.outer.pid}/children")
    assert wait_until(lambda: bool(children.read_text().split()))
    os.kill(state.outer.pid if role == "outer" else int(children.read_text().split()[0]), signal.SIGKILL)
    _, error = launcher.communicate(timeout=240)
    assert launcher.returncode == 1
    assert "lab: the lab" in error
    assert wait_until(lambda: processes_of(base) == [])
    assert files(base) == []


@pytest.mark.parametrize("hold", [True, False])
def test_a_held_lab_dies_with_who_started_it_and_another_does_not(base: Path, hold: bool) -> None:
    code = "import asyncio, time; from lab.world.client import LabClient, Options; "
    code += f"options = Options(api_port=0, api_ssl_port=0, router={STAND_IN!r}, hold={hold}); "
    code += "print(asyncio.run(LabClient('held').up(options)), flush=True); time.sleep(900)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert "api_port" in starter.stdout.readline()
        time.sleep(0.3)
        assert json.loads(cli("status", "--name", "held", "--json").stdout)["running"] is True
        starter.kill()
    if hold:
        assert wait_until(lambda: processes_of(base) == [])
    else:
        time.sleep(0.5)
        assert json.loads(cli("status", "--name", "held", "--json").stdout)["running"] is True
    assert cli("down", "--name", "held").returncode == 0
    assert processes_of(base) == []
    assert files(base) == []


async def test_labs_of_different_names_run_side_by_side(base: Path) -> None:
    one, two = LabClient("one"), LabClient("two")
    first = await one.up(OPTIONS)
    second = await two.up(OPTIONS)
    assert len({first["api_port"], first["api_ssl_port"], second["api_port"], second["api_ssl_port"]}) == 4
    assert await one.down()
    assert (await two.status())["running"] is True
    with pytest.raises(LabError, match="running already"):
        await two.up(OPTIONS)
    assert (await two.status())["running"] is True
    assert await two.down()
    assert processes_of(base) == []


async def test_sixteen_lines_come_up_and_every_one_reaches_the_internet(base: Path) -> None:
    lab = LabClient("wide")
    lines = tuple(Uplink(n, 10_000_000, 10_000_000) for n in range(1, 17))
    await lab.up(replace(OPTIONS, topology=Topology(uplinks=lines)))
    try:
        result = await lab.measure("connections", count=800, timeout=30.0)
        assert result["failed"] == 0
        assert sum(result["split"].values()) == 800
        assert min(result["split"].values()) > 0
    finally:
        await lab.down()
    assert processes_of(base) == []


async def test_a_taken_port_is_said_and_nothing_is_left(base: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LabError, match=f"127.0.0.1:{port} can't be opened"):
            await LabClient("taken").up(Options(api_port=port, api_ssl_port=0, router=STAND_IN))
    assert files(base) == []
    assert processes_of(base) == []


async def test_a_router_that_does_not_start_is_said_and_nothing_is_left(base: Path) -> None:
    with pytest.raises(LabError, match="No module named 'no_such_router'"):
        await LabClient("broken").up(Options(api_port=0, api_ssl_port=0, router="no_such_router"))
    assert files(base) == []
    assert processes_of(base) == []


async def test_a_recycled_process_id_is_never_killed(base: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as innocent:
        now = ProcessId.of(innocent.pid)
        assert now is not None
        folder = Folder("stale")
        folder.path.mkdir(parents=True)
        folder.write(
            State(ProcessId(now.pid, now.started - 1, now.boot), 1, 2, ProcessId(now.pid, now.started, "other boot"))
        )
        assert await LabClient("stale").down() is True
        assert innocent.poll() is None
        assert files(base) == []
        innocent.kill()


async def test_secrets_are_for_the_owner_alone(base: Path) -> None:
    lab = LabClient("private")
    await lab.up(OPTIONS)
    try:
        assert stat.S_IMODE(lab.folder.path.stat().st_mode) == 0o700
        for path in (lab.folder.inventory, lab.folder.socket, lab.folder.log, lab.folder.state_file):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        for key in lab.folder.path.rglob("*.key"):
            assert stat.S_IMODE(key.stat().st_mode) == 0o600, key
    finally:
        await lab.down()


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root has seen the rootless way in every other test")
def test_it_runs_without_any_privilege(base: Path) -> None:
    # a user namespace in which we are uid 1000 with no capability, and files are still ours
    plain = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    trial = subprocess.run([*plain, "true"], capture_output=True, text=True, check=False)
    if trial.returncode != 0:
        pytest.skip(f"only root may make namespaces here: {trial.stderr.strip()}")
    say = "import os; print(os.geteuid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])"
    seen = subprocess.run([*plain, sys.executable, "-c", say], text=True, capture_output=True, check=True).stdout
    assert seen.split() == ["1000", "0000000000000000"]
    lab = f"{sys.executable} -m lab.world.cli"
    script = f"{lab} {' '.join(UP)} && {lab} traffic connections --count 100 --json | tail -1 && {lab} rogue on && "
    script += f"{lab} shell client -- sh -c 'ip -br addr show dev eth0' && {lab} cut isp1 && {lab} down"
    done = subprocess.run(
        [*plain, "sh", "-c", script], cwd=ROOT, text=True, capture_output=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    result = next(line for line in done.stdout.splitlines() if line.startswith("{"))
    assert json.loads(result)["result"]["failed"] == 0
    assert "192.168.10.10/24" in done.stdout
    assert processes_of(base) == []
    assert files(base) == []


def test_a_missing_program_is_named(base: Path, tmp_path: Path) -> None:
    for tool in ("ip", "tc", "nft", "unshare", "nsenter", "mount"):
        found = shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert found
        (tmp_path / tool).symlink_to(found)
    code = f"from lab.world import launcher; launcher._environment = lambda: {{'PATH': {str(tmp_path)!r}}}; "
    code += f"import sys; from lab.world.cli import main; sys.exit(main({list(UP)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "lab: these programs are missing: dnsmasq; `./dev setup` installs what the lab needs\n"
    assert files(base) == []


def test_a_reader_that_leaves_early_makes_no_traceback(base: Path) -> None:
    assert cli(*UP).returncode == 0
    line = f"{sys.executable} -m lab.world.cli traffic probe --seconds 30 --interval 0.05 --json | head -1"
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, text=True, capture_output=True, check=False, timeout=300)
    assert json.loads(done.stdout)["event"] == "probe"
    assert "Traceback" not in done.stderr
    assert cli("down").returncode == 0


def test_without_namespaces_there_is_one_clear_sentence(base: Path, tmp_path: Path) -> None:
    unshare = tmp_path / "unshare"
    unshare.write_text("#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n")
    unshare.chmod(0o755)
    done = cli(*UP, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 1
    assert "does not allow network namespaces" in done.stderr
    assert "user.max_user_namespaces" in done.stderr
    assert files(base) == []
