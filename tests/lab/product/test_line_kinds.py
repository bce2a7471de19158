# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch with a line of each kind: each carries traffic, is answered on, and comes back with another address.

Judged from outside: which ISP saw a connection. The tests of this file run in order.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import shared

pytestmark = pytest.mark.lab

LINES = "10M:dhcp,10M:pppoe,8M:lte,10M:dhcp:vlan=100,10M:static:prefix=32"
NAMES = ("isp1", "isp2", "isp3", "isp4", "isp5")
PORT, HOST = 8080, "192.168.10.10"
#: Against hangs only.
PATIENCE_S = 150.0
CLIENT = "/ip/dhcp-client"


def variables(branch: Branch) -> dict[str, Any]:
    """The lab's lines. A modem is metered by default, and would carry nothing while another lives."""
    lines = [
        {**line, **({"metered": False} if line.get("type") == "lte" else {})} for line in branch.overlay["lab_uplinks"]
    ]
    return {
        "multiwan_uplinks": lines,
        "multiwan_probe": {"interval": "1s", "good_checks": 2},
        "multiwan_forwards": [
            {"name": "web", "protocol": "tcp", "port": PORT, "to": HOST, "hairpin": False},
        ],
    }


def deploy(branch: Branch, *words: str) -> int:
    played = branch.play("site", *words, variables=variables(branch))
    assert played.code == 0, played.output
    return played.changed


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    """On a router whose first port asks for an address since it left the factory."""
    branch = start("kinds", LINES)
    branch.call(CLIENT, "add", interface="ether1", disabled="no", comment="defconf")
    until(lambda: branch.call(CLIENT)[0].get("status") == "bound", "the factory's client has its lease")
    branch.baseline = branch.export()
    deploy(branch)
    return branch


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.3)


def all_carry(branch: Branch) -> None:
    asyncio.run(shared(branch, within_s=PATIENCE_S))


def answered(branch: Branch) -> dict[str, tuple[int, int]]:
    seen = branch.measure("inbound", port=PORT, client=HOST, count=3, timeout=10.0)["uplinks"]
    return {name: (line["ok"], line["failed"]) for name, line in seen.items()}


def address_of(branch: Branch, interface: str) -> str:
    return next((row["address"] for row in branch.call("/ip/address") if row["interface"] == interface), "")


def test_every_kind_of_line_carries_new_connections(branch: Branch) -> None:
    all_carry(branch)
    split = branch.measure("connections", count=300)
    assert split["failed"] == 0
    assert set(split["split"]) == set(NAMES)
    assert min(split["split"].values()) > 20, "five lines of about the same weight"


def test_every_kind_of_line_answers_what_comes_in_by_it(branch: Branch) -> None:
    until(lambda: answered(branch) == dict.fromkeys(NAMES, (3, 0)), "each answers for itself")


def test_the_second_run_changes_nothing_and_writes_nothing(branch: Branch) -> None:
    before = branch.writes()
    assert (deploy(branch), branch.writes()) == (0, before)


def test_a_line_that_comes_back_with_another_address_is_used_again(branch: Branch) -> None:
    """A lease of another network, a session dialled anew, a modem attached anew; nobody runs a playbook."""
    interfaces = {"isp1": "ether1", "isp2": "pppoe-isp2", "isp3": "lte1", "isp4": "ether4-vlan100"}
    before = {name: address_of(branch, interface) for name, interface in interfaces.items()}
    assert all(before.values()), before

    async def renumber() -> None:
        await branch.lab.renumber("isp1", gateway="192.168.77.1", address="192.168.77.9/24")
        for name in ("isp2", "isp3", "isp4"):
            await branch.lab.renumber(name)

    asyncio.run(renumber())
    until(
        lambda: all(address_of(branch, at) not in ("", before[name]) for name, at in interfaces.items()),
        "every line has another address",
    )
    until(lambda: gateways(branch, "isp1") == {"192.168.77.1%ether1"}, "the routes follow the lease")
    all_carry(branch)
    until(lambda: answered(branch) == dict.fromkeys(NAMES, (3, 0)), "each answers for itself")


def gateways(branch: Branch, uplink: str) -> set[str]:
    parts = (f":wan:{uplink}:default]", f":wan:{uplink}:last-resort]", f":failover:{uplink}:anchor")
    rows = [row for row in branch.call("/ip/route") if any(part in row.get("comment", "") for part in parts)]
    return {row["gateway"] for row in rows if row.get("disabled") not in ("true", "yes")}


def test_what_the_lines_did_by_themselves_is_no_drift(branch: Branch) -> None:
    assert deploy(branch, "--check") == 0


def test_after_removal_the_factorys_client_is_as_it_was_and_nothing_else_is_left(branch: Branch) -> None:
    assert branch.play("remove").code == 0
    assert branch.export() == branch.baseline
