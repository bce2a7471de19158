# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Banks, pins, forwarded ports and names, seen by the internet, the ISPs and the clients. In order on one router."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from lab.world.topology import Topology, parse_uplinks
from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

WORLD = Topology(uplinks=parse_uplinks("10M/10M,10M/10M"))
BANK, OTHER_BANK, OFFICE = WORLD.server_addresses[:3]
ISP1, ISP2 = WORLD.uplinks
HOST, CLIENT, DIRECTOR = WORLD.client_addresses[0], WORLD.client_addresses[1], WORLD.client_addresses[0]
ROUTER, FOREIGN = "192.168.10.1", "192.168.2.77"
PUBLISHED, WEB, SECOND, QUIET = 8080, 80, 7015, 9000
VARIABLES: dict[str, Any] = {
    "multiwan_probe": {"interval": "1s", "good_checks": 3},
    "multiwan_address_lists": {"banks": [BANK], "directors": [DIRECTOR], "office": [f"{OFFICE}/32"]},
    "multiwan_pins": [
        {"name": "bank", "uplink": "isp2", "dst_address_list": "banks"},
        {
            "name": "chief",
            "uplink": "isp2",
            "src_address_list": "directors",
            "dst_address_list": "office",
            "protocol": "tcp",
            "fallback": False,
        },
    ],
    "multiwan_public_addresses": [ISP1.public_address],
    "multiwan_forwards": [
        {"name": "cctv", "protocol": "tcp", "port": PUBLISHED, "to": HOST, "to_port": WEB},
        {"name": "second", "protocol": "tcp", "port": f"7000,7010-{SECOND}", "to": HOST, "uplinks": ["isp2"]},
        {"name": "quiet", "protocol": "tcp", "port": QUIET, "to": HOST, "hairpin": False},
    ],
}


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    """Set up by a file, as somebody does who can't reach the API."""
    branch = start("kinds")
    files = {"render_folder": str(branch.folder), "render_secrets": True}
    played = branch.play("render", variables={**VARIABLES, **files})
    assert played.code == 0, played.output
    assert "jakarta: done" in imported(branch, "jakarta.rsc")
    return branch


def imported(branch: Branch, name: str) -> str:
    text = (branch.folder / name).read_text(encoding="utf-8")
    branch.call("/file", "add", name=name, contents=text)
    said = asyncio.run(branch.lab.console(f"/import file-name={name}"))
    branch.call("/file", "remove", numbers=name)
    return said


def deploy(branch: Branch, **more: Any) -> None:
    played = branch.play("site", variables={**VARIABLES, **more})
    assert played.code == 0, played.output


def test_what_a_file_wrote_is_no_drift_to_the_playbooks(branch: Branch) -> None:
    played = branch.play("verify", variables=VARIABLES)
    assert played.code == 0, played.output


def sessions(branch: Branch, server: str, count: int, **options: Any) -> dict[str, Any]:
    return branch.measure("sessions", server=server, count=count, **{"timeout": 60.0, **options})


# --- banks and pins


def test_a_thousand_sessions_of_8_connections_with_a_bank_leave_by_one_uplink_each(branch: Branch) -> None:
    seen = sessions(branch, OTHER_BANK, 1000)
    assert (seen["failed"], seen["torn"]) == (0, 0)
    assert sum(seen["whole"].values()) == 1000
    assert min(seen["whole"].get(name, 0) for name in ("isp1", "isp2")) > 200, "both lines are in use"
    assert seen["split"] == {name: 8 * count for name, count in seen["whole"].items()}, "the ISPs counted the same"


def test_pinned_to_a_line_without_fallback_a_client_uses_no_other(branch: Branch) -> None:
    mine = {"clients": 1, "connections": 1}
    assert sessions(branch, OFFICE, 5, **mine)["whole"] == {"isp2": 5}
    asyncio.run(branch.lab.cut("isp2", "upstream"))
    try:
        assert sessions(branch, OFFICE, 3, **mine, timeout=2.0)["failed"] == 3
        until(
            lambda: sessions(branch, BANK, 1, **mine, timeout=1.0)["whole"] == {"isp1": 1}, "the bank's pin falls back"
        )
        seen = sessions(branch, OFFICE, 3, **mine, timeout=2.0)
        assert (seen["failed"], seen["split"]) == (3, {"isp1": 0, "isp2": 0}), "nothing of it left by the other line"
    finally:
        asyncio.run(branch.lab.heal("isp2"))


def test_the_router_finds_names_over_the_line_that_lives(branch: Branch) -> None:
    asyncio.run(branch.lab.cut("isp1", "upstream"))
    try:
        until(lambda: resolves(branch, "host1.example.net"), "a name is found")
        assert resolves(branch, "host2.example.net"), "and the next one at once"
    finally:
        asyncio.run(branch.lab.heal("isp1"))


def resolves(branch: Branch, name: str) -> bool:
    printed = asyncio.run(branch.lab.console(f':do {{ :put [:resolve "{name}"] }} on-error={{ :put "nothing" }}'))
    return printed.strip() != "nothing"


def until(holds: Any, what: str) -> None:
    end = time.monotonic() + 150
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.3)


# --- forwards


def inbound(branch: Branch, port: int) -> dict[str, int]:
    seen = branch.measure("inbound", port=port, client=HOST, count=3, timeout=5.0)
    return {name: line["ok"] for name, line in seen["uplinks"].items()}


def inside(branch: Branch, target: str, port: int = PUBLISHED, **options: Any) -> dict[str, Any]:
    words = {"port": port, "host": HOST, "host_port": WEB, "client": CLIENT, "count": 2, "timeout": 20.0, **options}
    return branch.measure("inside", target=target, **words)


def test_a_forward_of_one_uplink_is_open_there_alone(branch: Branch) -> None:
    until(lambda: inbound(branch, SECOND) == {"isp1": 0, "isp2": 3}, "open on isp2, closed on isp1")


def test_a_forward_of_all_uplinks_is_answered_by_the_line_of_the_question(branch: Branch) -> None:
    assert inbound(branch, QUIET) == {"isp1": 3, "isp2": 3}


@pytest.mark.parametrize("target", ["192.168.1.2", "192.168.2.2", ISP1.public_address], ids=["isp1", "isp2", "modem"])
def test_clients_inside_reach_it_by_the_addresses_that_the_internet_uses(branch: Branch, target: str) -> None:
    """Their answers come back through the router, so the host sees the router."""
    seen = inside(branch, target)
    assert (seen["ok"], seen["sources"]) == (2, [ROUTER])


def test_an_uplink_with_a_new_address_needs_no_new_row(branch: Branch) -> None:
    branch.call("/ip/address", "add", address=f"{FOREIGN}/24", interface="ether2")
    assert inside(branch, FOREIGN)["ok"] == 2


def test_the_routers_own_ports_stay_its_own_and_quiet_ones_closed(branch: Branch) -> None:
    assert inside(branch, ROUTER, count=1, timeout=2.0)["ok"] == 0
    assert inside(branch, "192.168.1.2", QUIET, host_port=QUIET, count=1, timeout=2.0)["ok"] == 0


# --- last, since it writes


def test_a_hash_of_ports_tears_sessions_apart_but_not_those_of_a_pinned_bank(branch: Branch) -> None:
    deploy(branch, multiwan_classifier="both-addresses-and-ports")
    # the line that was cut before is held back for a while
    until(lambda: sessions(branch, OTHER_BANK, 50)["torn"] > 40, "sessions are torn, so the measurement can see it")
    seen = sessions(branch, BANK, 1000)
    assert (seen["failed"], seen["torn"], seen["whole"]) == (0, 0, {"isp2": 1000})
    assert seen["split"] == {"isp1": 0, "isp2": 8000}


def test_after_the_removal_file_nothing_is_left(branch: Branch) -> None:
    (row,) = [row for row in branch.call("/ip/address") if row["address"] == f"{FOREIGN}/24"]
    branch.call("/ip/address", "remove", numbers=row[".id"])
    assert "jakarta: removed" in imported(branch, "jakarta-remove.rsc")
    assert branch.export() == branch.baseline
