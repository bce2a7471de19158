# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers of a fleet: a real control plane over a pretended world, each fault seen by a client over API-SSL."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import librouteros
import pytest
import yaml
from librouteros.exceptions import LibRouterosError

from lab.world import fleet_cli
from lab.world.fleet import Fleet, Options
from lab.world.state import ROOT, LabError, ProcessId

LIMIT_S = 120.0
SICK = {"unreachable": ["bandung"], "wrong_password": ["padang"], "bad_vars": ["palembang"]}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Fleet.start(tmp_path_factory.mktemp("fleet"), Options(branches=12, sick=SICK, delay_ms=4)) as made:
        yield made


def connect(fleet: Fleet, name: str) -> Any:
    context = ssl.create_default_context(cafile=fleet.ca_file)

    def wrap(sock: socket.socket) -> ssl.SSLSocket:
        return context.wrap_socket(sock, server_hostname="127.0.0.1")

    return librouteros.connect(
        host="127.0.0.1",
        port=fleet.ports[name],
        username="multiwan",
        password=fleet.password,
        timeout=LIMIT_S,
        ssl_wrapper=wrap,
    )


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def with_lines(api: Any) -> None:
    """Two lines, 8.8.4.4 by the first, a default by both."""
    for number in (1, 2):
        api.path("ip", "address").add(address=f"192.168.{number}.2/24", interface=f"ether{number}")
    api.path("ip", "route").add(**{"dst-address": "8.8.4.4/32", "gateway": "192.168.1.1"})
    api.path("ip", "route").add(gateway="192.168.1.1", distance="1", **{"check-gateway": "ping"})
    api.path("ip", "route").add(gateway="192.168.2.1", distance="2")


def received(api: Any, address: str) -> int:
    return int(list(api("/ping", address=address, count="1"))[-1]["received"])


def test_pings_go_by_the_routers_own_routes_and_a_cut_line_is_silent(fleet: Fleet) -> None:
    api = connect(fleet, "jakarta")
    assert received(api, "8.8.4.4") == 0, "without an address there is no route"
    with_lines(api)
    assert received(api, "8.8.4.4") == received(api, "1.0.0.1") == received(api, "192.168.1.1") == 1
    fleet.do("cut", "jakarta", uplink="isp1")
    assert (received(api, "8.8.4.4"), received(api, "192.168.1.1")) == (0, 1)
    fleet.do("cut", "jakarta", uplink="isp1", how="gateway")
    assert (received(api, "192.168.1.1"), received(api, "1.0.0.1")) == (0, 1), "check-gateway gives the second line way"
    fleet.do("heal", "jakarta")
    assert received(api, "8.8.4.4") == 1
    api.close()


def test_a_netwatch_row_runs_its_scripts_when_a_line_dies_and_lives_again(fleet: Fleet) -> None:
    api = connect(fleet, "medan")
    with_lines(api)
    scripts = {f"{way}-script": f'/log/info message="line is {way}"' for way in ("up", "down")}
    api.path("tool", "netwatch").add(**{"host": "8.8.4.4", "type": "icmp", "startup-delay": "0s", **scripts})

    def said(words: str) -> int:
        return str(fleet.do("console", "medan", line="/log/print")).count(words)

    until(lambda: said("line is up") == 1, "the first test passes")
    fleet.do("cut", "medan", uplink="isp1")
    until(lambda: said("line is down") == 1, "the line is dead")
    assert [row["status"] for row in api.path("tool", "netwatch")] == ["down"]
    fleet.do("heal", "medan")
    until(lambda: said("line is up") == 2, "the line is back")
    api.close()


def test_a_rogue_is_told_once_and_stands_at_its_port(fleet: Fleet) -> None:
    api = connect(fleet, "makassar")
    (bridge,) = [row for row in api.path("interface") if row["name"] == "bridge"]
    assert bridge["mac-address"]
    script = ':log info message=("rogue " . $"mac-address")'
    api.path("ip", "dhcp-server", "alert").add(
        **{"interface": "bridge", "valid-server": bridge["mac-address"], "on-alert": script, "disabled": "no"}
    )
    fleet.do("rogue", "makassar", mac="DC:2C:6E:81:CF:34")
    until(lambda: "rogue DC:2C:6E:81:CF:34" in fleet.do("console", "makassar", line="/log/print"), "it is told")
    (alert,) = api.path("ip", "dhcp-server", "alert")
    assert alert["unknown-server"] == "DC:2C:6E:81:CF:34"
    hosts = {row["mac-address"]: row["on-interface"] for row in api.path("interface", "bridge", "host")}
    assert hosts["DC:2C:6E:81:CF:34"] == "ether4"
    api.close()


def test_a_router_that_hangs_up_has_done_what_it_answered_and_comes_back(fleet: Fleet) -> None:
    api = connect(fleet, "denpasar")
    fleet.do("hang_up", "denpasar", after=3, for_s=0)
    path, answered = api.path("ip", "firewall", "address-list"), set()
    with contextlib.suppress(LibRouterosError, OSError):
        for number in range(100):
            path.add(list="l", address=f"192.0.2.{number}")
            answered.add(f"192.0.2.{number}")
    assert len(answered) <= 3
    again = connect(fleet, "denpasar")
    held = {row["address"] for row in again.path("ip", "firewall", "address-list") if row["list"] == "l"}
    assert answered <= held
    assert len(held) == 3
    again.close()


def test_sick_branches_are_mended(fleet: Fleet) -> None:
    with pytest.raises((LibRouterosError, OSError)):
        connect(fleet, "bandung")
    with pytest.raises(LibRouterosError, match="invalid user name or password"):
        connect(fleet, "padang")
    file = fleet.inventory / "host_vars" / "palembang.yml"
    bad = yaml.safe_load(file.read_text(encoding="utf-8"))
    for name in list(fleet.sick):
        fleet.mend(name)
    for name in ("bandung", "padang"):
        connect(fleet, name).close()
    assert yaml.safe_load(file.read_text(encoding="utf-8")) != bad
    assert not fleet.sick


def test_what_nobody_knows_is_refused(fleet: Fleet) -> None:
    for deed, name, words in (("dance", "medan", {}), ("cut", "medan", {"uplink": "isp9"}), ("heal", "atlantis", {})):
        with pytest.raises(LabError):
            fleet.do(deed, name, **words)
    with pytest.raises(LabError, match="no rows that could drift"):
        fleet.do("drift", "banjarmasin")


def test_a_fleet_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = (
        "import json, os, sys; from pathlib import Path; from lab.world.fleet import Fleet, Options\n"
        "fleet = Fleet.start(Path(sys.argv[1]), Options(branches=1))\n"
        "print(json.dumps(fleet.pids), flush=True); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(tmp_path / "fleet")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == -9, done.stderr
    left = Fleet.find(tmp_path / "fleet")
    assert left is not None
    assert list(left.pids) == json.loads(done.stdout)
    until(lambda: not left.running, "its processes end")
    left.close()
    assert not (tmp_path / "fleet").exists()


def test_the_command_line_starts_a_fleet_that_outlives_it_and_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {**os.environ, "MULTIWAN_FLEET_DIR": str(tmp_path)}
    words = ["up", "--branches", "2", "--unreachable", "1", "--json"]
    command = [sys.executable, "-m", "lab.world.cli", "fleet", *words]
    up = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT).stdout)
    processes = [found for pid in up["processes"] if (found := ProcessId.of(pid)) is not None]
    monkeypatch.setattr(fleet_cli, "BASE", tmp_path)

    def said(*words: str, code: int = 0) -> str:
        assert fleet_cli.main(words) == code
        told = capsys.readouterr()
        return told.err if code else told.out

    try:
        assert (up["branches"], up["sick"]) == (2, {"medan": "unreachable"})
        assert "already" in said("up", code=1)
        assert "jakarta" in said("shell", "jakarta", "/system/identity/print")
        said("mend", "medan")
        assert said("cut", "medan", "isp2") == "medan: isp2 is cut (upstream)\n"
        said("rogue", "jakarta")
        told = json.loads(said("status", "--json"))
        assert told["sick"] == {}
        assert told["done"] == {"jakarta": ["a rogue DHCP server is plugged in"], "medan": ["isp2 is cut (upstream)"]}
        shown = said("status")
        assert "2 routers in 1 process, " in shown
        assert "  medan: isp2 is cut (upstream)\n" in shown
    finally:
        assert said("down") == "Stopped.\n"
    assert not (tmp_path / "default").exists()
    assert processes
    assert not any(process.alive for process in processes)
    assert "no fleet" in said("status", code=1)
