# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a small fleet: every kind of trouble by name, and nothing written on any router.

The user of the report may only read (docs/report.md), so a write would be refused, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import REPORT

from lab.world.fleet import Fleet, Options

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / ".dev" / "clients" / "bin" / "python"
#: Generous: a machine that does ten other things at once.
PATIENCE_S = 300
ROGUE_MAC = "DC:2C:6E:81:CF:34"


def play(fleet: Fleet, playbook: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["ansible-playbook", "-i", str(fleet.inventory), str(ROOT / "playbooks" / f"{playbook}.yml"), *words]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(
        command,
        cwd=fleet.folder,
        env=environment,
        text=True,
        capture_output=True,
        timeout=4 * PATIENCE_S,
        check=False,
    )


def wait(fleet: Fleet, branch: str, line: str, wanted: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while wanted not in (said := fleet.do("console", branch, line=line)):
        assert time.monotonic() < until, said
        time.sleep(0.3)


@dataclass(frozen=True)
class Told:
    """Names by their trouble, what the routers held before and after, and what the report says."""

    names: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]
    code: int
    output: str
    folder: Path

    @property
    def data(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return loaded

    def branch(self, trouble: str) -> dict[str, Any]:
        return next(branch for branch in self.data["branches"] if branch["name"] == self.names[trouble])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("fleet")
    with Fleet.start(folder / "fleet", Options(branches=6, versions=("7.22", "6.49"))) as fleet:
        names = dict(zip(("dead", "rogue", "drift", "unreachable", "wrong", "broken"), fleet.names, strict=True))
        done = play(fleet, "site")
        assert done.returncode == 0, done.stdout + done.stderr
        _trouble(fleet, names)
        read = [names[trouble] for trouble in ("dead", "rogue", "drift")]
        for name in read:
            group = f"/user group add name=report policy={','.join(REPORT)}"
            fleet.do("console", name, line=group)
            fleet.do("console", name, line="/user add name=report group=report password=only-looks")
        before = {name: fleet.do("export", name) for name in read}
        user = ["-e", "multiwan_api_user=report", "-e", "multiwan_api_password=only-looks"]
        title = ["-e", f"report_folder={folder}/report", "-e", "report_title=Armada", "-e", "report_language=en"]
        done = play(fleet, "report", *user, *title)
        after = {name: fleet.do("export", name) for name in read}
        yield Told(names, before, after, done.returncode, done.stdout + done.stderr, folder / "report")


def _trouble(fleet: Fleet, names: Mapping[str, str]) -> None:
    fleet.do("cut", names["dead"], uplink="isp1")
    fleet.do("rogue", names["rogue"])
    fleet.do("drift", names["drift"])
    fleet.do("certificate", names["drift"], days=9)
    fleet.do("unreachable", names["unreachable"])
    variables = fleet.inventory / "host_vars"
    right = (variables / f"{names['wrong']}.yml").read_text(encoding="utf-8")
    wrong = right.replace("multiwan_mode: balance", "multiwan_mode: balanced")
    assert wrong != right
    (variables / f"{names['wrong']}.yml").write_text(wrong, encoding="utf-8")
    (variables / f"{names['broken']}.yml").write_text("multiwan_uplinks: [\n", encoding="utf-8")
    wait(fleet, names["dead"], ':put [:len [/log find where message~"is not used now"]]', "1")
    wait(fleet, names["rogue"], ':put [:len [/ip firewall address-list find where list="mw-rogue"]]', "1")


def test_nothing_is_written_on_any_router(told: Told) -> None:
    assert told.before == told.after
    assert all("multiwan:failover" in export for export in told.before.values()), "there was something to change"


def test_the_recap_tells_of_branches_with_bad_variables_and_of_no_other(told: Told) -> None:
    assert told.code == 2, told.output
    failed = {line.split()[0] for line in told.output.splitlines() if "failed=1" in line}
    assert told.names["wrong"] in failed
    assert not failed & {told.names[trouble] for trouble in ("rogue", "drift", "unreachable")}, told.output
    assert f"{told.names['broken']}.yml" in told.output


def test_every_branch_is_in_the_report(told: Told) -> None:
    data = told.data
    assert (data["format"], data["title"], data["language"]) == (1, "Armada", "en")
    assert [branch["name"] for branch in data["branches"]] == sorted(told.names.values())
    reasons = {trouble: told.branch(trouble)["reason"] for trouble in told.names}
    assert reasons == {
        "dead": "",
        "rogue": "",
        "drift": "",
        "unreachable": "unreachable",
        "wrong": "variables",
        "broken": "variables",
    }
    assert "multiwan_mode" in told.branch("wrong")["error"]
    assert f"{told.names['broken']}.yml" in told.branch("broken")["error"]


def test_labels_and_places_are_those_of_the_inventory(told: Told) -> None:
    """Also of the branch whose other variables are wrong."""
    for trouble in ("dead", "unreachable", "wrong"):
        branch = told.branch(trouble)
        assert branch["label"] != branch["name"]
        assert -11 < branch["place"]["latitude"] < 6
        assert "indonesia" in branch["groups"]


def test_the_dead_uplink_is_dead_and_the_other_carries(told: Told) -> None:
    branch = told.branch("dead")
    first, second = branch["uplinks"][:2]
    assert (first["alive"], first["in_use"], second["alive"], second["in_use"]) == (False, False, True, True)
    dead = next(event for event in branch["events"] if event["kind"] == "dead")
    assert dead["uplink"] == "isp1"
    assert first["since"][:16] <= branch["read_at"][:16]
    assert second["connections"] is not None
    assert sum(line["connections_share"] for line in branch["uplinks"]) == pytest.approx(1, abs=0.001)
    assert sum(line["bytes_share"] for line in branch["uplinks"]) == pytest.approx(1, abs=0.001)
    assert all(line["download_bps"] is not None and line["address"] for line in branch["uplinks"])


def test_the_rogue_server_has_its_mac_and_segment(told: Told) -> None:
    branch = told.branch("rogue")
    (rogue,) = branch["rogues"]
    assert (rogue["mac"], rogue["interface"]) == (ROGUE_MAC, "bridge")
    assert rogue["segment"]
    assert rogue["address"] == "192.168.10.66"
    assert any(event["kind"] == "rogue" and ROGUE_MAC in event["text"] for event in branch["events"])
    assert not told.branch("dead")["rogues"]


def test_the_drifted_branch_says_what_differs_and_when_its_certificate_ends(told: Told) -> None:
    branch = told.branch("drift")
    assert [row["menu"] for row in branch["drift"]] == ["/ip/firewall/mangle"]
    assert "disabled" in branch["drift"][0]["words"]
    assert branch["certificates"][0]["days"] in (8, 9)
    for trouble in ("dead", "rogue"):
        assert told.branch(trouble)["drift"] == [], "what the fast layer switches is no drift"


def test_no_secret_is_in_any_file(told: Told) -> None:
    for file in told.folder.iterdir():
        assert "only-looks" not in file.read_text(encoding="utf-8")


def test_an_independent_reader_of_prometheus_takes_the_file(told: Told) -> None:
    if not CLIENTS.exists():
        pytest.skip("the clients of others are not installed: ./dev clients")
    program = (
        "import json, sys\n"
        "from prometheus_client.parser import text_string_to_metric_families as read\n"
        "families = list(read(sys.stdin.read()))\n"
        "assert all(family.documentation and family.type in ('gauge', 'counter') for family in families)\n"
        "print(json.dumps([[s.name, s.labels, s.value] for family in families for s in family.samples]))\n"
    )
    text = (told.folder / "multiwan.prom").read_text(encoding="utf-8")
    done = subprocess.run(
        [str(CLIENTS), "-c", program], input=text, text=True, capture_output=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    samples = {
        (name, labels.get("branch"), labels.get("uplink")): value for name, labels, value in json.loads(done.stdout)
    }
    assert samples["multiwan_uplink_alive", told.names["dead"], "isp1"] == 0
    assert samples["multiwan_branch_up", told.names["unreachable"], None] == 0
    assert samples["multiwan_branch_drift_rows", told.names["drift"], None] == 1
    assert samples["multiwan_branch_rogue_dhcp_servers", told.names["rogue"], None] == 1
    lines = sum(not line.startswith("#") for line in text.splitlines())
    assert len(json.loads(done.stdout)) == lines
