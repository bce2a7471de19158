# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a router is spoken to for one look, and that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import reading
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.looking import Answer, Look
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import Ask, RouterError, RouterTrap
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.memory_api import MemoryApi


def uplink(number: int, anchor: str) -> dict[str, object]:
    lines = {"address": f"192.168.{number}.2/24", "gateway": f"192.168.{number}.1", "interface": f"ether{number}"}
    speeds = {"download": "10M", "upload": "10M"}
    return {"name": f"isp{number}", "type": "static", "anchors": [anchor], **lines, **speeds}


BRANCH = {
    "multiwan_uplinks": [uplink(1, "8.8.4.4"), uplink(2, "1.0.0.1")],
    "multiwan_segments": [{"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}],
    "multiwan_telegram": {"bot_token": "110201543:LAB-ONLY-not-a-token-000000000000000", "chat_id": "1"},
}


class Counting(MemoryApi):
    """Answers several questions in one trip, as the real connection does."""

    def __init__(self, *, version: str) -> None:
        rows = {"/interface": [Found("*1", {"name": "bridge", "mac-address": "48:A9:8A:00:00:01", "running": "true"})]}
        super().__init__(rows, version=f"{version} (stable)")
        self.trips: list[Sequence[Ask]] = []

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        self.trips.append([Ask(menu, tuple(properties))])
        return super().rows(menu, properties)

    def tables(self, asked: Sequence[Ask]) -> list[Answer]:
        self.trips.append(asked)
        return [super(Counting, self).rows(*ask) for ask in asked]


def request(*, planned: str) -> reading.Request:
    plan = assemble({**BRANCH, "multiwan_routeros_version": planned}, name="jakarta")
    secrets = {"telegram_bot_token": "x"}
    return reading.Request("jakarta", plan.rows, secrets=secrets, made_for=frozenset([parse_version(plan.version)]))


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_a_look_is_one_question_and_one_more_before_writes(version: str) -> None:
    api = Counting(version=version)
    found = reading.read(request(planned=version), api)
    assert found.operations
    asked = [ask for trip in api.trips for ask in trip]
    assert len(asked) == len(set(asked)), "something is asked twice"
    assert [len(trip) > 1 for trip in api.trips] == [True, True], [trip for trip in api.trips if len(trip) == 1]


def test_a_router_of_another_version_is_asked_for_what_that_one_has() -> None:
    api = Counting(version="7.20")
    reading.read(request(planned="7.9"), api)
    asked = [ask for trip in api.trips for ask in trip]
    assert len(asked) == len(set(asked))
    assert set(reading._menus(parse_version("7.20"))) <= set(asked)


class Refusing(Counting):
    def tables(self, asked: Sequence[Ask]) -> list[Answer]:
        self.trips.append(asked)
        return [RouterTrap("refused", trap="not enough permissions (9)") for _ in asked]


def test_a_refusal_is_said_when_somebody_needs_the_answer() -> None:
    look = Look(Refusing(version="7.22"))
    look.ahead([Ask("/ip/route"), Ask("/ip/pool")])
    with pytest.raises(RouterTrap, match="refused"):
        look.rows("/ip/route")


class Broken(Counting):
    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        super().rows(menu, properties)
        raise RouterError("the connection broke")


def test_a_broken_connection_is_no_answer_to_keep() -> None:
    api = Broken(version="7.22")
    look = Look(api)
    for _ in range(2):
        with pytest.raises(RouterError, match="the connection broke"):
            look.rows("/ip/route")
    assert len(api.trips) == 2
