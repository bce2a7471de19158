# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change whose controller is killed after any write, on rows with any texts: taken back to the letter."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import commit, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import BY_PATH
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterTrap
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lab.store import format_id
from tests.unit.plugins.guarded_router import ControllerDied, GuardedRouter
from tests.versions.any_text import ANY
from tests.versions.hand_made import ROWS, HandMade, hand_made
from tests.versions.in_process import VLANS
from tests.versions.random_branches import routers
from tests.versions.test_hand_made_rows import order

#: ``./dev bench branches`` asks for more.
EXAMPLES = int(os.environ.get("MULTIWAN_BRANCHES", "10"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
#: Longer than the time limit, the tries of the undo and its ticks.
LONG_S = 150
#: A half character can't come over the API.
TEXTS = ANY.map(lambda text: text.encode("utf-8", "ignore").decode().replace("\x00", ""))
#: Where an administrator can write what he likes into our rows.
_FREE = {
    "/system/script": ("source",),
    "/system/scheduler": ("on-event",),
    "/ip/dhcp-server/alert": ("on-alert",),
    "/tool/netwatch": ("up-script", "down-script"),
    "/ip/firewall/mangle": ("content", "log-prefix", "src-address-list"),
    "/ip/firewall/nat": ("content", "log-prefix"),
}
_OF_A_COMMIT = ("mw-keep-", "mw-undo-", "mw-dead-man")
Edit = tuple[int, str, str]
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(("comment", "free")), TEXTS), max_size=8)
State = dict[str, list[dict[str, str]]]


def changed_by_hand(router: GuardedRouter, edits: Sequence[Edit]) -> int:
    """Somebody edits rows that are ours, as far as the router takes it. How many."""
    store, done = router.rig.store, 0
    for number, what, text in edits:
        menus = [path for path in ROWS if (what == "comment" or path in _FREE) and store.rows(path)]
        owned = [(path, row) for path in menus for row in store.rows(path) if "[multiwan:" in row.get("comment")]
        if not owned:
            continue
        path, row = owned[number % len(owned)]
        names = _FREE.get(path, ())
        tag = row.get("comment")[row.get("comment").rindex("[") :]
        values = {"comment": f"{text} {tag}"} if what == "comment" else {names[number % len(names)]: text}
        with contextlib.suppress(RouterTrap):  # a prefix that is too long
            router.set(path, format_id(row.id), values)
            done += 1
    return done


def state(router: GuardedRouter) -> State:
    """All stored rows of the menus that are written; where order means nothing, sorted."""
    found: State = {}
    for path in ROWS:
        rows = [dict(row.values) for row in router.rig.store.rows(path) if not row.dynamic]
        found[path] = rows if BY_PATH[path].ordered else sorted(rows, key=lambda row: sorted(row.items()))
    return found


def hands(router: GuardedRouter, rows: Sequence[HandMade]) -> None:
    for row in rows:
        known = router.rig.store.schema.get(row.menu)
        if known is not None:
            values = {name: text for name, text in row.values.items() if name in known.arguments}
            with contextlib.suppress(RouterTrap):
                router.add(row.menu, values)


class Router(GuardedRouter):
    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        """What a VLAN takes from its parent is worked out by the data plane, which is not here."""
        found = super().rows(menu, properties)
        if menu == "/interface":
            made = {row.values["name"]: row.values.get("admin-mac") for row in super().rows("/interface/bridge")}
            taken = [(row, made.get(row.values["name"]) or "48:A9:8A:00:00:02") for row in found]
            return [Found(row.id, {"mac-address": mac, **row.values}) for row, mac in taken]
        return found


@contextlib.contextmanager
def made(version: str) -> Iterator[GuardedRouter]:
    vlans = [
        ("/interface/vlan", {"name": f"vlan{number}", "interface": "ether1", "vlan-id": f"{number}"})
        for number in VLANS
    ]
    router = Router(version, rows=[*vlans, ("/interface/pppoe-client", {"name": "pppoe-out1", "interface": "ether1"})])
    try:
        yield router
    finally:
        router.rig.engine.stop()
        router.close()


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_what_the_router_takes_back_is_to_the_letter_what_it_held(version: str) -> None:
    plans = routers(version, most=3).map(lambda raw: assemble(raw, name="jakarta"))
    counts = {"killed": 0, "through": 0, "edits": 0}

    @SETTINGS
    @given(
        first=plans,
        second=st.one_of(plans, st.none()),
        rows=hand_made(each=1),
        edits=EDITS,
        at=st.integers(1, 150),
        operator=TEXTS,
    )
    def check(
        *, first: Plan, second: Plan | None, rows: list[HandMade], edits: list[Edit], at: int, operator: str
    ) -> None:
        with made(version) as router:
            hands(router, rows)
            commit(order(first), router)
            counts["edits"] += changed_by_hand(router, edits)
            before, export = state(router), router.export()
            router.writes, router.cut_after, router.dies = 0, at, True
            guarded = replace(order(second), protection=router.protection(operator=operator))
            try:
                commit(guarded, router)
            except ControllerDied:
                counts["killed"] += 1
            else:
                return
            router.sleep(router.away_s + LONG_S)
            assert [name for name in router.lists() if name in ("mw-commit", "mw-armed", "mw-undoing")] == []
            assert not [name for name in router.names("/system/script") if name.startswith(_OF_A_COMMIT)]
            if state(router) != before and inspect(order(second), router).differences == ():
                counts["through"] += 1  # it died after it had told the router that all is well
                return
            wrong = [
                f"{menu}: {row}"
                for menu in before
                for here, there in ((before, state(router)), (state(router), before))
                for row in here[menu]
                if row not in there[menu]
            ]
            assert wrong == [], router.logged()[-3:]
            assert state(router) == before
            assert sorted(router.export().split("\n")) == sorted(export.split("\n"))

    check()
    assert counts["killed"] - counts["through"] >= EXAMPLES / 2
    assert counts["edits"] > EXAMPLES
