# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against a plan is told together and before any write. One lab; the tests run in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import yaml

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import OFFICE_ADDRESS, Topology, parse_uplinks
from tests.lab.product.conftest import ROOT, Branch

pytestmark = pytest.mark.lab

JAKARTA = yaml.safe_load((ROOT / "inventory" / "host_vars" / "jakarta.yml").read_text(encoding="utf-8"))
#: Menu, what the technician adds, what the preflight has to say about it, whether that refuses a deploy.
PLANTED: tuple[tuple[str, dict[str, str], str, bool], ...] = (
    (
        "/interface/bridge/port",
        {"bridge": "bridge", "interface": "ether2"},
        "makes ether2, of the uplink isp2, a port of bridge",
        True,
    ),
    (
        "/ip/address",
        {"address": "192.168.1.77/24", "interface": "bridge"},
        "192.168.1.77/24 on bridge (the segment office), which overlaps 192.168.1.2/24",
        True,
    ),
    (
        "/ip/firewall/filter",
        {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"},
        "fast-tracks every connection",
        True,
    ),
    (
        "/ip/firewall/mangle",
        {
            "chain": "prerouting",
            "action": "mark-connection",
            "in-interface": "bridge",
            "new-connection-mark": "web",
            "protocol": "tcp",
            "dst-port": "80",
        },
        "(prerouting mark-connection web), which are not ours",
        True,
    ),
    (
        "/ip/firewall/nat",
        {"chain": "dstnat", "action": "redirect", "protocol": "udp", "dst-port": "53"},
        "(redirect)",
        False,
    ),
    ("/routing/rule", {"src-address": "192.168.10.50/32", "action": "lookup", "table": "main"}, "/routing/rule", False),
)


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """The controller sits in the branch's LAN until a test puts it elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", base)
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        lab = LabClient("preflight")
        topology = Topology(uplinks=parse_uplinks("10M/10M,10M/10M"))
        paths = asyncio.run(lab.up(Options(topology, 0, 0, manage_from="lan")))
        try:
            branch = Branch(lab, tmp_path_factory.mktemp("preflight"), paths)
            branch.baseline = branch.export()
            yield branch
        finally:
            asyncio.run(lab.down())


@contextmanager
def added(branch: Branch, *rows: tuple[str, dict[str, str]]) -> Iterator[None]:
    """Rows of a technician, for a while."""
    made = [(menu, _add(branch, menu, values)) for menu, values in rows]
    yield
    for menu, row_id in reversed(made):
        branch.call(menu, "remove", numbers=row_id)


def _add(branch: Branch, menu: str, values: dict[str, str]) -> str:
    before = {row[".id"] for row in branch.call(menu)}
    branch.call(menu, "add", **values)
    (row_id,) = {row[".id"] for row in branch.call(menu) if row.get("dynamic") != "true"} - before
    return row_id


@pytest.fixture
def elsewhere(branch: Branch) -> Iterator[None]:
    """The controller sits in an office and comes in by the first line."""
    asyncio.run(branch.lab.manage_from("isp1"))
    yield
    asyncio.run(branch.lab.manage_from("lan"))


def test_everything_is_told_together_and_nothing_is_written(branch: Branch) -> None:
    with added(branch, *((menu, values) for menu, values, _, _ in PLANTED)):
        held, before = branch.export(), branch.writes()
        for words in ((), ("--check", "--diff")):
            played = branch.play("site", *words)
            assert played.code != 0
            missing = [says for _, _, says, refuses in PLANTED if refuses and says not in played.output]
            assert missing == [], played.output
        assert (branch.export(), branch.writes()) == (held, before)
        told = branch.play("verify")
        assert [says for _, _, says, _ in PLANTED if says not in told.output] == [], told.output


def test_a_forced_run_goes_on_and_still_tells(branch: Branch) -> None:
    """What is forced must not be what makes the branch fail: a redirect of port 80 marks and FastTrack are not."""
    chosen = [item for item in PLANTED if item[0].startswith("/ip/firewall")]
    with added(branch, *((menu, values) for menu, values, _, _ in chosen)):
        partly = branch.play("site", variables={"multiwan_force": ["fasttrack"]})
        assert partly.code != 0
        assert "multiwan_force: [mangle]" in partly.output
        assert "multiwan_force: [fasttrack]" not in partly.output
        played = branch.play("site", variables={"multiwan_force": ["fasttrack", "mangle"]})
        assert played.code == 0, played.output
        assert [says for _, _, says, _ in chosen if says not in played.output] == [], played.output
        again = branch.play("site")  # as planned: nothing is written, so nothing is refused
        assert (again.code, again.changed) == (0, 0), again.output
        assert chosen[0][2] in again.output


def test_a_removal_that_cuts_the_controller_off_is_refused(branch: Branch, elsewhere: None) -> None:
    held, before = branch.export(), branch.writes()
    played = branch.play("remove")
    assert played.code != 0
    assert f"the controller comes from {OFFICE_ADDRESS} (/user/active)" in played.output
    assert "multiwan_force: [management-path]" in played.output
    assert (branch.export(), branch.writes()) == (held, before)


def test_a_change_that_keeps_the_way_is_let_through(branch: Branch, elsewhere: None) -> None:
    played = branch.play("site", variables={"multiwan_mode": "failover"})
    assert played.code == 0, played.output
    assert "management-path" not in played.output


def test_a_removal_from_the_lan_is_let_through(branch: Branch) -> None:
    played = branch.play("remove")
    assert played.code == 0, played.output
    assert branch.export() == branch.baseline


def test_a_plan_that_takes_the_way_out_from_under_the_controller_is_refused(branch: Branch, elsewhere: None) -> None:
    """It comes by a line that the plan leaves out, and the router's way back would be another one."""
    address = {"address": "192.168.1.2/24", "interface": "ether1"}
    with added(branch, ("/ip/address", address), ("/ip/route", {"gateway": "192.168.1.1", "distance": "5"})):
        before = branch.writes()
        played = branch.play("site", variables={"multiwan_uplinks": JAKARTA["multiwan_uplinks"][1:]})
        assert played.code != 0
        assert "answers to what comes in by ether1 would leave by 192.168.2.1%ether2" in played.output
        assert branch.writes() == before


def test_what_the_preflight_advises_helps(branch: Branch) -> None:
    """The first deploy through a line that is not the first: the session would follow the new routes and break."""
    asyncio.run(branch.lab.manage_from("isp2"))
    address = {"address": "192.168.2.2/24", "interface": "ether2"}
    kept = {"dst-address": f"{OFFICE_ADDRESS}/32", "gateway": "192.168.2.1%ether2"}
    with added(branch, ("/ip/address", address), ("/ip/route", {"gateway": "192.168.2.1", "distance": "240"})):
        before = branch.writes()
        played = branch.play("site")
        assert played.code != 0
        assert f"/ip/route/add dst-address={kept['dst-address']} gateway={kept['gateway']}" in played.output
        assert branch.writes() == before
        with added(branch, ("/ip/route", kept)):
            played = branch.play("site")
            assert (played.code, played.changed) == (0, 1), played.output
