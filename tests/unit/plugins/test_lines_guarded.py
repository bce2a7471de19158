# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch with a line of each kind, on the lab's control plane: converges, shows no password, and goes whole."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import commit, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.reading import CommitError, Request

from tests.unit.plugins.branches import TOKEN, branch, uplink
from tests.unit.plugins.guarded_router import GuardedRouter

PASSWORD = 'pass "word" of $line'
CLIENTS, MODEMS = "/ip/dhcp-client", "/interface/lte"
#: As MikroTik's default configuration has them.
FOUND = (
    (CLIENTS, {"interface": "ether2", "comment": "defconf"}),
    (MODEMS, {"name": "lte1"}),
)
VERSIONS = ("6.49", "7.9", "7.22")


def kinds(version: str, *, password: str = PASSWORD, mode: str = "balance") -> dict[str, Any]:
    lines: list[dict[str, Any]] = [
        uplink(1),
        {"name": "isp2", "interface": "ether2", "type": "dhcp"},
        {"name": "isp3", "interface": "ether3", "type": "pppoe", "username": "branch", "password": password},
        {"name": "isp4", "interface": "lte1", "type": "lte", "apn": "internet.example"},
        {"name": "isp5", "interface": "ether4", "vlan": 100, "type": "dhcp"},
    ]
    for number, line in enumerate(lines, start=1):
        line["anchors"] = [f"203.0.113.{number}", f"198.51.100.{number}"]
    return {**branch(mode=mode), "multiwan_uplinks": lines, "multiwan_routeros_version": version}


def request(router: GuardedRouter, raw: dict[str, Any] | None, *, password: str = PASSWORD) -> Request:
    rows: tuple[Row, ...] = assemble(raw, name="jakarta").rows if raw else ()
    secrets = {"telegram_bot_token": TOKEN, "pppoe_password_isp3": password}
    return Request("jakarta", rows, None, secrets, protection=router.protection(reach=()))


def found(version: str, rows: Any = FOUND) -> GuardedRouter:
    return GuardedRouter(version, rows=rows)


def holds(router: GuardedRouter, interface: str, address: str, gateway: str) -> None:
    row = next(row for row in router.rig.store.rows(CLIENTS) if row.get("interface") == interface)
    router.rig.engine.set_runtime(CLIENTS, row.id, status="bound", address=address, gateway=gateway)


def routes(router: GuardedRouter, part: str) -> list[tuple[str, bool]]:
    rows = [row for row in router.rig.store.rows("/ip/route") if part in row.get("comment")]
    assert rows
    return [(row.get("gateway"), row.enabled) for row in rows]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ["balance", "failover"])
def test_the_second_run_changes_nothing_and_a_removal_leaves_nothing(version: str, mode: str) -> None:
    router = found(version)
    before = router.export()
    raw = kinds(version, mode=mode)
    assert commit(request(router, raw), router).changed
    assert inspect(request(router, raw), router).differences == ()
    clients = {row.get("interface"): row for row in router.rig.store.rows(CLIENTS)}
    assert clients["ether2"].get("comment").startswith("defconf [multiwan:wan:isp2:dhcp:claimed:")
    assert clients["ether4-vlan100"].get("comment").endswith("[multiwan:wan:isp5:dhcp]")
    assert [row.get("apn-profiles") for row in router.rig.store.rows(MODEMS)] == ["mw-isp4"]
    commit(request(router, None), router)
    assert router.export() == before


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lease_that_is_there_is_used_at_once_and_is_no_drift_later(version: str) -> None:
    router = found(version)
    holds(router, "ether2", "100.70.1.9/24", "100.70.1.1")
    raw = kinds(version)
    commit(request(router, raw), router)
    assert routes(router, ":failover:isp2:anchor") == [("100.70.1.1%ether2", True)] * 2
    assert routes(router, ":wan:isp2:default]") == [("100.70.1.1%ether2", True)]
    assert routes(router, ":failover:isp5:anchor") == [("ether4-vlan100", False)] * 2
    holds(router, "ether2", "100.99.0.7/20", "100.99.15.254")
    assert inspect(request(router, raw), router).differences == ()
    assert routes(router, ":wan:isp2:default]") == [("100.70.1.1%ether2", True)], "the script's to change"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_password_is_written_and_never_shown_neither_the_old_nor_the_new(version: str) -> None:
    router = found(version)
    raw, new = kinds(version), "another-secret-of-the-line"
    told = [commit(request(router, raw), router)]
    (session,) = router.rig.store.rows("/interface/pppoe-client")
    assert session.get("password") == PASSWORD
    told.append(commit(request(router, kinds(version, password=new), password=new), router))
    (session,) = router.rig.store.rows("/interface/pppoe-client")
    assert session.get("password") == new
    assert ["password is another one" in text for text in told[1].differences] == [True]
    shown = repr(told) + repr(assemble(raw, name="x").to_json()) + repr(router.rig.messages)
    for secret in (PASSWORD, new):
        assert secret not in shown
        assert secret.replace('"', '\\"').replace("$", "\\$") not in shown


def test_a_modem_that_is_not_there_refuses_the_change_before_any_write() -> None:
    router = found("7.22", FOUND[:1])
    before = router.export()
    with pytest.raises(CommitError, match="lte1"):
        commit(request(router, kinds("7.22")), router)
    assert router.export() == before


def test_a_modem_with_a_profile_of_its_owner_is_not_taken_from_him() -> None:
    rows = (*FOUND[:1], ("/interface/lte/apn", {"name": "his"}), (MODEMS, {"name": "lte1", "apn-profiles": "his"}))
    router = found("7.22", rows)
    before = router.export()
    with pytest.raises(CommitError, match="apn-profiles is 'his', should be 'mw-isp4'"):
        commit(request(router, kinds("7.22")), router)
    assert router.export() == before


def test_a_line_that_becomes_another_kind_takes_its_rows_along() -> None:
    router = found("7.22")
    commit(request(router, kinds("7.22")), router)
    raw = kinds("7.22")
    raw["multiwan_uplinks"][2] = {**uplink(3), "anchors": raw["multiwan_uplinks"][2]["anchors"]}
    raw["multiwan_uplinks"][1] = {**uplink(2), "anchors": raw["multiwan_uplinks"][1]["anchors"]}
    commit(request(router, raw), router)
    assert inspect(request(router, raw), router).differences == ()
    assert router.rig.store.rows("/interface/pppoe-client") == ()
    (theirs,) = (row for row in router.rig.store.rows(CLIENTS) if row.get("interface") == "ether2")
    assert (theirs.get("comment"), theirs.get("script"), theirs.get("use-peer-dns")) == ("defconf", "", "true")
