# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One branch from its first deploy to its removal. The tests of this file run in order on one router."""

from __future__ import annotations

import time

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab

COUNT = 2000


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    return start("branch")


def quick_checks(branch: Branch) -> None:
    """The administrator shortens the router's own timers (7.21+), so that the test need not wait 20 s for a verdict."""
    branch.call("/routing/settings", "set", check_gateway_ping_interval="500ms", check_gateway_ping_timeout="400ms")


def gate_is_open(branch: Branch, address: str) -> bool:
    rows = branch.call("/ip/route")
    return any(row["dst-address"] == f"{address}/32" and row.get("active") == "true" for row in rows)


def wait_for_gate(branch: Branch, address: str, *, opened: bool) -> None:
    end = time.monotonic() + 240  # a line that was dead is held back for some time
    while gate_is_open(branch, address) != opened:
        assert time.monotonic() < end, f"gate {address} did not become {'open' if opened else 'closed'}"
        time.sleep(0.1)


def test_check_mode_on_a_fresh_router_shows_the_rows_and_writes_nothing(branch: Branch) -> None:
    played = branch.play("site", "--check", "--diff")
    assert played.code == 0, played.output
    assert played.changed == 1
    assert "per-connection-classifier=both-addresses:2/0" in played.output
    assert branch.writes() == 0
    assert branch.export() == branch.baseline


def test_verify_says_in_words_what_is_missing(branch: Branch) -> None:
    played = branch.play("verify")
    assert played.code != 0
    assert "multiwan:pcc:isp1:0" in played.output
    assert branch.writes() == 0


def test_the_first_deploy_changes_the_router(branch: Branch) -> None:
    played = branch.play("site", "--diff", "-vvv")
    assert played.code == 0, played.output
    assert played.changed == 1
    assert branch.writes() > 0
    for secret in (branch.overlay["lab_telegram_token"], branch.overlay["multiwan_api_password"]):
        assert str(secret) not in played.output


def test_another_client_reads_the_rows(branch: Branch) -> None:
    api = branch.api()
    tables = {str(row["name"]) for row in api.path("routing", "table")}
    marks = [row for row in api.path("ip", "firewall", "mangle") if "per-connection-classifier" in row]
    api.close()
    assert {"mw-isp1", "mw-isp2"} <= tables
    assert sorted(str(row["per-connection-classifier"]) for row in marks) == [
        "both-addresses:2/0",
        "both-addresses:2/1",
    ]


def test_the_second_run_changes_nothing_and_writes_nothing(branch: Branch) -> None:
    before = branch.writes()
    played = branch.play("site")
    assert played.code == 0, played.output
    assert played.changed == 0
    assert branch.writes() == before
    assert branch.play("verify").code == 0


def test_what_the_technician_wrote_is_still_there(branch: Branch) -> None:
    rows = [line for line in branch.baseline.splitlines() if "teknisi" in line or "LAN kantor" in line]
    assert len(rows) >= 3
    export = branch.export()
    for row in rows:
        assert row in export


def test_new_connections_are_split_evenly_and_none_fails(branch: Branch) -> None:
    seen = branch.measure("connections", count=COUNT)
    assert seen["failed"] == 0
    assert seen["split"]["isp1"] + seen["split"]["isp2"] == COUNT
    assert abs(seen["split"]["isp1"] / COUNT - 0.5) <= 0.03


def test_a_download_uses_both_lines(branch: Branch) -> None:
    seen = branch.measure("throughput", direction="down", flows=16, clients=8, seconds=3.0, warmup=1.5)
    # a line that is not used carries nothing; how near to 10 Mbit/s they come is for the bench
    assert all(line["wire_mbit"] > 4 for line in seen["uplinks"].values()), seen["uplinks"]


def test_connections_keep_their_line_and_the_mark_tells_which(branch: Branch) -> None:
    branch.measure("connections", count=200)
    rows = [row for row in branch.call("/ip/firewall/connection") if row.get("protocol") == "tcp"]
    by_mark = {mark: [r for r in rows if r.get("connection-mark") == mark] for mark in ("mw-isp1", "mw-isp2")}
    assert all(by_mark.values())
    for mark, address in (("mw-isp1", "192.168.1.2"), ("mw-isp2", "192.168.2.2")):
        assert {row["reply-dst-address"].partition(":")[0] for row in by_mark[mark]} == {address}


def test_an_isp_that_dies_behind_its_modem_is_left_and_used_again(branch: Branch) -> None:
    quick_checks(branch)
    branch.measure("connections", count=100)
    import asyncio

    asyncio.run(branch.lab.cut("isp2", "upstream"))
    try:
        wait_for_gate(branch, "192.0.2.2", opened=False)
        seen = branch.measure("connections", count=300)
        assert seen["failed"] == 0
        assert seen["split"] == {"isp1": 300, "isp2": 0}
        verify = branch.play("verify")
        assert verify.code == 0, "an outage is not drift: " + verify.output
    finally:
        asyncio.run(branch.lab.heal("isp2"))
    wait_for_gate(branch, "192.0.2.2", opened=True)
    seen = branch.measure("connections", count=COUNT)
    assert seen["failed"] == 0
    assert abs(seen["split"]["isp2"] / COUNT - 0.5) <= 0.03


def test_a_pulled_cable_moves_new_connections_at_once(branch: Branch) -> None:
    import asyncio

    asyncio.run(branch.lab.cut("isp1", "cable"))
    try:
        wait_for_gate(branch, "192.0.2.1", opened=False)
        seen = branch.measure("connections", count=300)
        assert seen["failed"] == 0
        assert seen["split"] == {"isp1": 0, "isp2": 300}
    finally:
        asyncio.run(branch.lab.heal("isp1"))
    wait_for_gate(branch, "192.0.2.1", opened=True)


def test_a_row_changed_by_hand_is_drift_and_is_mended(branch: Branch) -> None:
    row = next(r for r in branch.call("/ip/firewall/mangle") if r.get("per-connection-classifier", "").endswith("/1"))
    branch.call("/ip/firewall/mangle", "set", numbers=row[".id"], disabled="yes")
    verify = branch.play("verify")
    assert verify.code != 0
    assert "multiwan:pcc:isp2:0" in verify.output
    assert branch.play("site").changed == 1
    assert branch.play("verify").code == 0


def test_a_removed_row_comes_back_in_its_place(branch: Branch) -> None:
    def chain() -> list[str]:
        return [r["comment"] for r in branch.call("/ip/firewall/mangle") if r["chain"] == "mw-classify"]

    before = chain()
    row = next(
        r for r in branch.call("/ip/firewall/mangle") if "[multiwan:pcc:classify:bypass]" in r.get("comment", "")
    )
    branch.call("/ip/firewall/mangle", "remove", numbers=row[".id"])
    assert chain() != before
    assert branch.play("site").changed == 1
    assert chain() == before


def test_removal_leaves_the_router_as_it_was(branch: Branch) -> None:
    branch.call("/routing/settings", "set", check_gateway_ping_interval="10s", check_gateway_ping_timeout="1s")
    played = branch.play("remove")
    assert played.code == 0, played.output
    assert played.changed == 1
    assert branch.export() == branch.baseline
    assert branch.play("remove").changed == 0
