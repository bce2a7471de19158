# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml
from ansible_collections.multiwan.routeros.plugins.module_utils import api_client
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Outcome,
    Request,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from tests.lab.commit.conftest import BY_HAND, Certificates, Emulated, Make
from tools import golden

TOKEN = "110201543:AAEabcdefghijklmnopqrstuvwxyz012345"


def golden_plans() -> dict[str, Plan]:
    """Those that ask for no interface but ports and bridges: what makes its own is written over and over by
    ``tests/versions``, and on a whole lab by ``tests/lab/product``."""
    read = {folder.name: yaml.safe_load((folder / "vars.yml").read_text("utf-8")) for folder in golden.folders("plans")}
    plans = {name: assemble(variables, name=name) for name, variables in read.items()}
    return {name: plan for name, plan in plans.items() if not any(_makes_interfaces(row) for row in plan.rows)}


def _makes_interfaces(row: Row) -> bool:
    made = row.menu.startswith("/interface/") and not row.menu.startswith("/interface/list")
    return made or "/interface/ether" in str(row.values)


PLANS = golden_plans()


def interfaces(plans: Sequence[Plan]) -> list[str]:
    """Every interface that the plans speak of."""
    return sorted({name for plan in plans for row in plan.rows for name in _interfaces(row)})


def _interfaces(row: Row) -> Iterator[str]:
    for key in ("interface", "in-interface", "out-interface"):
        if key in row.values:
            yield str(row.values[key])


def request(plan: Plan | None) -> Request:
    return Request("branch", plan.rows if plan else (), None, {"telegram_bot_token": TOKEN})


def foreign(router: Emulated) -> dict[str, list[dict[str, str]]]:
    """The technician's rows in their order."""
    found: dict[str, list[dict[str, str]]] = {}
    for menu, _ in BY_HAND:
        rows = [dict(row.values) for row in router.store.rows(menu)]
        found[menu] = [values for values in rows if not str(values.get("comment", "")).endswith("]")
                       or "[multiwan:" not in values["comment"]]  # fmt: skip
    return found


def settle(router: Emulated, plan: Plan | None) -> Outcome:
    """Commit, then see that looking and a second run find nothing and write nothing."""
    before = router.writes()
    outcome = commit(request(plan), router.connect)
    assert router.writes() - before == sum(outcome.writes.values())
    after = router.writes()
    assert inspect(request(plan), router.connect).differences == ()
    assert not commit(request(plan), router.connect).changed
    assert router.writes() == after
    return outcome


@pytest.mark.parametrize("name", sorted(PLANS))
def test_a_golden_plan_goes_in_and_out_again(name: str, emulated: Make) -> None:
    router = emulated(interfaces([PLANS[name]]))
    fresh, rows = router.export(), foreign(router)
    assert settle(router, PLANS[name]).changed
    assert foreign(router) == rows
    settle(router, None)
    assert router.export() == fresh


@pytest.mark.parametrize("seed", range(4))
def test_every_plan_can_follow_every_other(seed: int, emulated: Make) -> None:
    order = random.Random(seed).sample(sorted(PLANS), 8)
    router = emulated(interfaces([PLANS[name] for name in order]))
    rows = foreign(router)
    for name in order:
        settle(router, PLANS[name])
        assert foreign(router) == rows


def test_looking_at_a_fresh_router_writes_nothing(emulated: Make) -> None:
    router = emulated(["ether1", "ether2"])
    outcome = inspect(request(PLANS["jakarta"]), router.connect)
    assert outcome.changed
    assert sum(outcome.writes.values()) == len(PLANS["jakarta"].rows)
    assert router.writes() == 0


def with_bad_row(plan: Plan) -> Plan:
    """The last row that is written says something that the router does not understand."""
    values: dict[str, Any] = {"chain": "prerouting", "action": "accept", "per-connection-classifier": "nobody:2/9"}
    tag = "multiwan:pcc:bad"
    return plan.with_rows([Row("/ip/firewall/mangle", tag, {**values, "comment": f"bad [{tag}]"})])


@pytest.mark.parametrize(("before", "after"), [(None, "jakarta"), ("jakarta", "failover"), ("four-uplinks", "jakarta")])
def test_a_refused_row_leaves_the_router_as_it_was(before: str | None, after: str, emulated: Make) -> None:
    plans = [PLANS[name] for name in (before, after) if name]
    router = emulated(interfaces(plans))
    if before:
        settle(router, PLANS[before])
    held = sorted(router.export().splitlines())
    with pytest.raises(CommitError) as caught:
        commit(request(with_bad_row(PLANS[after])), router.connect)
    assert "/ip/firewall/mangle [multiwan:pcc:bad]: add failed" in caught.value.faults[0]
    assert "per-connection-classifier" in caught.value.faults[0]
    assert sorted(router.export().splitlines()) == held


def test_a_certificate_of_somebody_else_is_refused(emulated: Make, certificates: Certificates) -> None:
    target = emulated(["ether1"]).target(ca_file=str(certificates.other_ca_file))
    with pytest.raises(RouterError, match="is not trusted"):
        api_client.connect(target)


def test_a_certificate_for_another_name_is_refused(emulated: Make) -> None:
    with pytest.raises(RouterError, match="is not trusted"):
        api_client.connect(emulated(["ether1"]).target(host="localhost"))


def test_a_wrong_password_is_refused_in_the_routers_words(emulated: Make) -> None:
    with pytest.raises(RouterError, match=r"refused the login of user multiwan: invalid user name or password"):
        api_client.connect(emulated(["ether1"]).target(password="wrong"))
