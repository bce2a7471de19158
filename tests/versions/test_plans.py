# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every golden branch on a router of every version: in, read back, silent the second time, out again."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Request,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import has_secrets
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import lacks, parse_version

from tests.versions.in_process import InProcess
from tools import golden

VERSIONS = ("6.49", "7.9", "7.12", "7.16", "7.20", "7.22", "7.24")
BRANCHES = tuple(folder.name for folder in golden.folders("plans"))
#: A netwatch that measures loss and latency, fq-codel and cake: RouterOS 6 has none of them.
NEED_SEVEN = frozenset({"bandwidth-balance", "probes"})
CASES = tuple((name, version) for name in BRANCHES for version in VERSIONS if name not in NEED_SEVEN or version > "7")
TOKEN = "110201543:AAEabcdefghijklmnopqrstuvwxyz012345"
#: Menus that the preflight looks into on routers that have them (their answer to others is "no such command").
NOT_EMULATED = frozenset({"/ip/hotspot", "/interface/ethernet/switch", "/interface/ethernet/switch/port"})


@cache
def variables(branch: str) -> dict[str, Any]:
    text = (golden.GOLDEN / "plans" / branch / "vars.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader))


def plan(branch: str, version: str) -> Plan:
    return assemble({**variables(branch), "multiwan_routeros_version": version}, name=branch)


def request(*plans: Plan) -> Request:
    rows = tuple(row for one in plans for row in one.rows)
    made_for = frozenset(parse_version(one.version) for one in plans)
    passwords = {name: "of a line" for row in rows for name in secrets_in(row.values.get("password"))}
    return Request("branch", rows, None, {"telegram_bot_token": TOKEN, **passwords}, made_for)


def secrets_in(value: Any) -> list[str]:
    return list(value["$secrets"]) if has_secrets(value) else []


def made(wanted: Request) -> set[str]:
    """Interfaces that the plan itself brings."""
    return {str(row.values["name"]) for row in wanted.rows if row.menu == "/interface/vlan"}


@pytest.mark.parametrize(("branch", "version"), CASES)
def test_a_plan_goes_in_is_read_back_equal_and_goes_out_again(branch: str, version: str) -> None:
    wanted = request(plan(branch, version))
    router = InProcess(version, without=made(wanted))
    fresh = router.export()
    # the commit itself fails when anything is refused or reads back differently
    outcome = commit(wanted, router)
    # FastTrack rules are somebody else's, and here is none
    rows = sum(row.absent != "nothing" for row in wanted.rows)
    assert router.writes() == sum(outcome.writes.values()) == rows
    assert inspect(wanted, router).differences == ()
    assert not commit(wanted, router).changed
    assert router.writes() == rows
    commit(request(), router)
    assert router.export() == fresh


@pytest.mark.parametrize("branch", sorted(NEED_SEVEN))
def test_what_a_version_can_not_do_is_refused_by_the_plan(branch: str) -> None:
    with pytest.raises(BranchError, match=r"RouterOS 6\.49"):
        plan(branch, "6.49")


@pytest.mark.parametrize("version", VERSIONS)
def test_only_what_the_version_knows_is_asked_for(version: str) -> None:
    router = InProcess(version)
    commit(request(plan("jakarta", version)), router)
    for menu, names in router.asked.items():
        at = router.store.schema.get(menu)
        if at is None:
            assert menu in NOT_EMULATED
            continue
        assert names <= {*at.arguments, *at.menu.readonly, ".id"}, menu


@pytest.mark.parametrize("planned", VERSIONS)
@pytest.mark.parametrize("running", VERSIONS)
def test_a_plan_for_another_version_is_written_whole_or_not_at_all(planned: str, running: str) -> None:
    wanted = request(plan("pins-and-bypass", planned))
    router = InProcess(running, without=made(wanted))
    if lacks(parse_version(planned), parse_version(running)):
        with pytest.raises(CommitError, match=f"made for RouterOS {planned}, but the router runs {running}"):
            commit(wanted, router)
        assert router.writes() == 0
    else:
        assert commit(wanted, router).changed
        assert not commit(wanted, router).changed


@pytest.mark.parametrize(("before", "after"), [("7.9", "7.24"), ("7.12", "7.13"), ("7.22", "7.24")])
def test_after_an_upgrade_within_7_only_scripts_and_their_rights_change(before: str, after: str) -> None:
    router = InProcess(after)
    commit(request(plan("jakarta", before)), router)
    changed = commit(request(plan("jakarta", after)), router).writes
    assert set(changed) <= {"/system/script", "/system/scheduler"}


def test_every_version_has_its_own_words() -> None:
    plans = {version: plan("jakarta", version) for version in VERSIONS}
    tables = {version: len(one.of("/routing/table")) for version, one in plans.items()}
    assert tables == {"6.49": 0, **dict.fromkeys(VERSIONS[1:], 4)}
    same = {version: one.rows == plans["7.22"].rows for version, one in plans.items()}
    assert [version for version, equal in same.items() if equal] == ["7.22", "7.24"]
