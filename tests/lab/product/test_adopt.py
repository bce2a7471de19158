# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router with a pasted recipe becomes ours while people use it. The tests run in order on one router."""

from __future__ import annotations

import asyncio

import pytest

from tests.bench.failover_plan import expand
from tests.lab.product.conftest import ROOT, Branch, Start
from tests.lab.product.flows import Json, begin, disturbed, play, split

pytestmark = pytest.mark.lab

ADOPT = {"multiwan_adopt": True}
RECIPE = ROOT / "tests/bench/recipes/pcc-balance.rsc"
#: A technician's, before the recipe and behind it.
BEFORE = """\
/ip address
add address=192.168.1.2/24 interface=ether1 comment="modem depan"
add address=192.168.2.2/24 interface=ether2
/ip firewall mangle
add chain=forward action=change-mss new-mss=1400 protocol=tcp tcp-flags=syn comment="VPN pusat"
/ip firewall nat
add chain=dstnat action=dst-nat in-interface=ether1 protocol=tcp dst-port=8443 to-addresses=192.168.10.9
"""
AFTER = """\
/ip firewall mangle
add chain=prerouting action=accept dst-address=10.99.0.0/16
/ip route
add dst-address=10.99.0.0/16 gateway=192.168.10.254
/tool netwatch
add host=192.168.10.9 interval=1m down-script=":log error \\"CCTV\\""
"""


def paste(branch: Branch, lines: list[str]) -> None:
    """As people do: a menu's line, then its rows."""
    menu = ""
    for line in lines:
        if line.startswith("/"):
            menu = line
        else:
            asyncio.run(branch.lab.console(f"{menu} {line}"))


def recipe() -> list[str]:
    """With src-nat: the kernel of the lab forgets a masqueraded connection that changes its line, and hides that it
    was lost, because the next packet begins it anew. No document says that of RouterOS."""
    text = RECIPE.read_text(encoding="utf-8").replace("masquerade", "src-nat to-addresses=192.168.<i>.2")
    lines = list(expand(text, 2))
    return [line for line in lines if line != "/ip address" and not line.startswith("add address=")]


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    branch = start("adopt", manage_from="isp2")  # the operator comes in by the line that is not the first
    paste(branch, BEFORE.splitlines())
    paste(branch, AFTER.splitlines())
    branch.baseline = branch.export()
    for menu in ("/ip/firewall/mangle", "/ip/route", "/tool/netwatch"):
        for row in branch.call(menu):
            if "10.99.0.0" in row.get("dst-address", "") or row.get("host") == "192.168.10.9":
                branch.call(menu, "remove", numbers=row[".id"])
    paste(branch, recipe())
    paste(branch, AFTER.splitlines())
    return branch


def test_verify_tells_of_the_recipe_and_a_deploy_beside_it_is_refused(branch: Branch) -> None:
    writes = branch.writes()
    output = " ".join(branch.play("verify").output.split())
    assert "of a hand-made recipe on the router" in output
    assert "per-connection-classifier=both-addresses:2/1" in output
    played = branch.play("site")
    assert played.code != 0
    assert "multiwan_adopt: true replaces" in " ".join(played.output.split())
    assert branch.writes() == writes


def test_check_mode_shows_what_would_be_replaced_and_writes_nothing(branch: Branch) -> None:
    before, writes = branch.export(), branch.writes()
    played = branch.play("site", "--check", "--diff", variables=ADOPT)
    assert played.code == 0, played.output
    assert played.changed == 1
    assert "new-connection-mark=wan2-conn" in played.output
    assert "8443" not in played.output
    assert (branch.export(), branch.writes()) == (before, writes)


async def taken_over(branch: Branch) -> tuple[list[Json], Json]:
    flows = await begin(branch)
    playing = asyncio.create_task(play(branch, "site", ADOPT))
    while not playing.done():
        await split(branch, 50)  # that none of them fails
    assert (await playing).changed == 1
    return await flows.seen(), await split(branch, 400)


def test_a_take_over_replaces_the_recipe_and_what_runs_goes_on(branch: Branch) -> None:
    flows, after = asyncio.run(taken_over(branch))
    assert disturbed(flows) == []
    assert {flow["lines"][0] for flow in flows} == {"isp1", "isp2"}
    assert min(after.values()) > 120
    export = branch.export()
    for word in ("wan1-conn", "to-wan1", "adopted"):
        assert word not in export
    assert branch.play("verify").code == 0
    assert branch.play("site").changed == 0


def test_rows_of_others_stand_as_they_stood_and_removal_leaves_them_alone(branch: Branch) -> None:
    asyncio.run(branch.lab.manage_from("lan"))  # nothing of ours leads in by a line any more
    played = branch.play("remove")
    assert played.code == 0, played.output
    assert branch.export() == branch.baseline
