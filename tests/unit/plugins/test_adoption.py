# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A take-over on the lab's control plane: as a whole, or not at all, whenever it is cut off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Request,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from lab.script.engine_tree import EngineTree
from tests.unit.lab.services.rig import ADMIN
from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.guarded_router import LIMIT_S, ControllerDied, GuardedRouter
from tests.unit.plugins.hand_made import LAN, STRAIGHT, generated, home

#: What is about something else, before, among and behind the recipe's rows.
BEFORE = (
    "/ip firewall mangle add chain=prerouting action=accept dst-address=10.50.0.0/16 comment=VPN\n"
    "/ip firewall nat add chain=dstnat action=dst-nat protocol=tcp dst-port=80 in-interface=ether1"
    " to-addresses=192.168.10.9\n"
)
AFTER = (
    "/ip firewall mangle add chain=prerouting action=change-mss new-mss=1400 protocol=tcp tcp-flags=syn\n"
    "/ip firewall nat add chain=srcnat action=accept dst-address=10.60.0.0/16\n"
    "/ip route add dst-address=10.60.0.0/16 gateway=192.168.10.254\n"
    "/ip address add address=192.168.1.2/24 interface=ether1\n"
)
#: Every so many writes a cut; each costs seconds on the old versions.
EVERY = {"6.49": 29, "7.22": 9}


class Branch(GuardedRouter):
    def paste(self, text: str) -> None:
        self.rig.services.interpreter.use_tree(EngineTree(self.rig.engine))
        self._do(self.rig.services.interpreter.run(text, caller=ADMIN, output=lambda _line: None))
        self.rig.store.journal.clear()


@pytest.fixture
def made() -> Any:
    """Routers as a technician left them, and their end."""
    routers: list[Branch] = []

    def make(version: str, recipe: str | None = None) -> Branch:
        middle = generated(version) if recipe is None else recipe
        router = Branch(version)
        routers.append(router)
        router.paste(f"{LAN}{BEFORE}{middle.removeprefix(LAN)}{AFTER}")
        router.writes = 0
        return router

    yield make
    for router in routers:
        router.close()


def request(router: GuardedRouter, *, adopt: bool = True, **protection: Any) -> Request:
    plan = home(version=router.version)
    guard = router.protection(**protection)
    return Request("jakarta", plan, None, {"telegram_bot_token": TOKEN}, protection=guard, adopt=adopt)


def told(router: GuardedRouter) -> str:
    try:
        commit(request(router), router)
    except (CommitError, RouterError) as error:
        return str(error)
    except ControllerDied:
        return "died"
    return ""


def state(router: Branch) -> list[str]:
    """Sorted, because most menus have no order, and the rows of each chain in theirs."""
    lines = router.export().splitlines()
    chains = [(found[0], line) for line in lines if (found := re.search(r"\bchain=\S+", line))]
    return [*sorted(lines), *(line for _, line in sorted(chains, key=lambda item: item[0]))]


VERSIONS = pytest.mark.parametrize("version", sorted(EVERY))


@VERSIONS
def test_without_a_word_from_the_operator_the_recipe_is_told_and_stays(version: str, made: Any) -> None:
    router = made(version)
    outcome = inspect(request(router, adopt=False), router, only_looks=True)
    assert any("multiwan_adopt: true replaces them" in note for note in outcome.notes)
    assert any("per-connection-classifier" in note for note in outcome.notes)
    assert not [row for row in outcome.drift if row.kind == "recipe"]


@VERSIONS
def test_a_take_over_is_shown_and_leaves_the_rows_of_others_as_they_were(version: str, made: Any) -> None:
    router = made(version)
    before = router.export()
    looked = inspect(request(router), router)
    assert router.export() == before
    assert router.writes == 0
    assert any("cm-ISP-1" in menu["before"] for menu in looked.diff)
    assert any(row.kind == "recipe" for row in looked.drift)
    outcome = commit(request(router), router)
    assert outcome.changed
    after = router.export()
    assert "cm-ISP" not in after
    assert "to-ISP" not in after
    assert "multiwan:adopted" not in after
    assert inspect(request(router, adopt=False), router).differences == ()
    assert not commit(request(router), router).changed
    commit(Request("jakarta", (), None, {}, protection=router.protection()), router)
    alone = made(version, "")
    lists = [
        line for line in router.export().splitlines() if "LOCAL-IP" not in line and line != "/ip firewall address-list"
    ]
    assert lists == alone.export().splitlines()


#: One with everything that a router of 7 can have: scripts, a chain of its own, two steps of recursion.
RECIPES = {"6.49": generated("6.49"), "7.22": STRAIGHT}


@pytest.mark.parametrize("kind", ["cut", "killed"])
@VERSIONS
def test_a_take_over_that_is_cut_off_is_taken_back_as_a_whole(version: str, kind: str, made: Any) -> None:
    recipe = RECIPES[version]
    old, right = state(made(version, recipe)), made(version, recipe)
    commit(request(right), right)
    new = state(right)
    ends = set()
    for number in sorted({*range(1, right.writes + 1, EVERY[version]), right.writes - 1, right.writes}):
        router = made(version, recipe)
        router.cut_after, router.away_s, router.dies = number, LIMIT_S / 2, kind == "killed"
        said = told(router)
        router.cut_after = 0
        router.sleep(3 * LIMIT_S)
        assert state(router) in (old, new), f"write {number}: {said}"
        ends.add(state(router) == old)
    assert ends == {True, False}


def test_without_a_dead_man_nothing_is_taken_over(made: Any) -> None:
    router = made("7.22")
    before = router.export()
    with pytest.raises(CommitError, match="multiwan_dead_man_s"):
        commit(request(router, dead_man_s=0), router)
    assert router.export() == before
