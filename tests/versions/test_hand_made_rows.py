# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any branch among any rows of somebody else: deployed, changed to any other branch, removed. His rows stay."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import CommitError, Request, commit
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row
from ansible_collections.multiwan.routeros.plugins.module_utils.preflight_finding import FORCEABLE
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lab.store import format_id
from tests.versions.hand_made import ROWS, HandMade, hand_made
from tests.versions.in_process import InProcess
from tests.versions.random_branches import routers
from tests.versions.test_plans import request

#: ``./dev bench branches`` asks for more.
EXAMPLES = int(os.environ.get("MULTIWAN_BRANCHES", "15"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
Held = tuple[int, Mapping[str, str], bool]
_UNIQUE = {"/ip/address": ("address", "interface"), "/ip/firewall/address-list": ("list", "address")}


def test_every_menu_that_is_written_has_hand_made_rows() -> None:
    # modems are there or not; nobody adds one
    assert set(ROWS) == {menu.path for menu in MENUS} - {"/interface/lte"}


class Hand:
    """A technician at the router. ``ids``: of his rows, by menu."""

    def __init__(self, router: InProcess) -> None:
        self.router = router
        self.ids: dict[str, set[int]] = {}

    def write(self, rows: Sequence[HandMade], *, between: bool = False) -> None:
        """As far as the router takes them. ``between``: before any row of a menu with an order."""
        for row in rows:
            known = self.router.store.schema.get(row.menu)
            if known is None:
                continue
            values = {name: text for name, text in row.values.items() if name in known.arguments}
            there = self.router.store.rows(row.menu)
            before = format_id(there[row.place % len(there)].id) if between and there else None
            try:
                made = self.router.add(row.menu, values, before if known.menu.kind == "ordered" else None)
            except RouterError as refusal:
                if "already" not in str(refusal):
                    raise
                continue
            self.ids.setdefault(row.menu, set()).add(int(made.removeprefix("*"), 16))

    def rows(self) -> dict[str, list[Held]]:
        """His rows with all that the router holds of them, in their order."""
        return {
            menu: [(row.id, dict(row.values), row.dynamic) for row in self.router.store.rows(menu) if row.id in ids]
            for menu, ids in self.ids.items()
        }

    def touched(self) -> list[str]:
        """Writes to his rows since the journal was emptied."""
        ids = {(menu, format_id(number)) for menu, numbers in self.ids.items() for number in numbers}
        named = [(entry, entry.args.get(".id") or entry.args.get("numbers", "")) for entry in self.router.store.journal]
        return [f"{entry.menu}/{entry.command} {dict(entry.args)}" for entry, row in named if (entry.menu, row) in ids]


def strangers(router: InProcess, hand: Hand) -> list[str]:
    """Rows of the written menus that are neither the technician's nor the router's own."""
    fresh = InProcess(router.version)
    own = {(menu, row.id) for menu in ROWS for row in fresh.store.rows(menu)}
    return [
        f"{menu} {dict(row.values)}"
        for menu in ROWS
        for row in router.store.rows(menu)
        if (menu, row.id) not in own and row.id not in hand.ids.get(menu, ())
    ]


def deployed(router: InProcess, plan: Plan | None) -> bool:
    """Whether it was; a plan that a hand-made row stands in the way of is refused before the first write."""
    router.store.journal.clear()
    try:
        commit(order(plan), router)
    except CommitError as refusal:
        if not all("which is not ours" in fault for fault in refusal.faults):
            raise
        assert router.store.journal == []
        return False
    return True


def order(plan: Plan | None) -> Request:
    """To hold a plan; ``None``: to hold nothing of ours. What speaks against hand-made rows is overruled."""
    return replace(request(*([plan] if plan else [])), force=FORCEABLE)


def as_good_as_ours(plan: Plan, chosen: Sequence[int]) -> list[HandMade]:
    """The technician wrote a few of the plan's addresses and list entries before us."""
    made = {str(row.values.get("name")) for row in plan.rows if row.menu.startswith("/interface/")}
    rows: list[Row] = [row for menu in _UNIQUE for row in plan.of(menu) if row.values.get("interface") not in made]
    picked = [rows[number % len(rows)] for number in chosen] if rows else []
    return [HandMade(row.menu, {**row.values, "comment": "teknisi"}, 0) for row in picked]


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_rows_of_others_stay_as_they_are_through_deploy_change_and_removal(version: str) -> None:
    plans = routers(version).map(lambda raw: assemble(raw, name="jakarta"))
    counts = {"deployed": 0, "refused": 0, "rows": 0}

    @SETTINGS
    @given(
        first=plans,
        second=plans,
        before=hand_made(),
        after=hand_made(each=2),
        same=st.lists(st.integers(0, 1000), max_size=2),
    )
    def check(first: Plan, second: Plan, before: list[HandMade], after: list[HandMade], same: list[int]) -> None:
        router = InProcess(version)
        hand = Hand(router)
        hand.write([*before, *as_good_as_ours(first, same)], between=True)
        export, held = router.export(), hand.rows()

        def unchanged() -> None:
            now = hand.rows()
            wrong = [
                f"{menu}: {old} became {new}"
                for menu in held
                for old, new in zip_longest(held[menu], now[menu])
                if old != new
            ]
            assert wrong == []
            assert hand.touched() == []

        done = deployed(router, first)
        counts["deployed" if done else "refused"] += 1
        counts["rows"] += sum(map(len, held.values()))
        unchanged()
        if done:
            assert not commit(order(first), router).changed
        assert deployed(router, None)
        unchanged()
        assert strangers(router, hand) == []
        assert router.export() == export
        if not deployed(router, first):
            return
        hand.write(after, between=True)
        held = hand.rows()
        for plan in (second, first, None):
            deployed(router, plan)
            unchanged()
        assert strangers(router, hand) == []
        twin = InProcess(version)
        again = Hand(twin)
        again.write([HandMade(menu, _given(values), 0) for menu in ROWS for _, values, _ in held.get(menu, ())])
        assert router.export() == twin.export()

    check()
    assert counts["deployed"] > counts["refused"]
    assert counts["rows"] > 5 * EXAMPLES


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in values.items() if name not in ("dynamic", "network")}
